// What caused an event, and what it caused: edges between event ids, typed, with how sure they are.
//
// All edges of many events come from a few queries over the tables as they are; nothing is stored. An event has
// few causes (its call, its message, what its process last took), so edges grow with the events, not their pairs.

import {
  CONFIDENCES,
  LINK_TYPES,
  MESSAGE_MATCHES,
  type Confidence,
  type LinkType,
} from "@elixirscope/trace";
import { kindCode } from "../event-kinds.ts";
import { asNumber, select, type Row, type Source } from "../sql.ts";
import { askedRows, type AskedRow } from "./asked-rows.ts";
import {
  beginnings,
  callbacksAmong,
  doneBefore,
  linksInto,
  messagesInto,
  receivedBefore,
  stateBefore,
  takenBefore,
  type Beginning,
  type Done,
  type Taken,
} from "./cause-lookups.ts";
import type { CauseEdge, CauseType } from "@elixirscope/wire";
import { effectCandidates } from "./effect-sql.ts";
import { endOfException } from "./exit-edges.ts";
import { guessedMessages } from "./guessed-messages.ts";
import { etsEdges, knownCallEffects, telemetryEdges, timerEdges } from "./known-call-edges.ts";
import { knownFunctions, type Role } from "./known-functions.ts";

const CALL = kindCode("call");
const RETURN = kindCode("return");
const EXCEPTION = kindCode("exception");
const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const STATE = kindCode("state");
const EXIT = kindCode("exit");

async function knownCallEdges(
  source: Source,
  calls: readonly AskedRow[],
  unsent: readonly AskedRow[],
): Promise<readonly CauseEdge[]> {
  if (calls.length + unsent.length === 0) return [];
  const known = await knownFunctions(source);
  if (known.size === 0) return [];
  const of = (role: Role): readonly AskedRow[] =>
    calls.filter((call) => known.get(call.function)?.roles.includes(role) === true);
  const edges = await Promise.all([
    etsEdges(source, of("ets_read"), known),
    timerEdges(source, unsent, known),
    telemetryEdges(source, of("telemetry"), known),
  ]);
  return edges.flat();
}

const NOTHING: Taken = { received: 0, handled: 0 };

/** Every edge that leads into one of `events`, by target, then source. */
export async function causesOf(
  source: Source,
  events: readonly number[],
): Promise<readonly CauseEdge[]> {
  if (events.length === 0) return [];
  const rows = await askedRows(source, events);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const of = (kind: number): readonly AskedRow[] => rows.filter((row) => row.kind === kind);
  const goingOn = rows.filter(({ kind }) => kind !== RECEIVE && kind !== HANDLE);
  const readers = [...of(HANDLE), ...(await callbacksAmong(source, of(CALL)))];
  const [messages, links, taken, received, states, done, ends] = await Promise.all([
    messagesInto(
      source,
      of(RECEIVE).map(({ id }) => id),
    ),
    linksInto(source, ids),
    takenBefore(source, goingOn),
    receivedBefore(
      source,
      of(HANDLE).filter(({ payload }) => payload !== 0),
    ),
    stateBefore(source, readers),
    doneBefore(
      source,
      of(EXCEPTION).filter(({ inside }) => inside !== 0),
    ),
    endOfException(source, of(EXIT)),
  ]);
  const began = goingOn.filter(
    ({ id, inside, kind }) => kind !== STATE && inside === 0 && isNothing(taken.get(id)),
  );
  const matched = new Set(messages.map((row) => asNumber(row[1])));
  const unmatched = of(RECEIVE).filter(({ id }) => !matched.has(id));
  const [begun, guessed, known] = await Promise.all([
    beginnings(source, began),
    guessedMessages(source, unmatched),
    knownCallEdges(source, of(CALL), unmatched),
  ]);
  const edges = [
    ...rows.flatMap(insideEdge),
    ...messages.map(messageEdge),
    ...links.map(linkEdge),
    ...goingOn.flatMap((row) => inputEdges(row, taken.get(row.id) ?? NOTHING)),
    ...pairEdges(received, "handle", "exact"),
    ...pairEdges(states, "state_read", "exact"),
    ...of(EXCEPTION).flatMap((row) => raiseEdge(row, done.get(row.id))),
    ...began.flatMap((row) => beginningEdge(row, begun.get(row.pid))),
    ...guessed,
    ...known,
    ...ends,
  ];
  return sorted(edges);
}

