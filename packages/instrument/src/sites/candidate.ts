// A place in the source that may have become a site, and what a compiler makes of it.

import { assertNever } from "@elixirscope/base";
import type { Node, Position } from "@elixirscope/syntax";
import type { SiteKind } from "@elixirscope/trace";

/** Kinds that compiled code can tell apart; `SiteKind` says more, from the source. */
export type SiteClass =
  | "function"
  | "fn"
  | "match"
  | "branch"
  | "receive"
  | "after"
  | "try"
  | "catching"
  | "generator"
  | "call"
  | "line"
  | "end";

export type Candidate = {
  readonly class: SiteClass;
  /** null: as the compiled code says it */
  readonly kind: SiteKind | null;
  /** made by the compiler beside what is written, so its site stays a generated one */
  readonly unwritten: boolean;
  /** some compilers make nothing of it */
  readonly optional: boolean;
  /** as it is written; compilers turn some around */
  readonly clause: number | null;
  readonly node: Node;
  /** of the node, or of the part of it that a person would point at */
  readonly at: Position;
  /** any of them may be what a site says */
  readonly shapes: readonly Shape[];
  /** Elixir before 1.15 compiled the `else` of a `with` once for each pattern that may fail */
  readonly copies: number;
  /** how many `&1`, `&2` … it has */
  readonly placeholders: number;
  /** the definition that it is in; null: in none */
  readonly owner: Definition | null;
};

/** A `def` as it is written; with default arguments it makes functions of several arities. */
export type Definition = {
  /** null: computed with `unquote` */
  readonly name: string | null;
  readonly arities: { readonly least: number; readonly most: number };
  readonly line: number;
};

export type Shape = {
  readonly line: number;
  /** null: the compiler keeps none for it */
  readonly column: number | null;
  readonly generated: boolean;
  readonly clause: number | null;
  /** bound variables, in any order; null where the compiler may add some */
  readonly names: readonly string[] | null;
  /** of a call: `name/arity` */
  readonly target?: string;
};

export function classOf(kind: SiteKind): SiteClass {
  switch (kind) {
    case "function_clause":
      return "function";
    case "fn_clause":
      return "fn";
    case "match":
    case "line":
    case "generator":
      return kind;
    case "case_clause":
    case "cond_clause":
    case "if_clause":
    case "with_clause":
    case "else_clause":
      return "branch";
    case "receive_clause":
      return "receive";
    case "after_clause":
      return "after";
    case "try_clause":
      return "try";
    case "rescue_clause":
    case "catch_clause":
      return "catching";
    case "tail_call":
    case "value":
    case "send":
      return "call";
    case "no_clause":
    case "return":
    case "raise":
      return "end";
    default:
      return assertNever(kind);
  }
}
