// Deep recording in a session: which functions selectors mean, how they and the VM's own tracing stay out of
// each other's way, and what happens when they make more events than they may.
//
// The VM's trace of a function goes as soon as its own code reports its calls, and comes back with the
// original code, so that no call is recorded twice. When instrumented functions pass the budget of events
// for two looks in a row, the hottest are recorded less deeply; the recording says so by a gap.

import type { Connection } from "@elixirscope/dist";
import { atom, binary, list, map, tuple } from "@elixirscope/etf";
import type { Budgets } from "@elixirscope/trace";
import { CaptureError } from "../capture-error.ts";
import type { Pipeline, PipelineStats } from "../../pipeline/pipeline.ts";
import { chooseTraced } from "../plan/choose-traced.ts";
import { planFunctions, type PlannedFunction } from "../plan/prepare-plan.ts";
import { moduleText } from "../selector/selector.ts";
import type { ProbeClient } from "../session/probe-client.ts";
import { functionTerm, mfaTerm } from "../session/probe-terms.ts";
import type { TargetSurvey } from "../target/survey.ts";
import {
  type DeepFunction,
  DeepModules,
  type DeepReport,
  isRefused,
  type RefusedModule,
} from "./deep-modules.ts";
import { deepRates, mutedShare } from "./deep-rates.ts";
import type { DeepChange, DeepInstrumenter, DeepLevel, DeepRate } from "./instrumenter.ts";
import { TargetCode } from "./target-code.ts";

export type DeepParts = {
  readonly connection: Connection;
  readonly survey: TargetSurvey;
  readonly pipeline: Pipeline;
  readonly probe: ProbeClient;
  readonly instrumenter: DeepInstrumenter;
  /** as they are now */
  readonly budgets: () => Budgets;
  /** the session ends: what takes long is given up */
  readonly signal: AbortSignal;
};

/** What a change did, and what the VM traces from now on. */
export type DeepChanged = {
  readonly report: DeepReport;
  readonly traced: readonly PlannedFunction[];
};

const FULL: DeepLevel = { level: "full", detail: "bindings" };
/** A burst of half a second is no reason to lose detail. */
const LOOKS = 2;
/** What was muted longer says too little of what it would have made. */
const MUTED_MOST = 0.95;

export class DeepControl {
  readonly #parts: DeepParts;
  readonly #modules: DeepModules;
  /** by module: what the VM would trace if the module were not instrumented */
  readonly #untraced = new Map<string, readonly PlannedFunction[]>();
  #over = 0;

