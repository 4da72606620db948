// From what a person chose (a plan file or one level for all, restricted by `--only`) to the level of
// each function of one module.

import type { Capture, Detail, InstrumentationPlan, Level } from "@elixirscope/trace";
import { capturesAt } from "../captures.ts";
import type { FunctionLevel, ModulePlan } from "../module-plan.ts";
import { isChosen, type OnlyPattern } from "./only-pattern.ts";

export type PlanChoice = {
  /** null: there is none, every function gets the level `others` */
  readonly plan: InstrumentationPlan | null;
  /** level of functions that the plan does not name; `off` when the plan is the whole choice */
  readonly others: Level;
  /** of every `full` function; null: as the plan says, `bindings` without one */
  readonly detail: Detail | null;
  /** none: no restriction */
  readonly only: readonly OnlyPattern[];
};

const OFF: FunctionLevel = { level: "off", captures: [], detail: "bindings", named: false };

/** `module` as Elixir prints it: `Shop.Cart`, `:lists`. */
export function planModule(module: string, choice: PlanChoice): ModulePlan {
  const planned = plannedOf(module, choice.plan);
  const others = functionLevel(choice.others, choice.detail ?? "bindings");
  return {
    levelOf: (name, arity) => {
      if (!isChosen(choice.only, module, name, arity)) return OFF;
      const found = planned.get(`${name}/${arity}`);
      if (found === undefined) return others;
      return choice.detail === null ? found : { ...found, detail: choice.detail };
    },
  };
}

/** A level with all that it captures. */
export function functionLevel(level: Level, detail: Detail): FunctionLevel {
  const captures = capturesAt(level, { keepsState: false, tailLoop: false });
  return { level, captures, detail, named: false };
}

/** By `add/3`. A function that is named twice has what its last line says. */
function plannedOf(
  module: string,
  plan: InstrumentationPlan | null,
): ReadonlyMap<string, FunctionLevel> {
  const prefix = `${module}.`;
  const found = new Map<string, FunctionLevel>();
  for (const planned of plan?.functions ?? []) {
    if (!planned.function.startsWith(prefix)) continue;
    const { level, detail } = planned;
    found.set(planned.function.slice(prefix.length), {
      level,
      captures: level === "off" ? [] : capturesWithin(level, planned.captures),
      detail,
      named: true,
    });
  }
  return found;
}

/** What a plan asks for beyond its level is not made: the level is what says how code is changed. */
function capturesWithin(level: Level, captures: readonly Capture[]): readonly Capture[] {
  const possible = new Set(capturesAt(level, { keepsState: true, tailLoop: false }));
  return captures.filter((capture) => possible.has(capture));
}
