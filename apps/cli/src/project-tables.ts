// A project's code as tables that can be asked, kept beside its analysis and written again when a file
// has changed since.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Repository } from "@elixirscope/codegraph";
import { CodeStore, type CodeWritten, RecordingReader, StoreError } from "@elixirscope/store";
import { Progress } from "./format/progress.ts";
import { withInputFollowed } from "./open-project.ts";

export type ProjectTables = AsyncDisposable & { readonly reader: RecordingReader };

/** Those of the project, or where they cannot be kept, others in a temporary folder that goes with the answer. */
export async function projectTables(
  repository: Repository,
  signal: AbortSignal,
): Promise<ProjectTables> {
  const folder = path.join(repository.root, ".elixirscope", "code.escope");
  const reader = await keptTables(repository, folder, signal);
  if (reader === null) return await temporaryTables(repository, signal);
  return { reader, [Symbol.asyncDispose]: async () => await reader.close() };
}

/** Null where they cannot be written. */
async function keptTables(
  repository: Repository,
  folder: string,
  signal: AbortSignal,
): Promise<RecordingReader | null> {
  const state = await stateOf(folder, repository);
  try {
    if (state === "damaged") await rm(folder, { recursive: true });
    if (state !== "current") {
      withInputFollowed(repository);
      await writeTables(repository, folder, signal);
    }
    return await RecordingReader.open(folder);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    // another command may have written them at the same time
    const isThere = (await stateOf(folder, repository)) === "current";
    return isThere ? await RecordingReader.open(folder) : null;
  }
}

async function temporaryTables(
  repository: Repository,
  signal: AbortSignal,
): Promise<ProjectTables> {
  const temporary = await mkdtemp(path.join(tmpdir(), "elixirscope-code-"));
  const remove = async (): Promise<void> => await rm(temporary, { recursive: true, force: true });
  try {
    const folder = path.join(temporary, "code.escope");
    withInputFollowed(repository);
    await writeTables(repository, folder, signal);
    const reader = await RecordingReader.open(folder);
    return {
      reader,
      async [Symbol.asyncDispose]() {
        await reader.close();
        await remove();
      },
    };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

/** The code's tables, into a new file or beside what a recording has. */
export async function writeTables(
  repository: Repository,
  out: string,
  signal: AbortSignal,
): Promise<CodeWritten> {
  using bar = new Progress();
  const { files } = repository.analysis;
  return await CodeStore.write(out, repository.codeTables({ signal }), {
    signal,
    progress: ({ phase, rows }) => {
      const total = phase === "indexing" ? rows : Math.max(rows, files.length);
      bar.show(phase === "indexing" ? "sorting rows" : "writing rows", rows, total);
    },
  });
}

/** Current: made by this program, from files that are the same now. */
async function stateOf(
  folder: string,
  repository: Repository,
): Promise<"missing" | "damaged" | "stale" | "current"> {
  if (!existsSync(folder)) return "missing";
  let reader: RecordingReader;
  try {
    reader = await RecordingReader.open(folder);
  } catch (thrown) {
    if (thrown instanceof StoreError) return "damaged";
    throw thrown;
  }
  try {
    return (await isCurrent(reader, repository)) ? "current" : "stale";
  } catch (thrown) {
    // what cannot be read is written again
    if (thrown instanceof StoreError) return "stale";
    throw thrown;
  } finally {
    await reader.close();
  }
}

async function isCurrent(reader: RecordingReader, repository: Repository): Promise<boolean> {
  const made = await reader.query("SELECT value FROM code.analysis WHERE name = 'analysis'");
  if (made.rows[0]?.[0] !== repository.codeTables().facts["analysis"]) return false;
  const files = await reader.query("SELECT path || ' ' || sha256 FROM files", {
    limit: Number.MAX_SAFE_INTEGER,
  });
  const now = repository.analysis.files.map((file) => `${file.path} ${file.sha256}`);
  const then = files.rows.flatMap(([line]) => (typeof line === "string" ? [line] : []));
  return now.toSorted().join("\n") === then.toSorted().join("\n");
}
