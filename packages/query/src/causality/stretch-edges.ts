// The edges into the events of a stretch, told in memory by the rules of `edges.ts`. One pass in the order of ids
// keeps what each process took last; what may depend on something older than the stretch is left open.

import { kindCode } from "../event-kinds.ts";
import { asNumber } from "../sql.ts";
import type { Done, Taken } from "./cause-lookups.ts";
import {
  insideEdge,
  inputEdges,
  isNothing,
  linkEdge,
  messageEdge,
  raiseEdge,
  sorted,
  type CauseEdge,
} from "./edges.ts";
import { StateCursors } from "./state-cursors.ts";
import type { StretchRows } from "./stretch-rows.ts";

const CALL = kindCode("call");
const EXCEPTION = kindCode("exception");
const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const STATE = kindCode("state");
const EXIT = kindCode("exit");

export type StretchEdges = {
  /** by target; an event of the stretch without causes has an empty list */
  readonly into: ReadonlyMap<number, readonly CauseEdge[]>;
  /** events some of whose causes may be older, or are told by values: to be asked for by themselves */
  readonly open: ReadonlySet<number>;
};

export function stretchEdges(rows: StretchRows): StretchEdges {
  const telling = new Telling(rows);
  for (let at = 0; at < rows.events.count; at++) telling.event(at);
  return telling;
}

type Own = {
  readonly id: number;
  readonly pid: number;
  readonly kind: number;
  readonly inside: number;
  readonly activity: number;
  readonly payload: number;
};

class Telling implements StretchEdges {
  readonly into = new Map<number, readonly CauseEdge[]>();
  readonly open = new Set<number>();
  readonly #rows: StretchRows;
  readonly #from: number;
  readonly #parents = new Map<number, number>();
  readonly #callbacks = new Set<number>();
  /** messages and links */
  readonly #recorded = new Map<number, CauseEdge[]>();
  readonly #states: StateCursors;
  /** by process and activity: what was taken last, and what was done last */
  readonly #taken: Map<string, Taken>;
  readonly #done = new Map<string, Done>();
  /** by process and payload: the message received last */
  readonly #received = new Map<string, number>();

  constructor(rows: StretchRows) {
    this.#rows = rows;
    this.#taken = new Map(rows.taken);
    this.#from = rows.events.id[0] ?? 0;
    this.#states = new StateCursors(rows.states, rows.versions);
    const withState = new Set(rows.states.map(([, event]) => asNumber(event)));
    for (const [call, parent, exit, name] of rows.calls) {
      if (rows.told.has(asNumber(name))) this.open.add(asNumber(call));
      this.#parents.set(asNumber(call), asNumber(parent));
      if (withState.has(asNumber(exit))) this.#callbacks.add(asNumber(call));
    }
    const sent = rows.messages.filter(([send, , match]) => send !== 0 && match !== 0);
    for (const [, receive, match, isOpen] of rows.messages) {
      if (match === 0 && isOpen === true) this.open.add(asNumber(receive));
    }
    for (const edge of [...sent.map(messageEdge), ...rows.links.map(linkEdge)]) {
      const known = this.#recorded.get(edge.target);
      if (known === undefined) this.#recorded.set(edge.target, [edge]);
      else known.push(edge);
    }
  }

  event(at: number): void {
    const own = this.#own(at);
    const { id, kind } = own;
    const edges = [...insideEdge(own), ...(this.#recorded.get(id) ?? [])];
    if (kind === HANDLE) this.#addReceived(own, edges);
    else if (kind !== RECEIVE) this.#addInput(own, edges);
    if (kind === EXCEPTION && own.inside !== 0) this.#addRaise(own, edges);
    if (kind === HANDLE || this.#callbacks.has(id)) this.#addState(own, edges);
    if (kind === EXIT) this.open.add(id);
    this.into.set(id, sorted(edges));
    this.#remember(own);
  }

  #own(at: number): Own {
    const { events } = this.#rows;
    const id = events.id[at] ?? 0;
    const kind = events.kind[at] ?? 0;
    return {
      id,
      kind,
      pid: events.pid[at] ?? 0,
      inside: kind === CALL ? (this.#parents.get(id) ?? 0) : (events.frame[at] ?? 0),
      activity: events.activity[at] ?? 0,
      payload: events.payload[at] ?? 0,
    };
  }

  #addReceived({ id, pid, payload }: Own, edges: CauseEdge[]): void {
    const received = this.#received.get(`${pid} ${payload}`);
    if (received === undefined) this.open.add(id);
    else edges.push({ source: received, target: id, type: "handle", confidence: "exact" });
  }

  #addInput(own: Own, edges: CauseEdge[]): void {
    const taken = this.#taken.get(place(own)) ?? { received: 0, handled: 0 };
    edges.push(...inputEdges(own, taken));
    // of a process that took nothing yet, the beginning counts
    if (isNothing(taken) && own.inside === 0 && own.kind !== STATE) this.open.add(own.id);
  }

  #addRaise(own: Own, edges: CauseEdge[]): void {
    const done = this.#done.get(place(own));
    edges.push(...raiseEdge(own, done));
    if (done === undefined && own.inside < this.#from) this.open.add(own.id);
  }

  #addState({ id, pid }: Own, edges: CauseEdge[]): void {
    const version = this.#states.before(pid, id);
    if (version === null) return;
    edges.push({ source: version, target: id, type: "state_read", confidence: "exact" });
  }

  #remember(own: Own): void {
    const { id, kind, pid, payload } = own;
    const { received, handled } = this.#taken.get(place(own)) ?? { received: 0, handled: 0 };
    if (kind === RECEIVE) this.#taken.set(place(own), { received: id, handled });
    if (kind === HANDLE) this.#taken.set(place(own), { received, handled: id });
    if (kind === RECEIVE) this.#received.set(`${pid} ${payload}`, id);
    else this.#done.set(place(own), { event: id, kind });
  }
}

function place({ pid, activity }: Own): string {
  return `${pid} ${activity}`;
}