export function isNothing(taken: Taken | undefined): boolean {
  return taken === undefined || (taken.received === 0 && taken.handled === 0);
}

/** Every edge that leads out of one of `events`, by target, then source. */
export async function effectsOf(
  source: Source,
  events: readonly number[],
): Promise<readonly CauseEdge[]> {
  if (events.length === 0) return [];
  const [rows, further] = await Promise.all([
    select(source, effectCandidates(events)),
    knownCallEffects(source, events),
  ]);
  const candidates = new Set([...rows.map(([id]) => asNumber(id)), ...further]);
  const edges = await causesOf(source, [...candidates]);
  const wanted = new Set(events);
  return edges.filter((edge) => wanted.has(edge.source));
}

/** By target, then source; none twice. */
export function sorted(edges: readonly CauseEdge[]): readonly CauseEdge[] {
  const rising = edges.toSorted(
    (a, b) =>
      a.target - b.target ||
      a.source - b.source ||
      (a.type < b.type ? -1 : Number(a.type > b.type)),
  );
  return rising.filter((edge, i) => {
    const before = rising[i - 1];
    return (
      before?.target !== edge.target || before.source !== edge.source || before.type !== edge.type
    );
  });
}

/** Done inside a call, or its end. */
export function insideEdge({
  id,
  kind,
  inside,
}: Pick<AskedRow, "id" | "kind" | "inside">): readonly CauseEdge[] {
  if (inside === 0 || inside === id) return [];
  const type = kind === RETURN || kind === EXCEPTION ? "return" : "call";
  return [{ source: inside, target: id, type, confidence: "exact" }];
}

/** Of a row of `messagesInto`. */
export function messageEdge([send, receive, match]: Row): CauseEdge {
  const confidence = MESSAGE_MATCHES[asNumber(match)] === "exact" ? "exact" : "ordered";
  return { source: asNumber(send), target: asNumber(receive), type: "message", confidence };
}

const OF_LINK: Readonly<Record<LinkType, CauseType>> = {
  message: "message",
  reply: "reply",
  spawn: "spawn",
  link: "link",
  monitor: "monitor",
  exit: "exit",
  state: "state_write",
};

/** Of a row of `linksInto`. */
export function linkEdge([from, to, type, confidence]: Row): CauseEdge {
  return {
    source: asNumber(from),
    target: asNumber(to),
    type: OF_LINK[LINK_TYPES[asNumber(type)] ?? "link"],
    confidence: CONFIDENCES[asNumber(confidence)] ?? "inferred",
  };
}

/** What a process goes on from: the message that it handles, and what it received after the call had begun. */
export function inputEdges(
  { id, kind, inside }: Pick<AskedRow, "id" | "kind" | "inside">,
  { received, handled }: Taken,
): readonly CauseEdge[] {
  const edges: CauseEdge[] = [];
  const add = (source: number, type: CauseType, confidence: Confidence): void => {
    if (source > inside) edges.push({ source, target: id, type, confidence });
  };
  if (kind === STATE) {
    if (handled !== 0) add(handled, "state_write", "exact");
    return edges;
  }
  if (inside !== 0) add(Math.max(received, handled), "program_order", "ordered");
  else if (handled === 0) add(received, "handle", "ordered");
  else {
    add(handled, "handle", "exact");
    if (received > handled) add(received, "program_order", "ordered");
  }
  return edges;
}

/** What the process did just before was an exception, inside of the call that now ends with one. */
export function raiseEdge(
  { id, inside }: Pick<AskedRow, "id" | "inside">,
  done: Done | undefined,
): readonly CauseEdge[] {
  if (done === undefined || done.kind !== EXCEPTION || done.event < inside) return [];
  return [{ source: done.event, target: id, type: "raise", confidence: "ordered" }];
}

/** Of what a process did before it took any message: its spawn, or its first event. */
function beginningEdge({ id }: AskedRow, begun: Beginning | undefined): readonly CauseEdge[] {
  if (begun === undefined) return [];
  const { first, spawn } = begun;
  if (first < id)
    return [{ source: first, target: id, type: "program_order", confidence: "ordered" }];
  return spawn === null ? [] : [{ source: spawn, target: id, type: "spawn", confidence: "exact" }];
}

/** From each value to its key. */
function pairEdges(
  pairs: ReadonlyMap<number, number>,
  type: CauseType,
  confidence: Confidence,
): readonly CauseEdge[] {
  return [...pairs].flatMap(([target, source]) =>
    source < target ? [{ source, target, type, confidence }] : [],
  );
}
