// `elixirscope analyze`: a report on a project's code, or its tables in a file.

import { bytesText } from "@elixirscope/base";
import { type Finding, isProblem, summarize } from "@elixirscope/codegraph";
import { codeReport } from "../format/code-report.ts";
import { formatCount } from "../format/units.ts";
import { Interrupt } from "../interrupt.ts";
import { openProject, type ProjectFlags, withInputFollowed } from "../open-project.ts";
import { ProjectLines } from "../project-lines.ts";
import { writeTables } from "../project-tables.ts";

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
    const summary = summarize(withInputFollowed(repository));
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
        `${written.path}: ${formatCount(rows)} rows of code, ${bytesText(written.bytes)}`,
      );
    }
    if (summary.findings.some((finding) => isAsBad(finding, options.failOn))) process.exitCode = 1;
  } finally {
    await repository.close();
  }
}

function isAsBad(finding: Finding, limit: Finding["severity"] | undefined): boolean {
  if (limit === undefined) return false;
  return isProblem(finding) && SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(limit);
}
