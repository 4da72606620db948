// The packed graphs of all files, within a memory budget: what was used longest ago goes to a file that
// only this process sees, and comes back when it is asked for.

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { assert } from "@elixirscope/base";
import { type FlowGraphs, unpackGraphs } from "./packed-facts.ts";

type Entry = {
  /** null while it is in the file alone */
  bytes: Uint8Array<ArrayBuffer> | null;
  readonly length: number;
  /** in the file, -1 when it is not there */
  offset: number;
};

/** Unpacked graphs take about this many times their packed bytes. */
const UNPACKED_FACTOR = 12;

export class GraphStore implements Disposable {
  readonly #budget: number;
  /** least recently used first */
  readonly #entries = new Map<number, Entry>();
  readonly #unpacked = new Map<number, FlowGraphs>();
  #unpackedBytes = 0;
  #bytes = 0;
  #next = 1;
  #file: number | null = null;
  #fileEnd = 0;

  /** `budgetBytes`: of packed graphs in memory; a quarter as much for unpacked ones is kept beside. */
  constructor(budgetBytes: number) {
    this.#budget = budgetBytes;
  }

  get bytesInMemory(): number {
    return this.#bytes;
  }

  get bytesOnDisk(): number {
    return this.#fileEnd;
  }

  add(bytes: Uint8Array<ArrayBuffer>): number {
    const id = this.#next++;
    this.#entries.set(id, { bytes, length: bytes.length, offset: -1 });
    this.#bytes += bytes.length;
    this.#evict();
    return id;
  }

  remove(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#forget(id);
    if (entry.bytes !== null) this.#bytes -= entry.length;
    this.#entries.delete(id);
  }

  packed(id: number): Uint8Array<ArrayBuffer> {
    const entry = this.#entries.get(id);
    assert(entry !== undefined, "graphs are asked for after they were removed");
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (entry.bytes !== null) return entry.bytes;
    const bytes = this.#read(entry);
    entry.bytes = bytes;
    this.#bytes += entry.length;
    this.#evict();
    return bytes;
  }

  graphs(id: number): FlowGraphs {
    const known = this.#unpacked.get(id);
    if (known !== undefined) {
      this.#unpacked.delete(id);
      this.#unpacked.set(id, known);
      return known;
    }
    const packed = this.packed(id);
    const graphs = unpackGraphs(packed);
    this.#unpacked.set(id, graphs);
    this.#unpackedBytes += packed.length * UNPACKED_FACTOR;
    for (const old of this.#unpacked.keys()) {
      if (this.#unpackedBytes <= this.#budget / 4 || old === id) break;
      this.#forget(old);
    }
    return graphs;
  }

  [Symbol.dispose](): void {
    this.#entries.clear();
    this.#unpacked.clear();
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #forget(id: number): void {
    if (!this.#unpacked.delete(id)) return;
    this.#unpackedBytes -= (this.#entries.get(id)?.length ?? 0) * UNPACKED_FACTOR;
  }

  /** The newest stays, whatever its size: it is about to be used. */
  #evict(): void {
    if (this.#bytes <= this.#budget) return;
    let left = this.#entries.size;
    for (const entry of this.#entries.values()) {
      left -= 1;
      if (this.#bytes <= this.#budget || left === 0) return;
      if (entry.bytes === null) continue;
      if (entry.offset < 0) entry.offset = this.#write(entry.bytes);
      entry.bytes = null;
      this.#bytes -= entry.length;
    }
  }

  #write(bytes: Uint8Array): number {
    this.#file ??= openHidden();
    const offset = this.#fileEnd;
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, offset + done);
    }
    this.#fileEnd += bytes.length;
    return offset;
  }

  #read({ offset, length }: Entry): Uint8Array<ArrayBuffer> {
    assert(this.#file !== null, "what was evicted is in the file");
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.#file, bytes, done, length - done, offset + done);
      assert(read > 0, "the file of evicted graphs is as long as what was written");
      done += read;
    }
    return bytes;
  }
}

/** A file without a name: gone when the process is, however it ends. */
function openHidden(): number {
  const folder = mkdtempSync(path.join(tmpdir(), "elixirscope-graphs-"));
  const file = openSync(path.join(folder, "graphs"), "w+");
  rmSync(folder, { recursive: true });
  return file;
}
