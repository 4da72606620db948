// Who changed a part of the state: the versions up to the cursor in which it became another, newest first.

import { messageOf } from "@elixirscope/base";
import type { FieldChange, FieldHistory } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { retold } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink } from "../../panels/moment-link.tsx";
import type { ChosenPart } from "../../panels/term/term-explorer.tsx";
import { StateCause } from "./state-cause.tsx";

/** A part of the state that was current at `t`. */
export type Field = ChosenPart & { readonly t: number };

const LIMIT = 50;

type Seen = {
  readonly changes: readonly FieldChange[];
  readonly looked: number;
  readonly last: FieldHistory;
};

export function FieldChanges(props: {
  readonly pid: string;
  readonly field: Field;
  readonly onClose: () => void;
}): JSX.Element {
  const { pid, field, onClose } = props;
  const { cinema } = useApp();
  const seen = useSignal<Seen | null>(null);
  const busy = useSignal(false);
  const failure = useSignal<string | null>(null);
  const read = async (
    from: { readonly t: number; readonly below?: number },
    known: Seen | null,
  ): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      const last = await cinema.connection.request("fieldHistory", {
        pid,
        field: { t: field.t, at: field.at },
        limit: LIMIT,
        ...from,
      });
      seen.value = {
        changes: [...(known?.changes ?? []), ...last.changes],
        looked: (known?.looked ?? 0) + last.looked,
        last,
      };
      failure.value = null;
    } catch (error) {
      failure.value = messageOf(error);
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => void read({ t: field.t }, null), []);
  const { value } = seen;
  const older = value?.last.older ?? null;
  return (
    <>
      <div class="side-head">
        <h3 class="clip" title={field.path === "" ? "the state" : field.path}>
          Who changed <span class="mono">{field.path === "" ? "the state" : field.path}</span>
        </h3>
        <span class="grow" />
        <button
          type="button"
          class="button"
          title="Begins at the end of the recording instead of the version it was asked for"
          onClick={() => void read({ t: cinema.bounds.peek().t1 }, null)}
        >
          From the end
        </button>
        <button
          type="button"
          class="icon-button small-button"
          aria-label="Back to the differences"
          title="Back to the differences"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {failure.value !== null && <p class="small error">{failure.value}</p>}
      {value !== null && <Changes seen={value} />}
      {value === null && failure.value === null && <p class="muted small">Looking…</p>}
      {older !== null && (
        <button
          type="button"
          class="button"
          disabled={busy.value}
          onClick={() => void read({ t: older.t, below: older.version + 1 }, value)}
        >
          {busy.value ? "Looking…" : "Older…"}
        </button>
      )}
    </>
  );
}

function Changes({ seen }: { readonly seen: Seen }): JSX.Element {
  const { cinema } = useApp();
  const { changes, looked, last } = seen;
  if (last.why !== null) return <p class="muted small">{retold(cinema, last.why)}.</p>;
  return (
    <>
      <ol class="field-changes" aria-label="Versions in which it changed">
        {changes.map((change) => (
          <li key={change.version} class={change.kind}>
            <div class="field-when">
              <MomentLink t={change.t} event={change.event}>
                version {change.version.toLocaleString("en")}
              </MomentLink>
              <StateCause state={change} />
            </div>
            <div
              class="mono field-values"
              title={`${change.before ?? "none"} → ${change.after ?? "none"}`}
            >
              {change.before === null ? (
                <span class="muted">first seen as </span>
              ) : (
                <del>{change.before}</del>
              )}
              {change.before !== null && <span class="muted">{" → "}</span>}
              {change.after === null ? <span class="muted">gone</span> : <ins>{change.after}</ins>}
            </div>
          </li>
        ))}
      </ol>
      <p class="muted small" role="status">
        {changes.length === 0 ? "No change" : `${changes.length} changes`} in{" "}
        {looked.toLocaleString("en")} versions looked at
        {last.older === null ? ", which are all that were recorded before." : "."}
      </p>
      <Limits limits={last.limits} />
    </>
  );
}
