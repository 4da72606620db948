// Causes that only the arguments of traced calls tell: what was last written under an ETS key, the timer that a
// message came from, the start of a telemetry span. Each looks back over a bounded number of calls.

import { decode, equal, termKey, type Term } from "@elixirscope/etf";
import { asBytesOrNull, asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { idSet, type AskedRow } from "./asked-rows.ts";
import type { CauseEdge } from "@elixirscope/wire";
import { knownFunctions, withRole, type KnownFunction } from "./known-functions.ts";

type Known = ReadonlyMap<number, KnownFunction>;

/** Calls that are looked back over, the newest ones. */
export const LOOK_BACK = 5_000;

type KnownCall = {
  readonly call: number;
  readonly pid: number;
  readonly name: string;
  readonly tEnter: number;
  readonly exitEvent: number | null;
  readonly args: readonly Term[];
  readonly result: Term | null;
};

/** Edges `ets`: into reads of a key, from the write of it that ended last. Tables count by how they were named. */
export async function etsEdges(
  source: Source,
  reads: readonly AskedRow[],
  known: Known,
): Promise<readonly CauseEdge[]> {
  if (reads.length === 0) return [];
  const writes = await callsBefore(source, withRole(known, "ets_write"), known, reads);
  const asked = await callsById(source, reads, known);
  const byKey = new Map<string, KnownCall[]>();
  for (const write of writes) {
    for (const key of writtenKeys(write)) byKey.set(key, [...(byKey.get(key) ?? []), write]);
  }
  return asked.flatMap(({ call, args: [table, key] }): readonly CauseEdge[] => {
    if (table === undefined || key === undefined) return [];
    const last = (byKey.get(placeKey(table, key)) ?? [])
      .filter(({ exitEvent }) => exitEvent !== null && exitEvent < call)
      .toSorted((a, b) => (b.exitEvent ?? 0) - (a.exitEvent ?? 0))[0];
    if (last === undefined) return [];
    return [{ source: last.call, target: call, type: "ets", confidence: "ordered" }];
  });
}

/** The key is taken for the first element, as it is unless the table says otherwise. */
function writtenKeys({ name, args: [table, second] }: KnownCall): readonly string[] {
  if (table === undefined || second === undefined) return [];
  if (name !== "insert" && name !== "insert_new") return [placeKey(table, second)];
  const tuples = second.kind === "list" ? second.items : [second];
  return tuples.flatMap((tuple) => {
    const key = tuple.kind === "tuple" ? tuple.items[0] : undefined;
    return key === undefined ? [] : [placeKey(table, key)];
  });
}

function placeKey(table: Term, key: Term): string {
  return `${termKey(table)}\u0000${termKey(key)}`;
}

/** Edges `timer`: into messages that nobody sent, from the call that set the timer. */
export async function timerEdges(
  source: Source,
  receives: readonly AskedRow[],
  known: Known,
): Promise<readonly CauseEdge[]> {
  const timers = withRole(known, "timer");
  if (receives.length === 0 || timers.length === 0) return [];
  const ids = receives.map(({ id }) => id);
  const rows = await select(
    source,
    sql`SELECT m.receive_event::DOUBLE, m.t_received, payload(m.body), p.text FROM (
        SELECT * FROM raw.messages WHERE receive_event IN ${idSet(ids)} AND from_pid IS NULL) m
      LEFT JOIN base.pids p ON p.id = m.to_pid`,
  );
  if (rows.length === 0) return [];
  const set = await callsBefore(source, timers, known, receives);
  return rows.flatMap((row): readonly CauseEdge[] => {
    const event = asNumber(row[0]);
    const body = termOf(row[2]);
    const t = asNumberOrNull(row[1]) ?? 0;
    if (body === null) return [];
    const found = set
      .filter((timer) => timer.call < event && isOfTimer(timer, body, t))
      .toSorted((a, b) => dueAt(b) - dueAt(a))[0];
    if (found === undefined) return [];
    const confidence = found.name === "start_timer" ? "exact" : "inferred";
    return [{ source: found.call, target: event, type: "timer", confidence }];
  });
}

/** `start_timer` sends `{timeout, Ref, Message}` with the reference that it returned; `send_after` the message alone. */
function isOfTimer(timer: KnownCall, body: Term, t: number): boolean {
  const message = timer.args[2];
  if (message === undefined || dueAt(timer) > t) return false;
  if (timer.name !== "start_timer") return equal(body, message);
  const [, reference, inner] = body.kind === "tuple" ? body.items : [];
  if (reference === undefined || inner === undefined || timer.result === null) return false;
  return equal(reference, timer.result) && equal(inner, message);
}

function dueAt({ tEnter, args: [time] }: KnownCall): number {
  return tEnter + (time?.kind === "integer" ? Number(time.value) * 1e6 : 0);
}

/** Edges `telemetry`: into the stop or exception of a span, from its start in the same process. */
export async function telemetryEdges(
  source: Source,
  executes: readonly AskedRow[],
  known: Known,
): Promise<readonly CauseEdge[]> {
  if (executes.length === 0) return [];
  const asked = new Set(executes.map(({ id }) => id));
  const before = await callsBefore(source, withRole(known, "telemetry"), known, executes);
  const own = await callsById(source, executes, known);
  const all = new Map([...before, ...own].map((call) => [call.call, call]));
  const open = new Map<string, KnownCall[]>();
  const edges: CauseEdge[] = [];
  for (const call of [...all.values()].toSorted((a, b) => a.call - b.call)) {
    const span = spanOf(call);
    if (span === null) continue;
    const key = `${call.pid} ${span.name}`;
    const starts = open.get(key) ?? [];
    open.set(key, starts);
    if (span.phase === "start") starts.push(call);
    else {
      const start = starts.pop();
      if (start === undefined || !asked.has(call.call)) continue;
      edges.push({
        source: start.call,
        target: call.call,
        type: "telemetry",
        confidence: "ordered",
      });
    }
  }
  return edges;
}

function spanOf({
  args: [event],
}: KnownCall): { readonly name: string; readonly phase: string } | null {
  const last = event?.kind === "list" ? event.items.at(-1) : undefined;
  if (event?.kind !== "list" || last?.kind !== "atom") return null;
  if (!["start", "stop", "exception"].includes(last.name)) return null;
  return { name: event.items.slice(0, -1).map(termKey).join("\u0000"), phase: last.name };
}

/** What calls among `events` may have led to in one of these ways: the next calls and messages that could be it. */
export async function knownCallEffects(
  source: Source,
  events: readonly number[],
): Promise<readonly number[]> {
  const known = await knownFunctions(source);
  if (known.size === 0) return [];
  const [own] = await select(
    source,
    sql`SELECT min(call)::DOUBLE FROM raw.calls WHERE call IN ${idSet(events)} AND "function" IN ${[...known.keys()]}`,
  );
  const from = asNumberOrNull(own?.[0]);
  if (from === null) return [];
  const reading = [...withRole(known, "ets_read"), ...withRole(known, "telemetry")];
  const rows = await select(
    source,
    sql`(SELECT call::DOUBLE FROM raw.calls WHERE "function" IN ${reading} AND call > ${from} ORDER BY call LIMIT ${LOOK_BACK})
      UNION (SELECT receive_event::DOUBLE FROM raw.messages WHERE from_pid IS NULL AND receive_event > ${from}
        ORDER BY receive_event LIMIT ${LOOK_BACK})`,
  );
  return rows.map(([id]) => asNumber(id));
}

async function callsBefore(
  source: Source,
  functions: readonly number[],
  known: Known,
  rows: readonly AskedRow[],
): Promise<readonly KnownCall[]> {
  if (functions.length === 0) return [];
  const [, to] = extentOf(rows.map(({ id }) => id));
  return await knownCalls(
    source,
    known,
    sql`SELECT * FROM raw.calls WHERE "function" IN ${functions} AND call < ${to} ORDER BY call DESC LIMIT ${LOOK_BACK}`,
  );
}

async function callsById(
  source: Source,
  rows: readonly AskedRow[],
  known: Known,
): Promise<readonly KnownCall[]> {
  return await knownCalls(
    source,
    known,
    sql`SELECT * FROM raw.calls WHERE call IN ${idSet(rows.map(({ id }) => id))}`,
  );
}

async function knownCalls(
  source: Source,
  known: Known,
  chosen: ReturnType<typeof sql>,
): Promise<readonly KnownCall[]> {
  const rows = await select(
    source,
    sql`SELECT call::DOUBLE, pid, "function", t_enter, exit_event::DOUBLE, payload(args), payload(result) FROM (${chosen})`,
  );
  return rows.map((row) => {
    const args = termOf(row[5]);
    return {
      call: asNumber(row[0]),
      pid: asNumber(row[1]),
      name: known.get(asNumber(row[2]))?.name ?? "",
      tEnter: asNumberOrNull(row[3]) ?? 0,
      exitEvent: asNumberOrNull(row[4]),
      args: args?.kind === "list" ? args.items : [],
      result: termOf(row[6]),
    };
  });
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}
