// A trace that was written without ElixirScope, as a recording: its messages become records of the probe and go through
// the same correlator and store as those of a live node. The recording is made aside and renamed when it is whole.

import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { outputError, RecordingWriter } from "@elixirscope/store";
import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  type CapturePlan,
  type Manifest,
} from "@elixirscope/trace";
import { newManifest } from "../new-manifest.ts";
import { Correlator } from "../pipeline/correlator/correlator.ts";
import { Recorder } from "../pipeline/recorder.ts";
import { importNotes } from "./import-notes.ts";
import { RecordBytes } from "./record-bytes.ts";
import { ImportError, type TraceFault } from "./trace-error.ts";
import { tracePieces, type RawRecord } from "./trace-file.ts";
import { readTraceInfo, type TraceInfo } from "./trace-info.ts";
import { readTraceMessage, termAt } from "./trace-message.ts";
import { TraceRecords } from "./trace-records.ts";
import { surveyTrace, type TraceSurvey } from "./trace-survey.ts";
import { traceFiles, type TraceFiles } from "./wrap-set.ts";

export type ImportOptions = {
  readonly signal?: AbortSignal;
  /** bytes; every file is read twice */
  readonly progress?: (done: number, total: number) => void;
};

export type ImportResult = {
  readonly manifest: Manifest;
  readonly files: readonly string[];
  /** trace messages in them */
  readonly messages: number;
  readonly notes: readonly string[];
  /** the trace could be read up to here only */
  readonly fault: TraceFault | null;
};

/** Correlated at once that many bytes of records. */
const BATCH_BYTES = 262_144;
const OPEN_ROWS = 20_000;
/** Sends to a process whose own trace begins late wait as long as any other. */
const STRANGER_TTL_NS = 300_000_000_000;

/**
 * `paths` are the files of one trace (a wrap set in any order), or the folder that ttb fetched it to. `out` must not
 * exist. A trace that is damaged further on is imported up to there; one of which nothing can be read is `bad_trace`.
 */
export async function importTrace(
  paths: readonly string[],
  out: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const trace = await traceFiles(paths);
  if ((await stat(out).catch(() => null)) !== null) {
    throw new ImportError("exists", `${out} exists already: choose another name or remove it`);
  }
  const reading = await Reading.of(trace.files, options);
  const survey = await surveyTrace(trace.files, (done, total) => reading.at(done, total));
  if (survey.messages === 0) throw nothing(trace, survey);
  const info = await readTraceInfo(trace.files[0] ?? "");
  const beside = `${out}.new-${process.pid}`;
  try {
    await rm(beside, { recursive: true, force: true });
    const importing = await Importing.begin(beside, trace, survey, info);
    const result = await importing.run(reading);
    await rename(beside, out);
    return result;
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw cause instanceof ImportError ? cause : outputError(out, cause);
  }
}

function nothing({ files }: TraceFiles, { fault }: TraceSurvey): ImportError {
  if (fault === null)
    return new ImportError("bad_trace", `${files.join(", ")}: the trace is empty`);
  const where = `${fault.file} is no trace of dbg or ttb: at byte ${fault.offset} ${fault.message}`;
  return new ImportError("bad_trace", where);
}

/** How far both readings of all files are. */
class Reading {
  readonly #options: ImportOptions;
  readonly #total: number;
  #before = 0;
  #last = 0;

  private constructor(options: ImportOptions, total: number) {
    this.#options = options;
    this.#total = total;
  }

  static async of(files: readonly string[], options: ImportOptions): Promise<Reading> {
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0),
    );
    return new Reading(options, 2 * sizes.reduce((sum, size) => sum + size, 0));
  }

  /** `done` bytes of one file, which has `total`. */
  at(done: number, total: number): void {
    if (this.#options.signal?.aborted === true) {
      throw new ImportError("cancelled", "interrupted: nothing was imported");
    }
    this.#before += done < this.#last ? 0 : done - this.#last;
    this.#last = done === total ? 0 : done;
    this.#options.progress?.(this.#before, this.#total);
  }
}

class Importing {
  readonly #trace: TraceFiles;
  readonly #survey: TraceSurvey;
  readonly #writer: RecordingWriter;
  readonly #recorder: Recorder;
  readonly #correlator: Correlator;
  readonly #bytes = new RecordBytes();
  readonly #records: TraceRecords;

