// Messages whose two ends were recorded but not put together while recording: from one process, with one body,
// first in, first out. A guess, and told as one.

import { MESSAGE_KINDS, type MessageKind } from "@elixirscope/trace";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { extentSql, idSet, type AskedRow } from "./asked-rows.ts";
import type { CauseEdge } from "@elixirscope/wire";

/** A message that waits longer in a mailbox is not guessed. */
export const WITHIN_NS = 5_000_000_000;
/** With more unmatched ends around, nothing is guessed. */
const MAX_ENDS = 20_000;
const FROM_THE_VM: readonly MessageKind[] = ["down", "exit"];

/** Of a row of `raw.messages`: somebody sent it, and nobody knows which send that was. */
export const UNMATCHED: Sql = sql`match = 0 AND from_pid IS NOT NULL
  AND kind NOT IN ${FROM_THE_VM.map((kind) => MESSAGE_KINDS.indexOf(kind))}`;

type End = {
  readonly event: number;
  readonly t: number;
  readonly from: number;
  readonly to: number;
  /** the text of whom it was sent to, and the name that this process has */
  readonly toText: string;
  readonly toName: string | null;
  readonly body: string;
  readonly isSend: boolean;
};

/** Edges `message` into those of `receives` that have no send. */
export async function guessedMessages(
  source: Source,
  receives: readonly AskedRow[],
): Promise<readonly CauseEdge[]> {
  const ids = receives.map(({ id }) => id);
  if (ids.length === 0) return [];
  const open = await select(
    source,
    sql`SELECT receive_event::DOUBLE, from_pid, t_received FROM raw.messages
      WHERE receive_event IN ${idSet(ids)} AND receive_event ${extentSql(ids)} AND ${UNMATCHED}`,
  );
  if (open.length === 0) return [];
  const [from, to] = extentOf(open.map((row) => asNumber(row[2])));
  const senders = new Set(open.map((row) => asNumber(row[1])));
  const ends = await select(
    source,
    sql`SELECT coalesce(m.send_event, m.receive_event)::DOUBLE, coalesce(m.t_sent, m.t_received), m.from_pid, coalesce(m.to_pid, 0),
        coalesce(p.text, ''), hash(payload(m.body))::VARCHAR, m.send_event IS NOT NULL, x.name
      FROM (SELECT * FROM raw.messages WHERE from_pid IN ${idSet(senders)} AND ${UNMATCHED}
          AND coalesce(t_sent, t_received) BETWEEN ${from - WITHIN_NS} AND ${to} LIMIT ${MAX_ENDS + 1}) m
        LEFT JOIN base.pids p ON p.id = m.to_pid LEFT JOIN base.processes x ON x.pid = m.to_pid`,
  );
  if (ends.length > MAX_ENDS) return [];
  const wanted = new Set(open.map((row) => asNumber(row[0])));
  return paired(ends.map(endOf)).filter(({ target }) => wanted.has(target));
}

function endOf(row: Row): End {
  return {
    event: asNumber(row[0]),
    t: asNumberOrNull(row[1]) ?? 0,
    from: asNumber(row[2]),
    to: asNumber(row[3]),
    toText: asText(row[4]),
    body: asText(row[5]),
    isSend: row[6] === true,
    toName: asTextOrNull(row[7]),
  };
}

/** Each receive takes the oldest send of its sender with its body to its process, or to a name. */
export function paired(ends: readonly End[]): readonly CauseEdge[] {
  const waiting = new Map<string, End[]>();
  const edges: CauseEdge[] = [];
  // of one instant the send comes first
  for (const end of ends.toSorted((a, b) => a.t - b.t || Number(b.isSend) - Number(a.isSend))) {
    const key = `${end.from} ${end.body}`;
    const sends = waiting.get(key) ?? [];
    waiting.set(key, sends);
    if (end.isSend) {
      sends.push(end);
      continue;
    }
    const at = sends.findIndex((send) => end.t - send.t <= WITHIN_NS && mayBeFor(send, end));
    const [send] = at < 0 ? [] : sends.splice(at, 1);
    if (send === undefined) continue;
    edges.push({ source: send.event, target: end.event, type: "message", confidence: "inferred" });
  }
  return edges;
}

/** What was sent to a name may be recorded as for the name, or for who had the name later. */
function mayBeFor(send: End, receive: End): boolean {
  if (send.to === receive.to || !send.toText.startsWith("<")) return true;
  return send.toName !== null && send.toName === receive.toName;
}
