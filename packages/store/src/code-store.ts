// Writes the tables of an analysed project into a recording's folder, or into a new one that holds
// nothing else. They are made in a file beside and renamed over: a full disk, an abort or a crash leave
// the old tables or the new ones.

import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { CodedError } from "@elixirscope/base";
import {
  CODE_FORMAT,
  type CodeBatch,
  type CodeTable,
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  type Manifest,
  RECORDING_FORMAT,
} from "@elixirscope/trace";
import { CodeFile } from "./code-file.ts";
import { codeFile } from "./engine.ts";
import { ioError, isErrno } from "./io-error.ts";
import { readManifest } from "./manifest-file.ts";
import { processIsAlive } from "./live-lock.ts";
import { StoreError } from "./store-error.ts";
import { RecordingWriter } from "./writer.ts";

/** What an analysis hands over: facts about it as a whole, and its tables in batches of any order. */
export type CodeSource = {
  /** `product` and `root` at least */
  readonly facts: Readonly<Record<string, string>>;
  readonly batches: AsyncIterable<CodeBatch> | Iterable<CodeBatch>;
};

export type CodeProgress = {
  /** rows taken so far, or `indexing` when all are there and the tables are being made of them */
  readonly phase: "rows" | "indexing";
  readonly rows: number;
};

export type CodeWriteOptions = {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: CodeProgress) => void;
  /** free bytes on the disk below which writing stops with `disk_full` */
  readonly reserveBytes?: number;
};

export type CodeWritten = {
  readonly path: string;
  readonly rows: Readonly<Partial<Record<CodeTable, number>>>;
  readonly bytes: number;
};

const RESERVE_BYTES = 16 * 1024 * 1024;

export const CodeStore = {
  /** `folder`: a recording, or a path at which nothing is yet. */
  async write(
    folder: string,
    source: CodeSource,
    options: CodeWriteOptions = {},
  ): Promise<CodeWritten> {
    const full = path.resolve(folder);
    await removeLeftovers(full);
    if (!(await isVacant(full))) {
      await readManifest(full); // throws where it is no recording
      return await writeBeside(full, source, options);
    }
    const beside = `${full}${mark()}`;
    try {
      await makeEmptyRecording(beside, source.facts["product"] ?? "elixirscope");
      const written = await writeBeside(beside, source, options);
      await rename(beside, full);
      return { ...written, path: full };
    } catch (cause) {
      await rm(beside, { recursive: true, force: true });
      throw failed(full, cause);
    }
  },
} as const;

async function writeBeside(
  folder: string,
  { facts, batches }: CodeSource,
  options: CodeWriteOptions,
): Promise<CodeWritten> {
  const target = codeFile(folder);
  const beside = `${target}${mark()}`;
  try {
    const { reserveBytes = RESERVE_BYTES } = options;
    const file = await CodeFile.create(beside, { reserveBytes, signal: options.signal ?? null });
    let rows = 0;
    try {
      for await (const batch of batches) {
        await file.add(batch);
        rows += batch.rows;
        options.progress?.({ phase: "rows", rows });
      }
      options.progress?.({ phase: "indexing", rows });
      await file.finish({
        ...facts,
        format: String(CODE_FORMAT),
        written: new Date().toISOString(),
      });
    } finally {
      await file.close();
    }
    await sync(beside);
    await rename(beside, target);
    await sync(folder);
    return { path: folder, rows: file.rows, bytes: (await stat(target)).size };
  } catch (cause) {
    for (const name of [beside, `${beside}.wal`]) await rm(name, { force: true });
    throw failed(target, cause);
  }
}

/** What the analysis itself throws (an abort, a bug) is not ours to explain. */
function failed(target: string, cause: unknown): unknown {
  return cause instanceof CodedError ? cause : ioError(`cannot write ${target}`, cause);
}

/** So that a later writer can tell what a dead one has left behind. */
function mark(): string {
  return `.new-${process.pid}-${randomUUID().slice(0, 8)}`;
}

const MARKED = /\.new-(\d+)-[0-9a-f]{8}(\.wal)?$/;

async function removeLeftovers(full: string): Promise<void> {
  const parent = path.dirname(full);
  const places: (readonly [string, string])[] = [
    [parent, path.basename(full)],
    [full, path.basename(codeFile(full))],
  ];
  for (const [folder, name] of places) {
    for (const entry of await readdir(folder).catch(() => [])) {
      const pid = MARKED.exec(entry)?.[1];
      if (pid === undefined || !entry.startsWith(`${name}.new-`)) continue;
      if (processIsAlive(Number(pid))) continue;
      await rm(path.join(folder, entry), { recursive: true, force: true });
    }
  }
}

async function isVacant(full: string): Promise<boolean> {
  try {
    return (await readdir(full)).length === 0;
  } catch (cause) {
    if (isErrno(cause, "ENOENT")) return true;
    if (isErrno(cause, "ENOTDIR")) {
      throw new StoreError("exists", `${full} exists already and is not a folder`, { cause });
    }
    throw ioError(`cannot read ${full}`, cause);
  }
}

async function makeEmptyRecording(folder: string, product: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const manifest: Manifest = {
    format: RECORDING_FORMAT,
    product,
    id: randomUUID(),
    state: "recording",
    stopped: null,
    target: { node: "", otpRelease: "", elixir: null, system: "" },
    startedAtNs: String(BigInt(Date.now()) * 1_000_000n),
    durationNs: 0,
    plan: {
      selectors: [],
      functions: [],
      processes: [],
      messages: false,
      lifecycle: false,
      state: false,
      arguments: false,
      sampling: { kind: "always" },
      limits: DEFAULT_LIMITS,
      budgets: DEFAULT_BUDGETS,
    },
    counts: {},
    loss: {},
  };
  const writer = await RecordingWriter.create(folder, manifest);
  await writer.close({ code: "user", message: "source code was analysed, nothing was recorded" });
}

/** A file's or a folder's own entry on the disk. */
async function sync(name: string): Promise<void> {
  const handle = await open(name, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
