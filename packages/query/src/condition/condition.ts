// A condition: Elixir that is asked of recorded variables. Answers yes, no, or that it cannot be known.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import { parse } from "@elixirscope/syntax";
import type { TermStyle } from "../print.ts";
import { Compiler } from "./compile.ts";
import { conditionError, ConditionFault, type ConditionError } from "./condition-error.ts";
import { isTruthy, type Evaluated } from "./evaluated.ts";
import { Scope } from "./scope.ts";

const LONGEST = 20_000;

export type ConditionVerdict =
  | { readonly kind: "holds" | "fails" | "unknown" }
  /** as Elixir would have raised it */
  | { readonly kind: "raised"; readonly message: string };

export type Condition = {
  readonly text: string;
  /** recorded variables that it asks for */
  readonly variables: ReadonlySet<string>;
  /** What the expression comes to. */
  readonly evaluate: (lookup: (name: string) => Term | undefined) => Evaluated;
  /** It holds when its value is neither `false` nor `nil`. */
  readonly test: (lookup: (name: string) => Term | undefined) => ConditionVerdict;
};

export type ConditionOptions = {
  /** of the target: since OTP 27, 0.0 === -0.0 is false */
  readonly otpRelease?: string;
  /** how `inspect` prints in the target */
  readonly style?: TermStyle;
  /** where the expression begins in `text`; what stands before it is not read */
  readonly offset?: number;
};

const HOLDS: ConditionVerdict = { kind: "holds" };
const FAILS: ConditionVerdict = { kind: "fails" };
const NOT_KNOWN: ConditionVerdict = { kind: "unknown" };

export function compileCondition(
  text: string,
  { otpRelease = "0", style = {}, offset = 0 }: ConditionOptions = {},
): Result<Condition, ConditionError> {
  if (text.length > LONGEST) {
    return err(
      conditionError(text.slice(0, 80), "the condition is too long", { start: 0, end: 1 }),
    );
  }
  // blanks for what is not read: places are those of the whole text
  const { tree, diagnostics } = parse(
    text.slice(0, offset).replaceAll(/[^\n]/g, " ") + text.slice(offset),
  );
  const broken = diagnostics.find(({ severity }) => severity === "error");
  if (broken !== undefined) return err(conditionError(text, broken.message, broken));
  const scope = new Scope();
  try {
    const evaluator = new Compiler(Number(otpRelease) >= 27, style).expression(tree, scope, 0);
    const evaluate: Condition["evaluate"] = (lookup) => evaluator({ lookup, slots: [] });
    const test: Condition["test"] = (lookup) => verdictOf(evaluate(lookup));
    return ok({ text: text.slice(offset).trim(), variables: new Set(scope.free), evaluate, test });
  } catch (thrown) {
    if (!(thrown instanceof ConditionFault)) throw thrown;
    return err(conditionError(text, thrown.message, thrown));
  }
}

/** A value that is written out, as Elixir writes it. */
export function parseTerm(text: string): Result<Term, ConditionError> {
  const compiled = compileCondition(text);
  if (!compiled.ok) return compiled;
  const [name] = compiled.value.variables;
  const whole = { start: 0, end: Math.max(1, text.length) };
  if (name !== undefined) {
    return err(conditionError(text, `a value is written out: ${name} is a variable`, whole));
  }
  const value = compiled.value.evaluate(() => undefined);
  if (value.kind === "raised") return err(conditionError(text, value.message, whole));
  return value.kind === "unknown"
    ? err(conditionError(text, "this is no value", whole))
    : ok(value);
}

function verdictOf(value: Evaluated): ConditionVerdict {
  if (value.kind === "raised") return { kind: "raised", message: value.message };
  if (value.kind === "unknown") return NOT_KNOWN;
  return isTruthy(value) ? HOLDS : FAILS;
}
