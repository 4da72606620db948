// Commits one after another: one runs, one waits, and whoever asks meanwhile shares the waiting one.
//
// A waiting commit takes the largest extent that was asked of it. After a failure nothing runs any more.

import { StoreError } from "./store-error.ts";

/** `rows`: rows reach the database; `written`: payloads the file too; `durable`: and both the disk. */
export type CommitExtent = "rows" | "written" | "durable";

const EXTENTS: readonly CommitExtent[] = ["rows", "written", "durable"];

type Waiting = { extent: CommitExtent; readonly done: Promise<boolean> };

export class CommitQueue {
  readonly #run: (extent: CommitExtent) => Promise<void>;
  readonly #onFailure: (cause: unknown) => StoreError;
  #last: Promise<boolean> = Promise.resolve(true);
  #waiting: Waiting | null = null;
  #failure: StoreError | null = null;
  #closed = false;

  constructor(
    run: (extent: CommitExtent) => Promise<void>,
    onFailure: (cause: unknown) => StoreError,
  ) {
    this.#run = run;
    this.#onFailure = onFailure;
  }

  get failure(): StoreError | null {
    return this.#failure;
  }

  /** Resolves when a commit that began after this call has ended, to whether it went well; see `failure`. */
  commit(extent: CommitExtent): Promise<boolean> {
    const waiting = this.#waiting;
    if (waiting !== null) {
      if (EXTENTS.indexOf(extent) > EXTENTS.indexOf(waiting.extent)) waiting.extent = extent;
      return waiting.done;
    }
    const previous = this.#last;
    const done = this.#next(previous);
    this.#waiting = { extent, done };
    this.#last = done;
    return done;
  }

  /** Like `commit`, but rejects with what keeps rows from being stored. */
  async commitOrThrow(extent: CommitExtent): Promise<void> {
    if (!this.#closed && (await this.commit(extent))) return;
    throw this.#failure ?? new StoreError("closed", "the recording is closed");
  }

  /** Resolves when every commit that was asked for so far has ended. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Waits for what was asked for and refuses the rest. */
  async close(): Promise<void> {
    await this.#last;
    this.#closed = true;
  }

  async #next(previous: Promise<boolean>): Promise<boolean> {
    await previous;
    const extent = this.#waiting?.extent ?? "rows";
    this.#waiting = null;
    if (this.#failure !== null || this.#closed) return false;
    try {
      await this.#run(extent);
      return true;
    } catch (cause) {
      this.#failure = this.#onFailure(cause);
      return false;
    }
  }
}
