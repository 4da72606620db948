// Writes records of the probe's byte format (`trace`, probe-wire.ts), so that all that follows reads an imported trace
// as it reads a live node.

import { RECORD_HEADER_BYTES, type RecordKind } from "@elixirscope/trace";
import type { Span } from "./trace-message.ts";

const VERSION = 131;

/** A record without payload is `{ bytes: NO_BYTES, … }`. */
export type RecordHead = {
  readonly kind: RecordKind;
  readonly flags?: number;
  /** ns */
  readonly t: number;
  readonly pid?: number;
  readonly ref?: number;
};

export class RecordBytes {
  #bytes: Buffer = Buffer.allocUnsafe(65_536);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The payload is the term at `span` of `bytes`. */
  add(head: RecordHead, bytes: Uint8Array, span: Span): void {
    const size = span.end - span.start;
    this.#head(head, size + 1);
    this.#bytes[this.#length] = VERSION;
    this.#bytes.set(bytes.subarray(span.start, span.end), this.#length + 1);
    this.#length += size + 1;
  }

  addEmpty(head: RecordHead): void {
    this.#head(head, 0);
  }

  /** All so far; valid until the next record. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #head({ kind, flags = 0, t, pid = 0, ref = 0 }: RecordHead, payload: number): void {
    this.#reserve(RECORD_HEADER_BYTES + payload);
    const at = this.#length;
    this.#bytes[at] = kind;
    this.#bytes[at + 1] = flags;
    this.#bytes.writeBigUInt64BE(BigInt(t), at + 2);
    this.#bytes.writeUInt32BE(pid, at + 10);
    this.#bytes.writeUInt32BE(ref, at + 14);
    this.#bytes.writeUInt32BE(payload, at + 18);
    this.#length = at + RECORD_HEADER_BYTES;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe((this.#length + more) * 2);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
