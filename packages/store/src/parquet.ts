// A recording as Parquet files, one for each public table, for whatever reads Parquet. The folder is made
// aside and renamed. `recording.json` lies beside the tables: times in them count from its `startedAtNs`.

import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type ColumnType, PUBLIC_TABLES, type PublicTable } from "@elixirscope/trace";
import { outputError } from "./io-error.ts";
import { RecordingReader } from "./reader.ts";
import { StoreError } from "./store-error.ts";

/** `etf`: external term format in a BLOB; `text`: as Elixir prints them; `json`: see `term_json`. */
export const TERM_FORMS = ["etf", "text", "json"] as const;
export type TermForm = (typeof TERM_FORMS)[number];

export type ParquetOptions = {
  readonly terms?: TermForm;
  /** ns since the recording's start, both ends in it; left out: all of it */
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

export type ParquetExport = {
  readonly tables: readonly { readonly table: string; readonly bytes: number }[];
};

/** `out` must not exist or be empty. */
export async function exportParquet(
  folder: string,
  out: string,
  options: ParquetOptions = {},
): Promise<ParquetExport> {
  const target = path.resolve(out);
  const beside = `${target}.new-${process.pid}`;
  const reader = await RecordingReader.open(folder, { exportFolder: beside });
  try {
    await checkTarget(target);
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    const tables = await writeTables(reader, beside, options);
    await copyFile(path.join(reader.path, "recording.json"), path.join(beside, "recording.json"));
    await rename(beside, target);
    return { tables };
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw outputError(target, cause);
  } finally {
    await reader.close();
  }
}

async function checkTarget(target: string): Promise<void> {
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  if (found.isDirectory() && (await readdir(target)).length === 0) return;
  throw new StoreError("exists", `${target} exists already: choose another name or remove it`);
}

async function writeTables(
  reader: RecordingReader,
  folder: string,
  options: ParquetOptions,
): Promise<ParquetExport["tables"]> {
  const names = Object.keys(PUBLIC_TABLES).filter(isPublicTable);
  const written: { table: string; bytes: number }[] = [];
  for (const [i, table] of names.entries()) {
    options.progress?.(i, names.length);
    const file = path.join(folder, `${table}.parquet`);
    await reader.copyToParquet(selectOf(table, options), file, options.signal);
    written.push({ table, bytes: (await stat(file)).size });
  }
  return written;
}

function isPublicTable(name: string): name is PublicTable {
  return name in PUBLIC_TABLES;
}

function selectOf(table: PublicTable, { terms = "etf", from, to }: ParquetOptions): string {
  const columns = Object.entries<ColumnType>(PUBLIC_TABLES[table]).map(([name, type]) => {
    if (type !== "TERM" || terms === "etf") return `"${name}"`;
    return `${terms === "text" ? "term" : "term_json"}("${name}") AS "${name}"`;
  });
  const test = from === undefined && to === undefined ? "" : `WHERE ${within(table, from, to)}`;
  return `SELECT ${columns.join(", ")} FROM ${table} ${test}`;
}

/** The columns that say when; tables without are of no time and are kept whole. */
const TIMES: Partial<Record<PublicTable, readonly [begin: string, end: string]>> = {
  events: ["t", "t"],
  calls: ["t_enter", "t_exit"],
  bindings: ["t", "t"],
  messages: ["t_sent", "t_received"],
  states: ["t", "t"],
  telemetry: ["t", "t"],
  logs: ["t", "t"],
  marks: ["t", "t"],
  audit: ["t", "t"],
  gaps: ["t_from", "t_to"],
  tests: ["t_start", "t_end"],
};

function within(table: PublicTable, from = 0, to = Number.MAX_SAFE_INTEGER): string {
  if (table === "metrics") return `t IS NULL OR t BETWEEN ${from} AND ${to}`;
  if (table === "links") {
    const events = `SELECT id FROM raw.events WHERE t BETWEEN ${from} AND ${to}`;
    return `source_event IN (${events}) OR target_event IN (${events})`;
  }
  const times = TIMES[table];
  if (times === undefined) return "true";
  const [begin, end] = times;
  if (begin === end) return `${begin} BETWEEN ${from} AND ${to}`;
  // what has not ended goes on
  return `coalesce(${begin}, ${end}) <= ${to} AND coalesce(${end}, ${to}) >= ${from}`;
}
