// Calls of the selected process: the stack at the cursor, and the calls around it as a tree.

import { formatDuration } from "@elixirscope/timeline";
import type { CallView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { messageOf } from "@elixirscope/base";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { useLoader } from "../frame/use-loader.ts";
import { WhyButton } from "./go-why.tsx";
import { PanelNote, waitingNote } from "./panel-note.tsx";
import { Section } from "./state-panel.tsx";

const LIMIT = 60;

export function CallsPanel(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("calls", () => {
    const pid = cinema.pid.value;
    const t = cinema.cursor.value?.t;
    if (pid === null || t === undefined) return null;
    return { subject: pid, params: { pid, t, limit: LIMIT } };
  });
  const pid = cinema.pid.value;
  if (pid === null || cinema.cursor.value === null) {
    return (
      <PanelNote title="No process or moment selected">
        Click a box in a lane to see its call, arguments and result.
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "calls");
  if (waiting !== null || loaded.value === null) return waiting ?? <div />;
  const { stack, calls } = loaded.value;
  const onStack = new Set(stack.map(({ call }) => call));
  return (
    <div class="panel" aria-busy={loaded.busy} data-calls-panel>
      <Section title="Stack at the cursor">
        {stack.length === 0 ? (
          <p class="muted small">No traced call was running at this instant.</p>
        ) : (
          <ol class="calls stack">
            {stack.map((call) => (
              <CallRow key={call.call} call={call} pid={pid} onStack={onStack} fold={false} />
            ))}
          </ol>
        )}
      </Section>
      <Section title="Calls around the cursor">
        {calls.length === 0 ? (
          <p class="muted small">
            No call of this process was recorded near here. Only traced functions are recorded.
          </p>
        ) : (
          <ol class="calls">
            {calls.map((call) => (
              <CallRow key={call.call} call={call} pid={pid} onStack={onStack} fold />
            ))}
          </ol>
        )}
      </Section>
    </div>
  );
}

type RowProps = {
  readonly call: CallView;
  readonly pid: string;
  readonly onStack: ReadonlySet<number>;
  /** can its own calls be folded out here? */
  readonly fold: boolean;
};

function CallRow({ call, pid, onStack, fold }: RowProps): JSX.Element {
  const { cinema } = useApp();
  const [open, setOpen] = useState(onStack.has(call.call) && fold);
  const here = cinema.cursor.value?.event === call.call;
  const running = onStack.has(call.call) && fold;
  return (
    <li>
      <div class={`call-row ${here ? "here" : ""} ${running ? "running" : ""}`}>
        {fold && call.childCount > 0 ? (
          <button
            type="button"
            class={open ? "fold open" : "fold"}
            aria-expanded={open}
            aria-label={`${open ? "Hide" : "Show"} the ${call.childCount} calls of ${call.mfa}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" />
          </button>
        ) : (
          <span class="fold none" />
        )}
        <button
          type="button"
          class="call-main"
          title="Move the cursor to this call"
          onClick={() => cinema.goTo({ t: call.t0, event: call.call, pid })}
        >
          <span class="call-line mono">
            <span class="clip">
              <b>{functionOf(call.mfa)}</b>
              <span class="call-args">({call.args ?? <i class="muted">not recorded</i>})</span>
            </span>
            <span class="duration tabular">
              {call.t1 === null ? "" : formatDuration(call.t1 - call.t0)}
            </span>
          </span>
          <Outcome call={call} />
        </button>
      </div>
      {here && (
        <p class="why-buttons indent">
          <WhyButton question={{ kind: "clauses", call: call.call }}>Why this clause</WhyButton>
          <WhyButton question={{ kind: "test", call: call.call }}>Test from this call</WhyButton>
        </p>
      )}
      {open && <Children parent={call} pid={pid} onStack={onStack} />}
    </li>
  );
}

function Outcome({ call }: { readonly call: CallView }): JSX.Element {
  if (call.outcome === "returned") {
    return (
      <span class="call-line mono result">
        <span class="clip">→ {call.result ?? <i class="muted">result not recorded</i>}</span>
      </span>
    );
  }
  if (call.outcome === "raised") {
    return (
      <span class="call-line mono raised">
        <span class="clip">raised {call.result ?? "(reason not recorded)"}</span>
      </span>
    );
  }
  return <span class="call-line muted small">{OTHER_OUTCOMES[call.outcome]}</span>;
}

const OTHER_OUTCOMES = {
  open: "not returned yet when last seen",
  tail: "left by a tail call, or its end is not traced",
  lost: "its end fell into a gap: not recorded",
  mixed: "several outcomes",
} as const;

function Children({
  parent,
  pid,
  onStack,
}: Omit<RowProps, "call" | "fold"> & { readonly parent: CallView }): JSX.Element {
  const { cinema } = useApp();
  const [calls, setCalls] = useState<readonly CallView[] | string | null>(null);
  useEffect(() => {
    let wanted = true;
    cinema.connection
      .request("calls", { pid, t: parent.t0, parent: parent.call, limit: LIMIT })
      .then((reply) => wanted && setCalls(reply.calls))
      .catch((error: unknown) => wanted && setCalls(messageOf(error)));
    return () => {
      wanted = false;
    };
  }, [parent.call]);
  if (calls === null) return <p class="muted small indent">Loading…</p>;
  if (typeof calls === "string") return <p class="error small indent">{calls}</p>;
  const rest = parent.childCount - calls.length;
  return (
    <ol class="calls">
      {calls.map((call) => (
        <CallRow key={call.call} call={call} pid={pid} onStack={onStack} fold />
      ))}
      {rest > 0 && <li class="muted small indent">{rest.toLocaleString("en")} more, not shown</li>}
    </ol>
  );
}

/** `Shop.Cart.add` of `Shop.Cart.add/3`: the arguments that follow say how many there are. */
function functionOf(mfa: string): string {
  return mfa.replace(/\/\d+$/, "");
}
