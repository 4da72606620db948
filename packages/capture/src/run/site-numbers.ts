// Numbers for sites that nobody else has or will have: instrumented code is kept from run to run with its
// numbers inside. A block of numbers is taken by making the file named after it, which one process only
// can do; so runs at the same time and killed ones need no lock. Blocks are never given back.

import { mkdirSync, openSync, closeSync, readdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { messageOf } from "@elixirscope/base";

export const BLOCK_SITES = 16_384;
/** `sites.site` has 32 bits and the wire's small form of an integer 31. */
const BLOCKS_MAX = 2 ** 31 / BLOCK_SITES - 1;
/** Files of older blocks say nothing that the newest does not. */
const KEPT_FILES = 64;

export interface SiteNumbers {
  /** The first of at least `count` numbers in a row that are free. Call `use` for those that were used. */
  next(count: number): number;
  use(count: number): void;
}

/** For a run that keeps nothing. */
export class SessionSites implements SiteNumbers {
  #next = 1;

  next(): number {
    return this.#next;
  }

  use(count: number): void {
    this.#next += count;
  }
}

export class SharedSites implements SiteNumbers {
  readonly #folder: string;
  #next = 0;
  #end = 0;
  #highest = -1;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws where the folder cannot be written to or when all numbers are used up. */
  static open(folder: string): SharedSites {
    mkdirSync(folder, { recursive: true });
    const sites = new SharedSites(folder);
    if (sites.#newest() + 1 >= BLOCKS_MAX) throw sites.#usedUp();
    return sites;
  }

  next(count: number): number {
    if (this.#end - this.#next < count) this.#reserve(Math.ceil(count / BLOCK_SITES));
    return this.#next;
  }

  use(count: number): void {
    this.#next += count;
  }

  /** Blocks in a row; of a row that somebody interrupts only what follows is taken. */
  #reserve(blocks: number): void {
    let first = this.#newest() + 1;
    for (let block = first; block < first + blocks; block += 1) {
      if (block >= BLOCKS_MAX) throw this.#usedUp();
      if (!this.#take(block)) first = block + 1;
    }
    // block 0 is not used: 0 is no site
    this.#next = (first + 1) * BLOCK_SITES;
    this.#end = (first + blocks + 1) * BLOCK_SITES;
    this.#highest = first + blocks - 1;
    this.#tidy();
  }

  #usedUp(): Error {
    return new Error(`the numbers for sites are used up; delete ${path.dirname(this.#folder)}`);
  }

  #take(block: number): boolean {
    try {
      closeSync(openSync(path.join(this.#folder, String(block)), "wx"));
      return true;
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
      throw new Error(`cannot reserve numbers in ${this.#folder}: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }

  /** Also what this run took counts, should somebody have emptied the folder meanwhile. */
  #newest(): number {
    return Math.max(this.#highest, ...blocksIn(this.#folder));
  }

  #tidy(): void {
    for (const block of blocksIn(this.#folder)) {
      if (block > this.#highest - KEPT_FILES) continue;
      try {
        unlinkSync(path.join(this.#folder, String(block)));
      } catch {
        // another run was faster
      }
    }
  }
}

function blocksIn(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}
