// The messages between the processes of lanes that are in sight, as long as they are few enough to be drawn one by one.
// More than that are not worth reading: the lanes show how many were sent and received.

import type { Params, Reply } from "@elixirscope/wire";
import { rowsOf } from "../part-rows.ts";
import { asNumber, asNumberOrNull, asText, select, sql, type Source } from "../sql.ts";

export async function messageArrows(
  source: Source,
  { t0, t1, pids, limit }: Params<"messageArrows">,
): Promise<Reply<"messageArrows">> {
  const known = await select(source, sql`SELECT id, text FROM base.pids WHERE text IN ${pids}`);
  const texts = new Map(known.map(([id, text]) => [asNumber(id), asText(text)]));
  if (texts.size < 2) return { messages: [], areAll: true };
  const [sent, received] = await Promise.all([
    rowsOf(source, "messages", { t_sent: [t0, t1] }),
    rowsOf(source, "messages", { t_received: [t0, t1] }),
  ]);
  const ids = [...texts.keys()];
  const columns = sql`message, from_pid, to_pid, t_sent, t_received, send_event, receive_event`;
  const between = sql`from_pid IN ${ids} AND to_pid IN ${ids} AND from_pid <> to_pid`;
  // both ends are needed for an arrow; what was sent before and received in the range is read apart
  const rows = await select(
    source,
    sql`SELECT * FROM (
        SELECT ${columns} FROM ${sent}
          WHERE t_sent BETWEEN ${t0} AND ${t1} AND t_received IS NOT NULL AND ${between}
        UNION ALL SELECT ${columns} FROM ${received}
          WHERE t_received BETWEEN ${t0} AND ${t1} AND t_sent < ${t0} AND ${between})
      LIMIT ${limit + 1}`,
  );
  if (rows.length > limit) return { messages: [], areAll: false };
  return {
    areAll: true,
    messages: rows.map(([message, from, to, tSent, tReceived, sendEvent, receiveEvent]) => ({
      message: asNumber(message),
      from: texts.get(asNumber(from)) ?? "",
      to: texts.get(asNumber(to)) ?? "",
      tSent: asNumber(tSent),
      tReceived: asNumber(tReceived),
      sendEvent: asNumberOrNull(sendEvent),
      receiveEvent: asNumberOrNull(receiveEvent),
    })),
  };
}
