// Which module needs which, and whether a change of the one compiles the other again.

import { Digraph } from "@elixirscope/base";
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

const kinds: readonly ModuleDependencyKind[] = [
  "call",
  "macro",
  "import",
  "use",
  "require",
  "behaviour",
  "protocol",
];

const kindNumbers = new Map(kinds.map((kind, number) => [kind, number]));

export function linkModules(index: ProjectIndex, calls: CallGraph): ModuleGraph {
  const names = index.modules.map((module) => module.name);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.length;
      names.push(name);
      numbers.set(name, number);
    }
    return number;
  };
  const moduleOf = Int32Array.from(calls.modules, numberOf);

  const counts = new Map<number, number>();
  // pairs of modules and a kind in one number: exact up to 2^53, so up to 33 million modules
  const add = (from: number, to: number, kind: ModuleDependencyKind): void => {
    if (from === to) return;
    const key = (from * 2 ** 25 + to) * kinds.length + (kindNumbers.get(kind) ?? 0);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const isMacro = calls.functions.map(({ kind }) => kind === "defmacro" || kind === "defguard");
  const { graph } = calls;
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const target = graph.to[edge] ?? 0;
    const caller = moduleOf[graph.from[edge] ?? 0] ?? 0;
    add(caller, moduleOf[target] ?? 0, isMacro[target] === true ? "macro" : "call");
  }
  index.modules.forEach((module, user) => {
    for (const { module: name } of module.imports) add(user, numberOf(name), "import");
    for (const { module: name } of module.uses) add(user, numberOf(name), "use");
    for (const name of module.requires) add(user, numberOf(name), "require");
    for (const name of module.behaviours) add(user, numberOf(name), "behaviour");
    const protocol = module.implementation?.protocol;
    if (protocol !== undefined) add(user, numberOf(protocol), "protocol");
  });

  const dependencies = [...counts].map(([key, count]): ModuleDependency => {
    const pair = Math.floor(key / kinds.length);
    const kind = kinds[key % kinds.length] ?? "call";
    const from = Math.floor(pair / 2 ** 25);
    return { from, to: pair % 2 ** 25, kind, count, compileTime: compileTime.has(kind) };
  });
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
