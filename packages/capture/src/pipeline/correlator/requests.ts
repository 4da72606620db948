// Requests of OTP calls that wait for their reply, by the reference that both carry.

import { bytesKey, referenceInTag, type Peek } from "../term-peek.ts";
import type { Process } from "./party.ts";
import type { CorrelatorSession } from "./session.ts";

export type Request = {
  readonly message: number;
  readonly t: number;
  /** null: the request was seen only where it arrived */
  readonly requester: Process | null;
};

export class Requests {
  readonly #session: CorrelatorSession;
  readonly #open = new Map<string, Request>();

  constructor(session: CorrelatorSession) {
    this.#session = session;
  }

  open(bytes: Buffer, peek: Peek, request: Request): void {
    if (peek.tagEnd === 0) return;
    if (this.#open.size >= this.#session.limits.openRequests) this.#dropOldest();
    this.#open.set(keyOf(bytes, peek), request);
  }

  isOpen(bytes: Buffer, peek: Peek): boolean {
    return this.#open.size > 0 && this.#open.has(keyOf(bytes, peek));
  }

  /** The request that a `{Tag, Reply}` answers; it is closed by that. */
  take(bytes: Buffer, peek: Peek): Request | null {
    if (this.#open.size === 0) return null;
    const key = keyOf(bytes, peek);
    const request = this.#open.get(key);
    if (request === undefined) return null;
    this.#open.delete(key);
    return request;
  }

  /** The oldest come first. */
  expire(now: number): void {
    for (const request of this.#open.values()) {
      if (now - request.t <= this.#session.limits.sendTtlNs) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    for (const key of this.#open.keys()) {
      this.#open.delete(key);
      this.#session.counters.expired += 1;
      return;
    }
  }
}

function keyOf(bytes: Buffer, peek: Peek): string {
  return bytesKey(bytes, referenceInTag(bytes, peek.tagStart), peek.tagEnd);
}
