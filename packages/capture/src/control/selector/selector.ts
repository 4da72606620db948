// What a selector says, before it meets a target.

import type { Term } from "@elixirscope/etf";

/** UTF-16 offsets into the selector's text. */
export type Span = { readonly start: number; readonly end: number };

/** Elixir in arguments and guards: only what patterns and match-spec guards can hold. */
export type Expression =
  | (Span & { readonly kind: "literal"; readonly term: Term })
  | (Span & { readonly kind: "variable"; readonly name: string })
  | (Span & { readonly kind: "tuple"; readonly items: readonly Expression[] })
  | (Span & {
      readonly kind: "list";
      readonly items: readonly Expression[];
      readonly tail: Expression | null;
    })
  | (Span & {
      readonly kind: "map";
      readonly struct: string | null;
      readonly entries: readonly (readonly [Expression, Expression])[];
    })
  | (Span & { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] })
  | (Span & { readonly kind: "field"; readonly of: Expression; readonly name: string })
  | (Span & { readonly kind: "unary"; readonly operator: string; readonly operand: Expression })
  | (Span & {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    });

export type ModulePattern =
  /** every module of the target's own applications */
  | { readonly kind: "own" }
  | { readonly kind: "application"; readonly name: string }
  | { readonly kind: "exact"; readonly module: string }
  /** `Shop.*`: the module of that name and all below it */
  | { readonly kind: "below"; readonly module: string }
  /** a name with `*` in it, as the VM has it (`Elixir.Shop.Cart*`, `rabbit_*`) */
  | { readonly kind: "glob"; readonly glob: string };

/** `called by`: the function that the call returns to. */
export type Caller = {
  readonly module: string;
  readonly function: string | null;
  readonly arity: number | null;
  readonly span: Span;
};

export type Selector = {
  readonly text: string;
  /** `not …`: takes functions away from what the other selectors chose */
  readonly exclude: boolean;
  readonly modules: ModulePattern;
  readonly moduleSpan: Span;
  /** a name or a glob; null: every function */
  readonly function: string | null;
  readonly functionSpan: Span;
  readonly arity: number | null;
  /** one pattern for each argument */
  readonly patterns: readonly Expression[] | null;
  /** alternatives, `when a when b`; none: any arguments that fit the patterns */
  readonly guards: readonly Expression[];
  readonly caller: Caller | null;
};

/** A module as people write it: `Shop.Cart`, `:ets`. */
export function moduleText(module: string): string {
  if (module.startsWith("Elixir.")) return module.slice("Elixir.".length);
  return /^[a-z_][\w@]*$/.test(module) ? `:${module}` : `:${JSON.stringify(module)}`;
}

export function functionText(module: string, name: string, arity: number): string {
  const plain = /^[\p{Ll}_][\p{L}\p{N}_@]*[?!]?$/u.test(name);
  return `${moduleText(module)}.${plain ? name : JSON.stringify(name)}/${arity}`;
}
