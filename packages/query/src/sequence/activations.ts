// When a request was at work: from when its receiver took it until it sent the reply. Also of requests that
// came before the range or are answered after it.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import type { Activation, TimeRange } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { pidTexts } from "../interned.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";

const HANDLE = kindCode("handle");
const REPLY = MESSAGE_KINDS.indexOf("reply");
/** A call gives up after five seconds unless it was told otherwise: nearly all that spans a range is in here. */
const AROUND_NS = 10e9;
const MOST = 5_000;

export async function activations(
  source: Source,
  { t0, t1 }: TimeRange,
  indexes: readonly number[],
): Promise<readonly Activation[]> {
  const rows = await select(
    source,
    sql`SELECT c.to_pid, coalesce(h.t, c.t_received) AS taken, r.t_sent, c.message, r.message
      FROM (SELECT message, reply_to, t_sent, from_pid FROM raw.messages
          WHERE kind = ${REPLY} AND t_sent BETWEEN ${t0} AND ${t1 + AROUND_NS} AND from_pid IN ${indexes} AND reply_to IS NOT NULL) r
        JOIN (SELECT message, to_pid, t_received, body FROM raw.messages
          WHERE t_received BETWEEN ${t0 - AROUND_NS} AND ${t1} AND to_pid IN ${indexes}) c ON c.message = r.reply_to AND c.to_pid = r.from_pid
        LEFT JOIN (SELECT pid, payload, min(t) AS t FROM raw.events
          WHERE kind = ${HANDLE} AND t BETWEEN ${t0 - AROUND_NS} AND ${t1 + AROUND_NS} AND pid IN ${indexes} AND payload IS NOT NULL
          GROUP BY pid, payload) h ON h.pid = c.to_pid AND h.payload = c.body
      WHERE taken <= ${t1} AND r.t_sent >= taken
      ORDER BY taken, c.message LIMIT ${MOST}`,
  );
  const names = await pidTexts(
    source,
    rows.map(([pid]) => asNumber(pid)),
  );
  return rows.map((row) => ({
    pid: names.get(asNumber(row[0])) ?? "",
    t0: asNumber(row[1]),
    t1: asNumber(row[2]),
    call: asNumber(row[3]),
    reply: asNumber(row[4]),
  }));
}
