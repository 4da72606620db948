// One of a ring's readers. It copies a record out and then looks whether the producer overtook it
// meanwhile; reading and committing are apart, so that a successor re-reads what was not committed.

import {
  newHeader,
  RECORD_HEADER,
  recordSize,
  SIGNAL,
  WORD,
  type RecordHeader,
  type RingMemory,
} from "./ring-layout.ts";

export type RingRecord = {
  readonly kind: number;
  readonly number: number;
  readonly events: number;
  /** records and their events missing between the one read before and this */
  readonly lostFrames: number;
  readonly lostEvents: number;
  /** wall clock in ms when it was offered, modulo 2^32 */
  readonly stamp: number;
  /** valid until the next `read` */
  readonly bytes: Buffer;
};

/** Where a reader stands: everything before it is done. */
export type RingPlace = {
  readonly position: number;
  readonly nextNumber: number;
  readonly nextEvents: number;
};

export const RING_START: RingPlace = { position: 0, nextNumber: 0, nextEvents: 0 };

export class RingReader {
  readonly #memory: RingMemory;
  readonly #slot: number;
  readonly #header: RecordHeader = newHeader();
  #scratch: Buffer = Buffer.allocUnsafeSlow(256 * 1024);
  #cursor: number;
  #nextNumber: number;
  #nextEvents: number;

  constructor(memory: RingMemory, slot: number, from: RingPlace) {
    this.#memory = memory;
    this.#slot = slot;
    this.#cursor = from.position;
    this.#nextNumber = from.nextNumber;
    this.#nextEvents = from.nextEvents;
  }

  get place(): RingPlace {
    return {
      position: this.#cursor,
      nextNumber: this.#nextNumber,
      nextEvents: this.#nextEvents,
    };
  }

  /** Bytes read and not yet committed. */
  get uncommitted(): number {
    return this.#cursor - this.#memory.load(WORD.committed + this.#slot);
  }

  /** Bytes that wait to be read. */
  get waiting(): number {
    const from = Math.max(this.#cursor, this.#memory.load(WORD.floor));
    return this.#memory.load(WORD.written) - from;
  }

  read(): RingRecord | null {
    const memory = this.#memory;
    for (;;) {
      const written = memory.load(WORD.written);
      this.#cursor = Math.max(this.#cursor, memory.load(WORD.floor));
      if (this.#cursor >= written) return null;
      const bytes = this.#copy();
      if (bytes === null || memory.load(WORD.floor) > this.#cursor) continue;
      const header = this.#header;
      const record = {
        kind: header.kind,
        number: header.number,
        events: header.events,
        lostFrames: header.number - this.#nextNumber,
        lostEvents: header.eventsBefore - this.#nextEvents,
        stamp: header.stamp,
        bytes,
      };
      this.#nextNumber = header.number + 1;
      this.#nextEvents = header.eventsBefore + header.events;
      this.#cursor += recordSize(header.length);
      memory.store(WORD.read + this.#slot, this.#cursor);
      memory.add(WORD.readFrames + this.#slot, 1);
      return record;
    }
  }

  /** Gives everything before `place` back to the producer. */
  commit(place: RingPlace = this.place): void {
    this.#memory.store(WORD.committed + this.#slot, place.position);
    Atomics.add(this.#memory.signals, SIGNAL.space, 1);
    Atomics.notify(this.#memory.signals, SIGNAL.space);
  }

  /** Blocks this thread until there is something to read; false after `timeoutMs`. */
  wait(timeoutMs: number): boolean {
    const signal = Atomics.load(this.#memory.signals, SIGNAL.data);
    if (this.waiting > 0) return true;
    Atomics.wait(this.#memory.signals, SIGNAL.data, signal, timeoutMs);
    return this.waiting > 0;
  }

  /** Null: overwritten while it was copied, the length may be garbage. */
  #copy(): Buffer | null {
    const memory = this.#memory;
    memory.readHeader(this.#cursor, this.#header);
    const length = this.#header.length;
    if (recordSize(length) > memory.capacity) return null;
    if (length > this.#scratch.length)
      this.#scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
    const at = (this.#cursor + RECORD_HEADER) & (memory.capacity - 1);
    const first = Math.min(length, memory.capacity - at);
    this.#scratch.set(memory.data.subarray(at, at + first), 0);
    if (first < length) this.#scratch.set(memory.data.subarray(0, length - first), first);
    return this.#scratch.subarray(0, length);
  }
}
