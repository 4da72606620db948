// What one server was asked in a stretch of time, in the order in which it heard it, with its replies and
// the states that the requests led to.

import type { Term } from "@elixirscope/etf";
import { MESSAGE_KINDS, type MessageKind } from "@elixirscope/trace";
import type { Slice } from "../find/windows.ts";
import { decoded, requestIn, resultIn } from "../otp-message.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";

const CALL = MESSAGE_KINDS.indexOf("call");
const ASKING = (["call", "cast", "info"] as const satisfies readonly MessageKind[]).map((kind) =>
  MESSAGE_KINDS.indexOf(kind),
);
/** Of one server in one stretch; what is beyond is said to be left out. */
export const MOST_REQUESTS = 20_000;

export type ServerRequest = {
  readonly message: number;
  readonly client: number;
  readonly request: Term;
  readonly sendEvent: number | null;
  readonly tSent: number | null;
  readonly receiveEvent: number;
  readonly t: number;
  readonly reply: { readonly event: number; readonly result: Term | null } | null;
  /** encoded; null: not recorded */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
};

export type Server = { readonly pid: number; readonly requests: number };

/** Servers where a race can be: several clients, of which one asked twice, once waiting for an answer. */
export async function sharedServers(
  source: Source,
  { from, to }: Slice,
  limit: number,
): Promise<readonly Server[]> {
  const rows = await select(
    source,
    sql`SELECT to_pid, sum(n)::BIGINT FROM (
        SELECT to_pid, from_pid, count(*) AS n, count(*) FILTER (kind = ${CALL}) AS calls FROM raw.messages
        WHERE t_received >= ${from} AND t_received < ${to} AND kind IN ${ASKING} AND from_pid IS NOT NULL
        GROUP BY to_pid, from_pid)
      GROUP BY to_pid HAVING count(*) >= 2 AND max(CASE WHEN calls > 0 THEN n END) >= 2
      ORDER BY sum(n) DESC LIMIT ${limit}`,
  );
  return rows.map((row) => ({ pid: asNumber(row[0]), requests: asNumber(row[1]) }));
}

/** In the order of arrival, at most `MOST_REQUESTS`. */
export async function serverRequests(
  source: Source,
  server: number,
  slice: Slice,
): Promise<readonly ServerRequest[]> {
  const { from, to } = slice;
  const [asked, replies, states] = await Promise.all([
    select(
      source,
      sql`SELECT m.message, m.from_pid, m.send_event, m.t_sent, m.receive_event, m.t_received, payload(m.body)
        FROM (SELECT * FROM raw.messages WHERE to_pid = ${server} AND kind IN ${ASKING}
            AND t_received >= ${from} AND t_received < ${to} AND from_pid IS NOT NULL AND receive_event IS NOT NULL
          ORDER BY receive_event LIMIT ${MOST_REQUESTS}) m ORDER BY m.receive_event`,
    ),
    select(
      source,
      sql`SELECT reply_to, receive_event, payload(body) FROM raw.messages
        WHERE from_pid = ${server} AND reply_to IS NOT NULL AND t_received >= ${from} AND receive_event IS NOT NULL
        ORDER BY reply_to LIMIT ${MOST_REQUESTS}`,
    ),
    statesByCause(source, server, slice),
  ]);
  const replyTo = new Map(replies.map((row) => [asNumber(row[0]), replyOf(row)]));
  return asked.flatMap((row): readonly ServerRequest[] => {
    const message = asNumber(row[0]);
    const body = decoded(asBytesOrNull(row[6]));
    if (body === null) return [];
    return [
      {
        message,
        client: asNumber(row[1]),
        request: requestIn(body),
        sendEvent: asNumberOrNull(row[2]),
        tSent: asNumberOrNull(row[3]),
        receiveEvent: asNumber(row[4]),
        t: asNumber(row[5]),
        reply: replyTo.get(message) ?? null,
        ...(states.get(message) ?? { before: null, after: null }),
      },
    ];
  });
}

function replyOf(row: Row): NonNullable<ServerRequest["reply"]> {
  const body = decoded(asBytesOrNull(row[2]));
  return { event: asNumber(row[1]), result: body === null ? null : resultIn(body) };
}

type Around = { readonly before: Uint8Array | null; readonly after: Uint8Array | null };

/** By the message that led to it, each state with the one before. */
async function statesByCause(
  source: Source,
  server: number,
  { from, to }: Slice,
): Promise<ReadonlyMap<number, Around>> {
  const rows = await select(
    source,
    sql`SELECT cause_message, payload(state) FROM (
        (SELECT cause_message, state, version FROM raw.states WHERE pid = ${server} AND t < ${from}
          ORDER BY version DESC LIMIT 1)
        UNION ALL
        (SELECT cause_message, state, version FROM raw.states WHERE pid = ${server} AND t >= ${from} AND t < ${to}
          ORDER BY version LIMIT ${MOST_REQUESTS})) ORDER BY version`,
  );
  const found = new Map<number, Around>();
  let before: Uint8Array | null = null;
  for (const [cause, bytes] of rows) {
    const message = asNumberOrNull(cause);
    const after = asBytesOrNull(bytes);
    if (message !== null) found.set(message, { before, after });
    before = after;
  }
  return found;
}
