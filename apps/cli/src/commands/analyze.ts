// `elixirscope analyze`: a report on a project's code, or its tables in a file.

import { type Finding, type Repository, summarize } from "@elixirscope/codegraph";
import { CodeStore, type CodeWritten } from "@elixirscope/store";
import { codeReport } from "../format/code-report.ts";
import { Progress } from "../format/progress.ts";
import { formatBytes, formatCount } from "../format/units.ts";
import { Interrupt } from "../interrupt.ts";
import { openProject, type ProjectFlags } from "../open-project.ts";
import { ProjectLines } from "../project-lines.ts";

export type AnalyzeOptions = ProjectFlags & {
  readonly json?: true;
  readonly out?: string;
  readonly findings: number;
  readonly failOn?: Finding["severity"];
};

const SEVERITIES: readonly Finding["severity"][] = ["info", "warning", "error"];

export async function analyze(folder: string, options: AnalyzeOptions): Promise<void> {
  using interrupt = new Interrupt();
  const repository = await openProject(folder, options, interrupt.signal);
  try {
    const summary = summarize(repository.analysis);
    if (options.json === true) {
      console.log(JSON.stringify(summary, null, 1));
    } else {
      const lines = new ProjectLines(repository.root);
      const lineAt = (file: string, line: number): string | null => lines.at(file, line);
      const report = { stream: process.stdout, lineAt, mostFindings: options.findings };
      console.log(codeReport(summary, report));
    }
    if (options.out !== undefined) {
      const written = await writeTables(repository, options.out, interrupt.signal);
      const rows = Object.values(written.rows).reduce((sum, count) => sum + count, 0);
      console.error(
        `${written.path}: ${formatCount(rows)} rows of code, ${formatBytes(written.bytes)}`,
      );
    }
    if (summary.findings.some((finding) => isAsBad(finding, options.failOn))) process.exitCode = 1;
  } finally {
    await repository.close();
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

function isAsBad({ severity, category }: Finding, limit: Finding["severity"] | undefined): boolean {
  if (limit === undefined) return false;
  const isProblem = category === "anti_pattern" || category === "security" || category === "user";
  return isProblem && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(limit);
}
