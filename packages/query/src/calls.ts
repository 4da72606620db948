// Calls of one process as a tree that is opened level by level: the stack at an instant, the children
// of a call, the outermost calls around an instant.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { CallView, Params, Reply } from "@elixirscope/wire";
import { nearest } from "./around.ts";
import { CallDetails } from "./call-details.ts";
import { pidIndex } from "./interned.ts";
import { lastOf, rowsOf } from "./part-rows.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "./print.ts";
import { runningCalls } from "./running-calls.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "./sql.ts";
import { earliestFrom, latestUpTo } from "./time/windows.ts";

const MAX_STACK = 1_000;

export async function calls(source: Source, params: Params<"calls">): Promise<Reply<"calls">> {
  const { pid, t, parent, limit } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return { stack: [], calls: [] };
  const [{ test, from: begin, to: end }, stack] = await Promise.all([
    levelOf(source, parent),
    runningCalls(source, index, { t, event: null }).then(
      async (running) => await callRows(source, running, sql`depth, call`, MAX_STACK),
    ),
  ]);
  const own = sql`pid = ${index} AND ${test}`;
  const last = await lastOf(source, "calls", "t_enter");
  const [before, after] = await Promise.all([
    latestUpTo(
      Math.min(t, end),
      limit,
      async ({ from, to }, most) =>
        await begunIn(source, own, [from, to], sql`t_enter DESC, call DESC`, most),
      begin,
    ),
    earliestFrom(
      t + 1,
      limit,
      async ({ from, to }, most) =>
        await begunIn(source, own, [from, to], sql`t_enter, call`, most),
      Math.min(end, last),
    ),
  ]);
  const chosen = nearest(before, after, limit);
  const shown = [...stack, ...chosen];
  const [counts, views] = await Promise.all([
    childCounts(source, index, shown),
    callViews(source, shown),
  ]);
  const counted = views.map((call) => ({ ...call, childCount: counts.get(call.call) ?? 0 }));
  return { stack: counted.slice(0, stack.length), calls: counted.slice(stack.length) };
}

async function begunIn(
  source: Source,
  own: Sql,
  [from, to]: readonly [number, number],
  order: Sql,
  limit: number,
): Promise<readonly CallRow[]> {
  const begun = await rowsOf(source, "calls", { t_enter: [from, to] });
  const chosen = sql`SELECT * FROM ${begun} WHERE ${own} AND t_enter BETWEEN ${from} AND ${to}`;
  return await callRows(source, chosen, order, limit);
}

type Level = { readonly test: Sql; readonly from: number; readonly to: number };

/** Children begin while their parent runs, which keeps the scan short. */
async function levelOf(source: Source, parent: number | undefined): Promise<Level> {
  const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
  if (parent === undefined) return { test: sql`parent_call IS NULL`, ...always };
  const [row] = await select(
    source,
    sql`SELECT t_enter, t_exit FROM ${await rowsOf(source, "calls", { call: [parent, parent] })}
      WHERE call = ${parent} LIMIT 1`,
  );
  return {
    test: sql`parent_call = ${parent}`,
    from: asNumberOrNull(row?.[0]) ?? always.from,
    to: asNumberOrNull(row?.[1]) ?? always.to,
  };
}

type CallRow = Omit<CallView, "mfa" | "args" | "result" | "childCount"> & {
  readonly function: number | null;
  readonly argsRef: number | null;
  readonly resultRef: number | null;
};

async function callRows(
  source: Source,
  chosen: Sql,
  order: Sql,
  limit: number,
): Promise<readonly CallRow[]> {
  const rows = await select(
    source,
    sql`SELECT call, parent_call, depth, "function", t_enter, t_exit, self_ns, outcome, args, result
      FROM (${chosen}) ORDER BY ${order} LIMIT ${limit}`,
  );
  return rows.map(([call, parent, depth, id, t0, t1, selfNs, outcome, args, result]) => ({
    call: asNumber(call),
    parent: asNumberOrNull(parent),
    depth: asNumber(depth),
    function: asNumberOrNull(id),
    t0: asNumber(t0),
    t1: asNumberOrNull(t1),
    selfNs: asNumberOrNull(selfNs),
    outcome: CALL_OUTCOMES[asNumber(outcome)] ?? "lost",
    argsRef: asNumberOrNull(args),
    resultRef: asNumberOrNull(result),
  }));
}

async function callViews(source: Source, rows: readonly CallRow[]): Promise<readonly CallView[]> {
  const details = await CallDetails.of(
    source,
    rows.map((row) => row.function),
    rows.flatMap(({ argsRef, resultRef }) => [argsRef, resultRef]),
  );
  const style = styleOf(source.manifest);
  return rows.map(({ function: id, argsRef, resultRef, ...call }) => ({
    ...call,
    mfa: details.mfaOf(id),
    args: printedArguments(details.term(argsRef), style),
    result: printed(details.term(resultRef), style),
    childCount: 0,
  }));
}

function printedArguments(bytes: Uint8Array | null, style: TermStyle): string | null {
  return bytes === null ? null : printArguments(bytes, "line", style);
}

function printed(bytes: Uint8Array | null, style: TermStyle): string | null {
  return bytes === null ? null : printTerm(bytes, "line", style);
}

async function childCounts(
  source: Source,
  pid: number,
  parents: readonly CallRow[],
): Promise<Map<number, number>> {
  if (parents.length === 0) return new Map();
  // children begin while their parents run: this keeps the scan short
  const from = parents.reduce((min, call) => Math.min(min, call.t0), Infinity);
  const to = parents.reduce((max, { t1 }) => Math.max(max, t1 ?? Number.MAX_SAFE_INTEGER), 0);
  const children = await rowsOf(source, "calls", { t_enter: [from, to] });
  const rows = await select(
    source,
    sql`SELECT parent_call, count(*) FROM ${children}
      WHERE pid = ${pid} AND t_enter BETWEEN ${from} AND ${to} AND parent_call IN ${parents.map((call) => call.call)}
      GROUP BY parent_call`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), asNumber(row[1])]));
}
