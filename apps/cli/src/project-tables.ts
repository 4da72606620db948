// A project's code as tables that can be asked, kept beside its analysis and written again when a file
// has changed since.

import { existsSync } from "node:fs";
import path from "node:path";
import type { Repository } from "@elixirscope/codegraph";
import { CodeStore, type CodeWritten, RecordingReader, StoreError } from "@elixirscope/store";
import { Progress } from "./format/progress.ts";
import { withInputFollowed } from "./open-project.ts";

/** Opens them; the caller closes the reader. */
export async function projectTables(
  repository: Repository,
  signal: AbortSignal,
): Promise<RecordingReader> {
  const folder = path.join(repository.root, ".elixirscope", "code.escope");
  if (!(await isCurrent(folder, repository))) {
    withInputFollowed(repository);
    await writeTables(repository, folder, signal);
  }
  return await RecordingReader.open(folder);
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
