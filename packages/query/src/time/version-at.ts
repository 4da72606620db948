// The version of a state that was current at an instant, with its neighbours, and why there is none or it may
// be stale.

import type { DiffEntry, StateView } from "@elixirscope/wire";
import { isCut } from "../cut.ts";
import { pidIndex } from "../interned.ts";
import { timeText } from "../names.ts";
import { styleOf, type TermStyle } from "../print.ts";
import { rowsOf } from "../part-rows.ts";
import { asNumber, select, sql, type Row, type Source } from "../sql.ts";
import { processFacts } from "../process-facts.ts";
import { gapReasons, sentence, whyNone } from "../state-why.ts";
import { countAllVersions, stateSpan } from "./state-spans.ts";
import { stateDifference, statesOf, versionsUpTo, type StateVersion } from "./state-versions.ts";
import { earliestFrom, type Window } from "./windows.ts";

export type ReadVersion = Omit<StateVersion, "ref"> & { readonly payload: Uint8Array | null };

export type VersionAt = {
  readonly pid: number;
  readonly latest: ReadVersion | undefined;
  readonly previous: ReadVersion | undefined;
  readonly next: StateView["next"];
  /** in the whole recording */
  readonly count: number;
  readonly why: string | null;
  readonly style: TermStyle;
};

/** Null: no such process was seen. */
export async function versionAt(
  source: Source,
  { pid, t }: { readonly pid: string; readonly t: number },
): Promise<VersionAt | null> {
  const index = await pidIndex(source, pid);
  if (index === null) return null;
  // two at a time: more of them wait for each other
  const [[latest, previous], next] = await Promise.all([
    versionsUpTo(source, index, t, 2).then(async (found) => await withPayloads(source, found)),
    nextVersion(source, index, t),
  ]);
  const life = await processFacts(source, index);
  const count = await countAllVersions(source, index);
  const gaps = latest === undefined ? null : await gapReasons(source, index, latest.t, t);
  const common = { pid: index, latest, previous, next, count, style: styleOf(source.manifest) };
  if (latest === undefined) {
    return { ...common, why: await whyNone(source, index, t, next, life) };
  }
  const why = sentence([
    life.exited !== null && life.exited <= t
      ? `the process exited at ${timeText(life.exited)}; this is its last recorded state`
      : null,
    gaps === null ? null : `changes after ${timeText(latest.t)} may be missing: ${gaps}`,
    isCut(latest.payload)
      ? "the state was larger than the recording's limits; parts of it were not recorded"
      : null,
  ]);
  return { ...common, why };
}

export type Changed = {
  readonly diff: readonly DiffEntry[];
  readonly diffTruncated?: boolean;
};

/** Nothing is decoded when the bytes are the same. */
export function changeOf({ latest, previous, style }: VersionAt): Changed {
  const [before, after] = [previous?.payload ?? null, latest?.payload ?? null];
  if (before === null || after === null || Buffer.compare(before, after) === 0) return { diff: [] };
  const { changes, truncated } = stateDifference(before, after, style);
  return { diff: changes ?? [], ...(truncated ? { diffTruncated: true } : {}) };
}

async function withPayloads(
  source: Source,
  versions: readonly StateVersion[],
): Promise<readonly ReadVersion[]> {
  const payloads = await statesOf(source, versions);
  return versions.map(({ ref, ...facts }) => ({
    ...facts,
    payload: ref === null ? null : (payloads.get(ref) ?? null),
  }));
}

async function nextVersion(source: Source, pid: number, t: number): Promise<StateView["next"]> {
  const span = await stateSpan(source, pid);
  const read = async ({ from, to }: Window, most: number): Promise<readonly Row[]> => {
    const states = await rowsOf(source, "states", { t: [from, to] });
    return await select(
      source,
      sql`SELECT version, t FROM ${states} WHERE pid = ${pid} AND t BETWEEN ${from} AND ${to}
        ORDER BY t, version LIMIT ${most}`,
    );
  };
  const [row] = await earliestFrom(Math.max(t + 1, span.from), 1, read, span.to);
  return row === undefined ? null : { version: asNumber(row[0]), t: asNumber(row[1]) };
}
