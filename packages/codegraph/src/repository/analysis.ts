// A project at one moment: its files' facts and what linking makes of them. Never changes; a repository
// gives a new one after each update.

import type { Diagnostic } from "@elixirscope/syntax";
import { linkProject } from "../link/link-project.ts";
import { LinkMemory } from "../link/project-index.ts";
import type { ProjectGraphs } from "../link/project-graphs.ts";
import { type ModuleMetrics, withFanIn } from "../metrics/module-metrics.ts";
import type { Finding } from "../patterns/finding.ts";
import { mergeFindings, projectFindings } from "../patterns/project-findings.ts";
import type { FileFacts } from "./file-facts.ts";
import type { Project } from "./project/project-file.ts";

export type FileDiagnostic = Diagnostic & { readonly file: string };

export type Analysis = {
  readonly project: Project;
  /** in the order of their paths; those that vanished while they were read are absent */
  readonly files: readonly FileFacts[];
  readonly graphs: ProjectGraphs;
  readonly moduleMetrics: readonly ModuleMetrics[];
  /** of the files and of the project, in the order of files and places */
  readonly findings: readonly Finding[];
  /** of the project (folders that cannot be read, loops of links) and of its files */
  readonly diagnostics: readonly FileDiagnostic[];
};

/**
 * `others`: diagnostics of what is neither the project nor one of its files; `memory`: what linking kept
 * of the project before, so that a changed file costs little.
 */
export function linkAnalysis(
  project: Project,
  files: readonly FileFacts[],
  others: readonly FileDiagnostic[] = [],
  memory: LinkMemory = new LinkMemory(),
): Analysis {
  const graphs = linkProject(files, memory);
  return {
    project,
    files,
    graphs,
    moduleMetrics: withFanIn(
      files.flatMap((file) => file.moduleMetrics),
      files.flatMap((file) => file.modules),
    ),
    findings: mergeFindings(
      files.flatMap(({ findings }) => findings),
      projectFindings(graphs),
    ),
    diagnostics: [
      ...others,
      ...project.problems.map(problemDiagnostic),
      ...files.flatMap(({ path, diagnostics }) =>
        diagnostics.map((diagnostic) => ({ ...diagnostic, file: path })),
      ),
    ],
  };
}

function problemDiagnostic({
  path,
  line,
  column,
  code,
  message,
}: Project["problems"][number]): FileDiagnostic {
  return { file: path, severity: "warning", code, message, line, column, start: 0, end: 0 };
}