  constructor(parts: DeepParts) {
    this.#parts = parts;
    const { connection, pipeline, instrumenter, signal } = parts;
    const code = new TargetCode(connection, signal);
    this.#modules = new DeepModules(code, instrumenter, (manifest, sources) =>
      pipeline.addSites(manifest, sources),
    );
  }

  /** Modules that are recorded from inside now, with how many of their functions. */
  get modules(): readonly { readonly module: string; readonly functions: number }[] {
    return [...byModule(this.#modules.functions)].map(([module, functions]) => ({
      module: moduleText(module),
      functions: functions.length,
    }));
  }

  /** Does the function's own code report its calls? */
  has({ module, name, arity }: PlannedFunction): boolean {
    return this.#modules.has(module, `${name}/${arity}`);
  }

  async deepen(
    selectors: readonly string[],
    traced: readonly PlannedFunction[],
  ): Promise<DeepChanged> {
    const wanted = await deepFunctions(this.#parts.connection, this.#parts.survey, selectors);
    const report: Writable<DeepReport> = { modules: [], refused: [] };
    let left = traced;
    for (const [module, functions] of byModule(wanted)) {
      const levels = new Map(functions.map(({ name, arity }) => [`${name}/${arity}`, FULL]));
      const result = await this.#modules.deepen(module, levels);
      if (isRefused(result)) report.refused.push(result);
      else report.modules.push(result);
      left = await this.#tracing(module, left);
    }
    return { report, traced: left };
  }

  /** Gives whole modules back. */
  async shallow(
    selectors: readonly string[],
    traced: readonly PlannedFunction[],
  ): Promise<DeepChanged> {
    const modules = this.chosen(selectors);
    const refused: RefusedModule[] = [];
    let left = traced;
    for (const module of modules) {
      const refusal = await this.#modules.restore(module);
      if (refusal !== null) refused.push(refusal);
      left = await this.#tracing(module, left);
    }
    return { report: { modules: [], refused }, traced: left };
  }

  /** Null: nothing has to change. */
  async watch(
    { topFunctions }: PipelineStats,
    traced: readonly PlannedFunction[],
  ): Promise<DeepChanged | null> {
    const { pipeline, instrumenter } = this.#parts;
    const budgets = this.#parts.budgets();
    const recorded = topFunctions.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
    // a process that passes its own budget is not recorded for the rest of the second
    const isBusy = recorded > budgets.eventsPerSecondPerProcess / 2;
    const muted = isBusy ? await mutedShare(pipeline) : 0;
    this.#over = recorded > budgets.eventsPerSecond || muted > 0 ? this.#over + 1 : 0;
    if (this.#over < LOOKS) return null;
    this.#over = 0;
    const budget = muted > 0 ? budgets.eventsPerSecondPerProcess : budgets.eventsPerSecond;
    const levels = new Map(this.#modules.functions.map((of) => [keyOf(of), of.level]));
    const rates = unmuted(await deepRates(pipeline), muted);
    const changes = await instrumenter.demote(rates, levels, budget);
    return changes.length === 0 ? null : await this.#demote(changes, traced);
  }

  async #demote(
    changes: readonly DeepChange[],
    traced: readonly PlannedFunction[],
  ): Promise<DeepChanged> {
    const report: Writable<DeepReport> = { modules: [], refused: [] };
    const to = new Map(changes.map((change) => [change.function, change.to]));
    for (const [module, own] of byModule(this.#modules.functions)) {
      if (!own.some((of) => to.has(keyOf(of)))) continue;
      const levels = new Map(own.map((of) => [of.key, to.get(keyOf(of)) ?? of.level]));
      const isOff = [...levels.values()].every(({ level }) => level === "off");
      const result = isOff
        ? await this.#modules.restore(module)
        : await this.#modules.relevel(module, levels);
      if (result === null) continue;
      if (isRefused(result)) report.refused.push(result);
      else report.modules.push(result);
    }
    for (const { text } of changes) await this.#note(text);
    return { report, traced };
  }

  async #note(text: string): Promise<void> {
    const facts = map([[atom("why"), binary(text)]]);
    await this.#parts.probe.adjust(tuple(atom("note_gap"), atom("truncated"), facts));
  }

  /** The VM traces of a module what its own code does not report; answers what it traces in all. */
  async #tracing(
    module: string,
    traced: readonly PlannedFunction[],
  ): Promise<readonly PlannedFunction[]> {
    const { probe } = this.#parts;
    const own = [
      ...(this.#untraced.get(module) ?? []),
      ...traced.filter((planned) => planned.module === module),
    ];
    const before = new Set(traced);
    const reported = own.filter((planned) => this.has(planned));
    const others = own.filter((planned) => !this.has(planned));
    const gone = reported.filter((planned) => before.has(planned));
    const back = others.filter((planned) => !before.has(planned));
    if (gone.length > 0) {
      await probe.adjust(tuple(atom("remove_functions"), list(gone.map(mfaTerm))));
    }
    if (back.length > 0) {
      await probe.adjust(tuple(atom("add_functions"), list(back.map(functionTerm))));
    }
    this.#untraced.set(module, reported);
    return [...traced.filter((planned) => planned.module !== module), ...others];
  }

  /** Instrumented modules that selectors of modules or functions mean. */
  chosen(selectors: readonly string[]): readonly string[] {
    const known = this.#modules.functions.map(({ module, key }): PlannedFunction => {
      const slash = key.lastIndexOf("/");
      const [name, arity] = [key.slice(0, slash), Number(key.slice(slash + 1))];
      return { module, name, arity, clauses: null, returns: "value" };
    });
    return [...new Set(chooseTraced(known, selectors).map(({ module }) => module))];
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Null is a session that was begun without an instrumenter. */
export function requireDeep(deep: DeepControl | null): DeepControl {
  if (deep !== null) return deep;
  throw new CaptureError("target_refused", "this session has no transformer for code");
}

/** Also before the session begins, for its plan. Throws when a selector chooses calls and not functions. */
export async function deepFunctions(
  connection: Connection,
  survey: TargetSurvey,
  selectors: readonly string[],
): Promise<readonly PlannedFunction[]> {
  const { functions } = await planFunctions(connection, survey, selectors);
  if (functions.some(({ clauses }) => clauses !== null)) {
    throw new CaptureError(
      "bad_selector",
      "arguments, guards and callers choose calls; deep recording changes the code of whole functions: write Shop.Cart.add/3",
    );
  }
  return functions;
}

export function byModule<T extends { readonly module: string }>(
  functions: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const modules = new Map<string, T[]>();
  for (const each of functions) {
    const own = modules.get(each.module) ?? [];
    modules.set(each.module, own);
    own.push(each);
  }
  return modules;
}

/** What the functions would have made in a second without a pause. */
function unmuted(rates: readonly DeepRate[], share: number): readonly DeepRate[] {
  const factor = 1 / (1 - Math.min(share, MUTED_MOST));
  return rates.map((rate) => ({
    function: rate.function,
    eventsPerSecond: Math.round(rate.eventsPerSecond * factor),
    callsPerSecond: Math.round(rate.callsPerSecond * factor),
    detailsPerSecond: Math.round(rate.detailsPerSecond * factor),
  }));
}

function keyOf({ module, key }: DeepFunction): string {
  return `${moduleText(module)}.${key}`;
}
