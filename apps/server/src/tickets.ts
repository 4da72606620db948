// Files made ready to be fetched once. A browser's download cannot send the token in a header, and in an address the
// token would stay in its history; a ticket is worth nothing after it was used, or after ten minutes.

import { newToken } from "./token.ts";
import type { Packed } from "./shelf.ts";

const VALID_MS = 600_000;
/** Each may hold a copy of a recording. */
const MOST = 8;

type Waiting = { readonly name: string; readonly packed: Packed; readonly timer: NodeJS.Timeout };

export class Tickets {
  readonly #waiting = new Map<string, Waiting>();

  async add(name: string, packed: Packed): Promise<string> {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MOST) await this.#drop(oldest);
    const ticket = newToken();
    const timer = setTimeout(() => void this.#drop(ticket), VALID_MS);
    timer.unref();
    this.#waiting.set(ticket, { name, packed, timer });
    return ticket;
  }

  /** Null: unknown, used or too old. The file is the caller's to release. */
  take(ticket: string, name: string): Packed | null {
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined || waiting.name !== name) return null;
    clearTimeout(waiting.timer);
    this.#waiting.delete(ticket);
    return waiting.packed;
  }

  async close(): Promise<void> {
    for (const ticket of this.#waiting.keys()) await this.#drop(ticket);
  }

  async #drop(ticket: string): Promise<void> {
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(ticket);
    await waiting.packed.release();
  }
}
