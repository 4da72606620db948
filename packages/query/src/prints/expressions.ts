// The expressions of a print as one watch: it asks for the variables of all of them, and holds wherever
// these are known.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { Manifest } from "@elixirscope/trace";
import type { Printed } from "@elixirscope/wire";
import { compileCondition, type Condition } from "../condition/condition.ts";
import type { ConditionError } from "../condition/condition-error.ts";
import { TRUE, type Evaluated } from "../condition/evaluated.ts";
import { parseWhere, type Watch } from "../find/where.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";

export type ExpressionCounters = {
  readonly text: string;
  printed: number;
  unknown: number;
  raised: number;
  firstRaised: string | null;
};

export class Expressions {
  readonly counters: readonly ExpressionCounters[];
  readonly #all: readonly Condition[];
  readonly #style: TermStyle;

  constructor(all: readonly Condition[], style: TermStyle) {
    this.#all = all;
    this.#style = style;
    this.counters = all.map(({ text }) => ({
      text,
      printed: 0,
      unknown: 0,
      raised: 0,
      firstRaised: null,
    }));
  }

  /** In the order of the expressions; counts what they come to. */
  evaluate(values: ReadonlyMap<string, Term>): readonly Evaluated[] {
    return this.#all.map((expression, i) => {
      const value = expression.evaluate((name) => values.get(name));
      const counters = this.counters[i];
      if (counters !== undefined) count(counters, value);
      return value;
    });
  }

  /** Only for what is shown: text takes longer than the value. */
  print(values: readonly Evaluated[]): readonly Printed[] {
    return values.map((value): Printed => {
      if (value.kind === "unknown") return { kind: "unknown" };
      if (value.kind === "raised") return { kind: "raised", message: value.message };
      return { kind: "value", text: printTerm(value, "line", this.#style) };
    });
  }
}

function count(counters: ExpressionCounters, value: Evaluated): void {
  if (value.kind === "unknown") {
    counters.unknown += 1;
  } else if (value.kind === "raised") {
    counters.raised += 1;
    counters.firstRaised ??= value.message;
  } else {
    counters.printed += 1;
  }
}

export type PrintWatch = { readonly watch: Watch; readonly expressions: Expressions };

/** Which of the texts cannot be read, and why. */
export type UnreadableText = {
  readonly part: "at" | "expression" | "when";
  readonly error: ConditionError;
};

/** `at` as in `WHERE` of a watch; with `when` only where that holds. */
export function printWatch(
  { target }: Pick<Manifest, "target">,
  at: string,
  texts: readonly string[],
  when: string | null = null,
): Result<PrintWatch, UnreadableText> {
  const where = parseWhere(at);
  if (!where.ok) return err({ part: "at", error: where.error });
  const { otpRelease } = target;
  const style = styleOf({ target });
  const all: Condition[] = [];
  for (const text of texts) {
    const compiled = compileCondition(text, { otpRelease, style });
    if (!compiled.ok) return err({ part: "expression", error: compiled.error });
    all.push(compiled.value);
  }
  const only = when === null ? null : compileCondition(when, { otpRelease, style });
  if (only?.ok === false) return err({ part: "when", error: only.error });
  const test = only?.value ?? null;
  const condition: Condition = {
    text: texts.join("; "),
    variables: new Set([
      ...all.flatMap(({ variables }) => [...variables]),
      ...(test?.variables ?? []),
    ]),
    evaluate: () => TRUE,
    test: test?.test ?? (() => ({ kind: "holds" })),
  };
  const watch = { where: where.value, condition, text: at };
  return ok({ watch, expressions: new Expressions(all, style) });
}
