// The requests of one connection: at most `MAX_RUNNING` at a time, the others wait in order. A newer
// request of the same slot takes the place of a waiting one, so that a page that pans faster than the
// recording answers gets the last view soon instead of every view late.

import { setMaxListeners } from "node:events";
import type { Request, WireError } from "@elixirscope/wire";

export const MAX_RUNNING = 4;
export const MAX_WAITING = 64;

export type Outcome =
  | { readonly kind: "reply"; readonly result: unknown }
  | { readonly kind: "error"; readonly error: WireError };

type Run = (request: Request, signal: AbortSignal) => Promise<Outcome>;
type Answer = (id: number, outcome: Outcome) => void;

/** Of one page each is given up by itself. */
type Running = { readonly id: number; readonly abort: AbortController };

export class RequestQueue implements Disposable {
  readonly #run: Run;
  readonly #answer: Answer;
  readonly #abort = new AbortController();
  #waiting: Request[] = [];
  readonly #running = new Set<Running>();

  constructor(run: Run, answer: Answer) {
    this.#run = run;
    this.#answer = answer;
  }

  add(request: Request): void {
    if (this.#abort.signal.aborted) return;
    // at once: what it gives up may be what all others wait for
    if (request.method === "cancel") {
      const cancelled = this.#cancel(request.params.id);
      this.#answer(request.id, { kind: "reply", result: { cancelled } });
      return;
    }
    const stale = this.#waiting.findIndex(({ slot }) => slot !== null && slot === request.slot);
    const [dropped] = stale === -1 ? [] : this.#waiting.splice(stale, 1);
    if (dropped !== undefined) {
      this.#refuse(dropped.id, "superseded", "a newer request took the place of this one");
    }
    if (this.#waiting.length >= MAX_WAITING) {
      this.#refuse(
        request.id,
        "busy",
        `more than ${MAX_WAITING} requests are waiting; ask again later`,
      );
      return;
    }
    this.#waiting.push(request);
    this.#next();
  }

  /** Nothing is answered any more; what runs is cancelled. */
  [Symbol.dispose](): void {
    this.#waiting = [];
    this.#abort.abort();
  }

  #next(): void {
    while (this.#running.size < MAX_RUNNING) {
      const request = this.#waiting.shift();
      if (request === undefined) return;
      const running = { id: request.id, abort: new AbortController() };
      this.#running.add(running);
      void this.#start(request, running);
    }
  }

  async #start(request: Request, running: Running): Promise<void> {
    const signal = AbortSignal.any([this.#abort.signal, running.abort.signal]);
    // each SQL statement of what runs listens; some answers are many of them at once
    setMaxListeners(0, signal);
    const outcome = await this.#run(request, signal);
    this.#running.delete(running);
    if (this.#abort.signal.aborted) return;
    this.#answer(request.id, outcome);
    this.#next();
  }

  #cancel(id: number): boolean {
    const waiting = this.#waiting.findIndex((request) => request.id === id);
    if (waiting !== -1) {
      this.#waiting.splice(waiting, 1);
      this.#refuse(id, "cancelled", "the request was cancelled");
      return true;
    }
    const running = [...this.#running].find((one) => one.id === id);
    running?.abort.abort();
    return running !== undefined;
  }

  #refuse(id: number, code: string, message: string): void {
    this.#answer(id, { kind: "error", error: { code, message } });
  }
}
