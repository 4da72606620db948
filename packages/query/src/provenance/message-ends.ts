// From a received message to its send, and from a sent one to the code that sends such messages.

import { MESSAGE_MATCHES } from "@elixirscope/trace";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { isCommon } from "./common-values.ts";
import type { FlowTarget } from "./data-flow.ts";
import { termOf } from "./frames.ts";
import { placeIn, type Holder, type Place } from "./place.ts";
import { isSame } from "./term-way.ts";
import { end, hop, type Step } from "./walk-step.ts";

const SENT_WITHIN_NS = 10e9;
const MOST_SENT = 200;

export async function sendOf(source: Source, place: Place): Promise<Step> {
  const [row] = await select(
    source,
    sql`SELECT m.send_event, m.match, e.t, e.pid, e.frame, e.site, payload(m.body), p.text, m.from_pid
        FROM (SELECT * FROM raw.messages WHERE receive_event = ${place.event} AND t_received = ${place.t} LIMIT 1) m
          LEFT JOIN raw.events e ON e.id = m.send_event LEFT JOIN base.pids p ON p.id = m.from_pid`,
  );
  const root = termOf(row?.[6]) ?? place.root;
  if (row !== undefined && row[0] !== null && row[2] !== null) {
    const sent = placeIn(sentHolder(row.slice(2), asNumber(row[0]), root), place.path);
    const match = MESSAGE_MATCHES[asNumber(row[1])];
    const confidence = match === "exact" || match === "ordered" ? match : "inferred";
    if (sent !== null) return hop(sent, "message", confidence, 1);
  }
  const from = asNumberOrNull(row?.[8]);
  const equal = await sentElsewhere(source, place, from);
  const [nearest] = equal;
  if (nearest !== undefined) return hop(nearest, "message", "inferred", equal.length);
  const sender = asTextOrNull(row?.[7]);
  return end(
    "outside",
    sender === null
      ? "received from a process, a timer or a port whose sending was not recorded"
      : `sent by ${sender}, whose sending was not recorded`,
  );
}

/** Sends to this process of an equal message, where ends were not matched. */
async function sentElsewhere(
  source: Source,
  place: Place,
  from: number | null,
): Promise<readonly Place[]> {
  if (isCommon(place.root)) return [];
  // an answer may go to an alias, which is no process
  const ends =
    from === null ? sql`to_pid = ${place.pid}` : sql`(to_pid = ${place.pid} OR from_pid = ${from})`;
  const rows = await select(
    source,
    sql`SELECT e.t, e.pid, e.frame, e.site, payload(m.body), m.send_event
        FROM (SELECT * FROM raw.messages WHERE receive_event IS NULL AND send_event IS NOT NULL AND ${ends}
            AND t_sent BETWEEN ${place.t - SENT_WITHIN_NS} AND ${place.t} ORDER BY t_sent DESC LIMIT ${MOST_SENT}) m
          JOIN raw.events e ON e.id = m.send_event ORDER BY e.t DESC`,
  );
  return rows.flatMap((row) => {
    const root = termOf(row[4]);
    if (root === null || !isSame(root, place.root)) return [];
    return placeIn(sentHolder(row, asNumber(row[5]), root), place.path) ?? [];
  });
}

/** The message is an argument of the call at the site of the send, else of one that sends such messages. */
export async function sendTargets(
  source: Source,
  { site, path, root }: Place,
): Promise<readonly FlowTarget[]> {
  const wrapped = wrappedMessage(root);
  const [first] = path;
  const isMessage = wrapped !== null && first?.kind === "element" && first.index === wrapped.at;
  const index = isMessage ? 1 : null;
  const [row] =
    site === null
      ? []
      : await select(
          source,
          sql`SELECT node_id FROM raw.sites WHERE site = ${site} AND node_id IS NOT NULL LIMIT 1`,
        );
  const nodeId = asTextOrNull(row?.[0]);
  if (nodeId !== null) return [{ kind: "node_argument", nodeId, index }];
  if (!isMessage) return [];
  return wrapped.by.map((name) => ({ kind: "call_argument", function: name, index: 1 }));
}

/** `t, pid, frame, site` */
function sentHolder(row: readonly unknown[], event: number, root: Holder["root"]): Holder {
  return {
    kind: "sent",
    event,
    t: asNumber(row[0]),
    pid: asNumber(row[1]),
    call: asNumberOrNull(row[2]),
    site: asNumberOrNull(row[3]),
    root,
    name: null,
    function: null,
  };
}

/** What `GenServer` puts a message into, and where. */
function wrappedMessage(
  root: Holder["root"],
): { readonly at: number; readonly by: readonly string[] } | null {
  const [tag] = root.kind === "tuple" ? root.items : [];
  switch (tag?.kind === "atom" ? tag.name : "") {
    case "$gen_call":
      return { at: 2, by: ["GenServer.call/2", "GenServer.call/3"] };
    case "$gen_cast":
      return { at: 1, by: ["GenServer.cast/2"] };
    default:
      return null;
  }
}
