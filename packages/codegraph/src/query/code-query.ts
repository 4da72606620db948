// Where queries begin: `codeQuery(analysis).functions().named("Shop.*").callers()`.

import type { CpgEdgeKind } from "../cpg/cpg.ts";
import type { SendSite } from "../link/link-facts.ts";
import { CodeProject, type QueriedProject, type SourceReader } from "./code-project.ts";
import { FindingQuery } from "./finding-query.ts";
import { FunctionQuery } from "./function-query.ts";
import { EdgeQuery, NodeQuery, type GraphScope } from "./graph-query.ts";
import { HandlerQuery, SendQuery } from "./message-query.ts";
import { ModuleQuery } from "./module-query.ts";

export type CodeQuery = {
  functions(): FunctionQuery;
  modules(): ModuleQuery;
  sends(): SendQuery;
  handlers(): HandlerQuery;
  /** the clauses that can take what this site sends */
  handlersOf(send: SendSite): HandlerQuery;
  findings(): FindingQuery;
  /** of code property graphs, made while they are looked at: needs `source` */
  nodes(scope?: GraphScope): NodeQuery;
  edges(kind: CpgEdgeKind, scope?: GraphScope): EdgeQuery;
};

/** `source` reads a file's text by its path; without it `nodes` and `edges` throw when they are iterated. */
export function codeQuery(analysis: QueriedProject, source: SourceReader | null = null): CodeQuery {
  const project = new CodeProject(analysis, source, {
    functions: (of, plan) => FunctionQuery.of(of, plan),
    modules: (of, plan) => ModuleQuery.of(of, plan),
    sends: (of, plan) => SendQuery.of(of, plan),
    handlers: (of, plan) => HandlerQuery.of(of, plan),
  });
  return {
    functions: () => FunctionQuery.all(project),
    modules: () => ModuleQuery.all(project),
    sends: () => SendQuery.all(project),
    handlers: () => HandlerQuery.all(project),
    handlersOf: (send) =>
      SendQuery.all(project)
        .where(({ site }) => site === send, `the send ${send.shape} in ${send.function}`)
        .handlers(),
    findings: () => FindingQuery.all(project.findings),
    nodes: (scope = {}) => NodeQuery.all(project, scope),
    edges: (kind, scope = {}) => EdgeQuery.all(project, kind, scope),
  };
}
