// Writing a part's payload log. Appending copies into the open block and never waits; full blocks are
// compressed on another thread and written in order, and stay readable in memory until they are.

import { openSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { Encoder } from "@toondepauw/node-zstd";
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  LENGTH_BYTES,
  PayloadBlocks,
  payloadIn,
  payloadRef,
} from "./payload-blocks.ts";

const BLOCK_BYTES = 128 * 1024;
const ZSTD_LEVEL = 1;
const FEW_BYTES = 64;

/** Reused: a block allocated anew each time would outrun the garbage collector. */
const SPARE_BLOCKS = 32;

type RawBlock = { readonly rawOffset: number; readonly bytes: Buffer; used: number };

export class PayloadLog {
  readonly part: number;
  readonly #file: FileHandle;
  readonly #blocks: PayloadBlocks;
  readonly #encoder = new Encoder(ZSTD_LEVEL);
  #open: RawBlock;
  #waiting: RawBlock[] = [];
  #spare: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  #rawEnd = 0;
  #fileEnd = 0;
  #unsynced = false;
  #failure: Error | null = null;
  #isClosed = false;

  private constructor(part: number, file: FileHandle, readFd: number) {
    this.part = part;
    this.#file = file;
    this.#blocks = new PayloadBlocks(readFd, []);
    this.#open = { rawOffset: 0, bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES), used: 0 };
  }

  static async create(part: number, path: string): Promise<PayloadLog> {
    const file = await open(path, "wx");
    return new PayloadLog(part, file, openSync(path, "r"));
  }

  /** Keeps a copy of `bytes[start, end)`; the reference is good at once. */
  append(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const needed = LENGTH_BYTES + length;
    if (this.#open.used + needed > this.#open.bytes.length) this.#turnBlock(needed);
    const block = this.#open;
    const offset = block.rawOffset + block.used;
    block.bytes.writeUInt32LE(length, block.used);
    block.bytes.set(
      start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end),
      block.used + LENGTH_BYTES,
    );
    block.used += needed;
    this.#rawEnd = offset + needed;
    return payloadRef(this.part, offset);
  }

  /** Keeps `head` and `bytes[start, end)` as one payload. */
  appendAfter(head: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    const length = head.length + end - start;
    const needed = LENGTH_BYTES + length;
    if (this.#open.used + needed > this.#open.bytes.length) this.#turnBlock(needed);
    const block = this.#open;
    const target = block.bytes;
    let at = block.used;
    const offset = block.rawOffset + at;
    target[at] = length;
    target[at + 1] = length >>> 8;
    target[at + 2] = length >>> 16;
    target[at + 3] = length >>> 24;
    at += LENGTH_BYTES;
    for (let i = 0; i < head.length; i += 1) target[at + i] = head[i] ?? 0;
    at += head.length;
    // a view made for a few bytes costs more than moving them one by one
    if (end - start > FEW_BYTES) target.set(bytes.subarray(start, end), at);
    else for (let i = start; i < end; i += 1) target[at + i - start] = bytes[i] ?? 0;
    block.used += needed;
    this.#rawEnd = offset + needed;
    return payloadRef(this.part, offset);
  }

  read(offset: number): Uint8Array | null {
    if (offset >= this.#open.rawOffset)
      return payloadIn(used(this.#open), offset - this.#open.rawOffset);
    for (const block of this.#waiting) {
      if (offset >= block.rawOffset && offset < block.rawOffset + block.used) {
        return payloadIn(used(block), offset - block.rawOffset);
      }
    }
    return this.#blocks.read(offset);
  }

  /** Held in memory because it is not written yet. */
  get pendingBytes(): number {
    return this.#waiting.reduce((sum, block) => sum + block.used, 0);
  }

  get fileBytes(): number {
    return this.#fileEnd;
  }

  /** Why blocks are not written any more. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Waits until full blocks are written. */
  async drain(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Writes what was appended so far, also a block that is not full. */
  async write(): Promise<void> {
    if (this.#open.used > 0) this.#turnBlock(0);
    await this.drain();
  }

  /** After this, what was written survives a power cut. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    await this.#file.datasync();
  }

  /** No more appends; reading goes on until `dispose`. */
  async finish(): Promise<void> {
    await this.write();
    await this.sync();
    await this.close();
  }

  /** Ends writing as it is. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }

  [Symbol.dispose](): void {
    this.#blocks[Symbol.dispose]();
  }

  #turnBlock(needed: number): void {
    const block = this.#open;
    const bytes = needed > BLOCK_BYTES ? undefined : this.#spare.pop();
    this.#open = {
      rawOffset: this.#rawEnd,
      bytes: bytes ?? Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, needed)),
      used: 0,
    };
    if (block.used === 0) return;
    this.#waiting.push(block);
    this.#writing = this.#writing.then(() => this.#writeBlock(block));
  }

  async #writeBlock(block: RawBlock): Promise<void> {
    if (this.#failure !== null) return;
    try {
      const packed = await this.#encoder.encode(block.bytes.subarray(0, block.used));
      const crc = crc32(packed);
      const bytes = Buffer.allocUnsafe(BLOCK_HEADER_BYTES + packed.length);
      bytes.writeUInt32LE(BLOCK_MAGIC, 0);
      bytes.writeUInt32LE(packed.length, 4);
      bytes.writeUInt32LE(block.used, 8);
      bytes.writeUInt32LE(crc, 12);
      bytes.writeDoubleLE(block.rawOffset, 16);
      packed.copy(bytes, BLOCK_HEADER_BYTES);
      await writeAll(this.#file, bytes, this.#fileEnd);
      const position = this.#fileEnd + BLOCK_HEADER_BYTES;
      const { rawOffset, used: rawBytes } = block;
      this.#blocks.add({ rawOffset, rawBytes, position, packedBytes: packed.length, crc });
      this.#fileEnd = position + packed.length;
      this.#unsynced = true;
      this.#waiting.shift();
      const isSpare = block.bytes.length === BLOCK_BYTES && this.#spare.length < SPARE_BLOCKS;
      if (isSpare) this.#spare.push(block.bytes);
    } catch (cause) {
      // the block stays in `#waiting`, readable; `write` reports the failure to who asked for durability
      this.#failure = cause instanceof Error ? cause : new Error(String(cause));
      // a full disk: what was half written gives room for the manifest to say so
      await this.#file.truncate(this.#fileEnd).catch(() => undefined);
    }
  }
}

function used(block: RawBlock): Buffer {
  return block.bytes.subarray(0, block.used);
}

/** A short write (a nearly full disk gives one) is continued until the system reports why. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new Error("the payload log takes no more bytes");
    done += bytesWritten;
  }
}
