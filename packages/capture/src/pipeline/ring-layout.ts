// Where things lie in the shared memory of a ring: a header of 64-bit words, two signal words, then data.
//
// Positions are byte counts that only grow, so "how far behind" is a subtraction and an overwritten
// place is recognised by comparing with the floor. Records begin at multiples of 32 bytes, which keeps
// their 32-byte headers in one piece; payloads may wrap around the end.

export const RING_OVERFLOWS = ["block", "drop_newest", "drop_oldest"] as const;
/** What a full ring does with a new record. */
export type RingOverflow = (typeof RING_OVERFLOWS)[number];

export const MAX_READERS = 4;
export const RECORD_ALIGN = 32;
export const RECORD_HEADER = 32;

/** 64-bit words of the header. */
export const WORD = {
  /** end of what may be read */
  written: 0,
  /** start of what may still be read */
  floor: 1,
  offeredFrames: 2,
  offeredEvents: 3,
  writtenFrames: 4,
  writtenEvents: 5,
  writtenBytes: 6,
  droppedFrames: 7,
  droppedEvents: 8,
  droppedBytes: 9,
  highWater: 10,
  capacity: 11,
  readers: 12,
  overflow: 13,
  /** `MAX_READERS` words each */
  read: 16,
  committed: 20,
  readFrames: 24,
} as const;

/** 32-bit words behind them, for `Atomics.wait`. */
export const SIGNAL = { data: 64, space: 65 } as const;
const HEADER_BYTES = 512;

/** 32-bit words of a record's header; `number` and `eventsBefore` are 64-bit floats. */
const FIELD = { length: 0, events: 1, kind: 2, stamp: 3, number: 2, eventsBefore: 3 } as const;

export type RecordHeader = {
  length: number;
  events: number;
  kind: number;
  /** counts every record offered, also the dropped ones: a jump shows how many are missing */
  number: number;
  eventsBefore: number;
  /** wall clock in ms when it was offered, modulo 2^32 */
  stamp: number;
};

/** Typed views of the same shared memory; each thread makes its own. */
export class RingMemory {
  readonly shared: SharedArrayBuffer;
  readonly words: BigInt64Array;
  readonly signals: Int32Array;
  readonly data: Uint8Array;
  readonly capacity: number;
  readonly readers: number;
  readonly overflow: RingOverflow;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.words = new BigInt64Array(shared, 0, SIGNAL.data / 2);
    this.signals = new Int32Array(shared, 0, HEADER_BYTES / 4);
    this.capacity = this.load(WORD.capacity);
    this.readers = this.load(WORD.readers);
    this.overflow = RING_OVERFLOWS[this.load(WORD.overflow)] ?? "block";
    this.data = new Uint8Array(shared, HEADER_BYTES, this.capacity);
    this.#u32 = new Uint32Array(shared, HEADER_BYTES, this.capacity / 4);
    this.#f64 = new Float64Array(shared, HEADER_BYTES, this.capacity / 8);
  }

  static allocate(capacity: number, readers: number, overflow: RingOverflow): RingMemory {
    const shared = new SharedArrayBuffer(HEADER_BYTES + capacity);
    const words = new BigInt64Array(shared, 0, SIGNAL.data / 2);
    words[WORD.capacity] = BigInt(capacity);
    words[WORD.readers] = BigInt(readers);
    words[WORD.overflow] = BigInt(RING_OVERFLOWS.indexOf(overflow));
    return new RingMemory(shared);
  }

  load(word: number): number {
    return Number(Atomics.load(this.words, word));
  }

  store(word: number, value: number): void {
    Atomics.store(this.words, word, BigInt(value));
  }

  add(word: number, value: number): void {
    Atomics.add(this.words, word, BigInt(value));
  }

  /** The slowest reader's place in the given group of words (`read` or `committed`). */
  slowest(group: number): number {
    let least = this.load(group);
    for (let i = 1; i < this.readers; i++) least = Math.min(least, this.load(group + i));
    return least;
  }

  readHeader(position: number, into: RecordHeader): void {
    const at = position & (this.capacity - 1);
    const word = at >>> 2;
    into.length = this.#u32[word + FIELD.length] ?? 0;
    into.events = this.#u32[word + FIELD.events] ?? 0;
    into.kind = this.#u32[word + FIELD.kind] ?? 0;
    into.stamp = this.#u32[word + FIELD.stamp] ?? 0;
    into.number = this.#f64[(at >>> 3) + FIELD.number] ?? 0;
    into.eventsBefore = this.#f64[(at >>> 3) + FIELD.eventsBefore] ?? 0;
  }

  writeHeader(position: number, header: RecordHeader): void {
    const at = position & (this.capacity - 1);
    const word = at >>> 2;
    this.#u32[word + FIELD.length] = header.length;
    this.#u32[word + FIELD.events] = header.events;
    this.#u32[word + FIELD.kind] = header.kind;
    this.#u32[word + FIELD.stamp] = header.stamp;
    this.#f64[(at >>> 3) + FIELD.number] = header.number;
    this.#f64[(at >>> 3) + FIELD.eventsBefore] = header.eventsBefore;
  }
}

export function newHeader(): RecordHeader {
  return { length: 0, events: 0, kind: 0, number: 0, eventsBefore: 0, stamp: 0 };
}

/** Bytes that a record of this payload length takes. */
export function recordSize(length: number): number {
  return (RECORD_HEADER + length + RECORD_ALIGN - 1) & ~(RECORD_ALIGN - 1);
}
