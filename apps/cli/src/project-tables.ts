// A project's code as tables that can be asked, kept beside its analysis and written again when a file
// has changed since.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Repository } from "@elixirscope/codegraph";
import { RecordingReader, StoreError } from "@elixirscope/store";
import { writeTables } from "./commands/analyze.ts";

export type ProjectTables = AsyncDisposable & { readonly reader: RecordingReader };

/** `keep`: in the project; otherwise in a temporary folder that goes with the answer. */
export async function projectTables(
  repository: Repository,
  keep: boolean,
  signal: AbortSignal,
): Promise<ProjectTables> {
  const temporary = keep ? null : await mkdtemp(path.join(tmpdir(), "elixirscope-code-"));
  const folder = path.join(temporary ?? path.join(repository.root, ".elixirscope"), "code.escope");
  if (temporary !== null || !(await isCurrent(folder, repository))) {
    await writeTables(repository, folder, signal);
  }
  const reader = await RecordingReader.open(folder);
  return {
    reader,
    async [Symbol.asyncDispose]() {
      await reader.close();
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Were these tables made by this program, from files that are the same now? */
async function isCurrent(folder: string, repository: Repository): Promise<boolean> {
  if (!existsSync(folder)) return false;
  try {
    const reader = await RecordingReader.open(folder);
    try {
      const made = await reader.query("SELECT value FROM code.analysis WHERE name = 'analysis'");
      if (made.rows[0]?.[0] !== repository.codeTables().facts["analysis"]) return false;
      const files = await reader.query("SELECT path || ' ' || sha256 FROM files", {
        limit: Number.MAX_SAFE_INTEGER,
      });
      const now = repository.analysis.files.map((file) => `${file.path} ${file.sha256}`);
      const then = files.rows.flatMap(([line]) => (typeof line === "string" ? [line] : []));
      return now.toSorted().join("\n") === then.toSorted().join("\n");
    } finally {
      await reader.close();
    }
  } catch (thrown) {
    // what cannot be read is written again
    if (thrown instanceof StoreError) return false;
    throw thrown;
  }
}
