// The structural difference of one process's state between any two instants.

import type { DiffEntry, StateMoment } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { pidIndex } from "../interned.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import { processFacts } from "../process-facts.ts";
import { whyNone } from "../state-why.ts";
import {
  countVersions,
  statesOf,
  stateDifference,
  versionsIn,
  versionsUpTo,
  type StateVersion,
} from "./state-versions.ts";

export type StateAt = StateMoment & { readonly text: string };

export type StateDiffView = {
  readonly pid: string;
  readonly t1: number;
  readonly t2: number;
  /** null: none was recorded by then, `why` says whether that means anything */
  readonly before: StateAt | null;
  readonly after: StateAt | null;
  /** from `before` to `after`; null: one of the two is not known */
  readonly diff: readonly DiffEntry[] | null;
  readonly diffTruncated: boolean;
  /** recorded after the earlier instant, up to the later one */
  readonly versions: number;
  readonly why: string | null;
  readonly limits: readonly string[];
};

/** From `t1` to `t2`, which may lie before it. Null: no such process was seen. */
export async function stateDiff(
  source: Source,
  { pid, t1, t2 }: { readonly pid: string; readonly t1: number; readonly t2: number },
): Promise<StateDiffView | null> {
  const index = await pidIndex(source, pid);
  if (index === null) return null;
  const [from, to] = [Math.min(t1, t2), Math.max(t1, t2)];
  const [[before], [after], versions, limits] = await Promise.all([
    versionsUpTo(source, index, t1, 1),
    versionsUpTo(source, index, t2, 1),
    countVersions(source, index, [from + 1, to]),
    limitsOf(source, { pids: [index], from, to }, ["states"]),
  ]);
  const payloads = await statesOf(source, [before, after]);
  const [old, news] = [before, after].map((one) => payloads.get(one?.ref ?? 0));
  const style = styleOf(source.manifest);
  const { changes, truncated } = stateDifference(old, news, style);
  const unknown = before === undefined ? t1 : after === undefined ? t2 : null;
  return {
    pid,
    t1,
    t2,
    before: before === undefined ? null : stateAt(before, old, style),
    after: after === undefined ? null : stateAt(after, news, style),
    diff: changes,
    diffTruncated: truncated,
    versions,
    why: unknown === null ? null : await whyUnknown(source, index, unknown),
    limits,
  };
}

function stateAt(
  { version, t, event, callback }: StateVersion,
  payload: Uint8Array | undefined,
  style: TermStyle,
): StateAt {
  const text = payload === undefined ? "(not recorded)" : printTerm(payload, "full", style);
  return { version, t, event, callback, text };
}

async function whyUnknown(source: Source, pid: number, t: number): Promise<string> {
  const later = [t + 1, Number.MAX_SAFE_INTEGER] as const;
  const [next] = await versionsIn(source, pid, later, { offset: 0, limit: 1 });
  return await whyNone(source, pid, t, next ?? null, await processFacts(source, pid));
}
