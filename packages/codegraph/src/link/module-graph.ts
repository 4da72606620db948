// Which module needs which, and whether a change of the one compiles the other again.

import { Digraph } from "../graph/digraph.ts";
import { moduleOfNode } from "./call-graph.ts";
import type {
  CallGraph,
  ModuleDependency,
  ModuleDependencyKind,
  ModuleGraph,
} from "./project-graphs.ts";
import type { ProjectIndex } from "./project-index.ts";

/**
 * What the compiler runs: macros, and `use`. Imports, behaviours and protocols compile again only when
 * what the other module exports changes, calls never.
 */
const compileTime: ReadonlySet<ModuleDependencyKind> = new Set(["use", "macro"]);

export function linkModules(index: ProjectIndex, calls: CallGraph): ModuleGraph {
  const names = index.modules.map((module) => module.name);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const counts = new Map<
    string,
    { from: number; to: number; kind: ModuleDependencyKind; count: number }
  >();
  const numberOf = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.length;
      names.push(name);
      numbers.set(name, number);
    }
    return number;
  };
  const add = (from: number, to: number, kind: ModuleDependencyKind): void => {
    if (from === to) return;
    const key = `${from} ${to} ${kind}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { from, to, kind, count: 1 });
    else known.count += 1;
  };

  const moduleOf = calls.keys.map((_, node) => numberOf(moduleOfNode(calls, node)));
  for (let edge = 0; edge < calls.sites.length; edge += 1) {
    const to = calls.graph.to[edge] ?? 0;
    const kind = calls.functions[to]?.kind;
    const isMacro = kind === "defmacro" || kind === "defguard";
    const from = moduleOf[calls.graph.from[edge] ?? 0] ?? 0;
    add(from, moduleOf[to] ?? 0, isMacro ? "macro" : "call");
  }
  index.modules.forEach((module, from) => {
    for (const { module: name } of module.imports) add(from, numberOf(name), "import");
    for (const { module: name } of module.uses) add(from, numberOf(name), "use");
    for (const name of module.requires) add(from, numberOf(name), "require");
    for (const name of module.behaviours) add(from, numberOf(name), "behaviour");
    if (module.implementation !== null)
      add(from, numberOf(module.implementation.protocol), "protocol");
  });

  const dependencies: ModuleDependency[] = [...counts.values()].map((found) => ({
    ...found,
    compileTime: compileTime.has(found.kind),
  }));
  return {
    names,
    modules: index.modules,
    dependencies,
    graph: new Digraph(
      names.length,
      dependencies.map(({ from }) => from),
      dependencies.map(({ to }) => to),
    ),
    indexOf: (name) => numbers.get(name),
  };
}
