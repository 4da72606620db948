// Recorded states of one process as its versions. A state that did not change is stored once, so equal
// references mean equal states, and each reference is read once.

import { decode, type Term } from "@elixirscope/etf";
import type { DiffEntry } from "@elixirscope/wire";
import { diffEntry } from "../diff-view.ts";
import { diffTerms } from "../diff.ts";
import { payloadsOf } from "../payloads.ts";
import { rowsOf } from "../part-rows.ts";
import type { TermStyle } from "../print.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source, type Sql } from "../sql.ts";
import { internedNames } from "../interned.ts";
import { stateSpan } from "./state-spans.ts";
import { latestUpTo } from "./windows.ts";

const MAX_CHANGES = 500;
const MAX_VERSION = 2 ** 32 - 1;

export type StateVersion = {
  readonly version: number;
  readonly t: number;
  readonly event: number;
  readonly causeMessage: number | null;
  readonly callback: string | null;
  /** of the payload; null: not recorded */
  readonly ref: number | null;
};

/** The latest versions at an instant, newest first; `below`: several may have come at that instant. */
export async function versionsUpTo(
  source: Source,
  pid: number,
  t: number,
  limit: number,
  below: number = MAX_VERSION,
): Promise<readonly StateVersion[]> {
  const span = await stateSpan(source, pid);
  return await latestUpTo(
    Math.min(t, span.to),
    limit,
    async ({ from, to }, most) =>
      await versions(
        source,
        [from, to],
        sql`pid = ${pid} AND t BETWEEN ${from} AND ${to} AND version < ${below}`,
        sql`t DESC, version DESC`,
        sql`${most}`,
      ),
    span.from,
  );
}

/** Both ends belong to the range; oldest first. */
export async function versionsIn(
  source: Source,
  pid: number,
  [from, to]: readonly [number, number],
  page: { readonly offset: number; readonly limit: number },
): Promise<readonly StateVersion[]> {
  return await versions(
    source,
    [from, to],
    sql`pid = ${pid} AND t BETWEEN ${from} AND ${to}`,
    sql`t, version`,
    sql`${page.limit} OFFSET ${page.offset}`,
  );
}

async function versions(
  source: Source,
  range: readonly [number, number],
  where: Sql,
  order: Sql,
  limit: Sql,
): Promise<readonly StateVersion[]> {
  const states = await rowsOf(source, "states", { t: range });
  const rows = await select(
    source,
    sql`SELECT version, t, event, cause_message, callback, state FROM ${states}
      WHERE ${where} ORDER BY ${order} LIMIT ${limit}`,
  );
  const callbacks = await internedNames(
    source,
    rows.flatMap(([, , , , callback]) => asNumberOrNull(callback) ?? []),
  );
  return rows.map((row) => versionOf(row, callbacks));
}

function versionOf(row: Row, callbacks: ReadonlyMap<number, string>): StateVersion {
  return {
    version: asNumber(row[0]),
    t: asNumber(row[1]),
    event: asNumber(row[2]),
    causeMessage: asNumberOrNull(row[3]),
    callback: callbacks.get(asNumberOrNull(row[4]) ?? 0) ?? null,
    ref: asNumberOrNull(row[5]),
  };
}

export async function countVersions(
  source: Source,
  pid: number,
  [from, to]: readonly [number, number],
): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.states WHERE pid = ${pid} AND t BETWEEN ${from} AND ${to}`,
  );
  return asNumber(row?.[0] ?? 0);
}

/** The bytes of these versions by their references. */
export async function statesOf(
  source: Source,
  all: readonly (StateVersion | undefined)[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  return await payloadsOf(
    source,
    all.flatMap((one) => one?.ref ?? []),
  );
}

export type StateDifference = {
  /** null: one of the two was not recorded, or cannot be read */
  readonly changes: readonly DiffEntry[] | null;
  readonly truncated: boolean;
};

export function stateDifference(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  style: TermStyle,
): StateDifference {
  if (before === after && before !== undefined) return { changes: [], truncated: false };
  const [old, news] = [stateTerm(before), stateTerm(after)];
  if (old === null || news === null) return { changes: null, truncated: false };
  const { changes, complete } = diffTerms(old, news, MAX_CHANGES);
  return { changes: changes.map((change) => diffEntry(change, style)), truncated: !complete };
}

/** Null: not recorded, or it cannot be read. */
export function stateTerm(bytes: Uint8Array | undefined): Term | null {
  const term = bytes === undefined ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}