  private constructor(
    trace: TraceFiles,
    survey: TraceSurvey,
    writer: RecordingWriter,
    info: TraceInfo,
  ) {
    this.#trace = trace;
    this.#survey = survey;
    this.#writer = writer;
    this.#recorder = new Recorder(writer, {}, () => undefined);
    this.#correlator = new Correlator(this.#recorder, {
      node: writer.manifest.target.node,
      sendersAreInferred: true,
      limits: { strangerTtlNs: STRANGER_TTL_NS },
    });
    this.#records = new TraceRecords(this.#bytes, survey);
    writer.setOpenRows(() =>
      this.#correlator.visitOpen(
        (row) => this.#recorder.openCall(row),
        (row) => this.#recorder.openMessage(row),
        OPEN_ROWS,
      ),
    );
    this.#records.known(info);
  }

  static async begin(
    folder: string,
    trace: TraceFiles,
    survey: TraceSurvey,
    info: TraceInfo,
  ): Promise<Importing> {
    const node = info.node ?? survey.node ?? "unknown";
    const target = { node, otpRelease: "", elixir: null, system: "" };
    const manifest = newManifest(target, planOf(survey));
    const writer = await RecordingWriter.create(folder, manifest);
    return new Importing(trace, survey, writer, info);
  }

  async run(reading: Reading): Promise<ImportResult> {
    try {
      if (this.#trace.isWrapped) this.#lost("expired", 0, "the trace overwrote its oldest part");
      await this.#readAll(reading);
      this.#records.settle();
      this.#correlate();
      this.#correlator.settle();
      const { fault } = this.#survey;
      if (fault !== null) this.#lost("disconnected", 1, `the trace is damaged: ${fault.message}`);
      return await this.#close();
    } catch (cause) {
      await this.#writer.abandon().catch(() => undefined);
      throw cause;
    }
  }

  async #readAll(reading: Reading): Promise<void> {
    const { fault } = this.#survey;
    for (const file of this.#trace.files) {
      for await (const { records, done, total } of tracePieces(file)) {
        for (const record of records) {
          if (fault !== null && file === fault.file && record.offset >= fault.offset) return;
          this.#take(record);
          if (this.#bytes.length < BATCH_BYTES) continue;
          this.#correlate();
          if (this.#writer.congested) await this.#writer.ready();
        }
        reading.at(done, total);
      }
      if (fault?.file === file) return;
    }
  }

  #take(record: RawRecord): void {
    if (record.kind === "dropped") {
      this.#dropped(record.count);
      return;
    }
    const message = readTraceMessage(record.bytes);
    if (message === null) return;
    if (message.tag !== "drop") {
      this.#records.add(message);
      return;
    }
    const [count] = message.rest;
    const number = count === undefined ? null : termAt(message.bytes, count);
    this.#dropped(number?.kind === "integer" ? Number(number.value) : 1);
  }

  #dropped(count: number): void {
    this.#records.settle();
    this.#correlate();
    this.#lost("dropped", count, "the trace port could not keep up");
  }

  #lost(reason: "dropped" | "disconnected" | "expired", count: number, detail: string): void {
    const { now } = this.#correlator;
    this.#correlator.lost(reason, now, now, count, detail);
  }

  #correlate(): void {
    const bytes = this.#bytes.take();
    if (bytes.length > 0) this.#correlator.batch(bytes, 0, bytes.length);
  }

  async #close(): Promise<ImportResult> {
    const { files, isWrapped } = this.#trace;
    const durationNs = this.#correlator.now;
    const notes = importNotes(this.#survey, this.#records.ignored, isWrapped);
    await this.#writer.updateManifest({
      durationNs,
      loss: this.#recorder.loss,
      startedAtNs: String(await this.#startedAtNs(durationNs)),
      imported: { from: files.map((file) => path.basename(file)), notes },
    });
    await this.#writer.close({ code: "user", message: "the end of the imported trace" });
    const { messages, fault } = this.#survey;
    return { manifest: this.#writer.manifest, files, messages, notes, fault };
  }

  /** Without wall clock, the trace ended when its last file was written. */
  async #startedAtNs(durationNs: number): Promise<bigint> {
    if (this.#survey.clock === "wall") return this.#survey.firstNs;
    const { mtimeMs } = await stat(this.#trace.files.at(-1) ?? "");
    return BigInt(Math.round(mtimeMs)) * 1_000_000n - BigInt(durationNs);
  }
}

function planOf({ counts, hasArguments }: TraceSurvey): CapturePlan {
  const has = (...tags: readonly string[]): boolean => tags.some((tag) => counts.has(tag));
  return {
    selectors: [],
    functions: [],
    processes: "all",
    messages: has("send", "receive"),
    lifecycle: has("spawn", "spawned", "exit", "link", "register"),
    state: false,
    arguments: hasArguments,
    sampling: { kind: "always" },
    limits: DEFAULT_LIMITS,
    budgets: DEFAULT_BUDGETS,
  };
}
