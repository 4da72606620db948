// What one sees after a step: the event, the innermost call with its variables as they were then, and what
// a new state changed.

import type { EventKind } from "@elixirscope/trace";
import type { DiffEntry } from "@elixirscope/wire";
import { eventFacts, eventTitle } from "../event-facts.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "../print.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import type { FrameView } from "@elixirscope/wire";
import { stack } from "../stack/stack.ts";
import { statesOf, stateDifference, versionsUpTo } from "./state-versions.ts";

export type Landing = {
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  readonly name: string | null;
  readonly kind: EventKind;
  readonly title: string;
  /** arguments, result, message or state; null: none, or not recorded */
  readonly payload: string | null;
  /** the innermost call that was running; null: none that was recorded */
  readonly frame: FrameView | null;
  /** calls around it */
  readonly depth: number;
  /** of an event that is a new state */
  readonly state: StateChange | null;
};

export type StateChange = {
  readonly version: number;
  readonly callback: string | null;
  readonly text: string;
  readonly diff: readonly DiffEntry[] | null;
};

/** Null: the recording has no such event. */
export async function landing(source: Source, event: number): Promise<Landing | null> {
  const [facts, around] = await Promise.all([
    eventFacts(source, [event]),
    stack(source, null, { kind: "event", event }),
  ]);
  const one = facts.get(event);
  if (one === undefined || around === null) return null;
  const style = styleOf(source.manifest);
  const { t, pid, kind, payload, site } = one;
  // what instrumented code captured shows among the variables
  const isCaptured = site !== null && kind !== "send" && kind !== "return" && kind !== "exception";
  return {
    event,
    t,
    pid,
    name: around.name,
    kind,
    title: eventTitle(one, style),
    payload: payload === null || isCaptured ? null : payloadText(kind, payload, style),
    frame: around.frames.at(-1) ?? null,
    depth: around.frames.length + around.more,
    state: await stateChange(source, event, t, style),
  };
}

function payloadText(kind: EventKind, payload: Uint8Array, style: TermStyle): string {
  return kind === "call"
    ? printArguments(payload, "line", style)
    : printTerm(payload, "line", style);
}

async function stateChange(
  source: Source,
  event: number,
  t: number,
  style: TermStyle,
): Promise<StateChange | null> {
  const [row] = await select(
    source,
    sql`SELECT pid, version FROM raw.states WHERE t = ${t} AND event = ${event} LIMIT 1`,
  );
  if (row === undefined) return null;
  const [pid, version] = [asNumber(row[0]), asNumber(row[1])];
  const [after, before] = await versionsUpTo(source, pid, t, 2, version + 1);
  if (after === undefined) return null;
  const payloads = await statesOf(source, [after, before]);
  const [news, old] = [after, before].map((one) => payloads.get(one?.ref ?? 0));
  return {
    version: after.version,
    callback: after.callback,
    text: news === undefined ? "(not recorded)" : printTerm(news, "line", style),
    diff: stateDifference(old, news, style).changes,
  };
}
