// Ctrl-C: the first asks for a clean stop, the second ends the process at once.

/** Aborted by the first SIGINT or SIGTERM; dispose it to give the signals back. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (!this.#controller.signal.aborted) return this.#controller.abort();
    // by the signal itself (130 in a shell): an exit would wait for worker threads in the midst of their work
    this[Symbol.dispose]();
    process.kill(process.pid, signal);
  };

  constructor() {
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
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }
}
