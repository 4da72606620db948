// What orders events of different processes in a stretch of time: messages with both ends recorded, and the
// recorded links (spawn, link, exit and its announcements, request to reply).

import { LINK_TYPES, MESSAGE_MATCHES, type LinkType } from "@elixirscope/trace";
import type { Slice } from "../find/windows.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import type { SyncEdge } from "./happens-before.ts";

const UNMATCHED = MESSAGE_MATCHES.indexOf("none");
/** A link's own end is announced by a message; `state` stays inside one process. */
const ORDERING = (
  ["spawn", "link", "exit", "monitor", "reply"] as const satisfies readonly LinkType[]
).map((type) => LINK_TYPES.indexOf(type));

/** Edges with both ends inside. */
export async function syncEdges(source: Source, slice: Slice): Promise<readonly SyncEdge[]> {
  const [messages, links] = await Promise.all([
    messageEdges(source, slice),
    linkEdges(source, slice),
  ]);
  return [...messages, ...links];
}

async function messageEdges(source: Source, { from, to }: Slice): Promise<readonly SyncEdge[]> {
  const rows = await select(
    source,
    sql`SELECT m.send_event, m.from_pid, m.receive_event, m.to_pid, q.receive_event
      FROM (SELECT send_event, from_pid, receive_event, to_pid, reply_to FROM raw.messages
          WHERE t_received >= ${from} AND t_received < ${to} AND t_sent >= ${from} AND "match" <> ${UNMATCHED}
            AND send_event IS NOT NULL AND receive_event IS NOT NULL AND from_pid <> to_pid) m
        LEFT JOIN (SELECT message, receive_event FROM raw.messages
          WHERE t_received >= ${from} AND t_received < ${to}) q ON q.message = m.reply_to`,
  );
  return rows.map((row) => {
    const answers = asNumberOrNull(row[4]);
    return { ...edge(row), ...(answers === null ? {} : { answers }) };
  });
}

async function linkEdges(source: Source, { from, to }: Slice): Promise<readonly SyncEdge[]> {
  const inside = sql`SELECT id, pid FROM raw.events WHERE t >= ${from} AND t < ${to} AND id IN`;
  const rows = await select(
    source,
    sql`WITH span AS (SELECT min(id) AS first, max(id) AS last FROM raw.events WHERE t >= ${from} AND t < ${to}),
      l AS (SELECT source_event, target_event FROM raw.links, span WHERE type IN ${ORDERING}
        AND source_event BETWEEN first AND last AND target_event BETWEEN first AND last)
      SELECT l.source_event, a.pid, l.target_event, b.pid FROM l
        JOIN (${inside} (SELECT source_event FROM l)) a ON a.id = l.source_event
        JOIN (${inside} (SELECT target_event FROM l)) b ON b.id = l.target_event
      WHERE a.pid <> b.pid`,
  );
  return rows.map(edge);
}

function edge(row: readonly unknown[]): SyncEdge {
  return {
    from: asNumber(row[0]),
    fromPid: asNumber(row[1]),
    to: asNumber(row[2]),
    toPid: asNumber(row[3]),
  };
}
