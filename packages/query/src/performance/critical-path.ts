// The critical path of a request across processes: what its time was spent on, piece by piece. A request is
// a call, a message that a behaviour handled, or a call message until its reply; the walk is in path-walk.ts.

import { CALL_OUTCOMES, MESSAGE_KINDS } from "@elixirscope/trace";
import { PIECE_KINDS, type CriticalPath, type PathShare } from "@elixirscope/wire";
import { eventFacts, eventTitle } from "../event-facts.ts";
import { functionTexts } from "../interned.ts";
import { kindCode } from "../event-kinds.ts";
import { limitsOf } from "../limits.ts";
import { styleOf } from "../print.ts";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { activityOf, type Activity } from "./path-activity.ts";
import { functionsOfPieces } from "./path-functions.ts";
import { walk, type Cursor, type Piece, type Request } from "./path-walk.ts";

/** Null: the event is not there, or nothing that takes time began with it or was running. */
export async function criticalPath(
  source: Source,
  event: number,
  { limit }: { readonly limit: number },
): Promise<CriticalPath | null> {
  const request = await requestOf(source, event);
  if (request === null) return null;
  const pieces = await walk(request, activitiesOf(source, request.from));
  const inside = await functionsOfPieces(source, pieces, request);
  const style = styleOf(source.manifest);
  const [facts, refs, names, limits] = await Promise.all([
    eventFacts(source, [request.event]),
    processRefs(source, [request.pid, ...pieces.map(({ pid }) => pid)]),
    functionTexts(
      source,
      inside.flatMap((sums) => [...sums.keys()]),
    ),
    limitsOf(
      source,
      { pids: [...new Set(pieces.map(({ pid }) => pid))], from: request.from, to: request.to },
      ["calls", "messages", "states", "lifecycle"],
    ),
  ]);
  const root = facts.get(request.event);
  const duration = request.to - request.from;
  const ref = (pid: number): ProcessRef => refs.get(pid) ?? { pid: "?", name: null };
  const longest = new Set(pieces.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, limit));
  const share = (ns: number): number => (duration === 0 ? 0 : ns / duration);
  return {
    event: request.event,
    title: root === undefined ? "" : eventTitle(root, style),
    ...ref(request.pid),
    t0: request.from,
    t1: request.to,
    total: pieces.length,
    pieces: pieces.flatMap((piece, i) =>
      longest.has(piece)
        ? [
            {
              kind: piece.kind,
              ...ref(piece.pid),
              t0: piece.from,
              t1: piece.to,
              share: share(lengthOf(piece)),
              event: piece.event,
              mfa: mostOf(inside[i], names),
            },
          ]
        : [],
    ),
    restNs: sum(pieces.filter((piece) => !longest.has(piece))),
    byKind: PIECE_KINDS.map((kind) => {
      const ns = sum(pieces.filter((piece) => piece.kind === kind));
      return { kind, ns, share: share(ns) };
    }).filter(({ ns }) => ns > 0),
    shares: sharesOf(pieces, inside, (fun) => names.get(fun) ?? null, ref, share),
    limits: [...limits, ...missing(source, pieces, request)],
  };
}

function lengthOf({ from, to }: Piece): number {
  return to - from;
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((total, piece) => total + lengthOf(piece), 0);
}

function mostOf(
  functions: ReadonlyMap<number, number> | undefined,
  names: ReadonlyMap<number, string>,
): string | null {
  const [most] = [...(functions ?? [])].toSorted(([, a], [, b]) => b - a);
  return most === undefined ? null : (names.get(most[0]) ?? null);
}

function sharesOf(
  pieces: readonly Piece[],
  inside: readonly ReadonlyMap<number, number>[],
  nameOf: (fun: number) => string | null,
  ref: (pid: number) => ProcessRef,
  share: (ns: number) => number,
): readonly PathShare[] {
  const shares = new Map<string, PathShare>();
  const add = (piece: Piece, mfa: string | null, ns: number): void => {
    if (ns <= 0) return;
    const key = `${piece.kind} ${mfa ?? ""} ${piece.pid}`;
    const known = shares.get(key);
    const total = (known?.ns ?? 0) + ns;
    shares.set(key, {
      kind: piece.kind,
      mfa,
      ...ref(piece.pid),
      pieces: (known?.pieces ?? 0) + 1,
      ns: total,
      share: share(total),
    });
  };
  for (const [i, piece] of pieces.entries()) {
    let rest = lengthOf(piece);
    for (const [fun, ns] of inside[i] ?? []) {
      add(piece, nameOf(fun), ns);
      rest -= ns;
    }
    add(piece, null, rest);
  }
  return [...shares.values()].toSorted((a, b) => b.ns - a.ns);
}

