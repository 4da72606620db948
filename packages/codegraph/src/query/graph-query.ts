// Questions about nodes and edges of code property graphs, which are made while they are looked at.

import { projectCpgs } from "../cpg/build-cpg.ts";
import type { CpgEdge, CpgEdgeKind, CpgNode, CpgNodeKind } from "../cpg/cpg.ts";
import { splitFunctionKey } from "../link/function-key.ts";
import type { FunctionKey } from "../module/module-data.ts";
import type { CodeProject } from "./code-project.ts";
import { type NamePattern, nameTest, type Plan, Query } from "./query.ts";

export type GraphScope = {
  /** only functions so named; files without one are not read */
  readonly functions?: NamePattern;
};

export type NodeRow = CpgNode & { readonly file: string };

export type EdgeRow = Omit<CpgEdge, "from" | "to"> & {
  readonly file: string;
  /** the function in whose graph it is */
  readonly function: FunctionKey;
  readonly from: CpgNode;
  readonly to: CpgNode;
};

export class NodeQuery extends Query<NodeRow, NodeQuery> {
  static all(project: CodeProject, scope: GraphScope): NodeQuery {
    return new NodeQuery({
      steps: [`nodes of the graphs of ${scopeText(scope)}`],
      run: function* () {
        for (const { file, function: key, cpg } of graphs(project, scope)) {
          // nodes of others, to which edges lead, are in the others' graphs
          for (const node of cpg.nodes) if (node.function === key) yield { ...node, file };
        }
      },
    });
  }

  protected override derive(plan: Plan<NodeRow>): NodeQuery {
    return new NodeQuery(plan);
  }

  kind(...kinds: readonly CpgNodeKind[]): NodeQuery {
    return this.where((node) => kinds.includes(node.kind), `of kind ${kinds.join(" or ")}`);
  }

  type(...types: readonly string[]): NodeQuery {
    return this.where((node) => types.includes(node.type), `of type ${types.join(" or ")}`);
  }

  labelled(pattern: NamePattern): NodeQuery {
    const test = nameTest(pattern);
    return this.where((node) => test(node.label), `with text ${pattern}`);
  }
}

export class EdgeQuery extends Query<EdgeRow, EdgeQuery> {
  static all(project: CodeProject, kind: CpgEdgeKind, scope: GraphScope): EdgeQuery {
    return new EdgeQuery({
      steps: [`${kind} edges of the graphs of ${scopeText(scope)}`],
      run: function* () {
        for (const { file, function: key, cpg } of graphs(project, scope)) {
          for (const edge of cpg.edges) {
            const from = cpg.nodes[edge.from];
            const to = cpg.nodes[edge.to];
            if (edge.kind !== kind || from === undefined || to === undefined) continue;
            yield { ...edge, file, function: key, from, to };
          }
        }
      },
    });
  }

  protected override derive(plan: Plan<EdgeRow>): EdgeQuery {
    return new EdgeQuery(plan);
  }

  from(pattern: NamePattern): EdgeQuery {
    const test = nameTest(pattern);
    return this.where(({ from }) => test(from.label) || test(from.id), `from ${pattern}`);
  }

  to(pattern: NamePattern): EdgeQuery {
    const test = nameTest(pattern);
    return this.where(({ to }) => test(to.label) || test(to.id), `to ${pattern}`);
  }
}

function scopeText({ functions }: GraphScope): string {
  return functions === undefined ? "all functions" : `functions named ${functions}`;
}

function* graphs(project: CodeProject, { functions }: GraphScope): ReturnType<typeof projectCpgs> {
  const { source } = project;
  if (source === null) {
    throw new Error("nodes and edges are made from the text: codeQuery needs a `source` for them");
  }
  const test = functions === undefined ? () => true : nameTest(functions);
  const wanted = (key: FunctionKey): boolean => {
    const { module, name } = splitFunctionKey(key);
    return test(key) || test(`${module}.${name}`);
  };
  const files = new Set(
    project.graphs.calls.functions.filter(({ key }) => wanted(key)).map(({ file }) => file),
  );
  for (const path of project.paths) {
    const text = files.has(path) ? source(path) : null;
    if (text !== null) yield* projectCpgs([{ path, text }], project.graphs, wanted);
  }
}
