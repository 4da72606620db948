// Messages one by one: those that were sent or received in the range, and those that had come before and were
// taken by a behaviour inside of it, so that their wait is drawn to its end.

import { MESSAGE_KINDS, MESSAGE_MATCHES, type MessageKind } from "@elixirscope/trace";
import type { SequenceMessage, TimeRange } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { inRangeSql } from "../messages-in-range.ts";
import { decoded, requestIn, resultIn } from "../otp-message.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
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
} from "../sql.ts";
import type { Membership } from "./members.ts";

const HANDLE = kindCode("handle");
const MOST_LETTERS = 200;

export async function singleMessages(
  source: Source,
  range: TimeRange,
  indexes: readonly number[],
  { belongs }: Membership,
  limit: number,
): Promise<readonly SequenceMessage[]> {
  const { t0 } = range;
  const taken = await takenIn(source, range, indexes, limit);
  const rows = await select(
    source,
    sql`SELECT m.message, f.text, o.text, m.t_sent, m.t_received, m.kind, payload(m.body), m.reply_to, m.match,
        m.send_event, m.receive_event, m.body, m.to_pid
      FROM (SELECT * FROM (${await inRangeSql(source, range, belongs)}
          UNION ALL SELECT *, coalesce(t_sent, t_received) AS began FROM raw.messages
            WHERE t_received < ${t0} AND ${within(sql`body`, taken)} AND to_pid IN ${indexes} AND ${belongs})
        ORDER BY began, message LIMIT ${limit}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid
      ORDER BY m.began, m.message`,
  );
  const handled = await handlings(source, rows);
  const style = styleOf(source.manifest);
  return rows.map((row) => message(row, handled, style));
}

/** What behaviours took up in the range. */
async function takenIn(
  source: Source,
  { t0, t1 }: TimeRange,
  indexes: readonly number[],
  limit: number,
): Promise<readonly number[]> {
  const rows = await select(
    source,
    sql`SELECT DISTINCT payload FROM raw.events
      WHERE t BETWEEN ${t0} AND ${t1} AND kind = ${HANDLE} AND pid IN ${indexes} AND payload IS NOT NULL LIMIT ${limit}`,
  );
  return rows.map(([payload]) => asNumber(payload));
}

/** Bounds are said apart: DuckDB skips row groups by them. */
function within(column: Sql, refs: readonly number[]): Sql {
  if (refs.length === 0) return sql`false`;
  const [first, last] = [refs.reduce(least), refs.reduce(greatest)];
  return sql`${column} BETWEEN ${first} AND ${last} AND ${column} IN ${refs}`;
}

/** Times at which behaviours took payloads, ascending, by `pid payload`. */
type Handlings = ReadonlyMap<string, readonly number[]>;

async function handlings(source: Source, rows: readonly Row[]): Promise<Handlings> {
  const refs = rows.flatMap((row) => asNumberOrNull(row[11]) ?? []);
  const found = new Map<string, number[]>();
  if (refs.length === 0) return found;
  const since = rows.reduce((t, row) => Math.min(t, asNumberOrNull(row[4]) ?? t), Infinity);
  if (since === Infinity) return found;
  const events = await select(
    source,
    sql`SELECT pid, payload, t FROM raw.events
      WHERE kind = ${HANDLE} AND t >= ${since} AND ${within(sql`payload`, refs)} ORDER BY t`,
  );
  for (const [pid, payload, t] of events) {
    const key = `${asNumber(pid)} ${asNumber(payload)}`;
    const times = found.get(key);
    if (times === undefined) found.set(key, [asNumber(t)]);
    else times.push(asNumber(t));
  }
  return found;
}

function message(row: Row, handled: Handlings, style: TermStyle): SequenceMessage {
  const [id, from, to, sent, received, code, body, replyTo, match, sendEvent, receiveEvent] = row;
  const kind = MESSAGE_KINDS[asNumber(code)] ?? "plain";
  const tReceived = asNumberOrNull(received);
  const times = handled.get(`${asNumberOrNull(row[12])} ${asNumberOrNull(row[11])}`) ?? [];
  return {
    message: asNumber(id),
    from: asTextOrNull(from),
    to: asTextOrNull(to),
    tSent: asNumberOrNull(sent),
    tReceived,
    tHandled: tReceived === null ? null : (times.find((t) => t >= tReceived) ?? null),
    kind,
    text: messageText(asBytesOrNull(body), kind, style),
    replyTo: asNumberOrNull(replyTo),
    match: MESSAGE_MATCHES[asNumber(match)] ?? "none",
    sendEvent: asNumberOrNull(sendEvent),
    receiveEvent: asNumberOrNull(receiveEvent),
  };
}

/** What the kind already tells (`:"$gen_call"`, the reference of a reply) takes no place on screen. */
function messageText(body: Uint8Array | null, kind: MessageKind, style: TermStyle): string {
  if (body === null) return "";
  const term = decoded(body);
  const inner =
    term === null ? null : kind === "reply" ? (resultIn(term) ?? term) : requestIn(term);
  const text = printTerm(inner ?? body, "line", style);
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 3)}...` : text;
}

function least(a: number, b: number): number {
  return Math.min(a, b);
}

function greatest(a: number, b: number): number {
  return Math.max(a, b);
}
