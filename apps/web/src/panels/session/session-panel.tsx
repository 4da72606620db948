// A session as a whole: what it records and at what cost, how it is doing, what can be changed, what was done.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { CloseButton } from "../../frame/dialog.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { waitingNote } from "../panel-note.tsx";
import { AuditList } from "./audit-list.tsx";
import { BudgetForm } from "./budget-form.tsx";
import { ChangeForm, Inside } from "./change-form.tsx";
import { Cost } from "./cost.tsx";
import { Meters } from "./meters.tsx";
import { PauseControl } from "./pause-control.tsx";
import { PlanFacts } from "./plan-facts.tsx";
import "./session.css";

export function SessionPanel(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("session", () => ({ subject: String(cinema.live.value), params: {} }));
  const view = loaded.value;
  return (
    <div class="session-panel">
      <h2>Session</h2>
      {view === null ? (
        waitingNote(loaded, "session")
      ) : (
        <div class="session-columns">
          <div>
            {view.live !== null && <Meters meters={view.live.meters} budgets={view.plan.budgets} />}
            {view.live !== null && (
              <section class="section">
                <h3>Cost it began with</h3>
                <Cost cost={view.live.cost} />
              </section>
            )}
            <PlanFacts plan={view.plan} />
          </div>
          <div>
            {view.live === null ? (
              <p class="muted small">
                {cinema.live.value
                  ? "What this session records cannot be changed from here."
                  : "This session is over: what it recorded can be looked at, not changed."}
              </p>
            ) : (
              <>
                <PauseControl />
                <ChangeForm live={view.live} />
                <Inside live={view.live} />
                <BudgetForm budgets={view.plan.budgets} />
              </>
            )}
            <AuditList audit={view.audit} more={view.moreAudit} />
          </div>
        </div>
      )}
      <div class="dialog-foot">
        <CloseButton />
      </div>
    </div>
  );
}
