// The data path of a session: probe → ingest worker → ring → writer worker → recording.
//
// The main thread only passes messages; events never touch it. It owns both workers and everything
// they leave behind, and it is the `Recording` that queries of a running session go to.

import type { Worker } from "node:worker_threads";
import { Emitter, messageOf, type CodedError } from "@elixirscope/base";
import { decode, type Term } from "@elixirscope/etf";
import type {
  ManifestPatch,
  QueryOptions,
  QueryResult,
  Recording,
  Retention,
} from "@elixirscope/store";
import {
  SESSION_TOKEN_BYTES,
  type Manifest,
  type SiteManifest,
  type StopReason,
} from "@elixirscope/trace";
import type { FunctionRate } from "./correlator/instrumented/function-rates.ts";
import { PipelineError } from "./pipeline-error.ts";
import { RingBuffer, type RingStats } from "./ring-buffer.ts";
import type { RingOverflow } from "./ring-layout.ts";
import type {
  AuditEntry,
  FromIngest,
  IngestOptions,
  Mark,
  ToIngest,
  WriterMetrics,
} from "./threads.ts";
import { startWorker } from "./start-worker.ts";
import { WriterPool } from "./writer-pool.ts";

export type PipelineOptions = {
  /** the recording's folder */
  readonly dir: string;
  readonly manifest: Manifest;
  /** 16 bytes that the probe must show */
  readonly token: Uint8Array;
  /** default 16 MiB (about a third of a second at full speed), `block` */
  readonly ring?: { readonly bytes?: number; readonly overflow?: RingOverflow };
  /** where to listen; default loopback, any port */
  readonly host?: string;
  readonly port?: number;
  readonly flushMs?: number;
  readonly helloTimeoutMs?: number;
  /** default: the manifest's budget */
  readonly recordingBytes?: number | null;
  /** what may be let go of while it runs; default nothing */
  readonly retention?: Retention;
};

export type PipelineStats = {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly ring: RingStats;
  readonly writer: WriterMetrics | null;
  /** instrumented functions with most events in the last second, most first */
  readonly topFunctions: readonly FunctionRate[];
  readonly writerRestarts: number;
  readonly refusedConnections: number;
};

export type PipelineEvents = {
  stats: PipelineStats;
  /** the probe is connected; facts about the target as it sent them */
  hello: { readonly facts: Term | null };
  /** the probe ended in order: `{Reason, Counters}` */
  bye: { readonly term: Term | null };
  /** the probe's connection ended without that */
  lost: { readonly reason: string };
  /** somebody else knocked */
  refused: { readonly from: string; readonly reason: string };
  /** wall clock at a time of the stream */
  clock: { readonly t: number; readonly systemTimeNs: bigint };
  /** the writer died and another took over */
  restarted: { readonly reason: string; readonly restarts: number };
  /** the recording is larger than its budget: from now on what comes in is thrown away */
  budget: { readonly bytes: number };
  /** nothing more can be stored (`disk_full`, …): what comes in is thrown away */
  error: CodedError;
};

const RING_BYTES = 16 * 1024 * 1024;
const ESSENTIALS_BYTES = 4 * 1024 * 1024;
const FLUSH_MS = 400;
const HELLO_MS = 2_000;
const STATS_MS = 250;
const GRACE_MS = 2_000;
/** With nothing coming out of the ring any more, what is in it cannot be saved. */
const DRAIN_STALL_MS = 30_000;
const DRAIN_LOOK_MS = 250;

export class Pipeline implements Recording {
  readonly path: string;
  readonly host: string;
  readonly port: number;
  readonly #events: Emitter<PipelineEvents>;
  readonly #ring: RingBuffer;
  readonly #ingest: Worker;
  readonly #pool: WriterPool;
  readonly #timer: NodeJS.Timeout;
  #manifest: Manifest;
  #metrics: WriterMetrics | null = null;
  #refused = 0;
  #rate = 0;
  #last = { at: performance.now(), events: 0 };
  #stopping: Promise<Manifest> | null = null;
  #ingestClosed: (() => void) | null = null;
  #isDrained = false;
  #onDrained: (() => void) | null = null;

