// What does not evaluate all its operands, or binds: `and`, `or`, `&&`, `||`, `=`, `match?` and `in`.

import { isCall, type Node } from "@elixirscope/syntax";
import { anyEqual, inRange, isMember } from "./access.ts";
import { PatternCompiler } from "./compile-pattern.ts";
import type { Compiler } from "./compile.ts";
import { ConditionFault } from "./condition-error.ts";
import {
  FALSE,
  isBoolean,
  isTerm,
  isTruthy,
  raised,
  strict,
  UNKNOWN,
  verdict,
} from "./evaluated.ts";
import type { Evaluator, Scope } from "./scope.ts";

/** The right side counts only where the left one does not decide; what is unknown there may decide later. */
export function logical(
  compiler: Compiler,
  name: string,
  left: Node,
  right: Node,
  scope: Scope,
  depth: number,
): Evaluator {
  const first = compiler.expression(left, scope, depth + 1);
  const second = compiler.expression(right, scope.inner(), depth + 1);
  const needsBoolean = name === "and" || name === "or";
  const goesOnIf = name === "and" || name === "&&";
  return (env) => {
    const value = first(env);
    if (value.kind === "raised") return value;
    if (value.kind === "unknown") {
      const other = second(env);
      // false and anything is false, whichever comes first
      return isTerm(other) && isBoolean(other) && isTruthy(other) !== goesOnIf ? other : UNKNOWN;
    }
    if (needsBoolean && !isBoolean(value)) return raised(`BadBooleanError: ${name} of no boolean`);
    return isTruthy(value) === goesOnIf ? second(env) : value;
  };
}

export function matchExpression(
  compiler: Compiler,
  left: Node,
  right: Node,
  scope: Scope,
  depth: number,
): Evaluator {
  const value = compiler.expression(right, scope, depth + 1);
  const matcher = new PatternCompiler(compiler, scope).compile(left, depth + 1);
  return (env) =>
    strict([value(env)], ([term]) => {
      const matched = term === undefined ? null : matcher(term, env);
      if (matched === null || term === undefined) return UNKNOWN;
      return matched ? term : raised("MatchError: no match of the right hand side value");
    });
}

export function matchTest(
  compiler: Compiler,
  pattern: Node,
  subject: Node,
  scope: Scope,
  depth: number,
): Evaluator {
  const value = compiler.expression(subject, scope, depth + 1);
  const inner = scope.inner();
  const [bare, guard] = isCall(pattern, "when", 2) ? pattern.args : [pattern];
  if (bare === undefined) throw new ConditionFault("match? has a pattern", pattern);
  const matcher = new PatternCompiler(compiler, inner).compile(bare, depth + 1);
  const guarded = guard === undefined ? null : compiler.expression(guard, inner, depth + 1);
  return (env) =>
    strict([value(env)], ([term]) => {
      const matched = term === undefined ? null : matcher(term, env);
      if (matched === false || guarded === null) return verdict(matched);
      const held = guarded(env);
      // a guard that raises does not hold
      if (held.kind === "raised") return FALSE;
      if (held.kind === "unknown") return UNKNOWN;
      const isHeld = held.kind === "atom" && held.name === "true";
      return isHeld ? verdict(matched) : FALSE;
    });
}

export function membership(
  compiler: Compiler,
  left: Node,
  right: Node,
  scope: Scope,
  depth: number,
): Evaluator {
  const element = compiler.expression(left, scope, depth + 1);
  if (isCall(right, "..", 2) || isCall(right, "..//", 3)) {
    const limits = compiler.all(right.args, scope, depth + 1);
    return (env) =>
      strict([element(env), ...limits.map((limit) => limit(env))], ([term, first, last, step]) =>
        term === undefined || first === undefined || last === undefined
          ? UNKNOWN
          : inRange(term, first, last, step ?? null),
      );
  }
  if (right.kind === "list" && !right.items.some((item) => isCall(item, "|", 2))) {
    const items = compiler.all(right.items, scope, depth + 1);
    const comparing = { exact: true, signedZero: compiler.signedZero };
    return (env) =>
      strict([element(env), ...items.map((item) => item(env))], ([term, ...terms]) =>
        verdict(term === undefined ? null : anyEqual(term, terms, comparing)),
      );
  }
  const collection = compiler.expression(right, scope, depth + 1);
  return (env) =>
    strict([element(env), collection(env)], ([term, members]) =>
      term === undefined || members === undefined
        ? UNKNOWN
        : isMember(term, members, compiler.signedZero),
    );
}
