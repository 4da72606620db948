// Every recorded state of a process in a range, each with what changed in it and the message that it came of.

import type { DiffEntry, StateCause } from "@elixirscope/wire";
import { isCut } from "../cut.ts";
import { limitsOf } from "../limits.ts";
import { pidIndex } from "../interned.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import { processFacts } from "../process-facts.ts";
import { whyNone } from "../state-why.ts";
import { causeOf, causesOf } from "./state-causes.ts";
import {
  countVersions,
  statesOf,
  stateDifference,
  versionsIn,
  versionsUpTo,
  type StateVersion,
} from "./state-versions.ts";

export type HistoryParams = {
  readonly pid: string;
  readonly from: number;
  readonly to: number;
  /** versions of the range to leave out at its beginning */
  readonly offset?: number;
  readonly limit: number;
};

export type HistoryEntry = {
  readonly version: number;
  readonly t: number;
  readonly event: number;
  readonly callback: string | null;
  readonly text: string;
  /** parts of the state were beyond the recording's limits */
  readonly truncated: boolean;
  /** against the version before; null for the first recorded one, and where one cannot be read */
  readonly diff: readonly DiffEntry[] | null;
  readonly diffTruncated: boolean;
  readonly cause: StateCause | null;
};

export type HistoryView = {
  readonly pid: string;
  readonly entries: readonly HistoryEntry[];
  /** of the range */
  readonly total: number;
  readonly offset: number;
  /** why there is none */
  readonly why: string | null;
  readonly limits: readonly string[];
};

const MAX_VERSIONS = 1_000;

/** Null: no such process was seen. */
export async function history(source: Source, params: HistoryParams): Promise<HistoryView | null> {
  const { pid, from, to, offset = 0 } = params;
  const limit = Math.min(params.limit, MAX_VERSIONS);
  const index = await pidIndex(source, pid);
  if (index === null) return null;
  const [found, total, limits] = await Promise.all([
    versionsIn(source, index, [from, to], { offset, limit }),
    countVersions(source, index, [from, to]),
    limitsOf(source, { pids: [index], from, to }, ["states"]),
  ]);
  const before = found[0] === undefined ? undefined : await versionBefore(source, index, found[0]);
  const [payloads, causes] = await Promise.all([
    statesOf(source, [before, ...found]),
    causesOf(source, index, found),
  ]);
  const style = styleOf(source.manifest);
  const entries = found.map((one, i) =>
    entryOf(one, i === 0 ? before : found[i - 1], { payloads, causes, style }),
  );
  const why = total > 0 ? null : await whyEmpty(source, index, to);
  return { pid, entries, total, offset, why, limits };
}

async function versionBefore(
  source: Source,
  pid: number,
  { t, version }: StateVersion,
): Promise<StateVersion | undefined> {
  const [before] = await versionsUpTo(source, pid, t, 1, version);
  return before;
}

type Shown = {
  readonly payloads: ReadonlyMap<number, Uint8Array>;
  readonly causes: ReadonlyMap<number, StateCause>;
  readonly style: TermStyle;
};

function entryOf(
  one: StateVersion,
  before: StateVersion | undefined,
  { payloads, causes, style }: Shown,
): HistoryEntry {
  const { version, t, event, callback, causeMessage } = one;
  const payload = payloadOf(one, payloads);
  const { changes, truncated } = stateDifference(payloadOf(before, payloads), payload, style);
  return {
    version,
    t,
    event,
    callback,
    text: payload === undefined ? "(not recorded)" : printTerm(payload, "line", style),
    truncated: payload !== undefined && isCut(payload),
    diff: changes,
    diffTruncated: truncated,
    cause: causeOf(causeMessage, causes),
  };
}

function payloadOf(
  one: StateVersion | undefined,
  payloads: ReadonlyMap<number, Uint8Array>,
): Uint8Array | undefined {
  return one === undefined || one.ref === null ? undefined : payloads.get(one.ref);
}

async function whyEmpty(source: Source, pid: number, t: number): Promise<string> {
  const [latest] = await versionsUpTo(source, pid, t, 1);
  if (latest !== undefined)
    return `no state was recorded in this range; version ${latest.version} is from before`;
  return await whyNone(source, pid, t, null, await processFacts(source, pid));
}
