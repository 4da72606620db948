// Messages that a process sent or received around an instant. A message counts when the process had to
// do with it: for the receiver when it arrived (or, not known, when it was sent), for the sender when sent.

import { MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import type { MessageView, Params } from "@elixirscope/wire";
import { nearest } from "./around.ts";
import { pidIndex, pidTexts } from "./interned.ts";
import { lastOf, rowsOf } from "./part-rows.ts";
import { payloadsOf } from "./payloads.ts";
import { printTerm, styleOf } from "./print.ts";
import { asNumberOrNull, select, sql, type Row, type Source, type Sql } from "./sql.ts";
import { earliestFrom, latestUpTo, type Window } from "./time/windows.ts";

export async function messages(
  source: Source,
  params: Params<"messages">,
): Promise<readonly MessageView[]> {
  const { pid, t, limit } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return [];
  const [before, after] = await Promise.all([
    latestUpTo(
      t,
      limit,
      async (window, most) =>
        await messagesIn(source, index, window, sql`moment DESC, message DESC`, most),
    ),
    messagesFrom(source, index, t + 1, limit),
  ]);
  return await messageViews(source, nearest(before, after, limit));
}

async function messagesFrom(
  source: Source,
  pid: number,
  t: number,
  limit: number,
): Promise<readonly Message[]> {
  const read = async (window: Window, most: number): Promise<readonly Message[]> =>
    await messagesIn(source, pid, window, sql`moment, message`, most);
  const [received, sent] = await Promise.all([
    lastOf(source, "messages", "t_received"),
    lastOf(source, "messages", "t_sent"),
  ]);
  const last = Math.max(received, sent);
  // of a recording that goes on mostly the end is near, and little comes: one look tells
  if (source.manifest.state === "recording") return await read({ from: t, to: last }, limit);
  return await earliestFrom(t, limit, read, last);
}

type Message = {
  readonly direction: MessageView["direction"];
  readonly message: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly tSent: number | null;
  readonly tReceived: number | null;
  readonly kind: number;
  readonly bodyRef: number | null;
  readonly replyTo: number | null;
  readonly match: number;
  readonly sendEvent: number | null;
  readonly receiveEvent: number | null;
};

const COLUMNS = sql`message, from_pid, to_pid, t_sent, t_received, kind, body, reply_to, match, send_event, receive_event`;
const INCOMING = 0;
const OUTGOING = 1;

/** In four pieces, so that DuckDB skips by the time of each: where one end is not known, the other tells when it was. */
async function messagesIn(
  source: Source,
  pid: number,
  { from, to }: Window,
  order: Sql,
  limit: number,
): Promise<readonly Message[]> {
  const [received, sent] = await Promise.all([
    rowsOf(source, "messages", { t_received: [from, to] }),
    rowsOf(source, "messages", { t_sent: [from, to] }),
  ]);
  const isReceived = sql`t_received BETWEEN ${from} AND ${to}`;
  const isSent = sql`t_sent BETWEEN ${from} AND ${to}`;
  const rows = await select(
    source,
    sql`SELECT direction, ${COLUMNS} FROM (
        SELECT t_received AS moment, ${INCOMING} AS direction, ${COLUMNS} FROM ${received} WHERE to_pid = ${pid} AND ${isReceived}
        UNION ALL
        SELECT t_sent, ${INCOMING}, ${COLUMNS} FROM ${sent} WHERE to_pid = ${pid} AND t_received IS NULL AND ${isSent}
        UNION ALL
        SELECT t_sent, ${OUTGOING}, ${COLUMNS} FROM ${sent} WHERE from_pid = ${pid} AND ${isSent}
        UNION ALL
        SELECT t_received, ${OUTGOING}, ${COLUMNS} FROM ${received} WHERE from_pid = ${pid} AND t_sent IS NULL AND ${isReceived})
      ORDER BY ${order} LIMIT ${limit}`,
  );
  return rows.map(messageOf);
}

function messageOf(row: Row): Message {
  const [direction, message, from, to, sent, received, kind, body, replyTo, match, send, receive] =
    row.map(asNumberOrNull);
  return {
    direction: direction === INCOMING ? "in" : "out",
    message: message ?? 0,
    from: from ?? null,
    to: to ?? null,
    tSent: sent ?? null,
    tReceived: received ?? null,
    kind: kind ?? 0,
    bodyRef: body ?? null,
    replyTo: replyTo ?? null,
    match: match ?? 0,
    sendEvent: send ?? null,
    receiveEvent: receive ?? null,
  };
}

async function messageViews(
  source: Source,
  chosen: readonly Message[],
): Promise<readonly MessageView[]> {
  const [texts, bodies] = await Promise.all([
    pidTexts(
      source,
      chosen.flatMap(({ from, to }) => [from, to].filter((pid) => pid !== null)),
    ),
    payloadsOf(
      source,
      chosen.flatMap(({ bodyRef }) => bodyRef ?? []),
    ),
  ]);
  const style = styleOf(source.manifest);
  return chosen.map(({ direction, from, to, tSent, tReceived, bodyRef, ...facts }) => {
    const { message, replyTo, sendEvent, receiveEvent } = facts;
    const body = bodies.get(bodyRef ?? 0);
    const own = direction === "in" ? receiveEvent : sendEvent;
    return {
      message,
      direction,
      from: texts.get(from ?? 0) ?? null,
      to: texts.get(to ?? 0) ?? null,
      tSent,
      tReceived,
      dwellNs: tSent === null || tReceived === null ? null : tReceived - tSent,
      kind: MESSAGE_KINDS[facts.kind] ?? "plain",
      body: body === undefined ? "" : printTerm(body, "line", style),
      replyTo,
      match: MESSAGE_MATCHES[facts.match] ?? "none",
      event: own ?? (direction === "in" ? sendEvent : receiveEvent),
    };
  });
}
