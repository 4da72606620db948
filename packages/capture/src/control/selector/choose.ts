// Selectors against what the target has: which modules they need, then which functions they choose.

import { assertNever, err, ok, type Result } from "@elixirscope/base";
import { functionKey } from "../beam/tail-cycles.ts";
import { compileSelector, type MatchClause } from "./match-spec.ts";
import { moduleText, type ModulePattern, type Selector } from "./selector.ts";
import type { SelectorError } from "./selector-error.ts";
import { didYouMean } from "./suggest.ts";

/** Modules by name that the target has, and how they group. */
export type ModuleIndex = {
  readonly names: ReadonlySet<string>;
  readonly own: readonly string[];
  readonly applications: ReadonlyMap<string, readonly string[]>;
};

export type FunctionTable = ReadonlyMap<
  string,
  readonly { readonly name: string; readonly arity: number }[]
>;

export type ChosenFunction = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  /** null: every call */
  readonly clauses: readonly MatchClause[] | null;
};

/** The modules that a selector speaks of; an error when there is none. */
export function chooseModules(
  selector: Selector,
  index: ModuleIndex,
): Result<readonly string[], SelectorError> {
  const modules = matchModules(selector.modules, index);
  if (modules.length > 0) return ok(modules);
  return err(errorAt(selector, selector.moduleSpan, noModule(selector.modules, index)));
}

function matchModules(pattern: ModulePattern, index: ModuleIndex): readonly string[] {
  switch (pattern.kind) {
    case "own":
      return index.own;
    case "application":
      return index.applications.get(pattern.name) ?? [];
    case "exact":
      return index.names.has(pattern.module) ? [pattern.module] : [];
    case "below":
      return [...index.names].filter(
        (name) => name === pattern.module || name.startsWith(`${pattern.module}.`),
      );
    case "glob": {
      const glob = globPattern(pattern.glob);
      return [...index.names].filter((name) => glob.test(name));
    }
    default:
      return assertNever(pattern);
  }
}

function noModule(pattern: ModulePattern, index: ModuleIndex): string {
  switch (pattern.kind) {
    case "own":
      return "the target has no application of its own; name modules, as Shop.*";
    case "application":
      return `no application :${pattern.name} is loaded on the target${didYouMean(pattern.name, index.applications.keys())}`;
    case "glob":
      return `no module of the target matches ${pattern.glob.replace(/^Elixir\./, "")}`;
    case "exact":
    case "below": {
      const wanted = moduleText(pattern.module);
      const what = pattern.kind === "below" ? `module ${wanted} or below it` : `module ${wanted}`;
      return `the target has no ${what}${didYouMean(wanted, knownNames(pattern, index))}`;
    }
    default:
      return assertNever(pattern);
  }
}

/** For `Shpo.*` the parents of modules count too: `Shop` may be no module itself. */
function knownNames(pattern: ModulePattern, index: ModuleIndex): Iterable<string> {
  const names = new Set<string>();
  for (const name of index.names) {
    names.add(moduleText(name));
    if (pattern.kind !== "below") continue;
    for (let dot = name.lastIndexOf("."); dot > 6; dot = name.lastIndexOf(".", dot - 1)) {
      names.add(moduleText(name.slice(0, dot)));
    }
  }
  return names;
}

/** What all selectors together choose. Each must choose something. */
export function chooseFunctions(
  selectors: readonly Selector[],
  index: ModuleIndex,
  tables: FunctionTable,
): Result<readonly ChosenFunction[], SelectorError> {
  const chosen = new Map<string, ChosenFunction>();
  for (const selector of selectors.filter(({ exclude }) => !exclude)) {
    const compiled = compileSelector(selector);
    if (!compiled.ok) return compiled;
    const functions = functionsOf(selector, index, tables);
    if (functions.length === 0) return err(noFunction(selector, index, tables));
    for (const { module, name, arity } of functions) {
      const key = functionKey(module, name, arity);
      const before = chosen.get(key);
      const clauses = before === undefined ? compiled.value : join(before.clauses, compiled.value);
      chosen.set(key, { module, name, arity, clauses });
    }
  }
  for (const selector of selectors.filter(({ exclude }) => exclude)) {
    const functions = functionsOf(selector, index, tables);
    if (functions.length === 0) return err(noFunction(selector, index, tables));
    for (const { module, name, arity } of functions)
      chosen.delete(functionKey(module, name, arity));
  }
  return ok([...chosen.values()]);
}

function join(
  a: readonly MatchClause[] | null,
  b: readonly MatchClause[] | null,
): readonly MatchClause[] | null {
  return a === null || b === null ? null : [...a, ...b];
}

type NamedFunction = { readonly module: string; readonly name: string; readonly arity: number };

function functionsOf(
  selector: Selector,
  index: ModuleIndex,
  tables: FunctionTable,
): readonly NamedFunction[] {
  const wanted = selector.function;
  const glob = wanted?.includes("*") === true ? globPattern(wanted) : null;
  const functions: NamedFunction[] = [];
  for (const module of matchModules(selector.modules, index)) {
    for (const { name, arity } of tables.get(module) ?? []) {
      if (selector.arity !== null && arity !== selector.arity) continue;
      if (wanted === null || glob !== null) {
        if (isGenerated(name, arity) || glob?.test(name) === false) continue;
      } else if (name !== wanted) continue;
      functions.push({ module, name, arity });
    }
  }
  return functions;
}

/** Made by a compiler, not written by anybody; recorded only when named in full. */
export function isGenerated(name: string, arity: number): boolean {
  if (name.startsWith("-") || name.startsWith("MACRO-")) return true;
  if (name === "module_info" || (name === "behaviour_info" && arity === 1)) return true;
  return /^__\w+__$/.test(name);
}

function noFunction(selector: Selector, index: ModuleIndex, tables: FunctionTable): SelectorError {
  const modules = matchModules(selector.modules, index);
  const first = modules[0];
  if (selector.function === null || first === undefined) {
    return errorAt(selector, selector.moduleSpan, "no function is there to record");
  }
  const where = modules.length === 1 ? moduleText(first) : `these ${modules.length} modules`;
  const known = modules.flatMap((module) => tables.get(module) ?? []);
  const arities = known.filter(({ name }) => name === selector.function).map(({ arity }) => arity);
  const wanted = `${selector.function}${selector.arity === null ? "" : `/${selector.arity}`}`;
  const hint =
    arities.length > 0
      ? `; there is ${[...new Set(arities)]
          .toSorted((a, b) => a - b)
          .map((arity) => `${selector.function}/${arity}`)
          .join(" and ")}`
      : didYouMean(selector.function, new Set(known.map(({ name }) => name)));
  const message = `${where} has no function ${wanted}${hint}`;
  return errorAt(selector, selector.functionSpan, message);
}

function errorAt(
  { text }: Selector,
  { start, end }: { start: number; end: number },
  message: string,
): SelectorError {
  return { code: "bad_selector", message, text, start, end };
}

function globPattern(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su");
}
