// Ctrl-C: the first asks for a clean stop, the second ends the process at once.

import { setMaxListeners } from "node:events";

const LONG_MS = 1_000_000_000;
/** Every query that runs listens, and one answer can be made of a dozen at a time. */
const MAX_LISTENERS = 100;

/** Aborted by the first SIGINT or SIGTERM; dispose it to give the signals back. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  #awake: NodeJS.Timeout | null = null;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (!this.#controller.signal.aborted) return this.#controller.abort();
    // by the signal itself (130 in a shell): an exit would wait for worker threads in the midst of their work
    this[Symbol.dispose]();
    process.kill(process.pid, signal);
  };

  constructor() {
    setMaxListeners(MAX_LISTENERS, this.#controller.signal);
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves at the first signal. */
  get requested(): Promise<void> {
    const { signal } = this.#controller;
    if (signal.aborted) return Promise.resolve();
    // a process with nothing left to wait for would end, and not because somebody asked
    this.#awake ??= setInterval(() => undefined, LONG_MS);
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }

  [Symbol.dispose](): void {
    if (this.#awake !== null) clearInterval(this.#awake);
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }
}
