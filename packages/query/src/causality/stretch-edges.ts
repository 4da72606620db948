// The edges into the events of a stretch, told in memory by the rules of `edges.ts`. One pass in the order of ids
// keeps what each process took last; edges are made when they are asked for: of a stretch few are.

import type { CauseEdge } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { asNumber, valueAt } from "../sql.ts";
import type { Done, Taken } from "./cause-lookups.ts";
import {
  insideEdge,
  inputEdges,
  isNothing,
  linkEdge,
  messageEdge,
  raiseEdge,
  sorted,
} from "./edges.ts";
import { Places, type Place } from "./places.ts";
import { StateVersions } from "./state-versions.ts";
import type { StretchRows } from "./stretch-rows.ts";

const CALL = kindCode("call");
const EXCEPTION = kindCode("exception");
const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const STATE = kindCode("state");
const EXIT = kindCode("exit");

type Own = Place & {
  readonly at: number;
  readonly id: number;
  readonly kind: number;
  readonly inside: number;
  readonly payload: number;
};

/** What a process in an activity took and did last. */
type Last = {
  received: number;
  handled: number;
  /** its position */
  doneAt: number | null;
};

export class StretchEdges {
  readonly #rows: StretchRows;
  readonly #from: number;
  readonly #open = new Set<number>();
  readonly #parents = new Map<number, number>();
  readonly #callbacks = new Set<number>();
  /** messages and links */
  readonly #recorded = new Map<number, CauseEdge[]>();
  readonly #states: StateVersions;
  /** by position: what was taken before the event in its place */
  readonly #receivedBefore: Float64Array;
  readonly #handledBefore: Float64Array;
  /** by exception: what was done before it */
  readonly #doneBefore = new Map<number, Done>();
  /** by process and payload: the message received last */
  readonly #received = new Map<number, Map<number, number>>();
  /** by `handle`: where its message was received */
  readonly #receiveOf = new Map<number, number>();

  constructor(rows: StretchRows) {
    this.#rows = rows;
    this.#from = rows.events.id[0] ?? 0;
    this.#receivedBefore = new Float64Array(rows.events.count);
    this.#handledBefore = new Float64Array(rows.events.count);
    this.#states = new StateVersions(rows.states, rows.versions);
    this.#readCalls();
    this.#readRecorded();
    this.#readTaken();
  }

  has(event: number): boolean {
    return this.#find(event) >= 0;
  }