  private constructor(
    options: PipelineOptions,
    events: Emitter<PipelineEvents>,
    ring: RingBuffer,
    ingest: Worker,
    pool: WriterPool,
    address: { host: string; port: number },
  ) {
    this.path = options.dir;
    this.host = address.host;
    this.port = address.port;
    this.#manifest = { ...options.manifest, state: "recording", stopped: null };
    this.#events = events;
    this.#ring = ring;
    this.#ingest = ingest;
    this.#pool = pool;
    this.#listen();
    this.#timer = setInterval(() => this.#tick(), STATS_MS);
    this.#timer.unref();
  }

  /** Makes the recording and waits for the probe. */
  static async start(options: PipelineOptions): Promise<Pipeline> {
    if (options.token.length !== SESSION_TOKEN_BYTES) {
      throw new PipelineError("bad_options", "a session token has 16 bytes");
    }
    const overflow = options.ring?.overflow ?? "block";
    const ring = RingBuffer.create({ bytes: options.ring?.bytes ?? RING_BYTES, overflow });
    const essentials =
      overflow === "block"
        ? null
        : RingBuffer.create({ bytes: ESSENTIALS_BYTES, overflow: "block" });
    const { worker, address } = await listen({
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      token: options.token,
      helloTimeoutMs: options.helloTimeoutMs ?? HELLO_MS,
      ring: ring.shared,
      essentials: essentials?.shared ?? null,
    });
    try {
      const pool = await WriterPool.begin({
        dir: options.dir,
        ring: ring.shared,
        essentials: essentials?.shared ?? null,
        flushMs: options.flushMs ?? FLUSH_MS,
        recordingBytes:
          options.recordingBytes === undefined
            ? options.manifest.plan.budgets.recordingBytes
            : options.recordingBytes,
        retention: options.retention ?? {},
        manifest: options.manifest,
        definitions: [],
        loss: {},
      });
      return new Pipeline(options, new Emitter(), ring, worker, pool, address);
    } catch (cause) {
      await worker.terminate();
      throw cause;
    }
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  on<K extends keyof PipelineEvents>(
    name: K,
    listener: (value: PipelineEvents[K]) => void,
  ): Disposable {
    return this.#events.on(name, listener);
  }

  stats(): PipelineStats {
    return {
      events: this.#metrics?.events ?? 0,
      eventsPerSecond: this.#rate,
      ring: this.#ring.stats(),
      writer: this.#metrics,
      topFunctions: this.#metrics?.topFunctions ?? [],
      writerRestarts: this.#pool.restarts,
      refusedConnections: this.#refused,
    };
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const { signal: _, ...plain } = options;
    const value = await this.#pool.ask({ kind: "query", sql, options: plain });
    if (value === null || !("rows" in value))
      throw new Error("bug: a query was answered otherwise");
    return value;
  }

  /** Everything that has been read from the probe so far becomes visible and durable. */
  async flush(): Promise<void> {
    await this.#pool.ask({ kind: "flush" });
  }

  /**
   * Before the code of these sites is given to the target. `sources`: texts of its files by the path
   * that the manifest gives; they are kept in the recording, which stays right after they change.
   */
  addSites(manifest: SiteManifest, sources: ReadonlyMap<string, string> = new Map()): void {
    this.#pool.addSites({ manifest, sources });
  }

  /** Resolves when it is stored, within about half a second. */
  async mark(mark: Mark): Promise<void> {
    await this.#pool.ask({ kind: "mark", mark });
  }

  /** Resolves when it is stored, within about half a second. */
  async audit(entry: AuditEntry): Promise<void> {
    await this.#pool.ask({ kind: "audit", entry });
  }

  /** How large the recording may become. */
  async limit(bytes: number): Promise<void> {
    await this.#pool.limit(bytes);
  }

  async updateManifest(patch: ManifestPatch): Promise<void> {
    this.#keepManifest(await this.#pool.ask({ kind: "manifest", patch }));
  }

  /** Waits up to `graceMs` for the probe's goodbye, stores what came, closes the recording. */
  stop(stopped: StopReason, graceMs: number = GRACE_MS): Promise<Manifest> {
    this.#stopping ??= this.#stop(stopped, graceMs);
    return this.#stopping;
  }

  /** For fault tests: the writer worker dies as by a bug; the pool starts another. */
  crashWriter(): void {
    this.#pool.crashWriter();
  }

  async #stop(stopped: StopReason, graceMs: number): Promise<Manifest> {
    try {
      await this.#closeIngest(graceMs);
      await this.#drain();
      const manifest = await this.#pool.ask({ kind: "close", stopped });
      this.#keepManifest(manifest);
      return this.#manifest;
    } finally {
      clearInterval(this.#timer);
      await this.#ingest.terminate();
      await this.#pool.terminate();
    }
  }

  #closeIngest(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ingestClosed = resolve;
      this.#tell({ kind: "close", graceMs, writeEnd: this.#pool.failure === null });
    });
  }

  /** The ring is full of what came last: it is worth waiting for while the writer gets on. */
  async #drain(): Promise<void> {
    let seen = -1;
    let deadline = 0;
    while (!this.#isDrained && this.#pool.failure === null) {
      const position = this.#ring.stats().readFrames[0] ?? 0;
      if (position !== seen) deadline = performance.now() + DRAIN_STALL_MS;
      seen = position;
      if (performance.now() > deadline) return;
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        // the workers keep the process alive meanwhile; once they have ended, nothing must
        setTimeout(resolve, DRAIN_LOOK_MS).unref();
      });
    }
  }

  #listen(): void {
    const emit = this.#events;
    this.#ingest.on("message", (message: FromIngest) => this.#heard(message));
    this.#ingest.on("error", (cause) => {
      emit.emit("error", new PipelineError("ingest_crashed", messageOf(cause), { cause }));
      this.#ingestClosed?.();
    });
    const { events } = this.#pool;
    events.on("metrics", ({ metrics, loss }) => {
      this.#metrics = metrics;
      this.#manifest = { ...this.#manifest, loss };
    });
    events.on("clock", (clock) => emit.emit("clock", clock));
    events.on("restarted", (restarted) => emit.emit("restarted", restarted));
    events.on("drained", () => {
      this.#isDrained = true;
      this.#onDrained?.();
    });
    events.on("budget", ({ bytes }) => {
      this.#tell({ kind: "discard", reason: "the recording has reached its size limit" });
      emit.emit("budget", { bytes });
    });
    events.on("failed", (error) => {
      this.#tell({ kind: "discard", reason: error.message });
      emit.emit("error", error);
      this.#onDrained?.();
    });
  }

  #heard(message: FromIngest): void {
    switch (message.kind) {
      case "hello":
        this.#events.emit("hello", { facts: termOf(message.facts) });
        return;
      case "bye":
        this.#events.emit("bye", { term: termOf(message.term) });
        return;
      case "lost":
        this.#events.emit("lost", { reason: message.reason });
        return;
      case "refused":
        this.#refused += 1;
        this.#events.emit("refused", { from: message.from, reason: message.reason });
        return;
      case "closed":
        this.#ingestClosed?.();
        return;
      case "failed":
        this.#events.emit("error", new PipelineError("cannot_listen", message.message));
        return;
      case "listening":
    }
  }

  #tell(message: ToIngest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    this.#ingest.postMessage(message);
  }

  #tick(): void {
    const at = performance.now();
    const events = this.#metrics?.events ?? 0;
    // a new writer counts from 0
    const since = Math.max(0, events - this.#last.events);
    this.#rate = (since * 1000) / (at - this.#last.at);
    this.#last = { at, events };
    this.#events.emit("stats", this.stats());
  }

  #keepManifest(value: unknown): void {
    if (isManifest(value)) this.#manifest = value;
  }
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && "plan" in value;
}

function termOf(bytes: Uint8Array): Term | null {
  const decoded = decode(bytes);
  return decoded.ok ? decoded.value : null;
}

function listen(
  options: IngestOptions,
): Promise<{ worker: Worker; address: { host: string; port: number } }> {
  return new Promise((resolve, reject) => {
    const worker = startWorker("ingest", options);
    const fail = (reason: string): void => {
      const where = `${options.host}:${String(options.port)}`;
      void worker.terminate();
      reject(new PipelineError("cannot_listen", `cannot listen on ${where}: ${reason}`));
    };
    worker.once("error", (cause) => fail(messageOf(cause)));
    worker.once("message", (message: FromIngest) => {
      if (message.kind !== "listening") {
        fail(message.kind === "failed" ? message.message : message.kind);
        return;
      }
      worker.removeAllListeners("error");
      resolve({ worker, address: { host: message.host, port: message.port } });
    });
  });
}
