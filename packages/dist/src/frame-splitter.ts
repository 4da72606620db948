// Cuts a byte stream into length-prefixed frames. Bytes are gathered in one growing buffer, so a frame
// that comes in a million pieces is still copied only about twice, and never more is held than arrived.

import { err, ok, type Result } from "@elixirscope/base";

export interface FrameTooLong {
  readonly code: "frame_too_long";
  readonly length: number;
  readonly limit: number;
}

const SPARE_BYTES = 65_536;

export class FrameSplitter {
  #prefixBytes: 2 | 4;
  #limit: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** A buffer of ours may be appended to; one that was given may not. */
  #owned = false;

  constructor(prefixBytes: 2 | 4, limit: number) {
    this.#prefixBytes = prefixBytes;
    this.#limit = limit;
  }

  /** From the next frame on. The handshake has 2-byte lengths, what follows it 4-byte ones. */
  changePrefix(prefixBytes: 2 | 4, limit: number): void {
    this.#prefixBytes = prefixBytes;
    this.#limit = limit;
  }

  get bufferedBytes(): number {
    return this.#end - this.#start;
  }

  /** The first bytes not yet taken, for telling what a peer that breaks the rules speaks. */
  peek(count: number): Uint8Array {
    return this.#bytes.subarray(this.#start, Math.min(this.#start + count, this.#end));
  }

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      // A plain view: terms decoded from it then hold plain arrays too, not Node's Buffers.
      this.#bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#bytes.length - this.#end < chunk.length) this.#grow(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole frame without its length (empty for a tick), or null until more bytes came. */
  next(): Result<Uint8Array | null, FrameTooLong> {
    const length = this.#frameLength();
    if (length === null) return ok(null);
    if (length > this.#limit) return err({ code: "frame_too_long", length, limit: this.#limit });
    const from = this.#start + this.#prefixBytes;
    if (from + length > this.#end) return ok(null);
    this.#start = from + length;
    return ok(this.#bytes.subarray(from, from + length));
  }

  #frameLength(): number | null {
    if (this.#end - this.#start < this.#prefixBytes) return null;
    let length = 0;
    for (let i = 0; i < this.#prefixBytes; i++) {
      length = length * 256 + (this.#bytes[this.#start + i] ?? 0);
    }
    return length;
  }

  // Frames handed out point into the old buffer: it is left alone, never compacted in place.
  #grow(extra: number): void {
    const held = this.#end - this.#start;
    const wanted = Math.min(this.#frameLength() ?? 0, this.#limit) + SPARE_BYTES;
    const capacity = Math.max(held + extra, Math.min(2 * (held + extra), wanted));
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = held;
    this.#owned = true;
  }
}
