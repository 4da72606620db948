// What a plan or `--only` names that is not there, so that a slip is told and not recorded as silence.

import { nearestNames } from "@elixirscope/base";
import { splitFunctionKey } from "@elixirscope/codegraph";
import type { InstrumentationPlan } from "@elixirscope/trace";
import type { OnlyPattern } from "./only-pattern.ts";

/** A module that exists. */
export type KnownModule = {
  /** `Shop.Cart`, `:lists` */
  readonly module: string;
  /** of all its functions, private ones too: `add/3` */
  readonly functions: readonly string[];
};

export type UnknownName = {
  readonly kind: "module" | "function" | "pattern";
  readonly name: string;
  /** existing names of the same kind, at most three */
  readonly nearest: readonly string[];
};

/** In the plan's order; a module that does not exist is told once. */
export function unknownNames(
  plan: InstrumentationPlan,
  modules: readonly KnownModule[],
): readonly UnknownName[] {
  const known = new Map(modules.map(({ module, functions }) => [module, new Set(functions)]));
  const unknown = new Map<string, UnknownName>();
  for (const { function: key } of plan.functions) {
    const { module, name, arity } = splitFunctionKey(key);
    const functions = known.get(module);
    if (functions === undefined) {
      const nearest = nearestNames(module, known.keys());
      unknown.set(module, { kind: "module", name: module, nearest });
    } else if (!functions.has(`${name}/${arity}`)) {
      const near = nearestNames(`${name}/${arity}`, functions);
      const nearest = near.map((of) => `${module}.${of}`);
      unknown.set(key, { kind: "function", name: key, nearest });
    }
  }
  return [...unknown.values()];
}

/** Patterns that fit no function of `modules`. */
export function unknownPatterns(
  only: readonly OnlyPattern[],
  modules: readonly KnownModule[],
): readonly UnknownName[] {
  return only.flatMap((pattern) => {
    const fitting = modules.filter(({ module }) => pattern.matchesModule(module));
    const isUsed = fitting.some(({ functions }) => functions.some((key) => fits(pattern, key)));
    if (isUsed) return [];
    const names =
      fitting.length === 0
        ? modules.map(({ module }) => module)
        : fitting.flatMap(({ module, functions }) => functions.map((key) => `${module}.${key}`));
    const wanted = pattern.text.replace(/^\s*not\s/, "").trim();
    return [{ kind: "pattern", name: pattern.text, nearest: nearestNames(wanted, names) }];
  });
}

/** One line for a person. */
export function unknownNameText({ kind, name, nearest }: UnknownName): string {
  const what = kind === "pattern" ? `nothing fits ${name}` : `there is no ${kind} ${name}`;
  return nearest.length === 0 ? what : `${what}; did you mean ${nearest.join(" or ")}?`;
}

function fits(pattern: OnlyPattern, key: string): boolean {
  const slash = key.lastIndexOf("/");
  return pattern.matchesFunction(key.slice(0, slash), Number(key.slice(slash + 1)));
}
