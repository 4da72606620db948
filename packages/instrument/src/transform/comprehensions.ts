// Comprehensions: `[E || P <- L, F]` reports each step of each generator by a filter that is always true
// and stands right behind it. Filters that are guard tests stay as they are, for a guard that fails is
// false where an expression would raise.

import { list, type Term } from "@elixirscope/etf";
import { callTarget, type LocalFunctions } from "./call-targets.ts";
import {
  annoOf,
  atomNode,
  blockNode,
  itemsOf,
  kindOf,
  part,
  partCount,
  replaced,
} from "./forms.ts";
import { branchEvent, fork, type Frame } from "./frame.ts";
import { bindPatterns } from "./variables.ts";

type Expression = (form: Term, frame: Frame) => Term;

export function comprehension(form: Term, frame: Frame, expression: Expression): Term {
  const inner = fork(frame);
  const qualifiers = itemsOf(part(form, 3)).flatMap((qualifier) =>
    isGenerator(qualifier)
      ? generator(qualifier, inner, expression)
      : [isGuardTest(qualifier, inner.module.locals) ? qualifier : expression(qualifier, inner)],
  );
  return replaced(form, { 2: template(part(form, 2), inner, expression), 3: list(qualifiers) });
}

/** One expression, `K => V`, or (from OTP 29 on) several. */
function template(form: Term, frame: Frame, expression: Expression): Term {
  if (form.kind !== "list") return expression(form, frame);
  return list(form.items.map((item) => expression(item, frame)));
}

function isGenerator(form: Term): boolean {
  return kindOf(form) === "zip" || /^([bm]_)?generate(_strict)?$/.test(kindOf(form));
}

function generator(form: Term, frame: Frame, expression: Expression): Term[] {
  const parts = kindOf(form) === "zip" ? itemsOf(part(form, 2)) : [form];
  const sources = parts.map((each) => replaced(each, { 3: expression(part(each, 3), frame) }));
  // a generator's variables are new ones, whatever is bound around it
  const bound = bindPatterns(parts.map(generated), new Set());
  for (const name of bound) frame.scope.add(name);
  const done = kindOf(form) === "zip" ? replaced(form, { 2: list(sources) }) : sources[0];
  const event = branchEvent(frame, annoOf(form), "generator", null, bound);
  if (done === undefined || event === null) return [done ?? form];
  return [done, blockNode([event, atomNode("true")])];
}

/** The pattern of a generator; of a map's both sides are patterns. */
function generated(form: Term): Term {
  const pattern = part(form, 2);
  if (kindOf(pattern) !== "map_field_exact") return pattern;
  return list([part(pattern, 2), part(pattern, 3)]);
}

/** Whether a filter is a guard test, as `erl_lint:is_guard_test/3` has it; when in doubt it is one. */
function isGuardTest(form: Term, locals: LocalFunctions): boolean {
  const all = (forms: readonly Term[]): boolean => forms.every((each) => isGuardTest(each, locals));
  switch (kindOf(form)) {
    case "call": {
      const target = callTarget(form, locals);
      return target.kind === "remote" && target.module === "erlang" && all(itemsOf(part(form, 3)));
    }
    case "op":
      return all(partCount(form) === 4 ? [part(form, 3)] : [part(form, 3), part(form, 4)]);
    case "tuple":
    case "bin":
      return all(itemsOf(part(form, 2)));
    case "map":
      return all(itemsOf(part(form, partCount(form) - 1)));
    case "cons":
    case "map_field_assoc":
    case "map_field_exact":
      return all([part(form, 2), part(form, 3)]);
    case "bin_element":
      return all([part(form, 2)]);
    default:
      return !STATEMENTS.has(kindOf(form));
  }
}

const STATEMENTS = new Set(
  "match block case if receive try maybe catch fun named_fun lc bc mc".split(" "),
);
