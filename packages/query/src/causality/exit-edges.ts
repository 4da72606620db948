// The exception that a process ended with. Its reason tells: a process that rescued what it last raised and then
// ended for another reason did not end because of that.

import { decode, equal, type Term } from "@elixirscope/etf";
import { kindCode } from "../event-kinds.ts";
import { asBytesOrNull, asNumber, select, sql, type Row, type Source } from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { idArray, idSet, type AskedRow } from "./asked-rows.ts";
import { NEAR } from "./cause-lookups.ts";
import type { CauseEdge } from "@elixirscope/wire";

const EXCEPTION = kindCode("exception");

/** Edges `exit` from the last exception of each process among these ends. */
export async function endOfException(
  source: Source,
  ends: readonly AskedRow[],
): Promise<readonly CauseEdge[]> {
  if (ends.length === 0) return [];
  const [first] = extentOf(ends.map(({ id }) => id));
  // a process mostly raises just before it ends
  const near = await lastExceptions(source, ends, Math.max(0, first - NEAR));
  const found = new Set(near.map((row) => asNumber(row[1])));
  const older = first <= NEAR ? [] : ends.filter(({ id }) => !found.has(id));
  const rows = [...near, ...(await lastExceptions(source, older, 0))];
  return rows.flatMap((row): readonly CauseEdge[] => {
    const [thrown, reason] = [termOf(row[2]), termOf(row[3])];
    if (thrown === null || reason === null || !endsWith(reason, thrown)) return [];
    return [
      { source: asNumber(row[0]), target: asNumber(row[1]), type: "exit", confidence: "ordered" },
    ];
  });
}

/** Rows `exception, end` and their payloads; exceptions from the event `from` on. */
async function lastExceptions(
  source: Source,
  ends: readonly AskedRow[],
  from: number,
): Promise<readonly Row[]> {
  if (ends.length === 0) return [];
  const [, to] = extentOf(ends.map(({ id }) => id));
  return await select(
    source,
    sql`WITH ends AS (SELECT unnest(${idArray(ends.map(({ id }) => id))}) AS id, unnest(${idArray(ends.map(({ pid }) => pid))}) AS pid,
        unnest(${idArray(ends.map(({ payload }) => payload))}) AS payload)
      SELECT t.id::DOUBLE, ends.id::DOUBLE, payload(t.payload), payload(nullif(ends.payload, 0))
      FROM ends ASOF JOIN (SELECT id, pid, payload FROM raw.events
          WHERE kind = ${EXCEPTION} AND pid IN ${idSet(ends.map(({ pid }) => pid))} AND id BETWEEN ${from} AND ${to}) t
        ON t.pid = ends.pid AND t.id < ends.id`,
  );
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}

/** `thrown` is `{class, value}` or `{class, value, stack}`; the VM ends with `{value, stack}`, or `value` of an exit. */
function endsWith(reason: Term, thrown: Term): boolean {
  const value = thrown.kind === "tuple" ? thrown.items[1] : undefined;
  if (value === undefined) return false;
  const inner = reason.kind === "tuple" ? reason.items[0] : undefined;
  return equal(reason, value) || (inner !== undefined && isSame(inner, value));
}

/** A throw that nobody caught ends as `{:nocatch, value}`. */
function isSame(inner: Term, value: Term): boolean {
  if (equal(inner, value)) return true;
  return inner.kind === "tuple" && inner.items[1] !== undefined && equal(inner.items[1], value);
}
