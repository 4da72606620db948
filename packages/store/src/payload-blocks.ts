// Reading a payload log: zstd blocks with a header each, found by the raw offset that a reference names.
//
// A part's payloads form one long byte string; it is cut into blocks, each compressed on its own. A
// block that is torn (a crash while it was written) ends the log: references beyond it read as null.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { Decoder } from "@toondepauw/node-zstd";

/** `u32 magic, u32 packed bytes, u32 raw bytes, u32 crc of packed, f64 raw offset`, little-endian. */
export const BLOCK_HEADER_BYTES = 24;
export const BLOCK_MAGIC = 0x31_42_50_45;
/** A payload is `u32 length` and its bytes; it never crosses blocks. */
export const LENGTH_BYTES = 4;
/** More in one block would be a corrupt header (a frame of the probe is at most 16 MiB). */
export const MAX_BLOCK_BYTES = 67_108_864;

const CACHED_BLOCKS = 24;

/** References count through all parts: the part times 2^38 plus the raw offset in its log. */
const PART_STRIDE = 2 ** 38;

export function payloadRef(part: number, offset: number): number {
  return part * PART_STRIDE + offset;
}

export function partOfRef(ref: number): number {
  return Math.floor(ref / PART_STRIDE);
}

export function offsetOfRef(ref: number): number {
  return ref % PART_STRIDE;
}

/** Above the reference itself: which element of the list there is meant, from 1; 0: the whole term. */
const ELEMENT_SHIFT = 53;

/** In SQL, the reference to an element of the list at `ref`; `place` counts from 0. */
export function elementRefSql(ref: string, place: string): string {
  return `${ref} + ((${place} + 1)::UBIGINT << ${ELEMENT_SHIFT})`;
}

export type BlockEntry = {
  readonly rawOffset: number;
  readonly rawBytes: number;
  /** of the packed bytes, after the header */
  readonly position: number;
  readonly packedBytes: number;
  readonly crc: number;
};

/** The payload at `start` of a raw block, or null when it does not lie in it whole. */
export function payloadIn(raw: Buffer, start: number): Uint8Array | null {
  if (start + LENGTH_BYTES > raw.length) return null;
  const length = raw.readUInt32LE(start);
  const from = start + LENGTH_BYTES;
  return from + length > raw.length ? null : raw.subarray(from, from + length);
}

/** Read at once to look for headers: of terms that are alike a block is small, and each read costs as much as its bytes. */
const SCANNED_BYTES = 8_192;

/** Whole blocks of a log file, in order, and where they end; what follows is a torn tail. */
export function scanBlocks(fd: number): { blocks: BlockEntry[]; end: number } {
  const size = fstatSync(fd).size;
  const scanned = Buffer.alloc(SCANNED_BYTES);
  const blocks: BlockEntry[] = [];
  let from = -SCANNED_BYTES;
  let end = 0;
  while (end + BLOCK_HEADER_BYTES <= size) {
    if (end + BLOCK_HEADER_BYTES > from + SCANNED_BYTES) {
      from = end;
      readSync(fd, scanned, 0, SCANNED_BYTES, from);
    }
    const header = scanned.subarray(end - from);
    const packedBytes = header.readUInt32LE(4);
    const position = end + BLOCK_HEADER_BYTES;
    const whole = header.readUInt32LE(0) === BLOCK_MAGIC && position + packedBytes <= size;
    if (!whole) break;
    const crc = header.readUInt32LE(12);
    const rawBytes = header.readUInt32LE(8);
    blocks.push({ rawOffset: header.readDoubleLE(16), rawBytes, position, packedBytes, crc });
    end = position + packedBytes;
  }
  return { blocks, end };
}

function holds(block: BlockEntry, offset: number): boolean {
  return offset >= block.rawOffset && offset < block.rawOffset + block.rawBytes;
}

/** A log that is read; the writer adds entries as it appends blocks. */
export class PayloadBlocks implements Disposable {
  readonly #fd: number;
  readonly #blocks: BlockEntry[];
  readonly #cache = new Map<number, Buffer>();
  readonly #decoder = new Decoder();
  /** where the last payload was found: the next one is mostly beside it */
  #last: { readonly block: BlockEntry; readonly raw: Buffer } | null = null;

  constructor(fd: number, blocks: BlockEntry[]) {
    this.#fd = fd;
    this.#blocks = blocks;
  }

  static open(path: string): PayloadBlocks {
    const fd = openSync(path, "r");
    return new PayloadBlocks(fd, scanBlocks(fd).blocks);
  }

  /** For a log whose writer died: what a crash left behind its last whole block is cut off. */
  static openTruncated(path: string): PayloadBlocks {
    const fd = openSync(path, "r+");
    const { blocks, end } = scanBlocks(fd);
    ftruncateSync(fd, end);
    return new PayloadBlocks(fd, blocks);
  }

  add(block: BlockEntry): void {
    this.#blocks.push(block);
  }

  /** Of whole blocks, with their headers. */
  get fileBytes(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? 0 : last.position + last.packedBytes;
  }

  /** The payload that starts at this raw offset; null when its block is missing or damaged. */
  read(offset: number): Uint8Array | null {
    const last = this.#last;
    if (last !== null && holds(last.block, offset)) {
      return payloadIn(last.raw, offset - last.block.rawOffset);
    }
    const index = this.#find(offset);
    const block = this.#blocks[index];
    if (block === undefined) return null;
    const raw = this.#raw(index, block);
    if (raw === null) return null;
    this.#last = { block, raw };
    return payloadIn(raw, offset - block.rawOffset);
  }

  [Symbol.dispose](): void {
    this.#cache.clear();
    closeSync(this.#fd);
  }

  #find(offset: number): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const block = this.#blocks[middle];
      if (block === undefined) return -1;
      if (holds(block, offset)) return middle;
      if (offset < block.rawOffset) high = middle - 1;
      else low = middle + 1;
    }
    return -1;
  }

  #raw(index: number, block: BlockEntry): Buffer | null {
    const cached = this.#cache.get(index);
    if (cached !== undefined) {
      // a Map keeps insertion order: moving the entry to the end makes it the most recently used
      this.#cache.delete(index);
      this.#cache.set(index, cached);
      return cached;
    }
    if (block.rawBytes > MAX_BLOCK_BYTES) return null;
    const packed = Buffer.allocUnsafe(block.packedBytes);
    const read = readSync(this.#fd, packed, 0, packed.length, block.position);
    if (read < packed.length || crc32(packed) !== block.crc) return null;
    const raw = this.#decoder.decodeSync(packed);
    if (this.#cache.size >= CACHED_BLOCKS) {
      const oldest = this.#cache.keys().next();
      if (oldest.done !== true) this.#cache.delete(oldest.value);
    }
    this.#cache.set(index, raw);
    return raw;
  }
}
