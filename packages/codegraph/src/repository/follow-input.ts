// Findings of untrusted input that crosses functions. Apart from linking, since following values through
// a whole project takes seconds where linking takes a fraction of one.

import { linkFlows } from "../flow/interprocedural.ts";
import { findTaint } from "../flow/taint.ts";
import { mergeFindings, projectFindings } from "../patterns/project-findings.ts";
import { fileDiagnostic } from "./analyze-file.ts";
import type { Analysis, FileDiagnostic } from "./analysis.ts";

const CUT_SHORT: FileDiagnostic = {
  ...fileDiagnostic(
    "input_not_followed",
    "following input was cut short: there may be more findings",
  ),
  file: ".",
};

/** The same analysis with what following input adds to its findings; a diagnostic says when it was cut short. */
export function followInput(analysis: Analysis): Analysis {
  const { calls, modules } = analysis.graphs;
  const functionOf = (key: string): (typeof calls.functions)[number] | undefined => {
    const node = calls.indexOf(key);
    return node === undefined ? undefined : calls.functions[node];
  };
  const moduleOf = (name: string): (typeof modules.modules)[number] | undefined => {
    const node = modules.indexOf(name);
    return node === undefined ? undefined : modules.modules[node];
  };
  const program = linkFlows(dfgsOf(analysis), functionOf);
  const { flows, complete } = findTaint(program, moduleOf);
  const found = projectFindings(analysis.graphs, flows);
  return {
    ...analysis,
    findings: mergeFindings(analysis.findings, found),
    diagnostics: complete ? analysis.diagnostics : [...analysis.diagnostics, CUT_SHORT],
  };
}

function* dfgsOf({ files }: Analysis): Iterable<Analysis["files"][number]["dfgs"][number]> {
  for (const file of files) yield* file.dfgs;
}
