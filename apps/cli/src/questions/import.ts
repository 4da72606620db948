// `elixirscope import`: a trace that dbg or ttb wrote, or a recording in one file, as a recording in its folder.

import { existsSync } from "node:fs";
import path from "node:path";
import type { ImportResult } from "@elixirscope/capture";
import { type ArchiveOptions, isArchive, StoreError, unpackRecording } from "@elixirscope/store";
import type { Command } from "commander";
import { Progress } from "../format/progress.ts";
import { formatCount, formatDurationMs } from "../format/units.ts";
import { visible } from "../format/visible.ts";
import { Interrupt } from "../interrupt.ts";
import { recordingsFolder } from "../recording-path.ts";

type Options = { readonly out?: string; readonly json?: true };

/** The trace was damaged; what came before that is imported. */
const EXIT_DAMAGED = 4;

const HELP = `
Reads what dbg:tracer(port, dbg:trace_port(file, …)) and ttb:tracer/2 write: calls, returns, exceptions, messages, spawns,
exits, links, registered names. Of a wrap set name all files, in any order; of ttb the trace (its .ti file is
found beside it) or the folder that ttb:stop/1 fetched it to.

A recording in one file (export --format escope) becomes a folder again.

Times need the flag timestamp or monotonic_timestamp, ends of calls a match specification with return_trace or
exception_trace. What the trace lacks is noted in the recording.

Examples:
  elixirscope import shop.trace
  elixirscope import wrap*.log --out shop.escope
  elixirscope import ttb_upload_ttb-20260102-120000 --json
  elixirscope import shop-monday.escope --out shop.escope`;

export function defineImport(elixirscope: Command): void {
  elixirscope
    .command("import")
    .description("make a recording of a trace that Erlang's dbg or ttb wrote, or of one in a file")
    .argument("<files...>", "the files of one trace, or ttb's folder")
    .option("--out <recording>", "where it goes (default: recordings/<name of the file>.escope)")
    .option("--json", "print what was imported as JSON")
    .addHelpText("after", HELP)
    .action(importFiles);
}

async function importFiles(files: readonly string[], options: Options): Promise<void> {
  const [first = "trace"] = files;
  const name = path.parse(path.resolve(first)).name;
  const out = options.out ?? path.join(recordingsFolder(), `${name}.escope`);
  using interrupt = new Interrupt();
  using progress = new Progress();
  const tasks = { signal: interrupt.signal, progress: progress.late("importing") };
  if (files.length === 1 && (await isArchive(first))) {
    await unpack(first, out, tasks);
    progress.clear();
    console.log(options.json === true ? JSON.stringify({ out }) : out);
    return;
  }
  // no other question needs it
  const { importTrace } = await import("@elixirscope/capture");
  const result = await importTrace(files, out, tasks);
  progress.clear();
  if (options.json === true) console.log(JSON.stringify({ out, ...asJson(result) }, null, 1));
  else tell(out, result);
  if (result.fault !== null) process.exitCode = EXIT_DAMAGED;
}

/** Where a recording is in the way, it is not written over. */
async function unpack(file: string, out: string, tasks: ArchiveOptions): Promise<void> {
  if (existsSync(out)) {
    throw new StoreError("exists", `${out} exists already: choose another name or remove it`);
  }
  await unpackRecording(file, out, tasks);
}

function asJson({ manifest, files, messages, notes, fault }: ImportResult): object {
  const { counts, durationNs, target } = manifest;
  return { node: target.node, durationNs, counts, files, messages, notes, fault };
}

function tell(out: string, { manifest, messages, notes, fault }: ImportResult): void {
  const { counts, durationNs, target } = manifest;
  const parts = [
    `${formatCount(messages)} trace messages of ${visible(target.node)}`,
    formatDurationMs(durationNs / 1e6),
    `${formatCount(counts["events"] ?? 0)} events`,
    `${formatCount(counts["calls"] ?? 0)} calls`,
    `${formatCount(counts["messages"] ?? 0)} messages`,
  ];
  console.log(`${out}: ${parts.join(", ")}`);
  for (const note of notes) console.error(`note: ${visible(note)}`);
  if (fault !== null) {
    console.error("error: the trace is damaged; what came before is imported");
  }
}
