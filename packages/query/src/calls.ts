// Calls of one process as a tree that is opened level by level: the stack at an instant, the children
// of a call, the outermost calls around an instant.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { CallView, Params, Reply } from "@elixirscope/wire";
import { nearest } from "./around.ts";
import { mfaText } from "./names.ts";
import { pidIndex } from "./pids.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "./print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "./sql.ts";
import { latestUpTo } from "./time/windows.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
const MAX_STACK = 1_000;

export async function calls(source: Source, params: Params<"calls">): Promise<Reply<"calls">> {
  const { pid, t, parent, limit } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return { stack: [], calls: [] };
  const { test, from: begin, to: end } = await levelOf(source, parent);
  const own = sql`pid = ${index} AND ${test}`;
  const [stack, before, after] = await Promise.all([
    callRows(source, runningAt(index, t), sql`depth, call`, MAX_STACK),
    latestUpTo(
      Math.min(t, end),
      limit,
      async ({ from, to }, most) =>
        await callRows(
          source,
          where(sql`${own} AND t_enter BETWEEN ${from} AND ${to}`),
          sql`t_enter DESC, call DESC`,
          most,
        ),
      begin,
    ),
    callRows(
      source,
      where(sql`${own} AND t_enter > ${t} AND t_enter <= ${end}`),
      sql`t_enter, call`,
      limit,
    ),
  ]);
  const chosen = nearest(before, after, limit);
  const counts = await childCounts(source, index, [...stack, ...chosen]);
  const withChildren = (call: CallView): CallView => ({
    ...call,
    childCount: counts.get(call.call) ?? 0,
  });
  return { stack: stack.map(withChildren), calls: chosen.map(withChildren) };
}

function where(test: Sql): Sql {
  return sql`SELECT * FROM raw.calls WHERE ${test}`;
}

/** In two, since DuckDB skips row groups by one test, not by two with OR between. */
function runningAt(pid: number, t: number): Sql {
  const begun = sql`pid = ${pid} AND t_enter <= ${t}`;
  const open = where(sql`${begun} AND t_exit IS NULL AND outcome = ${OPEN}`);
  return sql`${where(sql`${begun} AND t_exit > ${t}`)} UNION ALL ${open}`;
}

type Level = { readonly test: Sql; readonly from: number; readonly to: number };

/** Children begin while their parent runs, which keeps the scan short. */
async function levelOf(source: Source, parent: number | undefined): Promise<Level> {
  const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
  if (parent === undefined) return { test: sql`parent_call IS NULL`, ...always };
  const [row] = await select(
    source,
    sql`SELECT t_enter, t_exit FROM raw.calls WHERE call = ${parent} LIMIT 1`,
  );
  return {
    test: sql`parent_call = ${parent}`,
    from: asNumberOrNull(row?.[0]) ?? always.from,
    to: asNumberOrNull(row?.[1]) ?? always.to,
  };
}

async function callRows(
  source: Source,
  chosen: Sql,
  order: Sql,
  limit: number,
): Promise<readonly CallView[]> {
  const rows = await select(
    source,
    sql`SELECT c.call, c.parent_call, c.depth, f.module, f."function", f.arity, c.t_enter, c.t_exit, c.self_ns,
        c.outcome, payload(c.args), payload(c.result)
      FROM (SELECT * FROM (${chosen}) ORDER BY ${order} LIMIT ${limit}) c
        LEFT JOIN base.functions f ON f.id = c."function" ORDER BY ${order}`,
  );
  const style = styleOf(source.manifest);
  return rows.map((row) => callView(row, style));
}

function callView(row: Row, style: TermStyle): CallView {
  const [call, parent, depth, module, name, arity, t0, t1, selfNs, outcome, args, result] = row;
  return {
    call: asNumber(call),
    parent: asNumberOrNull(parent),
    depth: asNumber(depth),
    mfa: mfaText(
      asTextOrNull(module) ?? "?",
      asTextOrNull(name) ?? "?",
      asNumberOrNull(arity) ?? 0,
    ),
    args: printedArguments(args, style),
    result: printed(result, style),
    outcome: CALL_OUTCOMES[asNumber(outcome)] ?? "lost",
    t0: asNumber(t0),
    t1: asNumberOrNull(t1),
    selfNs: asNumberOrNull(selfNs),
    childCount: 0,
  };
}

function printedArguments(column: unknown, style: TermStyle): string | null {
  const bytes = asBytesOrNull(column);
  return bytes === null ? null : printArguments(bytes, "line", style);
}

function printed(column: unknown, style: TermStyle): string | null {
  const bytes = asBytesOrNull(column);
  return bytes === null ? null : printTerm(bytes, "line", style);
}

async function childCounts(
  source: Source,
  pid: number,
  parents: readonly CallView[],
): Promise<Map<number, number>> {
  if (parents.length === 0) return new Map();
  // children begin while their parents run: this keeps the scan short
  const from = parents.reduce((min, call) => Math.min(min, call.t0), Infinity);
  const to = parents.reduce((max, { t1 }) => Math.max(max, t1 ?? Number.MAX_SAFE_INTEGER), 0);
  const rows = await select(
    source,
    sql`SELECT parent_call, count(*) FROM raw.calls
      WHERE pid = ${pid} AND t_enter BETWEEN ${from} AND ${to} AND parent_call IN ${parents.map((call) => call.call)}
      GROUP BY parent_call`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), asNumber(row[1])]));
}
