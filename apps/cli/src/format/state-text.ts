// States as text: the one at an instant, the difference of two instants, a history.

import type { HistoryEntry, HistoryView, StateDiffView } from "@elixirscope/query";
import type { StateView } from "@elixirscope/wire";
import { diffLines } from "./diff-text.ts";
import { formatCount, formatInstant } from "./units.ts";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_STATE = 4_000;
const MOST_CHANGES = 40;
const MOST_CHANGES_OF_ENTRY = 10;
const MOST_COLUMNS = 140;

export type StateAtText = {
  readonly name: string | null;
  readonly t: number;
  readonly view: StateView;
};

export function stateText({ name, t, view }: StateAtText, stream: NodeJS.WriteStream): string {
  const { state, diff, previous, next, versions, why } = view;
  const lines = [styled(stream, "bold", `${who(view.pid, name)} at ${formatInstant(t)}`)];
  if (state !== null) {
    const of = versions === undefined ? "" : ` of ${formatCount(versions)}`;
    lines.push(
      `version ${state.version}${of}, since ${formatInstant(state.t)}: ${origin(state.callback, state.causeMessage, state.event)}`,
      `    ${clipped(state.text, MOST_STATE)}`,
    );
    if (previous !== null) {
      lines.push(
        diff.length === 0
          ? `same as version ${previous.version} of ${formatInstant(previous.t)}`
          : `changed from version ${previous.version} of ${formatInstant(previous.t)}:`,
        ...diffLines(diff, MOST_CHANGES, stream).map((line) => `    ${line}`),
      );
    }
    lines.push(next === null ? "no later version was recorded" : `until ${formatInstant(next.t)}`);
  }
  if (why !== null) lines.push(...noteLines([why], stream));
  return lines.join("\n");
}

export function stateDiffText(
  { name, view }: { readonly name: string | null; readonly view: StateDiffView },
  stream: NodeJS.WriteStream,
): string {
  const { pid, t1, t2, before, after, diff, diffTruncated, versions, why, limits } = view;
  const lines = [
    styled(stream, "bold", `${who(pid, name)} from ${formatInstant(t1)} to ${formatInstant(t2)}`),
  ];
  for (const [t, side] of [
    [t1, before],
    [t2, after],
  ] as const) {
    lines.push(
      side === null
        ? `${formatInstant(t)}: no state is known`
        : `${formatInstant(t)}: version ${side.version} (event ${side.event}) ${clipped(side.text, MOST_COLUMNS)}`,
    );
  }
  lines.push(`${formatCount(versions)} versions between`);
  if (diff?.length === 0) lines.push("no difference");
  if (diff !== null) {
    lines.push(...diffLines(diff, MOST_CHANGES, stream).map((line) => `    ${line}`));
  }
  const notes = [...(diffTruncated ? ["there are more differences"] : []), ...limits];
  return [...lines, ...noteLines(why === null ? notes : [why, ...notes], stream)].join("\n");
}

export function historyText(
  { name, view }: { readonly name: string | null; readonly view: HistoryView },
  stream: NodeJS.WriteStream,
): string {
  const { pid, entries, total, offset, why, limits } = view;
  const lines = [styled(stream, "bold", who(pid, name))];
  for (const entry of entries) lines.push(...entryLines(entry, stream));
  const rest = total - offset - entries.length;
  lines.push(
    `${formatCount(entries.length)} of ${formatCount(total)} versions${rest > 0 ? `; go on with --offset ${offset + entries.length}` : ""}`,
  );
  return [...lines, ...noteLines(why === null ? limits : [why, ...limits], stream)].join("\n");
}

function entryLines(entry: HistoryEntry, stream: NodeJS.WriteStream): readonly string[] {
  const { version, t, event, callback, cause, diff, diffTruncated, text, truncated } = entry;
  const head = `${styled(stream, "bold", formatInstant(t))}  version ${version}  ${styled(stream, "dim", origin(callback, cause?.message ?? null, event))}`;
  const lines = [head];
  if (cause !== null && cause.body !== null) {
    lines.push(
      `    ${cause.kind} from ${visible(cause.from ?? "the VM or a timer")}: ${clipped(cause.body, MOST_COLUMNS)}`,
    );
  }
  if (diff === null) lines.push(`    ${clipped(text, MOST_COLUMNS)}`);
  else if (diff.length === 0) lines.push(styled(stream, "dim", "    unchanged"));
  else lines.push(...diffLines(diff, MOST_CHANGES_OF_ENTRY, stream).map((line) => `    ${line}`));
  if (diffTruncated) lines.push("    … more changes than are compared");
  if (truncated) lines.push(styled(stream, "dim", "    (parts of this state were not recorded)"));
  return lines;
}

function origin(callback: string | null, message: number | null, event: number): string {
  const parts = [
    ...(callback === null ? [] : [visible(callback)]),
    ...(message === null ? [] : [`message ${message}`]),
    `event ${event}`,
  ];
  return parts.join(", ");
}

function who(pid: string, name: string | null): string {
  return visible(name === null ? pid : `${pid} ${name}`);
}
