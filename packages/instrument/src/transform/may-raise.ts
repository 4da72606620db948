// Whether code can raise at all. Where it cannot, no `try` is needed; when in doubt it can.

import type { Term } from "@elixirscope/etf";
import { callTarget, endingOf } from "./call-targets.ts";
import { isLiteral, itemsOf, kindOf, part, variableName } from "./forms.ts";
import type { ModuleState } from "./frame.ts";

/** Tail calls do not count: they are made outside of the `try`. */
export function mayRaise(statements: readonly Term[], module: ModuleState): boolean {
  const last = statements.at(-1);
  const before = statements.slice(0, -1);
  if (last === undefined || before.some(statementMayRaise)) return last !== undefined;
  if (kindOf(last) !== "call" || !module.tailCalls.isTailCall(last)) return statementMayRaise(last);
  const target = callTarget(last, module.locals);
  const isPlain =
    target.kind === "local" || (target.kind === "remote" && endingOf(target) === "jump");
  return !isPlain || itemsOf(part(last, 3)).some(valueMayRaise);
}

function statementMayRaise(form: Term): boolean {
  if (kindOf(form) !== "match") return valueMayRaise(form);
  // a variable that is bound already would have to be equal
  return variableName(part(form, 2)) !== "_" || valueMayRaise(part(form, 3));
}

function valueMayRaise(form: Term): boolean {
  if (isLiteral(form)) return false;
  switch (kindOf(form)) {
    case "var":
    case "fun":
    case "named_fun":
      return false;
    case "tuple":
      return itemsOf(part(form, 2)).some(valueMayRaise);
    case "cons":
      return valueMayRaise(part(form, 2)) || valueMayRaise(part(form, 3));
    default:
      return true;
  }
}
