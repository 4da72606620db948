// From selectors and a survey to what will be traced. Only functions that the target has get this far.

import type { Connection } from "@elixirscope/dist";
import type { Budgets, CapturePlan, PayloadLimits, Sampling } from "@elixirscope/trace";
import type { ModuleCode } from "../beam/module-code.ts";
import { functionKey, tailCycles } from "../beam/tail-cycles.ts";
import { CaptureError } from "../capture-error.ts";
import type { DeepPlan } from "../deep/deep-plan.ts";
import {
  chooseFunctions,
  chooseModules,
  type ChosenFunction,
  type ModuleIndex,
} from "../selector/choose.ts";
import { parseSelector } from "../selector/parse-selector.ts";
import { parseProcessSelector, type ProcessSelector } from "../selector/process-selector.ts";
import { moduleText, type Selector } from "../selector/selector.ts";
import { accepted } from "./accepted.ts";
import type { EvaluateOptions } from "../target/evaluate.ts";
import { moduleFacts, type ModuleFacts } from "../target/module-facts.ts";
import { ownCode, type OwnCode } from "../target/own-applications.ts";
import { availableModules, type TargetSurvey } from "../target/survey.ts";
import { checkSampling, completeBudgets, completeLimits } from "./budgets.ts";

export type PlanRequest = {
  /** none: the target's own applications */
  readonly selectors?: readonly string[];
  /** none: the processes of the target's own applications */
  readonly processes?: readonly string[];
  readonly messages?: boolean;
  readonly lifecycle?: boolean;
  readonly state?: boolean;
  readonly arguments?: boolean;
  readonly sampling?: Sampling;
  readonly limits?: Partial<PayloadLimits>;
  readonly budgets?: Partial<Budgets>;
};

/** A function to trace, with its conditions (null: every call). */
export type PlannedFunction = ChosenFunction & { readonly returns: "value" | "none" };

export type PreparedPlan = {
  readonly plan: CapturePlan;
  readonly functions: readonly PlannedFunction[];
  readonly processes: readonly ProcessSelector[];
  readonly own: OwnCode;
  /** what the user should know before it starts */
  readonly notes: readonly string[];
  /** whose code would be instrumented; null: nobody's */
  readonly deep: DeepPlan | null;
};

/** All that is wrong with a request in itself; asked before the target is. */
export function checkRequest(request: PlanRequest): void {
  (request.selectors ?? []).forEach(parse);
  (request.processes ?? []).forEach(parseProcess);
  completeBudgets(request.budgets);
  completeLimits(request.limits);
  checkSampling(request.sampling ?? { kind: "always" });
}

export async function preparePlan(
  connection: Connection,
  survey: TargetSurvey,
  request: PlanRequest,
  options: EvaluateOptions = {},
): Promise<PreparedPlan> {
  const own = ownCode(survey);
  const texts = request.selectors ?? [];
  const chosen = await planFunctions(connection, survey, texts, options);
  const processes = planProcesses(request.processes ?? [], own);
  const plan: CapturePlan = {
    selectors: texts.length > 0 ? texts : ["*"],
    functions: chosen.functions.map(({ module, name, arity, returns }) => ({
      module,
      function: name,
      arity,
      returns,
    })),
    processes: processTexts(processes),
    messages: request.messages ?? true,
    lifecycle: request.lifecycle ?? true,
    state: request.state ?? true,
    arguments: request.arguments ?? true,
    sampling: checkSampling(request.sampling ?? { kind: "always" }),
    limits: completeLimits(request.limits),
    budgets: completeBudgets(request.budgets),
  };
  return { plan, functions: chosen.functions, processes, own, notes: chosen.notes, deep: null };
}

/** Also for functions that are added to a running session. */
export async function planFunctions(
  connection: Connection,
  survey: TargetSurvey,
  texts: readonly string[],
  options: EvaluateOptions = {},
): Promise<{ readonly functions: readonly PlannedFunction[]; readonly notes: readonly string[] }> {
  const own = ownCode(survey);
  const selectors = withDefault(texts.map(parse));
  const callers = selectors.flatMap(callerOf);
  const asked = [...selectors, ...callers];
  let index = indexOf(survey, own);
  if (asked.some((selector) => !chooseModules(selector, index).ok)) {
    const available = await availableModules(connection, options);
    index = { ...index, names: new Set([...index.names, ...available]) };
  }
  const modules = new Set(asked.flatMap((selector) => accepted(chooseModules(selector, index))));
  const facts = await moduleFacts(connection, [...modules], options);
  const tables = new Map(facts.map(({ module, functions }) => [module, functions]));
  for (const caller of callers) accepted(chooseFunctions([caller], index, tables));
  const functions = accepted(chooseFunctions(selectors, index, tables));
  if (functions.length === 0) {
    throw new CaptureError(
      "no_functions_match",
      "the selectors exclude all that they choose; leave out a `not`",
    );
  }
  return await withReturns(connection, functions, facts, new Set(own.modules), options);
}

/** Only `not …`: taken away from the target's own applications. */
function withDefault(selectors: readonly Selector[]): readonly Selector[] {
  return selectors.every(({ exclude }) => exclude) ? [parse("*"), ...selectors] : selectors;
}

