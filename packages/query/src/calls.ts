// Calls of one process as a tree that is opened level by level: the stack at an instant, the children
// of a call, the outermost calls around an instant.

import type { CallView, Params, Reply } from "@elixirscope/wire";
import { nearest } from "./around.ts";
import { CallDetails } from "./call-details.ts";
import { callRowOf, callRows, callsById, type CallRow } from "./call-rows.ts";
import { CallsBeside } from "./calls-beside.ts";
import { pidIndex } from "./interned.ts";
import { lastOf, rowsOf } from "./part-rows.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "./print.ts";
import { runningCalls } from "./running-calls.ts";
import { asNumber, select, sql, type Source, type Sql } from "./sql.ts";
import { earliestFrom, latestUpTo } from "./time/windows.ts";

const MAX_STACK = 1_000;

export async function calls(source: Source, params: Params<"calls">): Promise<Reply<"calls">> {
  const { pid, t, parent } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return { stack: [], calls: [] };
  const [{ chosen, beside }, stack] = await Promise.all([
    parent === undefined
      ? outermost(source, index, params)
      : childrenOf(source, index, parent, params),
    runningCalls(source, index, { t, event: null }).then(
      async (running) => await callRows(source, running, sql`depth, call`, MAX_STACK),
    ),
  ]);
  const shown = [...stack, ...chosen];
  const [counts, views] = await Promise.all([
    childCounts(source, index, shown, beside),
    callViews(source, shown),
  ]);
  const counted = views.map((call) => ({ ...call, childCount: counts.get(call.call) ?? 0 }));
  return { stack: counted.slice(0, stack.length), calls: counted.slice(stack.length) };
}

type Around = Pick<Params<"calls">, "t" | "limit">;

type Chosen = {
  readonly chosen: readonly CallRow[];
  /** of the call whose children they are, where it was read with others */
  readonly beside: CallsBeside | null;
};

async function outermost(source: Source, pid: number, around: Around): Promise<Chosen> {
  const level = { test: sql`parent_call IS NULL`, from: 0, to: Number.MAX_SAFE_INTEGER };
  return { chosen: await searched(source, pid, level, around), beside: null };
}

async function childrenOf(
  source: Source,
  pid: number,
  parent: number,
  around: Around,
): Promise<Chosen> {
  const beside = await CallsBeside.of(source, parent);
  const children = beside?.children(parent) ?? null;
  if (children !== null) {
    const own = children.filter((child) => child.pid === pid).toSorted(byBeginning);
    const { t, limit } = around;
    const before = own.filter(({ t0 }) => t0 <= t).toReversed();
    return { chosen: nearest(before, own.slice(before.length), limit), beside };
  }
  const known = beside?.get(parent) ?? (await callOf(source, parent));
  // children begin while their parent runs, which keeps the scan short
  const level = {
    test: sql`parent_call = ${parent}`,
    from: known?.t0 ?? 0,
    to: known?.t1 ?? Number.MAX_SAFE_INTEGER,
  };
  return { chosen: await searched(source, pid, level, around), beside };
}

function byBeginning(one: CallRow, other: CallRow): number {
  return one.t0 - other.t0 || one.call - other.call;
}

async function callOf(source: Source, call: number): Promise<CallRow | null> {
  const row = (await callsById.of(source, [call])).get(call);
  return row === undefined ? null : callRowOf(row);
}

type Level = { readonly test: Sql; readonly from: number; readonly to: number };

async function searched(
  source: Source,
  pid: number,
  { test, from: begin, to: end }: Level,
  { t, limit }: Around,
): Promise<readonly CallRow[]> {
  const own = sql`pid = ${pid} AND ${test}`;
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
      Math.max(t + 1, begin),
      limit,
      async ({ from, to }, most) =>
        await begunIn(source, own, [from, to], sql`t_enter, call`, most),
      Math.min(end, last),
    ),
  ]);
  return nearest(before, after, limit);
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

async function callViews(source: Source, rows: readonly CallRow[]): Promise<readonly CallView[]> {
  const details = await CallDetails.of(
    source,
    rows.map((row) => row.function),
    rows.flatMap(({ argsRef, resultRef }) => [argsRef, resultRef]),
  );
  const style = styleOf(source.manifest);
  return rows.map(({ call, parent, depth, t0, t1, selfNs, outcome, ...row }) => ({
    call,
    parent,
    depth,
    t0,
    t1,
    selfNs,
    outcome,
    mfa: details.mfaOf(row.function),
    args: printedArguments(details.term(row.argsRef), style),
    result: printed(details.term(row.resultRef), style),
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
  shown: readonly CallRow[],
  beside: CallsBeside | null,
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  const asked: CallRow[] = [];
  for (const row of shown) {
    const children = beside?.children(row.call) ?? null;
    if (children === null) asked.push(row);
    else counts.set(row.call, children.length);
  }
  if (asked.length === 0) return counts;
  // children begin while their parents run: this keeps the scan short
  const from = asked.reduce((min, call) => Math.min(min, call.t0), Infinity);
  const to = asked.reduce((max, { t1 }) => Math.max(max, t1 ?? Number.MAX_SAFE_INTEGER), 0);
  const children = await rowsOf(source, "calls", { t_enter: [from, to] });
  const rows = await select(
    source,
    sql`SELECT parent_call, count(*) FROM ${children}
      WHERE pid = ${pid} AND t_enter BETWEEN ${from} AND ${to} AND parent_call IN ${asked.map((call) => call.call)}
      GROUP BY parent_call`,
  );
  for (const [call, count] of rows) counts.set(asNumber(call), asNumber(count));
  return counts;
}
