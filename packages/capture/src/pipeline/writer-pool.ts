// The writer worker and its successors: one writes, and when it dies the next begins where the last
// commit ended. What was asked of the dead one is asked again, so that callers notice nothing but time.

import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { Emitter, messageOf, type CodedError } from "@elixirscope/base";
// not by the package's index: that brings the database along, which only the worker needs
import { StoreError, type StoreErrorCode } from "@elixirscope/store/store-error";
import type { Manifest } from "@elixirscope/trace";
import { DefinitionStore } from "./definition-store.ts";
import { PipelineError } from "./pipeline-error.ts";
import { RingBuffer } from "./ring-buffer.ts";
import type {
  CodeSites,
  FromWriter,
  ToWriter,
  WireError,
  WriterMetrics,
  WriterRequest,
  WriterStart,
  WriterValue,
} from "./threads.ts";
import { startWorker } from "./start-worker.ts";

/** More deaths than this within a minute: it is not bad luck. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const EXIT_MS = 5_000;

type Waiting = {
  readonly request: WriterRequest;
  readonly resolve: (value: WriterValue) => void;
  readonly reject: (cause: Error) => void;
};

export type WriterPoolStart = Omit<WriterStart, "sites">;

export type WriterPoolEvents = {
  metrics: { readonly metrics: WriterMetrics; readonly loss: Manifest["loss"] };
  clock: { t: number; systemTimeNs: bigint };
  restarted: { reason: string; restarts: number };
  failed: CodedError;
  budget: { bytes: number };
  drained: undefined;
};

export class WriterPool {
  readonly events: Emitter<WriterPoolEvents> = new Emitter();
  #start: WriterPoolStart;
  readonly #ring: RingBuffer;
  readonly #definitions = new DefinitionStore();
  readonly #waiting = new Map<number, Waiting>();
  readonly #crashes: number[] = [];
  /** all there are: a successor is told them again */
  readonly #sites: CodeSites[] = [];
  #worker: Worker | null = null;
  #sitesPort: MessagePort | null = null;
  #nextRequest = 1;
  #loss: Readonly<Record<string, number>> = {};
  #restarts = 0;
  #ending = false;
  #failure: CodedError | null = null;

  private constructor(start: WriterPoolStart) {
    this.#start = start;
    this.#ring = RingBuffer.from(start.ring);
  }

  /** Resolves when the recording exists. */
  static async begin(start: WriterPoolStart): Promise<WriterPool> {
    const pool = new WriterPool(start);
    try {
      await pool.#spawn(start);
    } catch (cause) {
      await pool.terminate();
      throw cause;
    }
    return pool;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Of the worker that writes now; for tests and diagnosis. */
  get threadId(): number {
    return this.#worker?.threadId ?? -1;
  }

  get failure(): CodedError | null {
    return this.#failure;
  }

  ask(request: WriterRequest): Promise<WriterValue> {
    if (this.#ending) return Promise.reject(stopped());
    if (this.#failure !== null && this.#worker === null) return Promise.reject(this.#failure);
    if (request.kind === "close") this.#ending = true;
    return new Promise((resolve, reject) => {
      const id = this.#nextRequest++;
      this.#waiting.set(id, { request, resolve, reject });
      this.#post({ id, request });
    });
  }

  /** How large the recording may become, also for a successor. */
  async limit(bytes: number): Promise<void> {
    this.#start = { ...this.#start, recordingBytes: bytes };
    await this.ask({ kind: "limit", bytes });
  }

  /** From when this returns, events of these sites are understood. */
  addSites(sites: CodeSites): void {
    this.#sites.push(sites);
    this.#sitesPort?.postMessage(sites);
  }

  /** For fault tests: the worker dies as by a bug; the pool starts another. */
  crashWriter(): void {
    this.#post({ id: 0, request: { kind: "crash" } });
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    const worker = this.#worker;
    this.#worker = null;
    if (worker !== null) await ended(worker);
    this.#sitesPort?.close();
    this.#rejectAll(stopped());
  }

  #post(message: ToWriter): void {
    // null: between two workers; the next one is asked again
    this.#worker?.postMessage(message);
  }

  #spawn(start: WriterPoolStart): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    for (const sites of this.#sites) port1.postMessage(sites);
    this.#sitesPort?.close();
    this.#sitesPort = port1;
    const data: WriterStart = { ...start, sites: port2 };
    return new Promise((resolve, reject) => {
      const worker = startWorker("writer", data, [port2]);
      this.#worker = worker;
      let isStarted = false;
      let reason = "it ended";
      worker.on("message", (message: FromWriter) => {
        if (message.kind === "started") {
          isStarted = true;
          resolve();
        } else if (message.kind === "failed" && !isStarted) {
          this.#worker = null;
          reject(revive(message.error));
        } else if (message.kind === "crashed") reason = message.reason;
        else this.#heard(message);
      });
      worker.on("error", (cause) => {
        reason = messageOf(cause);
      });
      worker.on("exit", () => {
        if (isStarted) this.#died(worker, reason);
        else reject(new PipelineError("writer_crashed", `the writer did not start: ${reason}`));
      });
    });
  }

  #heard(message: FromWriter): void {
    switch (message.kind) {
      case "reply":
        this.#waiting.get(message.id)?.resolve(message.value);
        this.#waiting.delete(message.id);
        return;
      case "error":
        this.#waiting.get(message.id)?.reject(revive(message.error));
        this.#waiting.delete(message.id);
        return;
      case "definitions":
        this.#definitions.add(message.at);
        this.#definitions.fold(this.#ring.committed(0));
        return;
      case "metrics":
        this.#loss = message.loss;
        this.events.emit("metrics", message);
        return;
      case "clock":
        this.events.emit("clock", { t: message.t, systemTimeNs: message.systemTimeNs });
        return;
      case "failed":
        this.#fail(revive(message.error));
        return;
      case "budget":
        this.events.emit("budget", { bytes: message.bytes });
        return;
      case "drained":
        this.events.emit("drained", undefined);
        return;
      case "started":
      case "crashed":
    }
  }

  #died(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    if (this.#ending && this.#waiting.size === 0) return;
    const now = performance.now();
    this.#crashes.push(now);
    const recent = this.#crashes.filter((t) => now - t < RESTART_WINDOW_MS).length;
    if (recent > MAX_RESTARTS) {
      const often = `the writer died ${String(recent)} times within a minute, last: ${reason}`;
      this.#giveUp(new PipelineError("writer_crashed", `${often}. What was flushed is kept`));
      return;
    }
    this.#restarts += 1;
    void this.#succeed(reason);
  }

  async #succeed(reason: string): Promise<void> {
    try {
      await this.#spawn({
        ...this.#start,
        manifest: null,
        definitions: this.#definitions.all(),
        loss: this.#loss,
      });
    } catch (cause) {
      this.#giveUp(
        cause instanceof StoreError || cause instanceof PipelineError
          ? cause
          : new PipelineError("writer_crashed", messageOf(cause), { cause }),
      );
      return;
    }
    this.events.emit("restarted", { reason, restarts: this.#restarts });
    for (const [id, { request }] of this.#waiting) this.#post({ id, request });
  }

  #fail(error: CodedError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.events.emit("failed", error);
  }

  #giveUp(error: CodedError): void {
    this.#fail(error);
    this.#rejectAll(error);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** A thread that closed its recording ends by itself; ending it by force could hit native code. */
async function ended(worker: Worker): Promise<void> {
  const exit = new Promise((resolve) => worker.once("exit", resolve));
  const timer = setTimeout(() => void worker.terminate(), EXIT_MS);
  await exit;
  clearTimeout(timer);
}

function stopped(): PipelineError {
  return new PipelineError("stopped", "the recording has ended: open it from its folder");
}

function revive(error: WireError): CodedError {
  const position = error.position === null ? {} : { position: error.position };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other thread took it from a StoreError
  return new StoreError(error.code as StoreErrorCode, error.message, position);
}