function missing(source: Source, pieces: readonly Piece[], { endEvent }: Request): string[] {
  const limits: string[] = [];
  if (endEvent === null) limits.push("it was still running when the recording ended");
  if (pieces.some(({ kind }) => kind === "serve")) {
    limits.push("some calls were answered by processes whose work for it was not recorded (serve)");
  }
  if (pieces.some(({ kind }) => kind === "unknown")) {
    limits.push("where the path came from is not known everywhere (unknown)");
  }
  if (!source.manifest.plan.messages) limits.push("waiting cannot be told from running");
  return limits;
}

/** Read once per process; again where a process did more than fits. */
function activitiesOf(source: Source, from: number): (cursor: Cursor) => Promise<Activity> {
  const known = new Map<number, { readonly activity: Activity; readonly upTo: Cursor }>();
  return async (cursor) => {
    const found = known.get(cursor.pid);
    const covers =
      found !== undefined &&
      cursor.id <= found.upTo.id &&
      cursor.t <= found.upTo.t &&
      (found.activity.isWhole || (found.activity.causes[0]?.id ?? 0) < cursor.id);
    if (covers) return found.activity;
    const activity = await activityOf(source, cursor.pid, from, cursor);
    known.set(cursor.pid, { activity, upTo: cursor });
    return activity;
  };
}

async function requestOf(source: Source, id: number): Promise<Request | null> {
  const [row] = await select(
    source,
    sql`SELECT kind, pid, frame::DOUBLE, t::DOUBLE FROM raw.events WHERE id = ${id}`,
  );
  if (row === undefined) return null;
  const [kind, pid, frame, t] = [
    asNumber(row[0]),
    asNumberOrNull(row[1]),
    asNumberOrNull(row[2]),
    asNumber(row[3]),
  ];
  if (kind === kindCode("call")) return await callRequest(source, id);
  if (kind === kindCode("send")) {
    const exchange = await exchangeOf(source, id);
    if (exchange !== null) return exchange;
  }
  if (kind === kindCode("handle") && pid !== null) return await handlingOf(source, id, pid, t);
  return frame === null ? null : await callRequest(source, frame);
}

async function callRequest(source: Source, call: number): Promise<Request | null> {
  const [row] = await select(
    source,
    sql`SELECT pid, t_enter::DOUBLE, t_exit::DOUBLE, exit_event::DOUBLE, outcome FROM raw.calls WHERE call = ${call} LIMIT 1`,
  );
  if (row === undefined) return null;
  const [pid, from, exit] = [asNumber(row[0]), asNumber(row[1]), asNumberOrNull(row[2])];
  const isOpen = asNumber(row[4]) === CALL_OUTCOMES.indexOf("open");
  if (exit === null && !isOpen) return null;
  const to = exit ?? (await recordingRange(source)).t1;
  return { pid, from, to, event: call, endEvent: asNumberOrNull(row[3]) };
}

/** From the send of a call to its reply. */
async function exchangeOf(source: Source, send: number): Promise<Request | null> {
  const [row] = await select(
    source,
    sql`SELECT c.from_pid, c.t_sent::DOUBLE, r.t_received::DOUBLE, r.receive_event::DOUBLE
      FROM (SELECT * FROM raw.messages WHERE send_event = ${send}) c
        JOIN (SELECT * FROM raw.messages WHERE reply_to = ${send} AND kind = ${MESSAGE_KINDS.indexOf("reply")}) r
        ON r.reply_to = c.message
      WHERE r.t_received IS NOT NULL LIMIT 1`,
  );
  if (row === undefined) return null;
  const end = asNumberOrNull(row[3]);
  return {
    pid: asNumber(row[0]),
    from: asNumber(row[1]),
    to: asNumber(row[2]),
    event: send,
    // the receive itself is the first step back
    endEvent: end === null ? null : end + 1,
  };
}

/** From `handle` to the state that follows. */
async function handlingOf(
  source: Source,
  handle: number,
  pid: number,
  from: number,
): Promise<Request | null> {
  const [row] = await select(
    source,
    sql`SELECT id::DOUBLE, t::DOUBLE FROM raw.events
      WHERE pid = ${pid} AND id > ${handle} AND kind IN ${[kindCode("state"), kindCode("exit")]} AND t >= ${from}
      ORDER BY id LIMIT 1`,
  );
  if (row === undefined) return null;
  return { pid, from, to: asNumber(row[1]), event: handle, endEvent: asNumber(row[0]) };
}
