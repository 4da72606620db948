// The reading end of the ring: records through the correlator into the recording, commits, queries.
//
// It works in slices of a few milliseconds and lets the event loop turn in between, because DuckDB
// reads our columns through callbacks on this very thread.

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { receiveMessageOnPort } from "node:worker_threads";
import { assertNever, messageOf } from "@elixirscope/base";
import { RecordingWriter, StoreError } from "@elixirscope/store";
import type { StopReason } from "@elixirscope/trace";
import { Correlator } from "./correlator/correlator.ts";
import { folderBytes } from "./folder-bytes.ts";
import { BEGINNING, noteProgress, readProgress, type Progress } from "./progress.ts";
import { Recorder } from "./recorder.ts";
import { RingBuffer } from "./ring-buffer.ts";
import { RING_START, type RingReader, type RingRecord } from "./ring-reader.ts";
import {
  RING,
  wireError,
  type CodeSites,
  type FromWriter,
  type WriterMetrics,
  type WriterRequest,
  type WriterStart,
  type WriterValue,
} from "./threads.ts";
import { DefinitionLog } from "./definition-log.ts";
import { recordEnd } from "./record-walk.ts";

/** One turn of reading: DuckDB asks this thread for every 2,048 rows that it inserts, and waits as long. */
const SLICE_MS = 1;
const IDLE_MS = 8;
/** After this long without data nothing more is expected to arrive late. */
const SETTLE_MS = 25;
const METRICS_MS = 250;
const SIZE_MS = 1_000;
const RATES_MS = 1_000;
const TOP_FUNCTIONS = 50;
/** The ring is given back early when this part of it is read and not committed. */
const EARLY_FLUSH = 0.25;
const OPEN_ROWS = 20_000;
/** keeps `flushMs` truthful when the writer itself commits by pages in between */
const STORE_FLUSH_MS = 60_000;

export class WriterThread {
  readonly #start: WriterStart;
  readonly #report: (message: FromWriter) => void;
  readonly #writer: RecordingWriter;
  readonly #recorder: Recorder;
  readonly #correlator: Correlator;
  readonly #ring: RingReader;
  readonly #ringBytes: number;
  readonly #essentials: RingReader | null;
  readonly #definitions = new DefinitionLog();
  #atFlush: { readonly stored: () => void; readonly failed: (cause: unknown) => void }[] = [];
  #topFunctions: WriterMetrics["topFunctions"] = [];
  #ratesAt = performance.now();
  #essential: { number: number; bytes: Buffer } | null = null;
  #flushing: Promise<void> | null = null;
  #flushedAt = performance.now();
  #flushMs = 0;
  #flushedPosition = -1;
  #lagMs = 0;
  #visibleMs = 0;
  #oldestStamp = -1;
  #idleSince = 0;
  #settled = true;
  #recordingBytes = 0;
  #mostBytes: number | null;
  #overBudget = false;
  #failed = false;
  #ended = false;
  #closed = false;
  #abandoned = false;
  /** a frame is in the correlator */
  #isTaking = false;

