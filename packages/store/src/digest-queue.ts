// Digests of sealed partitions, one after the other, on a connection of their own beside commits and queries.
// A recording is as whole without them: one that cannot be written (a full disk) is left out.

import { hasDigest, writeDigest } from "./digest.ts";
import type { Engine } from "./engine.ts";
import { partDatabase } from "./views.ts";

export class DigestQueue {
  readonly #engine: () => Engine;
  #waiting: number[] = [];
  #current: { readonly part: number; readonly done: Promise<void> } | null = null;
  /** the current one is not wanted any more */
  #isLeft = false;

  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  add(part: number): void {
    this.#waiting.push(part);
    this.#next();
  }

  /** Resolves when nothing touches the database of the partition any more. */
  async forget(part: number): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== part);
    if (this.#current?.part !== part) return;
    this.#isLeft = true;
    await this.#current.done;
  }

  /** Resolves when all are written. */
  async settled(): Promise<void> {
    while (this.#current !== null) await this.#current.done;
  }

  /** Gives up what is not written yet. */
  async stop(): Promise<void> {
    this.#waiting = [];
    if (this.#current !== null) await this.forget(this.#current.part);
  }

  #next(): void {
    const part = this.#waiting[0];
    if (this.#current !== null || part === undefined) return;
    this.#waiting.shift();
    this.#isLeft = false;
    this.#current = { part, done: this.#write(partDatabase(part)) };
  }

  async #write(database: string): Promise<void> {
    try {
      const connection = await this.#engine().connect();
      try {
        if (await hasDigest(connection, database)) return;
        await writeDigest(connection, database, () => !this.#isLeft);
      } finally {
        connection.disconnectSync();
      }
    } catch {
      // left, or no room for it: see above
    } finally {
      this.#current = null;
      this.#next();
    }
  }
}
