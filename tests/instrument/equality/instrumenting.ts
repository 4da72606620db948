// The transformer as the tests use it: a level for each function, and the sites as terms for the node.

import { atom, binary, integer, list, tuple, type Term } from "@elixirscope/etf";
import { instrumentForms, type FunctionLevel, type ModulePlan } from "@elixirscope/instrument";
import type { Capture } from "@elixirscope/trace";
import { Random } from "../../codegraph/generate/random.ts";
import type { Answer, Asked } from "./campaign.ts";

const ALL: readonly Capture[] = [
  "arguments",
  "result",
  "exception",
  "bindings",
  "branches",
  "messages",
  "state",
];

const LEVELS = {
  expressions: { level: "full", captures: ALL, detail: "expressions" },
  lines: { level: "full", captures: ALL, detail: "lines" },
  full: { level: "full", captures: ALL, detail: "bindings" },
  boundaries: {
    level: "boundaries",
    captures: ["arguments", "result", "exception"],
    detail: "bindings",
  },
  minimal: { level: "minimal", captures: ["exception"], detail: "bindings" },
  off: { level: "off", captures: [], detail: "bindings" },
} as const satisfies Record<string, FunctionLevel>;

export type Levels = keyof typeof LEVELS | "mixed";
export const LEVELS_IN_TURN: readonly Levels[] = [
  "expressions",
  "mixed",
  "full",
  "mixed",
  "boundaries",
  "lines",
  "mixed",
  "minimal",
];

/** `mixed` gives each function a level of its own, the same for the same seed. */
export function planOf(levels: Levels, seed: number): ModulePlan {
  if (levels !== "mixed") return { levelOf: () => LEVELS[levels] };
  const kinds = Object.values(LEVELS);
  const chosen = new Map<string, FunctionLevel>();
  const random = new Random(seed);
  return {
    levelOf: (name, arity) => {
      const key = `${name}/${String(arity)}`;
      const level = chosen.get(key) ?? {
        ...random.pick(kinds),
        captures: random.chance(50) ? ALL : ALL.filter(() => random.chance(60)),
        named: random.chance(30),
      };
      chosen.set(key, level);
      return level;
    },
  };
}

/** Numbers sites through for as long as it lives. */
export function instrumenter(plan: ModulePlan): (asked: Asked) => Answer {
  let firstSite = 1;
  return ({ forms, md5, vsn }) => {
    const made = instrumentForms(forms, { plan, firstSite, md5, vsn });
    if (!made.ok) return { skip: made.error.message };
    const { sites } = made.value.manifest;
    firstSite += sites.length;
    const terms = sites.map((site): Term =>
      tuple(
        integer(site.site),
        binary(site.kind),
        binary(site.function),
        integer(site.arity),
        list(site.names.map((each) => (each === null ? atom("nil") : binary(each)))),
      ),
    );
    return { forms: made.value.forms, sites: terms };
  };
}
