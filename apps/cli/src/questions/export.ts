// `elixirscope export`: a recording in a form that other programs read, or in one file.

import path from "node:path";
import { assertNever, bytesText } from "@elixirscope/base";
import {
  limitsOf,
  otlpLines,
  perfettoTrace,
  recordingRange,
  type ExportOptions,
  type Source,
} from "@elixirscope/query";
import { exportParquet, packRecording, TERM_FORMS, type TermForm } from "@elixirscope/store";
import { type Command, Option } from "commander";
import { UsageError } from "../exit-codes.ts";
import { Progress } from "../format/progress.ts";
import { parseInstantNs } from "../format/units.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";
import { parse } from "../option-parsers.ts";
import { recordingFolder } from "../recording-folder.ts";
import { findRecording } from "../recording-path.ts";
import { STDOUT, streamResult } from "../stream-result.ts";

const FORMATS = ["perfetto", "otlp", "parquet", "escope"] as const;
type Format = (typeof FORMATS)[number];

type Options = {
  readonly format: Format;
  readonly out?: string;
  readonly from?: number;
  readonly to?: number;
  readonly values?: true;
  readonly terms?: TermForm;
  readonly json?: true;
};

/** What is printed at the end. */
type Exported = {
  readonly format: Format;
  readonly out: string;
  readonly bytes: number;
  readonly limits: readonly string[];
};

const SUFFIXES: Readonly<Record<Format, string>> = {
  perfetto: ".perfetto.json",
  otlp: ".otlp.jsonl",
  parquet: ".parquet",
  escope: ".packed.escope",
};

const HELP = `
perfetto  one JSON file for ui.perfetto.dev or chrome://tracing: calls, messages as arrows, mailboxes
otlp      OTLP/JSON lines, as the OpenTelemetry collector's otlpjsonfile receiver reads them: calls as spans
parquet   a folder with one Parquet file for each table, and recording.json
escope    the whole recording in one file, which every command opens; a tar archive with SHA-256 sums

Examples:
  elixirscope export shop.escope --format perfetto
  elixirscope export shop.escope --format otlp --values --from 2s --to 3s --out - | gzip > spans.jsonl.gz
  elixirscope export shop.escope --format parquet --terms json --out shop-tables
  elixirscope export shop.escope --format escope --out shop-monday.escope`;

export function defineExport(elixirscope: Command): void {
  elixirscope
    .command("export")
    .description("write a recording for other programs, or as one file to hand on")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .addOption(new Option("--format <format>", "see below").choices(FORMATS).makeOptionMandatory())
    .option(
      "--out <path>",
      "file or folder, - for standard output (default: by the recording's name, here)",
    )
    .option("--from <time>", "not what ended before this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "not what began after this", parse(parseInstantNs))
    .option("--values", "perfetto, otlp: also arguments, results and messages")
    .addOption(
      new Option("--terms <form>", "parquet: how terms are written (default: etf)").choices(
        TERM_FORMS,
      ),
    )
    .option("--json", "print what was written as JSON")
    .addHelpText("after", HELP)
    .action(exportRecording);
}

async function exportRecording(recording: string, options: Options): Promise<void> {
  checkOptions(options);
  const name = path.basename(findRecording(recording)).replace(/(\.packed)?\.escope$/, "");
  const out = options.out ?? `${name}${SUFFIXES[options.format]}`;
  using interrupt = new Interrupt();
  using progress = new Progress();
  const tasks = { signal: interrupt.signal, progress: progress.late("exporting") };
  const exported = await write(recording, out, options, tasks);
  progress.clear();
  tell(exported, options.json === true);
}

type Tasks = { readonly signal: AbortSignal; readonly progress: (d: number, t: number) => void };

async function write(
  recording: string,
  out: string,
  options: Options,
  tasks: Tasks,
): Promise<Exported> {
  const { format } = options;
  switch (format) {
    case "perfetto":
    case "otlp": {
      const writer = format === "perfetto" ? perfettoTrace : otlpLines;
      return await stream(recording, out, options, tasks, writer);
    }
    case "parquet": {
      const folder = await recordingFolder(recording, tasks.signal);
      const { tables } = await exportParquet(folder, out, {
        ...range(options),
        ...tasks,
        terms: options.terms ?? "etf",
      });
      const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
      return { format, out, bytes, limits: [] };
    }
    case "escope": {
      const folder = await recordingFolder(recording, tasks.signal);
      return { format, out, bytes: await packRecording(folder, out, tasks), limits: [] };
    }
    default:
      return assertNever(format);
  }
}

async function stream(
  recording: string,
  out: string,
  options: Options,
  { signal, progress }: Tasks,
  writer: (source: Source, options: ExportOptions) => AsyncIterable<string>,
): Promise<Exported> {
  const exported: Exported[] = [];
  await withRecording(recording, signal, async (source) => {
    const { t0, t1 } = await recordingRange(source);
    const { from = t0, to = t1 } = options;
    if (from > t1) {
      throw new UsageError(
        `the recording ends at ${t1 / 1e9}s; --from ${from / 1e9}s is after that`,
      );
    }
    const chunks = writer(source, { from, to, values: options.values === true, progress });
    const bytes = await streamResult(chunks, out, signal);
    const limits = await limitsOf(source, { pids: null, from, to }, ["calls", "messages"]);
    const isEmpty = bytes === 0 ? ["no call began or went on in this time"] : [];
    exported.push({ format: options.format, out, bytes, limits: [...isEmpty, ...limits] });
  });
  const [one] = exported;
  if (one === undefined) throw new Error("bug: nothing was exported");
  return one;
}

function tell(exported: Exported, isJson: boolean): void {
  // what is piped on is not mixed with words
  const print = exported.out === STDOUT ? console.error : console.log;
  if (isJson) {
    print(JSON.stringify(exported, null, 1));
    return;
  }
  print(`${exported.out}: ${bytesText(exported.bytes)}`);
  if (exported.format === "perfetto")
    print("open it at https://ui.perfetto.dev (it stays in your browser)");
  for (const limit of exported.limits) console.error(`note: ${limit}`);
}

function range({ from, to }: Options): { readonly from?: number; readonly to?: number } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function checkOptions({ format, from, to, values, terms, out }: Options): void {
  const streams = format === "perfetto" || format === "otlp";
  if (values === true && !streams) {
    throw new UsageError(`--values is for perfetto and otlp; ${format} has all values anyway`);
  }
  if (terms !== undefined && format !== "parquet") {
    throw new UsageError("--terms is for parquet; others take --values");
  }
  if (format === "escope" && (from !== undefined || to !== undefined)) {
    throw new UsageError("a recording is packed whole: leave out --from and --to");
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError("--from is after --to");
  }
  if (out === STDOUT && !streams) throw new UsageError(`${format} cannot go to standard output`);
}
