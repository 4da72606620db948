// Finds where untrusted input comes into a project: the definitions at which a search begins.

import type { ModuleData } from "../module/module-data.ts";
import { selectorsOf } from "./dfg-paths.ts";
import type { ProgramFlow, ProgramFunction } from "./interprocedural.ts";
import { usesOneOf } from "./taint-states.ts";
import { FunctionTable } from "./taint-patterns.ts";
import type { TaintSource } from "./taint-tables.ts";

export type Seed = { readonly definition: number; readonly label: string };

export function taintSeeds(
  program: ProgramFlow,
  modules: (name: string) => ModuleData | undefined,
  sources: readonly TaintSource[],
): readonly Seed[] {
  const seeds = new Map<number, string>();
  const add = (definition: number | undefined, label: string): void => {
    if (definition !== undefined && !seeds.has(definition)) seeds.set(definition, label);
  };
  const calls = new FunctionTable<string>();
  for (const source of sources) {
    if (source.kind !== "call") continue;
    for (const pattern of source.functions) calls.add(pattern, source.label);
  }
  for (const { definition, site } of program.calls) {
    const [label] = calls.findSite(site);
    if (label !== undefined) add(definition, label);
  }
  for (const fn of program.functions) {
    const module = modules(fn.data.module);
    for (const source of sources) {
      const parameter = parameterOf(program, fn, module, source);
      if (parameter !== undefined) add(parameter, source.label);
    }
  }
  for (const source of sources) {
    if (source.kind === "field") addFields(program, source, add);
    if (source.kind !== "message") continue;
    for (let at = 0; at < program.definitionCount; at += 1) {
      if (program.kindOf(at) === "message") add(at, source.label);
    }
  }
  return [...seeds].map(([definition, label]) => ({ definition, label }));
}

function parameterOf(
  program: ProgramFlow,
  { data, parameters }: ProgramFunction,
  module: ModuleData | undefined,
  source: TaintSource,
): number | undefined {
  if (source.kind !== "parameter" && source.kind !== "action") return undefined;
  if (module === undefined || !usesOneOf(module, source.uses)) return undefined;
  if (source.kind === "parameter") {
    const isCallback = source.callbacks.includes(`${data.name}/${data.arity}`);
    return isCallback ? parameters[source.parameter] : undefined;
  }
  const [first] = parameters;
  const named = first !== undefined && namesOf(program, first).includes(source.first);
  return named && data.kind === "def" && data.arity === source.arity
    ? parameters[source.parameter]
    : undefined;
}

/** The names that are bound to the whole of it. */
function namesOf(program: ProgramFlow, definition: number): readonly string[] {
  const names: string[] = [];
  for (const flow of program.graph.outEdges(definition)) {
    const { kind, to } = program.edge(flow);
    const name = kind === "copy" ? program.nameOf(to) : null;
    // an underscore says that it is not used here
    if (name !== null) names.push(name.replace(/^_/, ""));
  }
  return names;
}

type FieldSource = TaintSource & { readonly kind: "field" };

/** `conn.params`, `%{params: params} = conn`, `%Plug.Conn{params: params}`. */
function addFields(
  program: ProgramFlow,
  { of, fields, label }: FieldSource,
  add: (definition: number, label: string) => void,
): void {
  const wanted = new Set(fields.map((field) => `.${field}`));
  for (let flow = 0; flow < program.graph.from.length; flow += 1) {
    const { from, to, kind, path } = program.edge(flow);
    if (kind !== "component" || path === null) continue;
    const [field = ""] = selectorsOf(path);
    if (!wanted.has(field)) continue;
    if (program.nameOf(from) === of || namesOf(program, from).includes(of)) add(to, label);
  }
}
