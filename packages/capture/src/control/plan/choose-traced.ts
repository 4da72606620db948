// Which of the functions that are traced now some selectors mean: to stop tracing them.

import { chooseFunctions, chooseModules, type ModuleIndex } from "../selector/choose.ts";
import { parseSelector } from "../selector/parse-selector.ts";
import { functionKey } from "../beam/tail-cycles.ts";
import { accepted } from "./accepted.ts";
import type { PlannedFunction } from "./prepare-plan.ts";

export function chooseTraced(
  traced: readonly PlannedFunction[],
  texts: readonly string[],
): readonly PlannedFunction[] {
  const tables = new Map<string, { name: string; arity: number }[]>();
  for (const { module, name, arity } of traced) {
    const table = tables.get(module) ?? [];
    tables.set(module, table);
    table.push({ name, arity });
  }
  const names = new Set(tables.keys());
  const index: ModuleIndex = { names, own: [...names], applications: new Map() };
  const selectors = texts.map((text) => accepted(parseSelector(text)));
  for (const selector of selectors) accepted(chooseModules(selector, index));
  const chosen = accepted(chooseFunctions(selectors, index, tables));
  const keys = new Set(chosen.map(({ module, name, arity }) => functionKey(module, name, arity)));
  return traced.filter(({ module, name, arity }) => keys.has(functionKey(module, name, arity)));
}