/** The caller of a condition as a selector of its own: it must be there too. */
function callerOf(selector: Selector): readonly Selector[] {
  const { text, caller } = selector;
  if (caller === null) return [];
  const { module, function: name, arity, span } = caller;
  return [
    {
      text,
      exclude: false,
      modules: { kind: "exact", module },
      moduleSpan: span,
      function: name,
      functionSpan: span,
      arity,
      patterns: null,
      guards: [],
      caller: null,
    },
  ];
}

async function withReturns(
  connection: Connection,
  functions: readonly ChosenFunction[],
  facts: readonly ModuleFacts[],
  own: ReadonlySet<string>,
  options: EvaluateOptions,
): Promise<{ functions: readonly PlannedFunction[]; notes: readonly string[] }> {
  const known = await withTailTargets(connection, functions, facts, own, options);
  const codes = known.flatMap(({ code }) => (code === null ? [] : [code]));
  const opaque = new Set(known.filter(({ code }) => code === null).map(({ module }) => module));
  const cycles = tailCycles(codes, opaque);
  const planned = functions.map((chosen): PlannedFunction => {
    const key = functionKey(chosen.module, chosen.name, chosen.arity);
    const loops = opaque.has(chosen.module) || cycles.has(key);
    return { ...chosen, returns: loops ? "none" : "value" };
  });
  const dark = [...new Set(functions.map(({ module }) => module))].filter((name) =>
    opaque.has(name),
  );
  const notes =
    dark.length === 0
      ? []
      : [
          `no code to look at in ${dark.slice(0, 5).map(moduleText).join(", ")}${dark.length > 5 ? ` and ${dark.length - 5} more` : ""} (in memory, cover-compiled or newer on disk): calls are recorded without results`,
        ];
  return { functions: planned, notes };
}

/** Adds the own modules that the chosen ones reach by tail calls: a loop may pass through them. */
async function withTailTargets(
  connection: Connection,
  functions: readonly ChosenFunction[],
  facts: readonly ModuleFacts[],
  own: ReadonlySet<string>,
  options: EvaluateOptions,
): Promise<readonly ModuleFacts[]> {
  const chosen = new Set(functions.map(({ module }) => module));
  const known = new Map(
    facts.filter(({ module }) => chosen.has(module)).map((entry) => [entry.module, entry]),
  );
  const all = new Map(facts.map((entry) => [entry.module, entry]));
  let added: readonly ModuleFacts[] = [...known.values()];
  while (added.length > 0) {
    const codes = added.flatMap(({ code }) => (code === null ? [] : [code]));
    const wanted = [...new Set(codes.flatMap(tailTargets))].filter(
      (module) => own.has(module) && !known.has(module),
    );
    const missing = wanted.filter((module) => !all.has(module));
    for (const entry of await moduleFacts(connection, missing, options))
      all.set(entry.module, entry);
    added = wanted.flatMap((module) => all.get(module) ?? []);
    for (const entry of added) known.set(entry.module, entry);
  }
  return [...known.values()];
}

function tailTargets(code: ModuleCode): readonly string[] {
  return code.functions.flatMap(({ tailCalls }) =>
    tailCalls.flatMap((call) => (call.kind === "remote" ? [call.module] : [])),
  );
}

function indexOf(survey: TargetSurvey, own: OwnCode): ModuleIndex {
  const applications = new Map(survey.applications.map(({ name, modules }) => [name, modules]));
  const names = new Set(survey.applications.flatMap(({ modules }) => modules));
  for (const { module } of survey.strays) names.add(module);
  return { names, own: own.modules, applications };
}

function planProcesses(texts: readonly string[], own: OwnCode): readonly ProcessSelector[] {
  if (texts.length > 0) return texts.map(parseProcess);
  if (own.applications.length === 0) return [{ kind: "all" }];
  return own.applications.map((name) => ({ kind: "application", name }));
}

export function processTexts(processes: readonly ProcessSelector[]): CapturePlan["processes"] {
  if (processes.some(({ kind }) => kind === "all")) return "all";
  return processes.map((process) => {
    switch (process.kind) {
      case "application":
        return `app:${process.name}`;
      case "name":
        return process.name.replace(/^Elixir\./, "");
      case "pid":
        return process.text;
      case "all":
        return "all";
      default:
        return process satisfies never;
    }
  });
}

function parse(text: string): Selector {
  return accepted(parseSelector(text));
}

function parseProcess(text: string): ProcessSelector {
  return accepted(parseProcessSelector(text));
}

export function parseProcesses(texts: readonly string[]): readonly ProcessSelector[] {
  return texts.map(parseProcess);
}

/** Functions to add to those traced already: a call is wanted when either side wants it. */
export function mergeFunctions(
  traced: readonly PlannedFunction[],
  added: readonly PlannedFunction[],
): readonly PlannedFunction[] {
  const before = new Map(
    traced.map((planned) => [functionKey(planned.module, planned.name, planned.arity), planned]),
  );
  return added.map((planned) => {
    const known = before.get(functionKey(planned.module, planned.name, planned.arity));
    if (known === undefined) return planned;
    const clauses =
      known.clauses === null || planned.clauses === null
        ? null
        : [...known.clauses, ...planned.clauses];
    return { ...planned, clauses };
  });
}
