// Has each name that is read the binding that the compiler gave it?

import type { Dfg } from "@elixirscope/codegraph";
import type { Graphs } from "./graphs.ts";
import type { Observed } from "./observe.ts";

export type ReadReport = { readonly checked: number; readonly failures: readonly string[] };

export function checkReads(graphs: Graphs, observed: Observed): ReadReport {
  const bound = new Map<string, Set<number>>();
  for (const [name, line, at] of observed.reads) addTo(bound, `${name} ${String(line)}`, at);
  const told = new Map<string, Set<number>>();
  const compiled = new Set(observed.functions.map(([name, arity]) => `${name}/${String(arity)}`));
  for (const { name, arity, dfg } of new Set(graphs.functions.values())) {
    if (!compiled.has(`${name}/${String(arity)}`)) continue;
    for (const { definition, line } of dfg.uses) {
      const found = dfg.definitions[outermost(dfg, definition)];
      if (found === undefined || found.line === line) continue;
      addTo(told, `${found.name ?? ""} ${String(line)}`, found.line);
    }
  }
  const failures: string[] = [];
  for (const key of new Set([...bound.keys(), ...told.keys()])) {
    // of code that is never reached the graph says nothing
    if (!told.has(key) && !graphs.reachable.has(Number(key.split(" ")[1]))) continue;
    const [one, other] = [text(bound.get(key)), text(told.get(key))];
    if (one !== other) failures.push(`${key}: bound at ${one}, the graph says ${other}`);
  }
  return { checked: bound.size, failures };
}

/** The definition that closures capture, from the one that they see. */
function outermost(dfg: Dfg, definition: number): number {
  let at = definition;
  while (dfg.definitions[at]?.kind === "capture") {
    const inner = at;
    at = dfg.flows.find(({ to, kind }) => to === inner && kind === "capture")?.from ?? -1;
  }
  return at;
}

function addTo(lines: Map<string, Set<number>>, key: string, line: number): void {
  const known = lines.get(key) ?? new Set();
  lines.set(key, known.add(line));
}

function text(lines: ReadonlySet<number> | undefined): string {
  return lines === undefined ? "nothing" : [...lines].toSorted((a, b) => a - b).join(",");
}