  /** By target, then source; null: the event is not of the stretch. */
  into(event: number): readonly CauseEdge[] | null {
    const at = this.#find(event);
    if (at < 0) return null;
    const own = this.#own(at);
    const { id, kind } = own;
    const edges = [...insideEdge(own), ...(this.#recorded.get(id) ?? [])];
    if (kind === HANDLE) {
      const received = this.#receiveOf.get(id);
      if (received !== undefined) {
        edges.push({ source: received, target: id, type: "handle", confidence: "exact" });
      }
    } else if (kind !== RECEIVE) edges.push(...inputEdges(own, this.#takenBefore(own)));
    if (kind === EXCEPTION && own.inside !== 0) {
      edges.push(...raiseEdge(own, this.#doneBefore.get(id)));
    }
    if (this.#isReader(own)) {
      const version = this.#states.before(own.pid, id);
      if (version !== null) {
        edges.push({ source: version, target: id, type: "state_read", confidence: "exact" });
      }
    }
    return edges.length < 2 ? edges : sorted(edges);
  }

  /** Some of its causes may be older than the stretch, or are told by values: it is to be asked for by itself. */
  isOpen(event: number): boolean {
    const at = this.#find(event);
    if (at < 0) return false;
    const own = this.#own(at);
    const { id, kind, inside } = own;
    if (kind === EXIT || this.#open.has(id)) return true;
    if (kind === HANDLE && !this.#receiveOf.has(id)) return true;
    if (this.#isReader(own) && id <= this.#rows.statesFrom) return true;
    if (kind === EXCEPTION && inside !== 0 && inside < this.#from && !this.#doneBefore.has(id)) {
      return true;
    }
    // of a process that took nothing yet, the beginning counts
    const goesOn = kind !== HANDLE && kind !== RECEIVE && kind !== STATE && inside === 0;
    return goesOn && isNothing(this.#takenBefore(own));
  }

  /** Its position; -1: it is not of the stretch. */
  #find(event: number): number {
    const { id, count } = this.#rows.events;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((id[middle] ?? 0) < event) low = middle + 1;
      else high = middle;
    }
    return id[low] === event ? low : -1;
  }

  #own(at: number): Own {
    const { events } = this.#rows;
    const id = events.id[at] ?? 0;
    const kind = events.kind[at] ?? 0;
    return {
      at,
      id,
      kind,
      pid: events.pid[at] ?? 0,
      inside: kind === CALL ? (this.#parents.get(id) ?? 0) : (events.frame[at] ?? 0),
      activity: events.activity[at] ?? 0,
      payload: events.payload[at] ?? 0,
    };
  }

  #isReader({ id, kind }: Own): boolean {
    return kind === HANDLE || this.#callbacks.has(id);
  }

  #takenBefore({ at }: Own): Taken {
    return { received: this.#receivedBefore[at] ?? 0, handled: this.#handledBefore[at] ?? 0 };
  }

  #readCalls(): void {
    const { calls, states, told } = this.#rows;
    const withState = new Set(states.map(([, event]) => asNumber(event)));
    for (const [at, call] of calls.call.entries()) {
      if (told.has(valueAt(calls.function, at))) this.#open.add(call);
      this.#parents.set(call, valueAt(calls.parent, at));
      if (withState.has(valueAt(calls.exit, at))) this.#callbacks.add(call);
    }
  }

  #readRecorded(): void {
    const { messages, links } = this.#rows;
    for (const row of messages) {
      const [send, receive, match, isOpen] = row;
      if (match === 0 && isOpen === 1) this.#open.add(asNumber(receive));
      if (send !== 0 && match !== 0) this.#addRecorded(messageEdge(row));
    }
    for (const row of links) this.#addRecorded(linkEdge(row));
  }

  #addRecorded(edge: CauseEdge): void {
    const known = this.#recorded.get(edge.target);
    if (known === undefined) this.#recorded.set(edge.target, [edge]);
    else known.push(edge);
  }

  #readTaken(): void {
    const { taken } = this.#rows;
    const { count, id, kind, pid, activity, payload } = this.#rows.events;
    const places = new Places<Last>();
    for (let at = 0; at < count; at++) {
      const place = { pid: pid[at] ?? 0, activity: activity[at] ?? 0 };
      const last = places.at(place, () => {
        const before = taken.get(`${place.pid} ${place.activity}`);
        const { received, handled } = before ?? { received: 0, handled: 0 };
        return { received, handled, doneAt: null };
      });
      this.#receivedBefore[at] = last.received;
      this.#handledBefore[at] = last.handled;
      const event = id[at] ?? 0;
      if (kind[at] === RECEIVE) {
        last.received = event;
        this.#receivesOf(place.pid).set(payload[at] ?? 0, event);
        continue;
      }
      if (kind[at] === HANDLE) {
        last.handled = event;
        const from = this.#receivesOf(place.pid).get(payload[at] ?? 0);
        if (from !== undefined) this.#receiveOf.set(event, from);
      } else if (kind[at] === EXCEPTION && last.doneAt !== null) {
        const done = { event: id[last.doneAt] ?? 0, kind: kind[last.doneAt] ?? 0 };
        this.#doneBefore.set(event, done);
      }
      last.doneAt = at;
    }
  }

  #receivesOf(pid: number): Map<number, number> {
    let found = this.#received.get(pid);
    if (found === undefined) this.#received.set(pid, (found = new Map()));
    return found;
  }
}
