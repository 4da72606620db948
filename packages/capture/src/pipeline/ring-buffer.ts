// A ring of variable-size records in a `SharedArrayBuffer`: one producer, several readers, any threads.
//
// Pass `ring.shared` to a worker and open it there with `RingBuffer.from`.

import { assert } from "@elixirscope/base";
import { MAX_READERS, RingMemory, WORD, type RingOverflow } from "./ring-layout.ts";
import { RingReader, type RingPlace } from "./ring-reader.ts";
import { RingWriter } from "./ring-writer.ts";

export type RingStats = {
  readonly capacityBytes: number;
  /** written and not yet committed by every reader */
  readonly usedBytes: number;
  readonly utilisation: number;
  readonly highWaterBytes: number;
  readonly writtenFrames: number;
  readonly writtenEvents: number;
  readonly writtenBytes: number;
  readonly droppedFrames: number;
  readonly droppedEvents: number;
  readonly droppedBytes: number;
  /** by reader */
  readonly readFrames: readonly number[];
};

export type RingOptions = {
  /** a power of two, 4 KiB to 1 GiB */
  readonly bytes: number;
  readonly overflow: RingOverflow;
  readonly readers?: number;
};

export class RingBuffer {
  readonly #memory: RingMemory;

  private constructor(memory: RingMemory) {
    this.#memory = memory;
  }

  static create(options: RingOptions): RingBuffer {
    const readers = options.readers ?? 1;
    const exponent = Math.log2(options.bytes);
    assert(Number.isInteger(exponent) && exponent >= 12 && exponent <= 30, "ring size");
    assert(readers >= 1 && readers <= MAX_READERS, "number of ring readers");
    return new RingBuffer(RingMemory.allocate(options.bytes, readers, options.overflow));
  }

  static from(shared: SharedArrayBuffer): RingBuffer {
    return new RingBuffer(new RingMemory(shared));
  }

  get shared(): SharedArrayBuffer {
    return this.#memory.shared;
  }

  get overflow(): RingOverflow {
    return this.#memory.overflow;
  }

  /** There may be only one at a time. */
  writer(): RingWriter {
    return new RingWriter(this.#memory);
  }

  /** `from`: the place a predecessor in this slot committed last. */
  reader(slot: number, from: RingPlace): RingReader {
    assert(slot >= 0 && slot < this.#memory.readers, "ring reader slot");
    return new RingReader(this.#memory, slot, from);
  }

  /** The position before which a reader has no more use for what is in the ring. */
  committed(slot: number): number {
    return this.#memory.load(WORD.committed + slot);
  }

  stats(): RingStats {
    const memory = this.#memory;
    const from = Math.max(memory.load(WORD.floor), memory.slowest(WORD.committed));
    const usedBytes = memory.load(WORD.written) - from;
    return {
      capacityBytes: memory.capacity,
      usedBytes,
      utilisation: usedBytes / memory.capacity,
      highWaterBytes: memory.load(WORD.highWater),
      writtenFrames: memory.load(WORD.writtenFrames),
      writtenEvents: memory.load(WORD.writtenEvents),
      writtenBytes: memory.load(WORD.writtenBytes),
      droppedFrames: memory.load(WORD.droppedFrames),
      droppedEvents: memory.load(WORD.droppedEvents),
      droppedBytes: memory.load(WORD.droppedBytes),
      readFrames: Array.from({ length: memory.readers }, (_, i) =>
        memory.load(WORD.readFrames + i),
      ),
    };
  }
}
