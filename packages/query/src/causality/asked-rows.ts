// Events by id with what their causes are looked up by. Lists of ids go in as one text parameter: thousands of
// literals would take DuckDB longer to plan than the query takes to run.

import { kindCode } from "../event-kinds.ts";
import { extentOf, rowsOf } from "../part-rows.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";

export type AskedRow = {
  readonly id: number;
  readonly pid: number;
  readonly kind: number;
  /** the call that it happened in: of a call its caller, of an end the call itself; 0: none */
  readonly inside: number;
  /** the activity's number, the id of the event that began it: nothing of it is older; 0: not known */
  readonly activity: number;
  /** of a payload; 0: none */
  readonly payload: number;
  /** of a call; 0: not recorded, or no call */
  readonly exitEvent: number;
  /** of a call: the function's index; 0: not recorded, or no call */
  readonly function: number;
};

/** In the order of ids; events that the recording does not have are left out. */
export async function askedRows(
  source: Source,
  events: readonly number[],
): Promise<readonly AskedRow[]> {
  const between = extentSql(events);
  const [asked, calls] = await Promise.all([
    rowsOf(source, "events", { id: extentOf(events) }),
    rowsOf(source, "calls", { call: extentOf(events) }),
  ]);
  const rows = await select(
    source,
    sql`SELECT e.id::DOUBLE, coalesce(e.pid, 0), e.kind, e.frame::DOUBLE, e.correlation::DOUBLE, e.payload::DOUBLE,
        c.parent_call::DOUBLE, c.exit_event::DOUBLE, c."function"
      FROM (SELECT * FROM ${asked} WHERE id IN ${idSet(events)} AND id ${between}) e
        LEFT JOIN (SELECT call, parent_call, exit_event, "function" FROM ${calls} WHERE call IN ${idSet(events)} AND call ${between}) c
          ON c.call = e.id
      ORDER BY e.id`,
  );
  return rows.map((row) => {
    const kind = asNumber(row[2]);
    const inside = asNumberOrNull(kind === kindCode("call") ? row[6] : row[3]);
    return {
      id: asNumber(row[0]),
      pid: asNumber(row[1]),
      kind,
      inside: inside ?? 0,
      activity: asNumberOrNull(row[4]) ?? 0,
      payload: asNumberOrNull(row[5]) ?? 0,
      exitEvent: asNumberOrNull(row[7]) ?? 0,
      function: asNumberOrNull(row[8]) ?? 0,
    };
  });
}

/** For `IN`. */
export function idSet(ids: Iterable<number>): Sql {
  return sql`(SELECT unnest(${idArray(ids)}))`;
}

/** A list of the ids, for `unnest`. */
export function idArray(ids: Iterable<number>): Sql {
  return sql`string_split(nullif(${[...ids].join(",")}, ''), ',')::UBIGINT[]`;
}

/** For a column of rising ids: most row groups are skipped by it. */
export function extentSql(events: readonly number[]): Sql {
  const [from, to] = extentOf(events);
  return sql`BETWEEN ${from} AND ${to}`;
}
