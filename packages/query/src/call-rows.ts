// Calls as rows, with all that is shown of them but names and terms; by their ids, or as a query finds them.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { CallView } from "@elixirscope/wire";
import { RowsById, type FoundRow } from "./rows-by-id.ts";
import { asNumberOrNull, listed, select, Sql, sql, type Source } from "./sql.ts";

const COLUMNS = [
  "call",
  "parent_call",
  "exit_event",
  "function",
  "pid",
  "depth",
  "t_enter",
  "t_exit",
  "self_ns",
  "outcome",
  "args",
  "result",
] as const;

export const callsById: RowsById<"calls"> = new RowsById("calls", COLUMNS);

export type CallRow = Omit<CallView, "mfa" | "args" | "result" | "childCount"> & {
  readonly exitEvent: number | null;
  readonly pid: number | null;
  readonly function: number | null;
  readonly argsRef: number | null;
  readonly resultRef: number | null;
};

/** `chosen`: rows of `raw.calls`. */
export async function callRows(
  source: Source,
  chosen: Sql,
  order: Sql,
  limit: number,
): Promise<readonly CallRow[]> {
  const columns = listed(COLUMNS.map((column) => new Sql([`"${column}"`], [])));
  const rows = await select(
    source,
    sql`SELECT ${columns} FROM (${chosen}) ORDER BY ${order} LIMIT ${limit}`,
  );
  return rows.map((row) => callRowOf(row.map(asNumberOrNull)));
}

/** Of a row of `callsById`. */
export function callRowOf(row: FoundRow): CallRow {
  const [call, parent, exitEvent, id, pid, depth, t0, t1, selfNs, outcome, args, result] = row;
  return {
    call: call ?? 0,
    parent: parent ?? null,
    exitEvent: exitEvent ?? null,
    function: id ?? null,
    pid: pid ?? null,
    depth: depth ?? 0,
    t0: t0 ?? 0,
    t1: t1 ?? null,
    selfNs: selfNs ?? null,
    outcome: CALL_OUTCOMES[outcome ?? -1] ?? "lost",
    argsRef: args ?? null,
    resultRef: result ?? null,
  };
}
