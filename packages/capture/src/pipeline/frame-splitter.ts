// Cuts a byte stream into probe frames. A frame that lies in one chunk is handed on where it lies;
// only one that spans chunks is put together, and its announced length is checked before it is awaited.

import { FRAME_HEADER_BYTES, MAX_FRAME_BYTES } from "@elixirscope/trace";
import { u32 } from "./big-endian.ts";

export type Frame = {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** the body is `bytes[start, end)`, valid until the next `push` */
  readonly start: number;
  readonly end: number;
};

export class FrameSplitter {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** what `#bytes` has room for is ours to append to; a chunk is not */
  #owned = false;

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#reserve(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Bytes of frames that are not complete. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** The next whole frame; null when more bytes are needed; "too_long" for an impossible length. */
  peek(): Frame | "too_long" | null {
    if (this.pending < 4) return null;
    const length = u32(this.#bytes, this.#start);
    // the length counts the type byte
    if (length < 1 || length > MAX_FRAME_BYTES) return "too_long";
    if (this.pending < 4 + length) return null;
    const start = this.#start + FRAME_HEADER_BYTES;
    const type = this.#bytes[start - 1] ?? 0;
    return { type, bytes: this.#bytes, start, end: this.#start + 4 + length };
  }

  /** Goes past the frame that `peek` showed. */
  take(frame: Frame): void {
    this.#start = frame.end;
  }

  #reserve(more: number): void {
    const pending = this.pending;
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const announced =
      pending >= 4 ? 4 + Math.min(u32(this.#bytes, this.#start), MAX_FRAME_BYTES) : 0;
    const needed = Math.max(pending + more, announced);
    const roomy = this.#owned && needed <= this.#bytes.length;
    const into = roomy ? this.#bytes : new Uint8Array(needed + 65_536);
    into.set(this.#bytes.subarray(this.#start, this.#end), 0);
    this.#bytes = into;
    this.#start = 0;
    this.#end = pending;
    this.#owned = true;
  }
}
