// Learns which requests put a value of theirs into the state as it is ("set the level to 3") and which
// compute the new one from the old ("take 3"): only the first can overwrite what it has not seen.
//
// A shape of request counts as setting a place when each of its recorded changes there was one of its
// values; a change from nothing shows it only where adding would have looked different (0 + 3 is 3, too).
// Then it also tells what a request set that changed nothing, because the value was the same.

import { atom, binary, equal, float, integer, list, map, type Term } from "@elixirscope/etf";
import { positionsOf, shapeOf, valueAtPosition, valuesOf, type Shape } from "./request-shape.ts";
import { stepKey, type PathStep, type StatePath } from "./state-path.ts";

export type StateWrite = {
  readonly path: StatePath;
  /** what it put there; null: it was removed */
  readonly value: Term | null;
};

export type StateChange = StateWrite & {
  /** null: there was nothing */
  readonly before: Term | null;
};

/** A path in which keys that the request names are its positions. */
type Pattern = readonly { readonly step: PathStep; readonly position: string | null }[];

type Rule = {
  readonly pattern: Pattern;
  /** positions that had the new value every time */
  values: readonly string[];
  /** how often that could not have been by adding it */
  times: number;
};

export class WriteRules {
  readonly #rules = new Map<Shape, Map<string, Rule>>();

  /** One recorded change by a request. */
  learn(request: Term, { path, before, value }: StateChange): void {
    const shape = shapeOf(request);
    const rules = this.#rules.get(shape) ?? new Map<string, Rule>();
    this.#rules.set(shape, rules);
    const pattern = patternOf(request, path);
    const key = keyOf(pattern);
    const values = value === null ? [] : positionsOf(request, value);
    const known = rules.get(key);
    const times = value !== null && isTelling(before, value) ? 1 : 0;
    if (known === undefined) rules.set(key, { pattern, values, times });
    else {
      known.values = known.values.filter((position) => values.includes(position));
      known.times += times;
    }
  }

  /** How often requests of this shape were seen to set a place; 0: they do not, as far as is known. */
  timesSet(request: Term): number {
    const rules = this.#rules.get(shapeOf(request))?.values() ?? [];
    return [...rules].reduce((sum, rule) => sum + (isSetting(rule) ? rule.times : 0), 0);
  }

  /**
   * The places that a request set to values of its own, of those that it changed; where it changed nothing, the
   * one place that requests of its shape change, if they only ever change one.
   */
  setBy(request: Term, changes: readonly StateChange[]): readonly StateWrite[] {
    const rules = this.#rules.get(shapeOf(request));
    if (rules === undefined) return [];
    if (changes.length > 0) {
      return changes.filter(({ path }) => {
        const rule = rules.get(keyOf(patternOf(request, path)));
        return rule !== undefined && isSetting(rule);
      });
    }
    const [rule, ...others] = rules.values();
    if (rule === undefined || others.length > 0 || !isSetting(rule)) return [];
    const [position] = rule.values;
    const value = position === undefined ? null : valueAtPosition(request, position);
    const path = pathFor(request, rule.pattern);
    return value === null || path === null ? [] : [{ path, value }];
  }
}

function isSetting({ values, times }: Rule): boolean {
  return values.length > 0 && times > 0;
}

function keyOf(pattern: Pattern): string {
  return pattern.map(({ step, position }) => position ?? stepKey(step)).join("\n");
}

/** Putting the value there looks different from adding it to what was there. */
function isTelling(before: Term | null, value: Term): boolean {
  const addable = ["integer", "float", "list", "map", "binary"].includes(value.kind);
  return !addable || !isNothing(before);
}

/** What values are added to at first: absent, nil, 0 or empty. */
function isNothing(term: Term | null): boolean {
  return term === null || NOTHING.some((nothing) => equal(nothing, term));
}

const NOTHING: readonly Term[] = [atom("nil"), integer(0), float(0), list([]), map([]), binary("")];

function patternOf(request: Term, path: StatePath): Pattern {
  const values = valuesOf(request);
  return path.map((step) => {
    if (step.kind === "element") return { step, position: null };
    const named = values.find(([, value]) => equal(value, step.key));
    return { step, position: named?.[0] ?? null };
  });
}

function pathFor(request: Term, pattern: Pattern): StatePath | null {
  const path: PathStep[] = [];
  for (const { step, position } of pattern) {
    if (position === null || step.kind === "element") {
      path.push(step);
      continue;
    }
    const key = valueAtPosition(request, position);
    if (key === null) return null;
    path.push({ kind: step.kind, key });
  }
  return path;
}
