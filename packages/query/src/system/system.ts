// The constellation of a stretch of time: who lived in it, who supervises whom, and what was sent between
// them, in as many nodes as fit on the screen that asked.

import { SYSTEM_LIMITS, type Params, type SystemNode, type SystemView } from "@elixirscope/wire";
import { pidTexts } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { initialCallText } from "../names.ts";
import { gapsIn } from "../overview.ts";
import type { Source } from "../sql.ts";
import { edgesOf, receivedAndSent, type Nodes } from "./edges.ts";
import { endsOf } from "./exit-reasons.ts";
import { cut } from "./families.ts";
import { hullId, hullsOf, UNKNOWN_HULL } from "./hulls.ts";
import { livesIn } from "./lives.ts";
import { mailboxDepths } from "./mailbox-depths.ts";
import { isDead, membersOf } from "./members.ts";
import { sizes, traffic, type Flow } from "./traffic.ts";
import { workOf } from "./work.ts";

/** Processes that only messages name: beyond that they are one node. */
const MOST_UNKNOWN = 24;
const MOST_GAPS = 20;

export async function system(source: Source, params: Params<"system">): Promise<SystemView> {
  const range = { t0: Math.min(params.t0, params.t1), t1: Math.max(params.t0, params.t1) };
  const { mailboxAt, open = [], pid = null } = params;
  const [lives, { flows, isCut }, gaps, limits] = await Promise.all([
    livesIn(source, range),
    traffic(source, range),
    gapsIn(source, range),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["messages", "lifecycle"]),
  ]);
  const within = lives.within(range);
  const messages = flows.reduce((sum, flow) => sum + flow.messages, 0);
  const dead = within.filter((life) => isDead(life, range));
  const [ends, sized, depths, work] = await Promise.all([
    endsOf(source, lives, dead),
    messages === 0 ? [] : sizes(source, range, messages),
    mailboxAt === undefined ? null : mailboxDepths(source, within, mailboxAt),
    params.reductions === undefined ? null : workOf(source, lives, range),
  ]);
  const { members: most } = SYSTEM_LIMITS;
  const cells = cut(lives, within, { limit: params.limit, open, members: most, pid });
  const { members, nodes } = membersOf(lives, cells, range, ends);
  const unknown = await unknownOf(source, nodes, flows);
  const idOf: Nodes = (index) => nodes.get(index) ?? unknown.get(index) ?? null;
  const counts = receivedAndSent(flows, idOf);
  const waiting = byNode(depths ?? new Map(), idOf);
  const worked = byNode(work ?? new Map(), idOf);
  const known = members.map(({ place, hull, ...member }): SystemNode => ({
    ...member,
    hull: hullId(lives, { place, hull }),
    ...(counts.get(member.id) ?? NO_MESSAGES),
    mailbox: waiting.get(member.id) ?? null,
    reductions: worked.get(member.id) ?? null,
  }));
  const strangers = [...new Set(unknown.values())].map((id): SystemNode => ({
    ...stranger(id, unknown),
    ...(counts.get(id) ?? NO_MESSAGES),
  }));
  const edges = edgesOf(flows, sized, idOf);
  const drawn = edges.slice(0, SYSTEM_LIMITS.edges);
  const groups = known.filter(({ process }) => process === null);
  const hulls = hullsOf(lives, members);
  return {
    ...range,
    nodes: [...known, ...strangers],
    hulls: strangers.length === 0 ? hulls : [...hulls, UNKNOWN_HULL],
    edges: drawn,
    open: open.map((id) => ({ id, label: openLabel(id) })),
    processes: within.length,
    dead: dead.length,
    grouped: groups.reduce((sum, { count }) => sum + count, 0),
    groups: groups.length,
    messages,
    undrawn: edges.slice(drawn.length).reduce((sum, edge) => sum + edge.messages, 0),
    gaps: gaps.slice(0, MOST_GAPS),
    limits: [
      ...limits,
      ...endNotes(flows),
      ...(isCut ? ["the rarest pairs of processes were not added up"] : []),
      ...(lives.isCut ? ["there were more processes than are looked at: some are not here"] : []),
      ...(ends.isCut ? ["so many processes ended that not all were looked at for a crash"] : []),
      ...(mailboxAt !== undefined && depths === null
        ? ["so many processes lived then that their mailboxes were not counted"]
        : []),
      ...(gaps.length > MOST_GAPS
        ? [`${gaps.length - MOST_GAPS} more stretches are not recorded`]
        : []),
    ],
  };
}

const NO_MESSAGES = { received: 0, sent: 0 } as const;

function byNode(amounts: ReadonlyMap<number, number>, idOf: Nodes): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [pid, amount] of amounts) {
    const id = idOf(pid);
    if (id !== null) found.set(id, (found.get(id) ?? 0) + amount);
  }
  return found;
}

/** Processes that sent or got messages and that the recording does not describe, and their nodes. */
async function unknownOf(
  source: Source,
  known: ReadonlyMap<number, string>,
  flows: readonly Flow[],
): Promise<ReadonlyMap<number, string>> {
  const found = new Set<number>();
  for (const { from, to } of flows) {
    for (const pid of [from, to]) if (pid !== null && !known.has(pid)) found.add(pid);
  }
  const pids = [...found];
  if (pids.length > MOST_UNKNOWN) return new Map(pids.map((pid) => [pid, UNKNOWN_HULL.id]));
  const texts = await pidTexts(source, pids);
  return new Map(pids.map((pid) => [pid, texts.get(pid) ?? `#${pid}`]));
}

function stranger(id: string, unknown: ReadonlyMap<number, string>): SystemNode {
  const count = [...unknown.values()].filter((other) => other === id).length;
  return {
    id,
    label: id === UNKNOWN_HULL.id ? UNKNOWN_HULL.label : id,
    hull: UNKNOWN_HULL.id,
    parent: null,
    process: null,
    count,
    dead: 0,
    crashed: 0,
    spawned: 0,
    ...NO_MESSAGES,
    mailbox: null,
    reductions: null,
  };
}

/** The initial call in the id of a family. */
function openLabel(id: string): string {
  const call = id.slice(id.indexOf("|") + 1);
  return call === "" || call === id ? id : initialCallText(call);
}

/** What has no edge because one of its ends is not known. */
function endNotes(flows: readonly Flow[]): string[] {
  const without = (end: "from" | "to"): number =>
    flows.reduce((sum, flow) => sum + (flow[end] === null ? flow.messages : 0), 0);
  const [from, to] = [without("from"), without("to")];
  return [
    ...(from === 0
      ? []
      : [`${messagesHave(from)} no recorded sender (timers, the VM): without an edge`]),
    ...(to === 0 ? [] : [`${messagesHave(to)} no known receiver: without an edge`]),
  ];
}

function messagesHave(messages: number): string {
  return messages === 1 ? "1 message has" : `${messages.toLocaleString("en")} messages have`;
}
