// An analysis as the batches that the store writes: the large tables come from the threads, a few files
// ahead of whoever takes them, so that memory stays bounded.

import type { CodeBatch } from "@elixirscope/trace";
import type { AnalysisPool } from "../analysis-pool.ts";
import type { Analysis } from "../analysis.ts";
import { fileDiagnostic } from "../analyze-file.ts";
import type { FileRows } from "../file-task.ts";
import type { ProjectFile } from "../project/project-file.ts";
import { projectRows } from "./project-rows.ts";
import { TableRows } from "./table-rows.ts";

/** Files whose rows are made before the first of them is taken. */
const AHEAD = 4;

export type CodeTablesOptions = { readonly signal?: AbortSignal };

export type CodeTables = {
  readonly facts: Readonly<Record<string, string>>;
  readonly batches: AsyncIterable<CodeBatch>;
};

export type RowSource = {
  readonly pool: AnalysisPool;
  readonly graphsOf: (path: string) => Uint8Array | null;
};

export async function* codeBatches(
  analysis: Analysis,
  source: RowSource,
  { signal }: CodeTablesOptions,
): AsyncGenerator<CodeBatch> {
  const files = new Map(analysis.project.files.map((file) => [file.path, file]));
  const stale: Analysis["diagnostics"][number][] = [];
  const waiting: { readonly file: ProjectFile; readonly rows: Promise<FileRows | null> }[] = [];
  const analysed = analysis.files.values();
  for (;;) {
    while (waiting.length < AHEAD) {
      const next = analysed.next();
      if (next.done === true) break;
      const { path, sha256 } = next.value;
      const file = files.get(path);
      const graphs = source.graphsOf(path);
      if (file === undefined || graphs === null) continue;
      const rows = source.pool.rows(file, sha256, graphs, signal);
      // awaited in its turn; a failure before that is not unhandled
      rows.catch(() => undefined);
      waiting.push({ file, rows });
    }
    const first = waiting.shift();
    if (first === undefined) break;
    const rows = await first.rows;
    const { path } = first.file;
    const facts = analysis.files.find((candidate) => candidate.path === path);
    if (facts === undefined) continue;
    yield filesRow(first.file, facts, rows?.text ?? null);
    if (rows !== null) yield* rows.batches;
    else if (facts.modules.length > 0)
      stale.push({ ...fileDiagnostic("file_changed", CHANGED), file: path });
  }
  yield* projectRows({ ...analysis, diagnostics: [...analysis.diagnostics, ...stale] });
}

const CHANGED =
  "the file changed or went while its tables were written: it has no rows of syntax and graphs";

function filesRow(
  { path, application, role }: ProjectFile,
  { sha256, bytes, lines }: Analysis["files"][number],
  text: string | null,
): CodeBatch {
  const rows = new TableRows("files");
  rows.add({ path, application, role, sha256, bytes, lines, text });
  return rows.batch();
}
