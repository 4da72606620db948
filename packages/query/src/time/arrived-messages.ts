// Messages that had arrived at OTP behaviours by an instant and were not taken yet, and what each behaviour
// was at work on.
//
// The VM tells that messages arrived when the process looks at its mailbox, all that have come since at once; the
// behaviour takes them one by one, in their order, and reports each (`handle`). A message and the report share
// one payload reference. So only arrivals behind the last message that was taken can be waiting.

import { CONFIDENCES, EVENT_KINDS, MESSAGE_KINDS } from "@elixirscope/trace";
import { asNumber, asNumberOrNull, listed, select, sql, type Source } from "../sql.ts";
import { growingWindows } from "./windows.ts";

const HANDLE = EVENT_KINDS.indexOf("handle");
const EXACT = CONFIDENCES.indexOf("exact");
const INFERRED = CONFIDENCES.indexOf("inferred");
/** What only a behaviour's own loop takes; other messages may have been received inside of a callback. */
const FOR_LOOP: ReadonlySet<number> = new Set(
  (["call", "cast"] as const).map((kind) => MESSAGE_KINDS.indexOf(kind)),
);
/** Of a process that had reported nothing yet: arrivals that are looked at. */
const UNREPORTED_NS = 10_000_000_000;
const MAX_CANDIDATES = 5_000;

/** The message that a behaviour took last. */
export type Taken = {
  readonly event: number;
  readonly t: number;
  readonly payload: number;
  /** of its message; null: not recorded */
  readonly message: number | null;
  readonly receiveEvent: number | null;
};

export type Arrived = {
  readonly pid: number;
  readonly message: number;
  readonly receiveEvent: number;
  /** code of the confidence that it was waiting: exact when its taking was reported later */
  readonly confidence: number;
};

export type Arrivals = {
  /** by process; those that reported something by then */
  readonly taken: ReadonlyMap<number, Taken>;
  /** in the order of arrival */
  readonly waiting: readonly Arrived[];
  /** there were more arrivals than are looked at */
  readonly truncated: boolean;
};

type Candidate = Omit<Arrived, "confidence"> & { readonly body: number; readonly kind: number };

export async function arrivals(
  source: Source,
  pids: readonly number[],
  t: number,
): Promise<Arrivals> {
  const behaviours = await reporting(source, pids);
  const taken = await takenAt(source, behaviours, t);
  const candidates = await candidatesOf(source, behaviours, taken, t);
  const later = await takenLater(source, candidates, t);
  const isTaken = (one: Candidate): boolean => later.has(`${one.pid} ${one.body}`);
  const rest = candidates.filter(
    (one) => !isTaken(one) && FOR_LOOP.has(one.kind) && taken.has(one.pid),
  );
  const goesOn = await takesMore(source, rest, t);
  const left = new Set(rest.filter(({ pid }) => !goesOn.has(pid)));
  const waiting = candidates.flatMap((one) => {
    const { pid, message, receiveEvent } = one;
    if (isTaken(one)) return [{ pid, message, receiveEvent, confidence: EXACT }];
    return left.has(one) ? [{ pid, message, receiveEvent, confidence: INFERRED }] : [];
  });
  return { taken, waiting, truncated: candidates.length === MAX_CANDIDATES };
}

/** Tasks and plain processes report nothing; asking for it would read the whole recording. */
async function reporting(source: Source, pids: readonly number[]): Promise<readonly number[]> {
  const rows = await select(
    source,
    sql`SELECT pid FROM base.processes WHERE pid IN ${pids} AND behaviour IS NOT NULL AND behaviour <> 'task'`,
  );
  return rows.map(([pid]) => asNumber(pid));
}

