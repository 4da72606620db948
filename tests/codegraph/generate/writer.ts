// What the makers of constructs share: chance, names, tokens, and the expressions that they nest.
//
// A maker writes one construct around smaller expressions; `depth` is how much deeper it may nest.

import type { Random } from "./random.ts";
import { call, line, tagged, type Text } from "./text.ts";

export type NameKind = "any" | "list" | "map" | "point" | "bits" | "function";

export type Name = { readonly name: string; readonly kind: NameKind };

/** What is bound where an expression stands, latest last. */
export type Scope = readonly Name[];

export type Maker = {
  /** what is counted as covered; null counts its parts by itself */
  readonly name: string | null;
  readonly weight: number;
  readonly make: (writer: Writer, scope: Scope, depth: number) => Text;
};

/** A statement, and what is bound after it. */
export type Statement = { readonly text: Text; readonly scope: Scope };

export type StatementMaker = {
  readonly name: string;
  readonly weight: number;
  readonly make: (writer: Writer, scope: Scope, depth: number) => Statement;
};

export type Makers = {
  readonly expressions: readonly Maker[];
  readonly tests: readonly Maker[];
  readonly statements: readonly StatementMaker[];
};

/** A function of the program that the one being written may call. */
export type Callee = { readonly name: string; readonly arity: number };

export class Writer {
  readonly random: Random;
  readonly callees: readonly Callee[];
  readonly self: Callee;
  readonly #makers: Makers;
  readonly #counter: { names: number; tokens: number };
  /** how many constructs the function may still have */
  #budget: number;

  constructor(
    random: Random,
    self: Callee,
    callees: readonly Callee[],
    makers: Makers,
    counter: { names: number; tokens: number },
    budget: number,
  ) {
    this.#budget = budget;
    this.random = random;
    this.self = self;
    this.callees = callees;
    this.#makers = makers;
    this.#counter = counter;
  }

  /** A name nobody has, or, to bind one again, one in scope that `taken` has not. */
  name(scope: Scope, taken: readonly Name[] = []): string {
    const old = scope.filter(({ name }) => !taken.some((other) => other.name === name));
    if (old.length > 0 && this.random.chance(25)) return this.random.pick(old).name;
    this.#counter.names += 1;
    return `v${String(this.#counter.names)}`;
  }

  /** A literal that no other value equals. */
  token(): string {
    this.#counter.tokens += 1;
    return String(1_000_000_000 + this.#counter.tokens);
  }

  /** Any name in scope, preferably of the kind and recent. */
  variable(scope: Scope, kind?: NameKind): string | null {
    const visible = scope.filter(
      ({ name }, index) => scope.findLastIndex((other) => other.name === name) === index,
    );
    const fitting = kind === undefined ? visible : visible.filter((name) => name.kind === kind);
    const choice = fitting.length > 3 && this.random.chance(60) ? fitting.slice(-3) : fitting;
    return choice.length === 0 ? null : this.random.pick(choice).name;
  }

  /** A name or a literal. */
  atom(scope: Scope): Text {
    const name = this.random.chance(80) ? this.variable(scope) : null;
    return line(name ?? this.token());
  }

  expression(scope: Scope, depth: number): Text {
    if (depth <= 0 || this.#budget <= 0 || this.random.chance(15)) return this.small(scope);
    this.#budget -= 1;
    const maker = this.random.weighted(this.#makers.expressions);
    const text = maker.make(this, scope, depth - 1);
    return maker.name === null ? text : tagged(text, maker.name);
  }

  /** A value without nesting. */
  small(scope: Scope): Text {
    const { random } = this;
    if (random.chance(50)) return this.atom(scope);
    if (random.chance(30)) return line("Some.fresh()");
    const [first] = this.atom(scope);
    const calls = ["id", "shape", "id", "forget", "risky", "text", "flag"];
    return line(`Some.${random.pick(calls)}(${first?.text ?? "nil"})`);
  }

  list(scope: Scope, depth: number): Text {
    const name = this.random.chance(30) ? this.variable(scope, "list") : null;
    if (name !== null) return line(name);
    return [...this.#around("Some.list", scope, depth)];
  }

  /** A value that a program asks questions about: a shape more often than not. */
  subject(scope: Scope, depth: number): Text {
    if (this.random.chance(70)) return this.#around("Some.shape", scope, depth);
    return this.expression(scope, depth);
  }

  test(scope: Scope, depth: number): Text {
    if (depth > 0 && this.#budget > 0 && this.random.chance(35)) {
      this.#budget -= 1;
      const maker = this.random.weighted(this.#makers.tests);
      const text = maker.make(this, scope, depth - 1);
      return maker.name === null ? text : tagged(text, maker.name);
    }
    if (this.random.chance(70)) return this.#around("Some.flag", scope, depth);
    return this.expression(scope, depth);
  }

  #around(name: string, scope: Scope, depth: number): Text {
    const inner = this.random.chance(70) ? this.atom(scope) : this.expression(scope, depth - 1);
    if (inner.length === 1 && !(inner[0]?.text ?? "").includes("(")) {
      return inner.map((part) => ({ ...part, text: `${name}(${part.text})` }));
    }
    return call(name, inner);
  }

  /** Statements, and a value at the end. */
  block(scope: Scope, depth: number): Text {
    const text: Text[] = [];
    let inside = scope;
    const statements =
      this.#budget <= 0 ? 0 : depth <= 0 ? this.random.below(2) : this.random.below(3);
    for (let i = 0; i < statements; i += 1) {
      this.#budget -= 1;
      const maker = this.random.weighted(this.#makers.statements);
      const made = maker.make(this, inside, depth - 1);
      text.push(tagged(made.text, maker.name));
      inside = made.scope;
    }
    text.push(this.expression(inside, depth));
    return text.flat();
  }
}
