// Which files belong to one trace, in the order in which they were written. A wrap set (dbg:trace_port with
// `{Name, wrap, Suffix, Size, Count}`) numbers its files from 0 to Count and always lacks one: the file after the
// missing one is the oldest.

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { ImportError } from "./trace-error.ts";

export type TraceFiles = {
  readonly files: readonly string[];
  /** what came before the oldest file is overwritten */
  readonly isWrapped: boolean;
};

/** `paths`: files of one trace in any order, or the one folder that `ttb:stop` fetched it to. */
export async function traceFiles(paths: readonly string[]): Promise<TraceFiles> {
  const [first] = paths;
  if (first === undefined) throw new ImportError("bad_trace", "no trace was named");
  const files = paths.length === 1 && (await isFolder(first)) ? await inFolder(first) : paths;
  return inOrder(files);
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (cause) {
    throw new ImportError("unreadable", `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

async function inFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const traces = names.filter((name) => names.includes(`${traceName(name)}.ti`));
  const found = [...new Set(traces.map(traceName))];
  if (found.length === 1) return traces.map((name) => path.join(folder, name));
  throw new ImportError(
    "bad_trace",
    found.length === 0
      ? `${folder} holds no trace with its .ti file: name the files of the trace`
      : `${folder} holds traces of ${found.length} nodes; name the files of one: ${found.slice(0, 5).join(", ")}`,
  );
}

/** Without the number of a wrap set of ttb (`Name.0.wrp`), as its `.ti` file is called. */
export function traceName(file: string): string {
  return file.replace(/\.\d+\.wrp$/, "");
}

/** Sorted by the number in which their names differ. */
export function inOrder(files: readonly string[]): TraceFiles {
  if (files.length === 1) return { files, isWrapped: false };
  const numbered = files.map((file) => ({ file, number: numberIn(file, files) }));
  const ordered = numbered.toSorted((a, b) => a.number - b.number);
  const gap = ordered.findIndex(({ number }, i) => number !== (ordered[0]?.number ?? 0) + i);
  const startsLate = (ordered[0]?.number ?? 0) > 0;
  const from = gap < 0 ? 0 : gap;
  return {
    files: [...ordered.slice(from), ...ordered.slice(0, from)].map(({ file }) => file),
    isWrapped: gap > 0 || startsLate,
  };
}

function numberIn(file: string, files: readonly string[]): number {
  const prefix = commonPrefix(files);
  const digits = /^\d+/.exec(file.slice(prefix.length));
  if (digits === null) {
    throw new ImportError(
      "bad_trace",
      `several files must be the numbered files of one trace; ${file} has no number where they differ`,
    );
  }
  return Number(digits[0]);
}

/** Without digits at its end: they begin the number. */
function commonPrefix(files: readonly string[]): string {
  let prefix = files[0] ?? "";
  for (const file of files) while (!file.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.replace(/\d+$/, "");
}
