// Deletes what is too old or too much, after showing what that is. Pinned and live recordings stay.

import { bytesText, messageOf } from "@elixirscope/base";
import type { CleanUpPlan, KeepRule } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { plural } from "../../model/amounts.ts";
import type { Shelf } from "./shelf.ts";

const DAY_MS = 86_400_000;
const GIB = 1_073_741_824;
const WHY = { too_old: "too old", too_large: "too large together" } as const;

type Planned = { readonly rule: KeepRule; readonly plan: CleanUpPlan };

export function CleanUp(props: {
  readonly shelf: Shelf;
  readonly keep: KeepRule;
  readonly onClose: () => void;
}): JSX.Element {
  const { shelf, keep, onClose } = props;
  const days = useSignal(keep.maxAgeMs === null ? "" : String(keep.maxAgeMs / DAY_MS));
  const size = useSignal(keep.maxBytes === null ? "" : String(keep.maxBytes / GIB));
  const planned = useSignal<Planned | null>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    busy.value = true;
    problem.value = null;
    try {
      await action();
    } catch (error) {
      problem.value = messageOf(error);
    }
    busy.value = false;
  };
  const preview = async (): Promise<void> => {
    const rule = { maxAgeMs: limit(days.value, DAY_MS), maxBytes: limit(size.value, GIB) };
    const plan = await shelf.cinema.connection.request("planCleanUp", rule);
    planned.value = { rule, plan };
  };
  const apply = async ({ rule, plan }: Planned): Promise<void> => {
    const names = plan.deleted.map(({ name }) => name);
    const reply = await shelf.cinema.connection.request("cleanUp", { ...rule, names });
    await shelf.reload();
    planned.value = null;
    shelf.cinema.notify(`${plural(reply.deleted.length, "recording")} deleted.`);
    if (reply.problems.length > 0) problem.value = reply.problems.join(" ");
    else onClose();
  };
  const edit = (target: typeof days, value: string): void => {
    target.value = value;
    // what is deleted must be what is shown
    planned.value = null;
  };
  return (
    <section class="recordings-card" aria-label="Clean up">
      <form
        class="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(preview);
        }}
      >
        <label>
          Keep for
          <input
            class="field short"
            inputMode="decimal"
            placeholder="ever"
            value={days.value}
            onInput={(event) => edit(days, event.currentTarget.value)}
          />
          days
        </label>
        <label>
          at most
          <input
            class="field short"
            inputMode="decimal"
            placeholder="any"
            value={size.value}
            onInput={(event) => edit(size, event.currentTarget.value)}
          />
          GB in all
        </label>
        <button type="submit" class="button" disabled={busy.value}>
          Show what would be deleted
        </button>
        <span class="muted small">
          Pinned and live recordings stay. Nothing is deleted by itself.
        </span>
        <span class="grow" />
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </form>
      {problem.value !== null && (
        <p class="error" role="alert">
          {problem.value}
        </p>
      )}
      {planned.value !== null && (
        <Preview
          planned={planned.value}
          busy={busy.value}
          onApply={(chosen) => void attempt(async () => await apply(chosen))}
        />
      )}
    </section>
  );
}

function limit(text: string, unit: number): number | null {
  if (text.trim() === "") return null;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return Math.round(value * unit);
  throw new Error(`“${text}” is not a number; leave it empty for no limit`);
}

function Preview(props: {
  readonly planned: Planned;
  readonly busy: boolean;
  readonly onApply: (planned: Planned) => void;
}): JSX.Element {
  const { planned, busy, onApply } = props;
  const { deleted, bytesBefore, bytesAfter } = planned.plan;
  const most = planned.rule.maxBytes;
  const still = most !== null && bytesAfter > most;
  if (deleted.length === 0) {
    return (
      <p role="status">
        Nothing would be deleted.
        {still && " What is left is more than that, but pinned or live."}
      </p>
    );
  }
  return (
    <div class="clean-up-plan">
      <ul aria-label="Would be deleted">
        {deleted.map(({ name, bytes, why }) => (
          <li key={name}>
            <span class="clip" title={name}>
              {name}
            </span>
            <span class="tabular">{bytesText(bytes)}</span>
            <span class="muted">{WHY[why]}</span>
          </li>
        ))}
      </ul>
      <div class="form-row">
        <button
          type="button"
          class="button danger"
          disabled={busy}
          onClick={() => onApply(planned)}
        >
          Delete {plural(deleted.length, "recording")} ({bytesText(bytesBefore - bytesAfter)})
        </button>
        <span class="muted small">
          {bytesText(bytesAfter)} stay
          {still ? ", more than asked, as they are pinned or live" : ""}
        </span>
      </div>
    </div>
  );
}
