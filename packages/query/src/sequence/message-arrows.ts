// The messages between the processes of lanes that are in sight, as long as they are few enough to be drawn one by one.
// More than that are not worth reading: the lanes show how many were sent and received.

import type { Params, Reply } from "@elixirscope/wire";
import { inRangeSql } from "../messages-in-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { knownPids } from "./members.ts";

export async function messageArrows(
  source: Source,
  { t0, t1, pids, limit }: Params<"messageArrows">,
): Promise<Reply<"messageArrows">> {
  const texts = await knownPids(source, pids);
  if (texts.size < 2) return { messages: [], areAll: true };
  const ids = [...texts.keys()];
  // both ends are needed for an arrow
  const between = sql`t_sent IS NOT NULL AND t_received IS NOT NULL
    AND from_pid IN ${ids} AND to_pid IN ${ids} AND from_pid <> to_pid`;
  const rows = await select(
    source,
    sql`SELECT message, from_pid, to_pid, t_sent, t_received, send_event, receive_event
      FROM (${await inRangeSql(source, { t0, t1 }, between)}) LIMIT ${limit + 1}`,
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
