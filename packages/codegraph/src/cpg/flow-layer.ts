// Control flow and control dependence. An expression's step is its node of the tree; what is no
// expression (entry, join, a second copy of an `after`) is a node of its own.

import { cfgControlDependences } from "../flow/cfg-graph.ts";
import type { Cfg, CfgNode } from "../flow/cfg.ts";
import type { CpgScope } from "./syntax-layer.ts";

const structural: ReadonlySet<CfgNode["kind"]> = new Set([
  "entry",
  "exit",
  "error_exit",
  "dispatch",
  "join",
  "no_match",
]);

type Part = { readonly cfg: Cfg; readonly name: string; readonly maker: number | undefined };

/** CFG and CDG of a function and its closures. */
export function addFlow(cfg: Cfg, scope: CpgScope): void {
  const { builder } = scope;
  const taken = new Set<number>();
  const stack: Part[] = [{ cfg, name: `${cfg.function}#cfg`, maker: undefined }];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    const { cfg: graph, name } = part;
    const nodes = graph.nodes.map((node, at) => flowNode(node, `${name}${at}`, taken, scope));
    if (part.maker === undefined)
      builder.edge("CFG", builder.find(cfg.function), nodes[graph.entry]);
    else builder.edge("CFG", part.maker, nodes[graph.entry], "closure");
    for (const { from, to, kind } of graph.edges) builder.edge("CFG", nodes[from], nodes[to], kind);
    for (const { from, to, edge } of cfgControlDependences(graph)) {
      builder.edge("CDG", nodes[from], nodes[to], graph.edges[edge]?.kind ?? null);
    }
    for (const { at, cfg: inner } of graph.closures) {
      stack.push({ cfg: inner, name: `${name}${at}.`, maker: nodes[at] });
    }
  }
}

function flowNode(node: CfgNode, id: string, taken: Set<number>, scope: CpgScope): number {
  const { builder, fun } = scope;
  const tree = structural.has(node.kind) ? undefined : builder.find(node.nodeId);
  if (tree !== undefined && !taken.has(tree)) {
    taken.add(tree);
    return tree;
  }
  return builder.node({
    id,
    kind: "flow",
    type: node.kind,
    label: node.label === "" ? node.kind : node.label,
    function: fun.data.key,
    line: node.line,
    column: node.column,
    start: node.start,
    end: node.end,
  });
}
