// A graph as text, one line for each edge: `pattern x -no_match-> no_match FunctionClauseError`.

import type { Cfg, CfgNode } from "./cfg.ts";

/** Nodes by kind and label, numbered where two are called the same; closures follow, indented. */
export function renderCfg(cfg: Cfg): string {
  return lines(cfg).join("\n");
}

function lines(cfg: Cfg): string[] {
  const names = nodeNames(cfg.nodes);
  const name = (index: number): string => names[index] ?? "?";
  const edges = cfg.edges.map(({ from, to, kind, error }) => {
    const label = error === null ? kind : `${kind} ${error}`;
    return `${name(from)} -${label}-> ${name(to)}`;
  });
  const closures = cfg.closures.flatMap(({ at, cfg: inner }) => [
    `${name(at)} -closure->`,
    ...lines(inner).map((line) => `  ${line}`),
  ]);
  return [...edges, ...closures];
}

function nodeNames(nodes: readonly CfgNode[]): readonly string[] {
  const seen = new Map<string, number>();
  return nodes.map(({ kind, label }) => {
    const plain = kind === "entry" || kind === "exit" || kind === "error_exit";
    const name = plain ? kind : `${kind} ${label}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} #${times}`;
  });
}
