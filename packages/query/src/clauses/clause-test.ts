// One clause, compiled: does it take these values? Three answers (yes, no, it cannot be told), and for a no
// the first pattern or part of the guard that refused.

import type { ModuleSyntax } from "@elixirscope/codegraph";
import type { Term } from "@elixirscope/etf";
import { isCall, walk, type Node } from "@elixirscope/syntax";
import { PatternCompiler, type Matcher } from "../condition/compile-pattern.ts";
import { Compiler } from "../condition/compile.ts";
import { ConditionFault } from "../condition/condition-error.ts";
import { isTerm } from "../condition/evaluated.ts";
import { Scope, type Env, type Evaluator } from "../condition/scope.ts";
import { innermostMismatch, type Mismatch } from "./mismatch.ts";
import { resolvedGuard, resolvedPattern } from "./resolved-pattern.ts";

export type ClauseCode = {
  readonly patterns: readonly Node[];
  readonly guard: Node | null;
  /** whose names the patterns use; null: none */
  readonly module: ModuleSyntax | null;
};

export type TestOptions = {
  /** since OTP 27, 0.0 and -0.0 are different patterns */
  readonly signedZero: boolean;
  /** variables around a `case` or `fn`, for `^x` and guards */
  readonly lookup?: Env["lookup"];
  /** how paths to the values begin */
  readonly root: (position: number) => string;
};

export type Refusal =
  | ({ readonly kind: "pattern" } & Mismatch)
  | {
      readonly kind: "guard";
      readonly node: Node;
      readonly values: readonly { readonly name: string; readonly value: Term }[];
      readonly raised: string | null;
    };

export type ClauseOutcome = {
  readonly holds: boolean | null;
  readonly refusal: Refusal | null;
  /** of `holds: null`: what it is that is not known */
  readonly unknown: { readonly node: Node | null; readonly why: string } | null;
};

type PatternTest = {
  readonly node: Node;
  readonly open: readonly Node[];
  readonly matcher: Matcher;
};
type Unusable = { readonly node: Node; readonly why: string };
type GuardPart = { readonly node: Node; readonly evaluate: Evaluator | Unusable };

export class ClauseTest {
  readonly #patterns: readonly (PatternTest | Unusable)[];
  /** `when a when b` are alternatives, each a row of parts that must all hold */
  readonly #guards: readonly (readonly GuardPart[])[];
  readonly #scope = new Scope();
  readonly #options: TestOptions;

  constructor({ patterns, guard, module }: ClauseCode, options: TestOptions) {
    this.#options = options;
    const compiler = new Compiler(options.signedZero);
    const matching = new PatternCompiler(compiler, this.#scope);
    this.#patterns = patterns.map((node) =>
      compiled(node, () => {
        const { node: resolved, open } = resolvedPattern(node, module);
        return { node: resolved, open, matcher: matching.compile(resolved, 1) };
      }),
    );
    this.#guards =
      guard === null
        ? []
        : alternatives(guard).map((one) =>
            conjuncts(one).map((node) => ({
              node,
              evaluate: compiled(node, () =>
                compiler.expression(resolvedGuard(node, module), this.#scope, 1),
              ),
            })),
          );
  }

  /** `undefined`: a value that was not recorded. */
  test(values: readonly (Term | undefined)[]): ClauseOutcome {
    const { lookup = () => undefined, signedZero, root } = this.#options;
    const env: Env = { lookup, slots: [] };
    let unknown: ClauseOutcome["unknown"] = null;
    for (const [i, pattern] of this.#patterns.entries()) {
      const value = values[i];
      if ("why" in pattern) {
        unknown ??= pattern;
        continue;
      }
      if (value === undefined) {
        if (!isAnything(pattern.node))
          unknown ??= { node: pattern.node, why: "the value was not recorded" };
        continue;
      }
      const verdict = pattern.matcher(value, env);
      if (verdict === false) {
        const at = { node: pattern.node, path: root(i), value };
        const refusal = { kind: "pattern", ...innermostMismatch(at, signedZero, lookup) } as const;
        return { holds: false, refusal, unknown: null };
      }
      const [open] = pattern.open;
      if (open !== undefined) unknown ??= { node: open, why: "it is not evaluated here" };
      else if (verdict === null)
        unknown ??= { node: pattern.node, why: "part of the value was cut" };
    }
    return this.#guarded(env, unknown);
  }

  #guarded(env: Env, unknown: ClauseOutcome["unknown"]): ClauseOutcome {
    let open = unknown;
    let refusal: Refusal | null = null;
    let isOpen = false;
    for (const parts of this.#guards) {
      const outcome = this.#parts(parts, env);
      if (outcome === "holds")
        return { holds: unknown === null ? true : null, refusal: null, unknown };
      if ("why" in outcome) {
        isOpen = true;
        open ??= outcome;
      } else refusal ??= outcome;
    }
    if (refusal !== null && !isOpen) return { holds: false, refusal, unknown: null };
    return { holds: open === null ? true : null, refusal: null, unknown: open };
  }

  /** What is unknown stays open only while no later part refuses: false and anything is false. */
  #parts(parts: readonly GuardPart[], env: Env): "holds" | Refusal | Unusable {
    let open: Unusable | null = null;
    for (const { node, evaluate } of parts) {
      if (typeof evaluate !== "function") {
        open ??= evaluate;
        continue;
      }
      const value = evaluate(env);
      if (value.kind === "unknown") open ??= { node, why: "a value in it was cut or not recorded" };
      else if (value.kind !== "atom" || value.name !== "true") {
        const raised = value.kind === "raised" ? value.message : null;
        return { kind: "guard", node, values: this.#valuesIn(node, env), raised };
      }
    }
    return open ?? "holds";
  }

  #valuesIn(node: Node, env: Env): readonly { readonly name: string; readonly value: Term }[] {
    const values = new Map<string, Term>();
    walk(node, (inner) => {
      if (inner.kind !== "variable") return;
      const slot = this.#scope.slotOf(inner.name);
      const value = slot === undefined ? env.lookup(inner.name) : env.slots[slot];
      if (value !== undefined && isTerm(value)) values.set(inner.name, value);
    });
    return [...values].map(([name, value]) => ({ name, value }));
  }
}

function compiled<T>(node: Node, compile: () => T): T | Unusable {
  try {
    return compile();
  } catch (thrown) {
    if (!(thrown instanceof ConditionFault)) throw thrown;
    return { node, why: `it is not evaluated here: ${thrown.message}` };
  }
}

function isAnything(node: Node): boolean {
  return node.kind === "variable";
}

function alternatives(guard: Node): readonly Node[] {
  return split(guard, "when");
}

function conjuncts(guard: Node): readonly Node[] {
  return split(guard, "and");
}

/** The operands of a chain of one operator, from left to right. */
function split(node: Node, operator: string): readonly Node[] {
  const found: Node[] = [];
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (isCall(at, operator, 2)) pending.push(...at.args.toReversed());
    else found.push(at);
  }
  return found;
}
