// Puts what a process's instrumented code reports and what the VM traces of it into one order, by time.
//
// Both come late, each in its own order: reports are buffered in the process until a flush (and say how
// far they are complete), records of the VM are passed on by another thread and are overtaken by
// reports. So a record waits until the reports are complete up to its time, or 150 ms of stream time;
// reports wait until a later record of the VM was heard, or 5 ms.

import { FLAG, RECORD } from "@elixirscope/trace";
import { CapturedReader } from "../../captured-reader.ts";
import type { Process } from "../party.ts";
import { copyOf, type ProcessRecord } from "../process-record.ts";
import type { CorrelatorLimits } from "../session.ts";
import type { CapturedEvents } from "./captured-events.ts";
import { CapturedStream, type WaitingEvents } from "./captured-stream.ts";

/** Waiting processes are looked at this often, in stream time. */
const LOOK_EVERY_NS = 1_000_000;
const MOST_WAITING = 1_024;
/** A process that reports nothing for so long has no instrumented code to run, as it seems. */
const SILENT_NS = 1_000_000_000;

export class Merging {
  readonly #limits: CorrelatorLimits;
  readonly #events: CapturedEvents;
  /** takes a record whose turn it is; afterwards the process may be waiting for a sender */
  readonly #next: (p: Process, r: ProcessRecord) => void;
  /** the child's own records must not overtake its spawn */
  readonly #unborn: (child: Process, parent: Process, t: number) => void;
  /** processes of which something waits here */
  readonly #pending = new Set<Process>();
  /** one for each nested use: a send that is taken can let another process go on */
  readonly #readers: CapturedReader[] = [];
  #nesting = 0;
  #now = 0;
  #lookAt = Infinity;

  constructor(
    limits: CorrelatorLimits,
    events: CapturedEvents,
    next: (p: Process, r: ProcessRecord) => void,
    unborn: (child: Process, parent: Process, t: number) => void,
  ) {
    this.#limits = limits;
    this.#events = events;
    this.#next = next;
    this.#unborn = unborn;
  }

  /** An EVENTS record as it was heard. */
  reported(p: Process, r: ProcessRecord): void {
    const stream = (p.captured ??= new CapturedStream(r.t));
    const whole: WaitingEvents = { record: r, taken: 0 };
    const isFirst = stream.waiting.length === 0 && p.deferred === null;
    const isDone = isFirst && this.#mayPlay(p, r.t) && this.#play(p, stream, whole);
    if (!isDone) {
      stream.waiting.push({ record: copyOf(r), taken: whole.taken });
      if (stream.waiting.length > MOST_WAITING) this.pump(p, true);
    }
    this.pump(p, false);
  }

