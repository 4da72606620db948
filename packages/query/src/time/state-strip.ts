// The versions of a process's state as cells of a strip. Cells that would be too narrow are one with a count;
// how much a version changed is counted for those that stand alone, as far as few bytes have to be read.

import type { Params, StateCell, StateStrip } from "@elixirscope/wire";
import { diffTerms } from "../diff.ts";
import { internedNames, pidIndex } from "../interned.ts";
import { Kept } from "../kept.ts";
import { limitsOf } from "../limits.ts";
import { payloadsOf } from "../payloads.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";
import { processFacts } from "../process-facts.ts";
import { whyNone } from "../state-why.ts";
import { countVersions, stateTerm, versionsUpTo } from "./state-versions.ts";
import { countAllVersions } from "./state-spans.ts";

const MOST_CHANGES = 500;
const MOST_BYTES = 2_000_000;
const REFS_AT_ONCE = 16;

type Cell = StateCell & { readonly ref: number | null; readonly before: number | null };

export async function stateStrip(
  source: Source,
  params: Params<"stateStrip">,
): Promise<StateStrip> {
  const { pid, t0, t1 } = params;
  const index = await pidIndex(source, pid);
  if (index === null) {
    const why = `${pid} was not seen in this recording`;
    return { pid, total: 0, versions: 0, cells: [], why, limits: [] };
  }
  // what was current when the range begins fills its beginning
  const [current, before] = await versionsUpTo(source, index, t0, 2);
  const from = current?.t ?? t0;
  const [total, versions, life, limits] = await Promise.all([
    countVersions(source, index, [from, t1]),
    countAllVersions(source, index),
    processFacts(source, index),
    limitsOf(source, { pids: [index], from: t0, to: t1 }, ["states"]),
  ]);
  if (total === 0) {
    const why = await whyNone(source, index, t1, null, life);
    return { pid, total, versions, cells: [], why, limits };
  }
  const end = Math.max(from, Math.min(t1, life.exited ?? t1));
  const cells = await cellsOf(source, index, {
    ...params,
    from,
    end,
    total,
    before: before?.ref ?? 0,
  });
  return { pid, total, versions, cells: await withChanges(source, cells), why: null, limits };
}

type Extent = Params<"stateStrip"> & {
  readonly from: number;
  readonly end: number;
  readonly total: number;
  /** the state before the first of them */
  readonly before: number;
};

async function cellsOf(source: Source, index: number, extent: Extent): Promise<readonly Cell[]> {
  const { t0, t1, from, end, total, cells, by, before } = extent;
  const width = Math.max(1, Math.ceil((t1 - t0) / cells));
  const bucket =
    by === "time"
      ? sql`greatest(0, t - ${t0}) // ${width}`
      : sql`n * ${Math.min(cells, total)} // ${total}`;
  const rows = await select(
    source,
    sql`WITH v AS (
        SELECT version, t, event, callback, state, lag(state, 1, ${before}) OVER w AS before, row_number() OVER w - 1 AS n
        FROM raw.states WHERE pid = ${index} AND t BETWEEN ${from} AND ${t1} WINDOW w AS (ORDER BY t, version)
      )
      SELECT min(t), count(*), count(*) FILTER (before IS DISTINCT FROM state), arg_min(version, n),
        arg_max(version, n), arg_max(event, n), CASE WHEN count(DISTINCT coalesce(callback, 0)) = 1 THEN any_value(callback) END,
        arg_max(state, n), arg_max(before, n)
      FROM v GROUP BY ${bucket} ORDER BY 1, 4`,
  );
  const callbacks = await internedNames(
    source,
    rows.flatMap((row) => asNumberOrNull(row[6]) ?? []),
  );
  return rows.map((row, i) => {
    const until = rows[i + 1]?.[0];
    return cellOf(row, until === undefined ? end : asNumber(until), callbacks);
  });
}

function cellOf(row: Row, t1: number, callbacks: ReadonlyMap<number, string>): Cell {
  return {
    t0: asNumber(row[0]),
    t1,
    count: asNumber(row[1]),
    changed: asNumber(row[2]),
    first: asNumber(row[3]),
    version: asNumber(row[4]),
    event: asNumber(row[5]),
    callback: callbacks.get(asNumberOrNull(row[6]) ?? 0) ?? null,
    changes: null,
    ref: asNumberOrNull(row[7]),
    before: asNumberOrNull(row[8]) === 0 ? null : asNumberOrNull(row[8]),
  };
}

/** By the references of both states: what they are does not change. */
const counted = new Kept<string, number>(10_000);

async function withChanges(source: Source, cells: readonly Cell[]): Promise<readonly StateCell[]> {
  const unknown = cells.filter(
    ({ count, ref, before }) =>
      count === 1 &&
      ref !== null &&
      before !== null &&
      ref !== before &&
      counted.get(source, `${before} ${ref}`) === undefined,
  );
  let bytes = 0;
  for (let i = 0; i < unknown.length && bytes < MOST_BYTES; i += REFS_AT_ONCE) {
    const some = unknown.slice(i, i + REFS_AT_ONCE);
    const payloads = await payloadsOf(
      source,
      some.flatMap(({ ref, before }) => [ref ?? 0, before ?? 0]),
    );
    for (const payload of payloads.values()) bytes += payload.length;
    for (const { ref, before } of some) {
      const [old, news] = [stateTerm(payloads.get(before ?? 0)), stateTerm(payloads.get(ref ?? 0))];
      if (old === null || news === null) continue;
      counted.set(source, `${before} ${ref}`, diffTerms(old, news, MOST_CHANGES).changes.length);
    }
  }
  return cells.map(({ ref, before, ...cell }) => ({
    ...cell,
    changes: changesOf(source, cell, ref, before),
  }));
}

function changesOf(
  source: Source,
  { count }: StateCell,
  ref: number | null,
  before: number | null,
): number | null {
  if (count !== 1 || ref === null || before === null) return null;
  return ref === before ? 0 : (counted.get(source, `${before} ${ref}`) ?? null);
}
