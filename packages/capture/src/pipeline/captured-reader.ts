// Steps through the events of one EVENTS record (packages/trace/src/instrumented.ts) without making
// objects and without decoding values: `next()` fills fields, values are ranges of the bytes.
//
// Bytes come from the target and are not trusted: what has not exactly the expected form ends the
// reading. Clock values are beyond 2^53 after 104 days, so they are kept as two numbers.

import { termEnd } from "@elixirscope/etf";
import { CAPTURED } from "@elixirscope/trace";
import { u32 } from "./big-endian.ts";

const VERSION = 131;
const SMALL_INTEGER = 97;
const INTEGER = 98;
const SMALL_TUPLE = 104;
const NIL = 106;
const STRING = 107;
const LIST = 108;
const SMALL_BIG = 110;

const MAX_SITE = 0xffff_ffff;
const HIGH_UNIT = 2 ** 48;
/** `{Kind, Site, T, Frame}` of one-byte integers */
const MIN_EVENT_BYTES = 10;

/** Values behind `Frame`, by kind; 255: no such kind. */
const VALUES = new Uint8Array(256).fill(255);
VALUES[CAPTURED.ENTER] = 2;
VALUES[CAPTURED.NO_CLAUSE] = 1;
VALUES[CAPTURED.RETURN] = 1;
VALUES[CAPTURED.RAISE] = 3;
VALUES[CAPTURED.TAIL] = 0;
VALUES[CAPTURED.BIND] = 1;
VALUES[CAPTURED.BRANCH] = 1;
VALUES[CAPTURED.VALUE] = 1;
VALUES[CAPTURED.LINE] = 0;
VALUES[CAPTURED.SEND] = 0;

export class CapturedReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** of what comes next */
  at = 0;
  end = 0;

  /** number of the record's first event */
  first = 0;
  /** open frames after the last event */
  depth = 0;
  count = 0;
  /** events still to come */
  left = 0;
  #flushedLow = 0;
  #flushedHigh = 0;

  kind = 0;
  site = 0;
  frame = 0;
  /** ns before the flush */
  age = 0;
  /** the first value is `bytes[from, to)`, without a leading 131; empty: none */
  from = 0;
  to = 0;
  /** the second follows it */
  secondTo = 0;
  /** the end of the last value */
  lastTo = 0;
  #high = 0;

  /** `bytes[start, end)` is the payload. False: it is no such record. */
  open(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes;
    this.end = end;
    this.at = start + 3;
    if (bytes[start] !== VERSION || bytes[start + 1] !== SMALL_TUPLE || bytes[start + 2] !== 4) {
      return false;
    }
    this.first = this.#number();
    this.depth = this.#number();
    this.#flushedLow = this.#integer();
    this.#flushedHigh = this.#high;
    if (this.first < 0 || this.depth < 0 || this.#flushedLow < 0 || this.at >= end) return false;
    if (bytes[this.at] === NIL) {
      this.count = 0;
      this.left = 0;
      this.at += 1;
      return this.at === end;
    }
    if (bytes[this.at] !== LIST || this.at + 5 > end) return false;
    this.count = u32(bytes, this.at + 1);
    this.left = this.count;
    this.at += 5;
    return this.count * MIN_EVENT_BYTES <= end - this.at;
  }

  /** The next event into the fields. False: there is none in proper form; check `count` before. */
  next(): boolean {
    const { bytes, end } = this;
    const at = this.at;
    if (at + MIN_EVENT_BYTES > end) return false;
    const kind = bytes[at + 3] ?? 0;
    const values = VALUES[kind] ?? 255;
    if (
      bytes[at] !== SMALL_TUPLE ||
      bytes[at + 2] !== SMALL_INTEGER ||
      bytes[at + 1] !== values + 4
    ) {
      return false;
    }
    this.at = at + 4;
    this.left -= 1;
    this.kind = kind;
    this.site = this.#number();
    const low = this.#integer();
    this.age = (this.#flushedHigh - this.#high) * HIGH_UNIT + (this.#flushedLow - low);
    this.frame = this.#number();
    if (this.site < 0 || this.site > MAX_SITE || low < 0 || this.frame < 0 || this.at > end)
      return false;
    return this.#values(values);
  }

  /** After the last event: nothing else may follow. */
  isAtEnd(): boolean {
    return this.count === 0 || (this.bytes[this.at] === NIL && this.at + 1 === this.end);
  }

  /** Stands where the other stands. */
  copy(other: CapturedReader): void {
    this.bytes = other.bytes;
    this.at = other.at;
    this.end = other.end;
    this.left = other.left;
    this.kind = other.kind;
    this.frame = other.frame;
  }

  #values(values: number): boolean {
    const from = this.at;
    this.from = from;
    this.to = from;
    this.secondTo = from;
    this.lastTo = from;
    if (values === 0) return true;
    let to = termEnd(this.bytes, from, this.end);
    if (to < 0) return false;
    this.to = to;
    this.secondTo = to;
    if (values > 1) {
      to = termEnd(this.bytes, to, this.end);
      if (to < 0) return false;
      this.secondTo = to;
    }
    if (values > 2) {
      to = termEnd(this.bytes, to, this.end);
      if (to < 0) return false;
    }
    this.lastTo = to;
    this.at = to;
    return true;
  }

  /** A whole number below 2^48; -1: something else stands there. */
  #number(): number {
    const value = this.#integer();
    return this.#high === 0 ? value : -1;
  }

  /** The low 48 bits of an integer that is not negative, the rest in `#high`; -1: none stands there. */
  #integer(): number {
    const { bytes, at } = this;
    this.#high = 0;
    switch (bytes[at] ?? 0) {
      case SMALL_INTEGER:
        this.at = at + 2;
        return bytes[at + 1] ?? -1;
      case INTEGER: {
        this.at = at + 5;
        const value = u32(bytes, at + 1);
        return value > 0x7fff_ffff ? -1 : value;
      }
      case SMALL_BIG:
        return this.#big(at);
      default:
        return -1;
    }
  }

  #big(at: number): number {
    const { bytes } = this;
    const size = bytes[at + 1] ?? 255;
    if (size > 8 || bytes[at + 2] !== 0) return -1;
    this.at = at + 3 + size;
    let low = 0;
    for (let i = Math.min(size, 6) - 1; i >= 0; i -= 1) low = low * 256 + (bytes[at + 3 + i] ?? 0);
    if (size > 6) this.#high = bytes[at + 9] ?? 0;
    if (size > 7) this.#high += (bytes[at + 10] ?? 0) * 256;
    return low;
  }
}

/** How many elements the list in `bytes[at, end)` has; 0 also for what is no list. */
export function listSize(bytes: Uint8Array, at: number): number {
  const tag = bytes[at];
  if (tag === STRING) return (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0);
  return tag === LIST ? u32(bytes, at + 1) : 0;
}

const counting = new CapturedReader();

/** How many events an EVENTS record says it holds; -1: it is none. No look at the events themselves. */
export function capturedCount(bytes: Uint8Array, start: number, end: number): number {
  return counting.open(bytes, start, end) ? counting.count : -1;
}
