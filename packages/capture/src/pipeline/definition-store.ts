// Keeps, on the main thread, what a writer would need to take over: the definitions up to the ring's
// committed position by index (a later one replaces an earlier), and the newer ones in order.

import { RECORD } from "@elixirscope/trace";
import { u32 } from "./big-endian.ts";
import { recordEnd } from "./record-walk.ts";
import type { DefinitionsAt } from "./threads.ts";

/** As many as the correlator keeps. */
const MAX_PIDS = 131_072;

export class DefinitionStore {
  readonly #pids = new Map<number, Uint8Array>();
  readonly #functions = new Map<number, Uint8Array>();
  #newer: DefinitionsAt[] = [];
  #foldedTo = 0;

  add(at: DefinitionsAt): void {
    this.#newer.push(at);
  }

  /** A successor will never begin before `committed`. */
  fold(committed: number): void {
    while (this.#newer[0] !== undefined && this.#newer[0].position <= committed) {
      const { bytes, position } = this.#newer[0];
      this.#newer = this.#newer.slice(1);
      this.#foldedTo = position;
      for (let at = 0; at < bytes.length;) {
        const next = recordEnd(bytes, at);
        const record = bytes.slice(at, next);
        if (bytes[at] === RECORD.DEF_PID) this.#pids.set(u32(bytes, at + 10), record);
        else this.#functions.set(u32(bytes, at + 14), record);
        at = next;
      }
    }
    for (const index of this.#pids.keys()) {
      if (this.#pids.size <= MAX_PIDS) break;
      this.#pids.delete(index);
    }
  }

  /** Everything, oldest first. */
  all(): DefinitionsAt[] {
    const folded = [...this.#functions.values(), ...this.#pids.values()];
    return [{ position: this.#foldedTo, bytes: Buffer.concat(folded) }, ...this.#newer];
  }
}
