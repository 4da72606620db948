// The expressions of a print as one watch: it asks for the variables of all of them, and holds wherever
// these are known.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { Manifest } from "@elixirscope/trace";
import { compileCondition, type Condition } from "../condition/condition.ts";
import type { ConditionError } from "../condition/condition-error.ts";
import { TRUE, type Evaluated } from "../condition/evaluated.ts";
import { parseWhere, type Watch } from "../find/where.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";

/** What one expression came to at one place in time. */
export type Printed =
  | { readonly kind: "value"; readonly text: string }
  /** part of what it needs was cut or not recorded */
  | { readonly kind: "unknown" }
  /** as Elixir would have raised it */
  | { readonly kind: "raised"; readonly message: string };

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

/** `at` as in `WHERE` of a watch; an error says in which text it is. */
export function printWatch(
  { target }: Pick<Manifest, "target">,
  at: string,
  texts: readonly string[],
): Result<PrintWatch, ConditionError> {
  const where = parseWhere(at);
  if (!where.ok) return where;
  const { otpRelease } = target;
  const style = styleOf({ target });
  const all: Condition[] = [];
  for (const text of texts) {
    const compiled = compileCondition(text, { otpRelease, style });
    if (!compiled.ok) return err(compiled.error);
    all.push(compiled.value);
  }
  const condition: Condition = {
    text: texts.join("; "),
    variables: new Set(all.flatMap(({ variables }) => [...variables])),
    evaluate: () => TRUE,
    test: () => ({ kind: "holds" }),
  };
  const watch = { where: where.value, condition, text: at };
  return ok({ watch, expressions: new Expressions(all, style) });
}
