// Which functions ran in the pieces of a path: self time by function, piece by piece, from the recorded
// calls of its processes. Where there are very many calls the shortest are left out, and their callers have
// their time.

import type { TimeRange } from "@elixirscope/wire";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { CallTree, type BegunCall } from "./call-tree.ts";
import type { Piece } from "./path-walk.ts";

const MOST_CALLS = 20_000;
const OPEN = CALL_OUTCOMES.indexOf("open");

/** For each piece: ns by function index; what is not in a recorded call is in none. */
export async function functionsOfPieces(
  source: Source,
  pieces: readonly Piece[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly ReadonlyMap<number, number>[]> {
  const runs = pieces.filter(({ kind }) => kind === "run");
  const calls = await callsOf(source, [...new Set(runs.map(({ pid }) => pid))], {
    t0: from,
    t1: to,
  });
  const begun = new Map<number, BegunCall[]>();
  for (const call of calls) {
    const own = begun.get(call.pid) ?? [];
    begun.set(call.pid, own);
    own.push(call);
  }
  const next = new Map<number, readonly BegunCall[]>(begun);
  return pieces.map((piece) => {
    if (piece.kind !== "run") return new Map();
    // pieces come in the order of time: what ended before this one is never asked for again
    const open = (next.get(piece.pid) ?? []).filter((call) => (call.to ?? to) > piece.from);
    next.set(piece.pid, open);
    return selfTimes(open, piece);
  });
}

function selfTimes(calls: readonly BegunCall[], { from, to }: Piece): ReadonlyMap<number, number> {
  const tree = new CallTree();
  for (const call of calls) {
    if (call.from >= to) break;
    tree.enter({ ...call, from: Math.max(call.from, from), to: Math.min(call.to ?? to, to) });
  }
  tree.finish();
  return new Map([...tree.functions.values()].map((one) => [one.function, one.selfNs]));
}

async function callsOf(
  source: Source,
  pids: readonly number[],
  { t0, t1 }: TimeRange,
): Promise<readonly BegunCall[]> {
  const rows = await select(
    source,
    sql`SELECT * FROM (
        SELECT call::DOUBLE AS call, parent_call::DOUBLE, pid, coalesce("function", 0), t_enter::DOUBLE, t_exit::DOUBLE
        FROM raw.calls
        WHERE pid IN ${pids} AND t_enter <= ${t1} AND (t_exit >= ${t0} OR t_exit IS NULL AND outcome = ${OPEN})
        ORDER BY coalesce(t_exit, ${t1}) - t_enter DESC, call LIMIT ${MOST_CALLS})
      ORDER BY call`,
  );
  return rows.map((row) => ({
    call: asNumber(row[0]),
    parent: asNumberOrNull(row[1]),
    pid: asNumber(row[2]),
    function: asNumber(row[3]),
    from: asNumber(row[4]),
    to: asNumberOrNull(row[5]) ?? t1,
  }));
}
