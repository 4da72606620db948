// Which of two events happened before the other whatever the scheduler does: by the order inside a process
// and by edges between processes (send to receive, spawn to first event, exit to its announcement).
//
// An event is a process and how many edges left it up to then, an epoch in the words of FastTrack
// (Flanagan, Freund: PLDI 2009): it happened before another when that one's clock has heard of a later edge.

import { countUpTo } from "./ascending.ts";
import { Clocks, type Clock } from "./vector-clock.ts";

/** From an event of one process to an event of another; `server` see `Order`. */
export type SyncEdge = {
  readonly from: number;
  readonly fromPid: number;
  readonly to: number;
  readonly toPid: number;
  /** of a reply: the event at which its request was received */
  readonly answers?: number;
};

/** An event and its process; ids rise inside a process. */
export type At = { readonly pid: number; readonly event: number };

type Step = {
  readonly event: number;
  /** position of the edge */
  readonly edge: number;
  readonly arrives: boolean;
};

type Timeline = {
  readonly index: number;
  readonly steps: Step[];
  /** of each edge that leaves, in order */
  readonly left: number[];
  /** clocks from these events on */
  readonly from: number[];
  readonly clocks: Clock[];
  next: number;
};

/**
 * The order of one server's requests is what races about that server: with `server` given, its replies
 * tell only of the request that they answer, not of what it handled before.
 */
export class HappensBefore {
  readonly #clocks: Clocks;
  readonly #timelines = new Map<number, Timeline>();
  readonly #edges: readonly SyncEdge[];
  /** what each edge carries, once its beginning was reached */
  readonly #carried: (Clock | undefined)[];
  readonly #server: number | null;
  /** by request's receive event: what its sender knew */
  readonly #requests = new Map<number, Clock>();
  /** edges that contradict the order of the others, and were left out */
  contradictions = 0;

  constructor(edges: readonly SyncEdge[], server: number | null = null) {
    this.#edges = edges;
    this.#server = server;
    this.#carried = edges.map(() => undefined);
    for (const [edge, { from, fromPid, to, toPid }] of edges.entries()) {
      this.#timeline(fromPid).steps.push({ event: from, edge, arrives: false });
      this.#timeline(toPid).steps.push({ event: to, edge, arrives: true });
    }
    this.#clocks = new Clocks(this.#timelines.size);
    for (const { steps } of this.#timelines.values()) {
      // what arrives at an event arrives before what the same event sends
      steps.sort((a, b) => a.event - b.event || Number(b.arrives) - Number(a.arrives));
    }
    this.#run();
  }

  /** `a` happened before `b`, or is `b`. */
  isOrdered(a: At, b: At): boolean {
    if (a.pid === b.pid) return a.event <= b.event;
    const [from, to] = [this.#timelines.get(a.pid), this.#timelines.get(b.pid)];
    if (from === undefined || to === undefined) return false;
    const step = countUpTo(to.from, b.event) - 1;
    const known = step < 0 ? null : (to.clocks[step] ?? null);
    return this.#clocks.get(known, from.index) > countUpTo(from.left, a.event - 1);
  }

  #timeline(pid: number): Timeline {
    const known = this.#timelines.get(pid);
    if (known !== undefined) return known;
    const index = this.#timelines.size;
    const made = { index, steps: [], left: [], from: [], clocks: [], next: 0 };
    this.#timelines.set(pid, made);
    return made;
  }

  /** Each process goes as far as what it waits for has been sent; that wakes those who wait for it. */
  #run(): void {
    const ready = [...this.#timelines.entries()];
    const waiting = new Map<number, [number, Timeline]>();
    for (;;) {
      for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
        const [pid, timeline] = at;
        const missing = this.#advance(pid, timeline, waiting, ready);
        if (missing !== null) waiting.set(missing, at);
      }
      const stuck = waiting.entries().next();
      if (stuck.done === true) return;
      const [edge, at] = stuck.value;
      waiting.delete(edge);
      this.#carried[edge] = null;
      this.contradictions += 1;
      ready.push(at);
    }
  }

  /** The edge that it has to wait for; null at its end. */
  #advance(
    pid: number,
    timeline: Timeline,
    waiting: Map<number, [number, Timeline]>,
    ready: [number, Timeline][],
  ): number | null {
    const { steps, left } = timeline;
    let clock = timeline.clocks.at(-1) ?? null;
    for (let step = steps[timeline.next]; step !== undefined; step = steps[timeline.next]) {
      const { edge, event, arrives } = step;
      if (arrives) {
        const heard = this.#carried[edge];
        if (heard === undefined) return edge;
        if (pid === this.#server) this.#requests.set(event, heard);
        const joined = this.#clocks.join(clock, heard);
        if (joined !== clock) {
          clock = joined;
          timeline.from.push(event);
          timeline.clocks.push(clock);
        }
      } else {
        left.push(event);
        clock = this.#clocks.set(clock, timeline.index, left.length);
        timeline.from.push(event);
        timeline.clocks.push(clock);
        this.#carried[edge] ??= this.#told(pid, edge, clock, timeline);
        const woken = waiting.get(edge);
        if (woken !== undefined) {
          waiting.delete(edge);
          ready.push(woken);
        }
      }
      timeline.next += 1;
    }
    return null;
  }

  #told(pid: number, edge: number, clock: Clock, { index, left }: Timeline): Clock {
    const answers = this.#edges[edge]?.answers;
    if (pid !== this.#server || answers === undefined) return clock;
    const asked = this.#requests.get(answers);
    return asked === undefined ? clock : this.#clocks.set(asked, index, left.length);
  }
}