async function takenAt(
  source: Source,
  pids: readonly number[],
  t: number,
): Promise<ReadonlyMap<number, Taken>> {
  const found = new Map<number, Omit<Taken, "message" | "receiveEvent">>();
  const remaining = new Set(pids);
  for (const { from, to } of growingWindows(t, "previous", 0)) {
    if (remaining.size === 0) break;
    const rows = await select(
      source,
      sql`SELECT pid, max(id), arg_max(t, id), arg_max(payload, id) FROM raw.events
        WHERE t BETWEEN ${from} AND ${to} AND kind = ${HANDLE} AND pid IN ${[...remaining]} GROUP BY pid`,
    );
    for (const [pid, event, at, payload] of rows) {
      remaining.delete(asNumber(pid));
      const facts = {
        event: asNumber(event),
        t: asNumber(at),
        payload: asNumberOrNull(payload) ?? 0,
      };
      found.set(asNumber(pid), facts);
    }
  }
  const refs = [...found.values()].map(({ payload }) => payload);
  const rows = await select(
    source,
    sql`SELECT to_pid, message, receive_event FROM raw.messages
      WHERE ${within("body", refs)} AND to_pid IN ${[...found.keys()]} AND t_received <= ${t}`,
  );
  const messages = new Map(rows.map((row) => [asNumber(row[0]), row]));
  return new Map(
    [...found].map(([pid, facts]) => {
      const row = messages.get(pid);
      const [message, receiveEvent] = [asNumberOrNull(row?.[1]), asNumberOrNull(row?.[2])];
      return [pid, { ...facts, message, receiveEvent }];
    }),
  );
}

/** What arrived behind the last message that was taken, in order. */
async function candidatesOf(
  source: Source,
  pids: readonly number[],
  taken: ReadonlyMap<number, Taken>,
  t: number,
): Promise<readonly Candidate[]> {
  if (pids.length === 0) return [];
  const behind = listed(
    pids.map(
      (pid) =>
        sql`(${pid}, ${taken.get(pid)?.receiveEvent ?? 0}, ${taken.has(pid) ? 0 : t - UNREPORTED_NS})`,
    ),
  );
  const rows = await select(
    source,
    sql`SELECT m.to_pid, m.message, m.receive_event, coalesce(m.body, 0), m.kind
      FROM raw.messages m JOIN (VALUES ${behind}) b(pid, event, t)
        ON m.to_pid = b.pid AND m.receive_event > b.event AND m.t_received > b.t
      WHERE m.t_received <= ${t} AND m.to_pid IN ${pids}
      ORDER BY m.t_received, m.receive_event LIMIT ${MAX_CANDIDATES}`,
  );
  return rows.map((row) => ({
    pid: asNumber(row[0]),
    message: asNumber(row[1]),
    receiveEvent: asNumber(row[2]),
    body: asNumber(row[3]),
    kind: asNumber(row[4]),
  }));
}

/** `pid payload` of what was taken after `t`. */
async function takenLater(
  source: Source,
  candidates: readonly Candidate[],
  t: number,
): Promise<ReadonlySet<string>> {
  if (candidates.length === 0) return new Set();
  const refs = candidates.map(({ body }) => body);
  const rows = await select(
    source,
    sql`SELECT DISTINCT pid, payload FROM raw.events
      WHERE t > ${t} AND kind = ${HANDLE} AND ${within("payload", refs)}`,
  );
  return new Set(rows.map(([pid, payload]) => `${asNumber(pid)} ${asNumber(payload)}`));
}

/** Processes of `rest` that took something after `t`: what they passed over was not waiting any more. */
async function takesMore(
  source: Source,
  rest: readonly Candidate[],
  t: number,
): Promise<ReadonlySet<number>> {
  if (rest.length === 0) return new Set();
  const rows = await select(
    source,
    sql`SELECT DISTINCT pid FROM raw.events
      WHERE t > ${t} AND kind = ${HANDLE} AND pid IN ${[...new Set(rest.map(({ pid }) => pid))]}`,
  );
  return new Set(rows.map(([pid]) => asNumber(pid)));
}

/** Bounds are said apart: DuckDB skips row groups by them. */
function within(column: "body" | "payload", refs: readonly number[]): ReturnType<typeof sql> {
  if (refs.length === 0) return sql`false`;
  const name = column === "body" ? sql`body` : sql`payload`;
  const first = refs.reduce((one, ref) => Math.min(one, ref));
  const last = refs.reduce((one, ref) => Math.max(one, ref));
  return sql`${name} BETWEEN ${first} AND ${last} AND ${name} IN ${refs}`;
}
