// The expressions of a print as one watch: it asks for the variables of all of them, and holds wherever
// these are known.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { Manifest } from "@elixirscope/trace";
import { compileCondition, type Condition } from "../condition/condition.ts";
import type { ConditionError } from "../condition/condition-error.ts";
import { TRUE } from "../condition/evaluated.ts";
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
  print(values: ReadonlyMap<string, Term>): readonly Printed[] {
    return this.#all.map((expression, i) => {
      const printed = this.#printed(expression, values);
      const counters = this.counters[i];
      if (counters === undefined) return printed;
      if (printed.kind === "value") counters.printed += 1;
      if (printed.kind === "unknown") counters.unknown += 1;
      if (printed.kind === "raised") {
        counters.raised += 1;
        counters.firstRaised ??= printed.message;
      }
      return printed;
    });
  }

  #printed(expression: Condition, values: ReadonlyMap<string, Term>): Printed {
    const value = expression.evaluate((name) => values.get(name));
    if (value.kind === "unknown") return { kind: "unknown" };
    if (value.kind === "raised") return { kind: "raised", message: value.message };
    return { kind: "value", text: printTerm(value, "line", this.#style) };
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
