// Messages that a process sent or received around an instant. A message counts when the process had to
// do with it: for the receiver when it arrived (or, not known, when it was sent), for the sender when sent.

import { MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import type { MessageView, Params } from "@elixirscope/wire";
import { nearest } from "./around.ts";
import { pidIndex } from "./interned.ts";
import { printTerm, styleOf, type TermStyle } from "./print.ts";
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

type Timed = { readonly at: number; readonly view: MessageView };

export async function messages(
  source: Source,
  params: Params<"messages">,
): Promise<readonly MessageView[]> {
  const { pid, t, limit } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return [];
  const [before, after] = await Promise.all([
    messageRows(source, index, sql`moment <= ${t}`, sql`moment DESC, message DESC`, limit),
    messageRows(source, index, sql`moment > ${t}`, sql`moment, message`, limit),
  ]);
  return nearest(before, after, limit).map(({ view }) => view);
}

async function messageRows(
  source: Source,
  pid: number,
  when: Sql,
  order: Sql,
  limit: number,
): Promise<readonly Timed[]> {
  const rows = await select(
    source,
    sql`SELECT m.moment, m.direction, m.message, f.text, o.text, m.t_sent, m.t_received, m.kind, payload(m.body), m.reply_to, m.match, m.send_event, m.receive_event
      FROM (SELECT * FROM (
          SELECT coalesce(t_received, t_sent) AS moment, 'in' AS direction, * FROM raw.messages WHERE to_pid = ${pid}
          UNION ALL
          SELECT coalesce(t_sent, t_received) AS moment, 'out' AS direction, * FROM raw.messages WHERE from_pid = ${pid})
        WHERE ${when} ORDER BY ${order} LIMIT ${limit}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid
      ORDER BY ${order}`,
  );
  const style = styleOf(source.manifest);
  return rows.map((row) => ({ at: asNumber(row[0]), view: messageView(row, style) }));
}

function messageView(row: Row, style: TermStyle): MessageView {
  const [
    ,
    way,
    message,
    from,
    to,
    sent,
    received,
    kind,
    body,
    replyTo,
    match,
    sendEvent,
    receiveEvent,
  ] = row;
  const direction = way === "in" ? "in" : "out";
  const ends = direction === "in" ? [receiveEvent, sendEvent] : [sendEvent, receiveEvent];
  const tSent = asNumberOrNull(sent);
  const tReceived = asNumberOrNull(received);
  const bytes = asBytesOrNull(body);
  return {
    message: asNumber(message),
    direction,
    from: asTextOrNull(from),
    to: asTextOrNull(to),
    tSent,
    tReceived,
    dwellNs: tSent === null || tReceived === null ? null : tReceived - tSent,
    kind: MESSAGE_KINDS[asNumber(kind)] ?? "plain",
    body: bytes === null ? "" : printTerm(bytes, "line", style),
    replyTo: asNumberOrNull(replyTo),
    match: MESSAGE_MATCHES[asNumber(match)] ?? "none",
    event: asNumberOrNull(ends[0]) ?? asNumberOrNull(ends[1]),
  };
}
