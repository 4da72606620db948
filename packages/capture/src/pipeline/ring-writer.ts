// The one producer of a ring. A record is readable when `written` has moved past it; in `drop_oldest`
// the floor is raised before the place is overwritten, so that a reader can tell that it was too slow.

import { assert } from "@elixirscope/base";
import {
  newHeader,
  RECORD_HEADER,
  recordSize,
  SIGNAL,
  WORD,
  type RecordHeader,
  type RingMemory,
} from "./ring-layout.ts";

export class RingWriter {
  readonly #memory: RingMemory;
  readonly #header: RecordHeader = newHeader();
  readonly #oldest: RecordHeader = newHeader();
  #written: number;
  #floor: number;
  #frames: number;
  #events: number;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    this.#written = memory.load(WORD.written);
    this.#floor = memory.load(WORD.floor);
    this.#frames = memory.load(WORD.offeredFrames);
    this.#events = memory.load(WORD.offeredEvents);
  }

  /** The number that the next record gets. */
  get nextNumber(): number {
    return this.#frames;
  }

  /**
   * Appends a record of `bytes[start, end)`. False: `block` and no space yet, offer it again. In the
   * other strategies it is always accepted and what had to go is counted.
   */
  offer(kind: number, events: number, bytes: Uint8Array, start: number, end: number): boolean {
    const size = recordSize(end - start);
    if (size > this.#memory.capacity) {
      this.#drop(events, end - start);
      return true;
    }
    if (!this.#makeRoom(size)) {
      if (this.#memory.overflow === "block") return false;
      this.#drop(events, end - start);
      return true;
    }
    this.#append(kind, events, bytes, start, end);
    return true;
  }

  /** As `offer`, but never drops: false in every strategy while there is no space without dropping. */
  offerKept(kind: number, bytes: Uint8Array): boolean {
    const size = recordSize(bytes.length);
    assert(size <= this.#memory.capacity, "a control record fits into the ring");
    if (!this.#freeRead(size)) return false;
    this.#append(kind, 0, bytes, 0, bytes.length);
    return true;
  }

  /** Blocks this thread (never the main thread) until there is space; false after `timeoutMs`. */
  write(
    kind: number,
    events: number,
    bytes: Uint8Array,
    timeoutMs: number,
    start = 0,
    end: number = bytes.length,
  ): boolean {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const signal = Atomics.load(this.#memory.signals, SIGNAL.space);
      if (this.offer(kind, events, bytes, start, end)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#memory.signals, SIGNAL.space, signal, left);
    }
  }

  #append(kind: number, events: number, bytes: Uint8Array, start: number, end: number): void {
    const memory = this.#memory;
    const header = this.#header;
    const length = end - start;
    header.length = length;
    header.events = events;
    header.kind = kind;
    header.number = this.#frames;
    header.eventsBefore = this.#events;
    header.stamp = Date.now() >>> 0;
    memory.writeHeader(this.#written, header);
    const at = (this.#written + RECORD_HEADER) & (memory.capacity - 1);
    const first = Math.min(length, memory.capacity - at);
    memory.data.set(bytes.subarray(start, start + first), at);
    if (first < length) memory.data.set(bytes.subarray(start + first, end), 0);
    this.#written += recordSize(length);
    this.#count(events);
    memory.add(WORD.writtenFrames, 1);
    memory.add(WORD.writtenEvents, events);
    memory.add(WORD.writtenBytes, length);
    memory.store(WORD.written, this.#written);
    const used = this.#written - Math.max(this.#floor, memory.slowest(WORD.committed));
    if (used > memory.load(WORD.highWater)) memory.store(WORD.highWater, used);
    Atomics.add(memory.signals, SIGNAL.data, 1);
    Atomics.notify(memory.signals, SIGNAL.data);
  }

  #makeRoom(size: number): boolean {
    const memory = this.#memory;
    const need = this.#written + size - memory.capacity;
    if (need <= this.#floor) return true;
    if (memory.overflow !== "drop_oldest") return this.#freeRead(size);
    const read = memory.slowest(WORD.read);
    let floor = this.#floor;
    let frames = 0;
    let events = 0;
    let bytes = 0;
    while (floor < need) {
      assert(floor < this.#written, "the ring's floor stays behind its end");
      memory.readHeader(floor, this.#oldest);
      if (floor >= read) {
        frames += 1;
        events += this.#oldest.events;
        bytes += this.#oldest.length;
      }
      floor += recordSize(this.#oldest.length);
    }
    this.#floor = floor;
    memory.store(WORD.floor, floor);
    if (frames > 0) this.#countDropped(frames, events, bytes);
    return true;
  }

  /** What every reader committed is free; what was only read may be asked for again. */
  #freeRead(size: number): boolean {
    const memory = this.#memory;
    const need = this.#written + size - memory.capacity;
    if (need <= this.#floor) return true;
    // a reader that was overtaken may have committed less than what is gone
    this.#floor = Math.max(this.#floor, memory.slowest(WORD.committed));
    memory.store(WORD.floor, this.#floor);
    return need <= this.#floor;
  }

  #drop(events: number, bytes: number): void {
    this.#count(events);
    this.#countDropped(1, events, bytes);
  }

  #count(events: number): void {
    this.#frames += 1;
    this.#events += events;
    this.#memory.store(WORD.offeredFrames, this.#frames);
    this.#memory.store(WORD.offeredEvents, this.#events);
  }

  #countDropped(frames: number, events: number, bytes: number): void {
    this.#memory.add(WORD.droppedFrames, frames);
    this.#memory.add(WORD.droppedEvents, events);
    this.#memory.add(WORD.droppedBytes, bytes);
  }
}