  /** Any other record of a process that has reported, or may yet. */
  traced(p: Process, r: ProcessRecord): void {
    const stream = (p.captured ??= new CapturedStream(r.t));
    const { held, waiting } = stream;
    if (held.length === 0 && waiting.length === 0 && this.#mayGo(stream, r.t)) {
      this.#next(p, r);
      return;
    }
    let at = held.length;
    while (at > 0 && (held[at - 1]?.t ?? 0) > r.t) at -= 1;
    held.splice(at, 0, copyOf(r));
    if (r.kind === RECORD.SPAWN && r.other?.kind === "process") this.#unborn(r.other, p, r.t);
    if (held.length > this.#limits.deferredRecords) this.#release(p, stream);
    this.pump(p, false);
  }

  advance(now: number): void {
    this.#now = now;
    if (now <= this.#lookAt) return;
    this.#lookAt = Infinity;
    for (const process of this.#pending) this.pump(process, false);
    this.#lookAt = Math.max(this.#lookAt, now + LOOK_EVERY_NS);
  }

  /** Nothing more is expected: what waits here goes on. False: there was nothing that could. */
  settle(): boolean {
    let wentOn = false;
    for (const process of this.#pending) wentOn = this.pump(process, true) || wentOn;
    return wentOn;
  }

  /** Takes whatever has its turn; false: nothing has. `isForced`: nothing else is expected to come before it. */
  pump(p: Process, isForced: boolean): boolean {
    const stream = p.captured;
    if (stream === null || stream.isMerging) return false;
    let wentOn = false;
    stream.isMerging = true;
    while (p.deferred === null && this.#step(p, stream, isForced)) wentOn = true;
    stream.isMerging = false;
    const due = this.#dueAt(stream);
    if (due === Infinity) this.#pending.delete(p);
    else {
      this.#pending.add(p);
      this.#lookAt = Math.min(this.#lookAt, due);
    }
    return wentOn;
  }

  #step(p: Process, stream: CapturedStream, isForced: boolean): boolean {
    const [events] = stream.waiting;
    if (events !== undefined && (isForced || this.#mayPlay(p, events.record.t))) {
      if (this.#play(p, stream, events)) stream.waiting.shift();
      return true;
    }
    const [record] = stream.held;
    if (record === undefined || !(isForced || this.#mayGo(stream, record.t))) return false;
    this.#release(p, stream);
    return true;
  }

  #dueAt(stream: CapturedStream): number {
    const events = stream.waiting[0]?.record.t ?? Infinity;
    return Math.min(events + this.#limits.holdNs, stream.heldSince + this.#limits.unreportedHoldNs);
  }

  /** Everything that the VM told up to `t` was heard. */
  #mayPlay(p: Process, t: number): boolean {
    const isTraced = p.traced || p.vmTime >= 0;
    return !isTraced || p.vmTime >= t || this.#now > t + this.#limits.holdNs;
  }

  /** Everything that instrumented code did up to `t` was reported. */
  #mayGo(stream: CapturedStream, t: number): boolean {
    if (t <= stream.flushedTo || stream.isOver) return true;
    if (stream.next < 0 && t > stream.since + SILENT_NS) return true;
    return this.#now > t + this.#limits.unreportedHoldNs;
  }

  #release(p: Process, stream: CapturedStream): void {
    const record = stream.held.shift();
    if (record !== undefined) this.#next(p, record);
  }

  /** False: not to the end, as the process waits for a sender; `events.taken` says how far. */
  #play(p: Process, stream: CapturedStream, events: WaitingEvents): boolean {
    const reader = (this.#readers[this.#nesting] ??= new CapturedReader());
    this.#nesting += 1;
    const isDone = this.#playWith(reader, p, stream, events);
    this.#nesting -= 1;
    return isDone;
  }

  #playWith(
    reader: CapturedReader,
    p: Process,
    stream: CapturedStream,
    events: WaitingEvents,
  ): boolean {
    const { record } = events;
    if (!reader.open(record.bytes, record.start, record.end)) {
      this.#events.malformed(p, stream, record.t, stream.next, 0);
      return true;
    }
    const { count, first } = reader;
    stream.isCut = (record.flags & FLAG.TRUNCATED) !== 0;
    for (let i = 0; i < count; i += 1) {
      if (!reader.next() || (i === count - 1 && !reader.isAtEnd())) {
        const number = Math.max(stream.next, first + i);
        const left = Math.max(0, first + count - number);
        this.#events.malformed(p, stream, record.t, number, left);
        break;
      }
      if (i < events.taken) continue;
      const t = Math.min(record.t, Math.max(0, record.t - reader.age));
      // a copy of what came already has nothing later than that
      if (first + i < stream.next && !(i === 0 && t > stream.t)) continue;
      while (stream.heldSince < t) {
        events.taken = i;
        this.#release(p, stream);
        if (p.deferred !== null) return false;
      }
      this.#events.begin(p, stream, reader, t, first + i);
      this.#events.take(p, stream, reader, Math.max(t, stream.t));
    }
    this.#events.flushed(p, stream, reader.depth);
    stream.flushedTo = Math.max(stream.flushedTo, record.t);
    return true;
  }
}
