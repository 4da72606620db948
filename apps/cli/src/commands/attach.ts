// `elixirscope attach`: records a live node until it is told to stop, and shows it meanwhile.

import path from "node:path";
import { bytesText } from "@elixirscope/base";
import {
  attach as attachTo,
  type DeepReport,
  formatPlan,
  type RingOverflow,
  type Session,
} from "@elixirscope/capture";
import { parseNodeName } from "@elixirscope/dist";
import { startServer, type RunningServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import type { Budgets, Manifest, Sampling } from "@elixirscope/trace";
import { openBrowser } from "../browser.ts";
import { deepInstrumenter } from "../deep-instrumenter.ts";
import { deepLines } from "../format/deep-text.ts";
import { RedrawnLine } from "../format/redrawn-line.ts";
import { statusText } from "../format/status-line.ts";
import { formatCount, formatDurationMs } from "../format/units.ts";
import { Interrupt } from "../interrupt.ts";
import { parseBreaks } from "../live-breaks.ts";
import type { OnHit } from "../on-hit.ts";
import { liveSource, lostEvents } from "../live-source.ts";
import { newRecordingPath } from "../recording-path.ts";
import { breaksOf } from "../session-breaks.ts";
import { ServedShelf } from "../shelf/served-shelf.ts";
import { webRoot } from "../web-root.ts";
import { cookieSources, tlsOptions, type TargetOptions } from "./target-options.ts";

export type ServerFlags = {
  readonly port: number;
  readonly host: string;
  readonly allowRemote?: true;
};

export type AttachOptions = TargetOptions &
  ServerFlags & {
    readonly for?: number;
    readonly out?: string;
    readonly ui: boolean;
    readonly json?: true;
    readonly plan?: true;
    readonly process?: readonly string[];
    readonly messages: boolean;
    readonly state: boolean;
    readonly args: boolean;
    readonly lifecycle: boolean;
    readonly sample?: Sampling;
    readonly overflow: RingOverflow;
    readonly ring?: number;
    readonly maxRate?: number;
    readonly maxProcessRate?: number;
    readonly maxMemory?: number;
    readonly maxSize?: number;
    readonly keepFor?: number;
    readonly keepSize?: number;
    readonly deep?: readonly string[];
    readonly break?: readonly string[];
    readonly onHit?: OnHit;
  };

/** Ends that the user asked for; every other is a failure of the recording. */
const EXPECTED_ENDS: readonly string[] = ["user", "duration", "budget", "breakpoint"];

export async function attach(
  target: string,
  selectors: readonly string[],
  options: AttachOptions,
): Promise<void> {
  using interrupt = new Interrupt();
  await record(target, selectors, options, interrupt);
}

/** Records until the time is over, the user stops it or the target is gone. */
export async function record(
  target: string,
  selectors: readonly string[],
  options: AttachOptions,
  interrupt: Interrupt,
): Promise<void> {
  const name = parseNodeName(target);
  if (!name.ok) throw name.error;
  // what is typed wrongly is said before anything happens on the target
  parseBreaks(options.break ?? []);
  const out = path.resolve(options.out ?? newRecordingPath(target));
  const session = await start(target, selectors, out, options, interrupt.signal);
  if (session === null) return;
  const source = liveSource(session);
  const { host, port, allowRemote = false } = options;
  await using recordings = new ServedShelf();
  const { shelf, starter } = recordings;
  let server: RunningServer;
  try {
    server = await startServer({ source, webRoot, host, port, allowRemote, shelf, starter });
  } catch (thrown) {
    await session.stop({ code: "error", message: "the page could not be served" });
    throw thrown;
  }
  try {
    announce(out, server.url, options);
    using line = new RedrawnLine(process.stderr);
    session.on("status", () => {
      if (options.json === true) console.log(JSON.stringify({ type: "status", ...source.current }));
      else line.show(statusText(source.current, process.stderr));
    });
    const breaks = breaksOf(session, options, (text) => {
      line.clear();
      console.log(text);
    });
    await Promise.race([session.ended, interrupt.requested]);
    await breaks?.stop();
    line.clear();
    report(out, await counted(out, await session.stop()), options);
    if (options.ui && !interrupt.signal.aborted) await showEnded(out, server, interrupt);
  } finally {
    await server.close();
  }
}

/** Null when only the plan was asked for. */
async function start(
  target: string,
  selectors: readonly string[],
  out: string,
  options: AttachOptions,
  interrupted: AbortSignal,
): Promise<Session | null> {
  const planned = new AbortController();
  const signal = AbortSignal.any([interrupted, planned.signal]);
  const tls = await tlsOptions(options);
  try {
    return await attachTo({
      target,
      selectors,
      cookie: cookieSources(options),
      tls,
      out,
      signal,
      messages: options.messages,
      lifecycle: options.lifecycle,
      state: options.state,
      arguments: options.args,
      budgets: budgetsOf(options),
      ring: {
        overflow: options.overflow,
        ...(options.ring === undefined ? {} : { bytes: options.ring }),
      },
      retention: retentionOf(options),
      instrumenter: deepInstrumenter(),
      deep: options.deep,
      onDeep: (deep) => {
        if (options.json === true) console.log(JSON.stringify(deepJson(deep)));
        else for (const line of deepLines(deep)) console.log(line);
      },
      ...(options.process === undefined ? {} : { processes: options.process }),
      ...(options.sample === undefined ? {} : { sampling: options.sample }),
      onPlan: (prepared, estimate) => {
        if (options.json === true) {
          console.log(
            JSON.stringify({
              type: "plan",
              plan: prepared.plan,
              notes: prepared.notes,
              deep: prepared.deep,
              estimate,
            }),
          );
        } else {
          console.log(formatPlan(prepared, estimate));
        }
        if (options.plan === true) planned.abort();
      },
    });
  } catch (thrown) {
    if (planned.signal.aborted) return null;
    throw thrown;
  }
}

function deepJson({ modules, refused }: DeepReport): object {
  return {
    type: "deep",
    modules: modules.map((module) => ({ ...module, functions: [...module.functions] })),
    refused,
  };
}

function budgetsOf(options: AttachOptions): Partial<Budgets> {
  const { maxRate, maxProcessRate, maxMemory, maxSize } = options;
  return {
    durationMs: options.for ?? null,
    ...(maxRate === undefined ? {} : { eventsPerSecond: maxRate }),
    ...(maxProcessRate === undefined ? {} : { eventsPerSecondPerProcess: maxProcessRate }),
    ...(maxMemory === undefined ? {} : { targetMemoryBytes: maxMemory }),
    ...(maxSize === undefined ? {} : { recordingBytes: maxSize }),
  };
}

function retentionOf({ keepFor, keepSize }: AttachOptions): {
  maxAgeMs?: number;
  maxBytes?: number;
} {
  return {
    ...(keepFor === undefined ? {} : { maxAgeMs: keepFor }),
    ...(keepSize === undefined ? {} : { maxBytes: keepSize }),
  };
}

function announce(out: string, url: string, options: AttachOptions): void {
  if (options.json === true) {
    console.log(JSON.stringify({ type: "recording", out, ...(options.ui ? { url } : {}) }));
    return;
  }
  console.log(`recording   ${out}`);
  if (!options.ui) return;
  console.log(`page        ${url}`);
  openBrowser(url);
}

/** A recording that could not be closed does not say what is in it, but can be read. */
async function counted(out: string, manifest: Manifest): Promise<Manifest> {
  if (manifest.state !== "interrupted") return manifest;
  const recording = await RecordingReader.open(out);
  await recording.close();
  return { ...recording.manifest, stopped: manifest.stopped };
}

function report(out: string, manifest: Manifest, options: AttachOptions): void {
  const { stopped, durationNs, counts, loss } = manifest;
  if (stopped !== null && !EXPECTED_ENDS.includes(stopped.code)) process.exitCode = 1;
  if (options.json === true) {
    console.log(JSON.stringify({ type: "stopped", out, manifest }));
    return;
  }
  const lost = lostEvents(loss);
  const isFlushed = stopped?.code !== "disk_full" && manifest.state !== "interrupted";
  const events = `${formatCount(counts["events"] ?? 0)} events in ${formatDurationMs(durationNs / 1e6)}`;
  const known = lost === 0 ? "nothing lost" : `${formatCount(lost)} lost (see the table gaps)`;
  const missing = isFlushed ? known : "what came last is lost";
  const size = bytesText(counts["bytes"] ?? 0);
  console.log(
    `stopped     ${stopped?.message ?? "ended"}: ${events}, ${missing}${size === "0 B" ? "" : `, ${size}`}`,
  );
  console.log(`look at it  elixirscope open ${path.relative(process.cwd(), out)}`);
}

/** The page stays on what was recorded until the user has seen enough. */
async function showEnded(out: string, server: RunningServer, interrupt: Interrupt): Promise<void> {
  const recording = await RecordingReader.open(out);
  try {
    await server.show(recording);
    console.log("the page stays open; Ctrl-C ends it");
    await interrupt.requested;
  } finally {
    await recording.close();
  }
}
