// The threads that analyse files. A thread that dies or takes too long on a file costs that file alone:
// it is reported as failed, another thread takes over, and the rest of the chunk is done there.

import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { messageOf } from "@elixirscope/base";
import { AnalysisError } from "./analysis-error.ts";
import type { FileRows } from "./file-task.ts";
import type { PackedFacts } from "./packed-facts.ts";
import { startWorker } from "./start-worker.ts";
import type { FileTask, FromWorker, ToWorker, WorkerStart } from "./threads.ts";

export type SizedTask = FileTask & { readonly bytes: number };

export type FileOutcome =
  | { readonly kind: "facts"; readonly facts: PackedFacts }
  | { readonly kind: "gone" }
  | {
      readonly kind: "failed";
      readonly code: "analysis_crashed" | "analysis_timeout";
      readonly message: string;
    };

/** More deaths of threads that had not done anything yet: it is not the files. */
const MAX_BARREN_DEATHS = 3;

/** Chunks per thread: enough to even out, few enough not to wait for messages. */
const CHUNKS_PER_THREAD = 12;
const MAX_CHUNK_BYTES = 512 * 1024;

type Request = {
  readonly message: Extract<ToWorker, { kind: "analyse" | "rows" }>;
  readonly waiting: readonly FileTask[];
  readonly heard: (path: string, message: FromWorker | Failure) => void;
};

type Job = Omit<Request, "waiting"> & {
  /** not heard of yet, in the order in which they are done */
  waiting: FileTask[];
  readonly end: (error: Error | null) => void;
};

type Failure = Extract<FileOutcome, { kind: "failed" }>;

type Thread = {
  readonly worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | null;
  failure: string;
  isReady: boolean;
};

export type PoolOptions = WorkerStart & { readonly threads?: number };

export class AnalysisPool {
  readonly #size: number;
  readonly #start: WorkerStart;
  readonly #threads = new Set<Thread>();
  #queue: Job[] = [];
  #barrenDeaths = 0;
  #restarts = 0;
  #closed = false;

  constructor({ threads, limits, patterns }: PoolOptions) {
    this.#size = Math.max(1, threads ?? availableParallelism());
    this.#start = { limits, patterns };
  }