  private constructor(
    start: WriterStart,
    writer: RecordingWriter,
    from: Progress,
    report: (message: FromWriter) => void,
  ) {
    this.#start = start;
    this.#mostBytes = start.recordingBytes;
    this.#report = report;
    this.#writer = writer;
    this.#recorder = new Recorder(writer, start.loss, (t, systemTimeNs) =>
      report({ kind: "clock", t, systemTimeNs }),
    );
    this.#correlator = new Correlator(this.#recorder, {
      node: writer.manifest.target.node,
      nextId: from.nextId,
      onUnknownSite: () => this.#takeSites(),
    });
    const ring = RingBuffer.from(start.ring);
    this.#ring = ring.reader(0, from.place);
    this.#ringBytes = ring.stats().capacityBytes;
    this.#essentials =
      start.essentials === null
        ? null
        : RingBuffer.from(start.essentials).reader(0, {
            ...RING_START,
            position: RingBuffer.from(start.essentials).committed(0),
          });
    writer.setOpenRows(() => this.#onCommit());
  }

  static async begin(
    start: WriterStart,
    report: (message: FromWriter) => void,
  ): Promise<WriterThread> {
    const options = {
      flushIntervalMs: STORE_FLUSH_MS,
      retention: start.retention,
      onFailure: (error: StoreError): void => {
        if (thread?.isAbandoned !== true) report({ kind: "failed", error: wireError(error) });
      },
    };
    let thread: WriterThread | null = null;
    if (start.manifest !== null) {
      const writer = await RecordingWriter.create(start.dir, start.manifest, options);
      thread = new WriterThread(start, writer, BEGINNING, report);
      return thread;
    }
    const writer = await RecordingWriter.resume(start.dir, options);
    const from = await readProgress(writer);
    thread = new WriterThread(start, writer, from, report);
    await thread.#recorder.restoreCode();
    thread.#recover(from);
    return thread;
  }

  get place(): RingReader["place"] {
    return this.#ring.place;
  }

  /** Runs until the recording is closed. */
  async run(): Promise<void> {
    let nextMetrics = 0;
    let nextSize = 0;
    while (!this.#closed) {
      this.#takeSites();
      const worked = this.#failed || this.#ended ? false : this.#slice();
      const now = performance.now();
      if (!this.#failed) this.#flushWhenDue(now);
      if (now >= nextMetrics) {
        nextMetrics = now + METRICS_MS;
        this.#reportMetrics();
      }
      if (now >= nextSize) {
        nextSize = now + SIZE_MS;
        await this.#measure();
      }
      if (this.#writer.congested && !this.#failed) await this.#ready();
      else if (worked) await nextTurn();
      else await sleep(IDLE_MS);
    }
  }

  async answer(request: WriterRequest): Promise<WriterValue> {
    switch (request.kind) {
      case "query":
        return await this.#writer.query(request.sql, request.options);
      case "flush":
        await this.#flush();
        return null;
      case "manifest":
        await this.#writer.updateManifest(request.patch);
        // who the target is may be known only when it has called
        this.#correlator.node = this.#writer.manifest.target.node;
        return this.#writer.manifest;
      case "limit":
        this.#mostBytes = request.bytes;
        return null;
      case "mark":
        this.#recorder.mark(request.mark);
        return await this.#stored();
      case "audit":
        this.#recorder.audit(request.entry);
        return await this.#stored();
      case "close":
        return await this.#close(request.stopped);
      case "crash":
        return null;
      default:
        return assertNever(request);
    }
  }

  get isAbandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Ends after a bug: what is staged is not stored (a successor reads it again from the ring), and
   * nothing is under way in DuckDB when this resolves. Only a frame that was being taken when it
   * happened is stored as far as it went, or the successor would die of it too.
   */
  async abandon(): Promise<void> {
    this.#closed = true;
    this.#abandoned = true;
    // what is wrong with the recording is told already, if it is that
    if (this.#isTaking) await this.#writer.flush().catch(() => undefined);
    await this.#writer.abandon().catch(() => undefined);
  }

  async #close(stopped: StopReason): Promise<WriterValue> {
    this.#closed = true;
    this.#correlator.settle();
    await this.#flushing;
    const loss = this.#lossInManifest();
    const durationNs = Math.max(this.#writer.manifest.durationNs, this.#correlator.now);
    // what cannot be written now, closing tries again and tells; it must happen, or the recording stays locked
    await this.#writer.updateManifest({ loss, durationNs }).catch(() => undefined);
    this.#takeSites();
    await this.#writer.close(stopped);
    for (const { stored } of this.#atFlush.splice(0)) stored();
    this.#ring.commit();
    this.#reportMetrics();
    return this.#writer.manifest;
  }

  #lossInManifest(): Record<string, number> {
    const expired = this.#writer.manifest.loss["expired"] ?? 0;
    const loss = { ...this.#recorder.loss };
    if (expired > (loss["expired"] ?? 0)) loss["expired"] = expired;
    return loss;
  }

  /** True when there was something to do. */
  #slice(): boolean {
    const until = performance.now() + SLICE_MS;
    let worked = false;
    while (!this.#writer.congested && performance.now() < until) {
      const record = this.#ring.read();
      if (record === null) break;
      worked = true;
      this.#isTaking = true;
      this.#take(record);
      this.#isTaking = false;
      if (this.#ended) break;
    }
    if (worked) this.#settled = false;
    else if (this.#settled) this.#lagMs = 0;
    else if (this.#idleSince === 0) this.#idleSince = performance.now();
    else if (performance.now() - this.#idleSince > SETTLE_MS) {
      this.#correlator.settle();
      this.#settled = true;
    }
    if (worked) this.#idleSince = 0;
    return worked;
  }

  #take(record: RingRecord): void {
    const { bytes } = record;
    if (record.lostFrames > 0) this.#skipped(record);
    this.#lagMs = age(record.stamp);
    if (this.#oldestStamp < 0) this.#oldestStamp = record.stamp;
    const now = this.#correlator.now;
    switch (record.kind) {
      case RING.batch:
        this.#definitions.keep(bytes);
        this.#correlator.batch(bytes, 0, bytes.length);
        return;
      case RING.missing: {
        const frames = bytes.readUInt32BE(0);
        this.#correlator.lost(
          "disconnected",
          now,
          now,
          frames,
          `${String(frames)} batches never came`,
        );
        return;
      }
      case RING.lost:
        this.#correlator.lost("disconnected", now, now, 1, bytes.toString("utf8"));
        return;
      case RING.discarded: {
        const events = bytes.readDoubleBE(0);
        const detail = bytes.toString("utf8", 16);
        if (events > 0) this.#correlator.lost("dropped", now, now, events, detail);
        return;
      }
      case RING.end:
        this.#correlator.settle();
        this.#ended = true;
        void this.#drained();
        return;
      default:
        this.#correlator.settle();
    }
  }

  async #drained(): Promise<void> {
    await this.#flush().catch(() => {
      // told by `failed` already; what matters here is that nothing more comes
    });
    this.#report({ kind: "drained" });
  }

  /** The ring had no room for some frames: what they defined came by another way. */
  #skipped(next: RingRecord): void {
    const t = this.#correlator.now;
    this.#applyEssentials(next.number - next.lostFrames, next.number);
    const detail = `the collector's ring was full: ${String(next.lostFrames)} batches`;
    this.#correlator.lost("dropped", t, t, next.lostEvents, detail);
  }

  #applyEssentials(from: number, to: number): void {
    if (this.#essentials === null) return;
    for (;;) {
      if (this.#essential === null) {
        const record = this.#essentials.read();
        if (record === null) return;
        this.#essential = { number: record.kind, bytes: Buffer.from(record.bytes) };
      }
      const { number, bytes } = this.#essential;
      if (number >= to) return;
      if (number >= from) {
        this.#definitions.keep(bytes);
        this.#correlator.batch(bytes, 0, bytes.length);
      }
      this.#essential = null;
    }
  }

  /** Of frames that were read, or skipped and made up for, they are of no use any more. */
  #forgetEssentials(before: number): void {
    if (this.#essentials === null) return;
    this.#applyEssentials(before, before);
    if (this.#essential === null) this.#essentials.commit();
  }

  /** Runs inside a commit, at the moment when it takes what is staged. */
  #onCommit(): void {
    const { place } = this.#ring;
    const progress = { place, nextId: this.#correlator.nextId };
    noteProgress(this.#writer, this.#correlator.now, progress);
    this.#correlator.visitOpen(
      (row) => this.#recorder.openCall(row),
      (row) => this.#recorder.openMessage(row),
      OPEN_ROWS,
    );
    const bytes = this.#definitions.take();
    if (bytes.length > 0) {
      this.#report({ kind: "definitions", at: { position: place.position, bytes } });
    }
  }

  #flushWhenDue(now: number): void {
    if (this.#flushing !== null) return;
    const { uncommitted } = this.#ring;
    const isDue = now - this.#flushedAt >= this.#start.flushMs;
    if (isDue || uncommitted > this.#ringBytes * EARLY_FLUSH) void this.#flushQuietly();
  }

  async #flushQuietly(): Promise<void> {
    await this.#flush().catch((cause: unknown) => {
      this.#failed = true;
      if (cause instanceof StoreError) return;
      throw cause;
    });
  }

  /** When the next flush has stored it. */
  async #stored(): Promise<null> {
    await new Promise<void>((stored, failed) => this.#atFlush.push({ stored, failed }));
    return null;
  }

  /** What was read so far becomes visible and durable; only then the ring may be overwritten. */
  #flush(): Promise<void> {
    const done = this.#flushAfter(this.#flushing).finally(() => {
      this.#flushedAt = performance.now();
      if (this.#flushing === done) this.#flushing = null;
    });
    this.#flushing = done;
    return done;
  }

  async #flushAfter(previous: Promise<void> | null): Promise<void> {
    await previous;
    const { place } = this.#ring;
    const stamp = this.#oldestStamp;
    this.#oldestStamp = -1;
    this.#forgetEssentials(place.nextNumber);
    // A row at each flush that has something new: the commit then notes its progress, also when all
    // that came was definitions.
    if (place.position !== this.#flushedPosition) {
      this.#recorder.metric(this.#correlator.now, "collector", "lag_ms", this.#lagMs);
    }
    this.#flushedPosition = place.position;
    const began = performance.now();
    const waiting = this.#atFlush;
    this.#atFlush = [];
    try {
      await this.#writer.flush();
    } catch (cause) {
      for (const { failed } of waiting) failed(cause);
      throw cause;
    }
    for (const { stored } of waiting) stored();
    this.#ring.commit(place);
    this.#flushMs = performance.now() - began;
    this.#visibleMs = stamp < 0 ? 0 : age(stamp);
  }

  async #ready(): Promise<void> {
    try {
      await this.#writer.ready();
    } catch (cause) {
      this.#failed = true;
      if (!(cause instanceof StoreError)) throw cause;
    }
  }

  /** After a crash: what the predecessor knew is gone, the definitions are not. */
  #recover(from: Progress): void {
    for (const { position, bytes } of this.#start.definitions) {
      if (position > from.place.position) continue;
      const records = Buffer.from(bytes);
      for (let at = 0; at < records.length; at = recordEnd(records, at)) {
        this.#correlator.batch(records, at, recordEnd(records, at));
      }
    }
    this.#correlator.resumed(
      "the writer was restarted: what was open or waiting then is lost, and so may be terms of the last second before",
    );
  }

  async #measure(): Promise<void> {
    try {
      this.#recordingBytes = await folderBytes(this.#start.dir);
    } catch (cause) {
      if (this.#closed) return;
      throw new StoreError("io_error", `cannot look at ${this.#start.dir}: ${messageOf(cause)}`, {
        cause,
      });
    }
    const budget = this.#mostBytes;
    if (budget === null || this.#overBudget || this.#recordingBytes <= budget) return;
    this.#overBudget = true;
    this.#report({ kind: "budget", bytes: this.#recordingBytes });
  }

  /** The event loop does not turn while a frame is taken, so this looks into the port itself. */
  #takeSites(): void {
    for (;;) {
      const received: { readonly message: unknown } | undefined = receiveMessageOnPort(
        this.#start.sites,
      );
      if (received === undefined) return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread sent it
      const { manifest, sources } = received.message as CodeSites;
      this.#correlator.addSites(manifest);
      for (const [file, text] of sources) this.#recorder.source(file, text);
    }
  }

  #reportMetrics(): void {
    const seconds = (performance.now() - this.#ratesAt) / 1_000;
    if (seconds * 1_000 >= RATES_MS) {
      this.#topFunctions = this.#correlator.topFunctions(seconds, TOP_FUNCTIONS);
      this.#ratesAt = performance.now();
    }
    const memory = process.memoryUsage();
    const metrics: WriterMetrics = {
      ...this.#correlator.counters,
      now: this.#correlator.now,
      lagMs: this.#lagMs,
      visibleMs: this.#visibleMs,
      flushMs: this.#flushMs,
      recordingBytes: this.#recordingBytes,
      topFunctions: this.#topFunctions,
      workerBytes: memory.heapUsed + memory.external,
    };
    this.#report({ kind: "metrics", metrics, loss: this.#lossInManifest() });
  }
}

function age(stamp: number): number {
  return ((Date.now() >>> 0) - stamp) | 0;
}