  /** Threads that died at work and were replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Each file is reported once, in any order; rejects when `signal` is aborted. */
  async analyse(
    files: readonly SizedTask[],
    report: (path: string, outcome: FileOutcome) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const heard: Job["heard"] = (path, message) => {
      if (message.kind === "facts" || message.kind === "gone" || message.kind === "failed") {
        report(path, message);
      }
    };
    const requests = chunksOf(files, this.#size).map((chunk): Request => {
      return { message: { kind: "analyse", files: chunk }, waiting: chunk, heard };
    });
    await this.#ask(requests, signal);
  }

  /** The rows of a file's syntax and graphs; null when it is another file by now, or cannot be read. */
  async rows(
    file: FileTask,
    sha256: string,
    graphs: Uint8Array,
    signal?: AbortSignal,
  ): Promise<FileRows | null> {
    let rows: FileRows | null = null;
    const heard: Job["heard"] = (_path, message) => {
      if (message.kind === "rows") rows = message.rows;
    };
    const message = { kind: "rows", file, sha256, graphs } as const;
    await this.#ask([{ message, waiting: [file], heard }], signal);
    return rows;
  }

  /** For fault tests: a thread dies in the middle of the next file. */
  crashThread(): void {
    for (const { worker } of this.#threads) {
      send(worker, { kind: "crash" });
      return;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new AnalysisError("closed", "the repository is closed");
    for (const job of this.#queue.splice(0)) job.end(error);
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const thread of threads) {
      thread.job?.end(error);
      thread.job = null;
      if (thread.timer !== null) clearTimeout(thread.timer);
    }
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  async #ask(requests: readonly Request[], signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed) throw new AnalysisError("closed", "the repository is closed");
    if (signal?.aborted === true) throw cancelled();
    const jobs: Job[] = [];
    const done = requests.map(
      (request) =>
        new Promise<void>((resolve, reject) => {
          const end = (error: Error | null): void => {
            if (error === null) resolve();
            else reject(error);
          };
          jobs.push({ ...request, waiting: [...request.waiting], end });
        }),
    );
    const onAbort = (): void => {
      for (const job of jobs) this.#cancel(job);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#queue.push(...jobs);
    this.#next();
    try {
      await Promise.all(done);
    } catch (cause) {
      // one that cannot be done ends all: what is asked for together is of use together
      for (const job of jobs) this.#cancel(job);
      throw cause;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #cancel(job: Job): void {
    this.#queue = this.#queue.filter((other) => other !== job);
    const thread = [...this.#threads].find((other) => other.job === job);
    if (thread !== undefined) this.#dismiss(thread);
    job.end(cancelled());
  }

  /** Gives waiting jobs to idle threads; starts threads while there are jobs without one. */
  #next(): void {
    for (const thread of this.#threads) {
      if (thread.job !== null) continue;
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.#give(thread, job);
    }
    while (this.#queue.length > 0 && this.#threads.size < this.#size) {
      const job = this.#queue.shift();
      if (job !== undefined) this.#give(this.#startThread(), job);
    }
  }

  #give(thread: Thread, job: Job): void {
    thread.job = job;
    thread.worker.ref();
    const { message } = job;
    send(
      thread.worker,
      message.kind === "analyse" ? { kind: "analyse", files: job.waiting } : message,
    );
    if (thread.isReady) this.#watchClock(thread);
  }

  #watchClock(thread: Thread): void {
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = setTimeout(() => {
      thread.failure = `it took longer than ${this.#start.limits.hardMs} ms`;
      this.#lost(thread, "analysis_timeout");
      void thread.worker.terminate();
    }, this.#start.limits.hardMs);
  }

  #startThread(): Thread {
    const worker = startWorker(this.#start);
    const thread: Thread = {
      worker,
      job: null,
      timer: null,
      failure: "its thread ended",
      isReady: false,
    };
    this.#threads.add(thread);
    worker.on("message", (message: FromWorker) => this.#heard(thread, message));
    worker.on("error", (cause) => {
      thread.failure = messageOf(cause);
    });
    worker.on("exit", () => this.#lost(thread, "analysis_crashed"));
    return thread;
  }

  #heard(thread: Thread, message: FromWorker): void {
    const { job } = thread;
    if (message.kind === "ready") thread.isReady = true;
    if (job === null) return;
    if (message.kind === "ready") {
      this.#watchClock(thread);
      return;
    }
    this.#barrenDeaths = 0;
    if (message.kind !== "idle") {
      job.waiting = job.waiting.filter(({ path }) => path !== message.path);
      job.heard(message.path, message);
      this.#watchClock(thread);
      return;
    }
    this.#rest(thread);
    job.end(null);
    this.#next();
  }

  #rest(thread: Thread): void {
    thread.job = null;
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = null;
    // an idle thread does not keep the process alive
    thread.worker.unref();
  }

  /** The thread is gone, or going: its file has failed, the others of the job are done elsewhere. */
  #lost(thread: Thread, code: Failure["code"]): void {
    if (!this.#threads.delete(thread) || this.#closed) return;
    const { job } = thread;
    this.#rest(thread);
    if (job === null) return;
    this.#restarts += 1;
    this.#barrenDeaths += 1;
    if (this.#barrenDeaths > MAX_BARREN_DEATHS) {
      job.end(new AnalysisError("workers_died", `the analysis does not run: ${thread.failure}`));
      return;
    }
    // a thread that did not even start says nothing about files
    const failed = thread.isReady ? job.waiting.shift() : undefined;
    if (failed !== undefined) {
      job.heard(failed.path, { kind: "failed", code, message: thread.failure });
    }
    if (job.waiting.length > 0) this.#queue.unshift(job);
    else job.end(null);
    this.#next();
  }

  #dismiss(thread: Thread): void {
    this.#threads.delete(thread);
    this.#rest(thread);
    void thread.worker.terminate();
  }
}

function send(port: Pick<Worker, "postMessage">, message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage(message);
}

function cancelled(): AnalysisError {
  return new AnalysisError("cancelled", "the analysis was cancelled");
}

/** Chunks of about equal bytes, the large files first: the last ones to finish are small. */
export function chunksOf(files: readonly SizedTask[], threads: number): FileTask[][] {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const target = Math.min(MAX_CHUNK_BYTES, total / (threads * CHUNKS_PER_THREAD));
  const chunks: FileTask[][] = [];
  let chunk: FileTask[] = [];
  let size = 0;
  for (const { path, absolute, bytes } of files.toSorted((a, b) => b.bytes - a.bytes)) {
    chunk.push({ path, absolute });
    size += bytes;
    if (size < target) continue;
    chunks.push(chunk);
    chunk = [];
    size = 0;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
