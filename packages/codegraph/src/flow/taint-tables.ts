// What untrusted input is, what makes it harmless, and where it does harm: data, to be added to.
//
// A function is written `Mod.fun` for all its arities or `Mod.fun/1` for one; `*Repo.query` is any module
// whose name ends so. Sources: the documentation of Elixir 1.14 to 1.20, Plug, Phoenix, LiveView and
// Ecto; the Erlang Ecosystem Foundation's "Secure coding and deployment hardening guidelines".

import { SANITIZERS } from "./taint-table-sanitizers.ts";
import { SINKS } from "./taint-table-sinks.ts";
import { SOURCES } from "./taint-table-sources.ts";

export type TaintCategory =
  | "atom"
  | "code"
  | "command"
  | "deserialization"
  | "path"
  | "redirect"
  | "regex"
  | "request"
  | "sql"
  | "xss";

/** Where untrusted input comes in. */
export type TaintSource = { readonly label: string } & (
  | { readonly kind: "call"; readonly functions: readonly string[] }
  /** a parameter of a callback in modules that `use` one of these; an option such as `:controller` counts */
  | {
      readonly kind: "parameter";
      readonly callbacks: readonly string[];
      readonly parameter: number;
      readonly uses: readonly string[];
    }
  /** any function with this first parameter, `conn`, and arity */
  | {
      readonly kind: "action";
      readonly first: string;
      readonly arity: number;
      readonly parameter: number;
      readonly uses: readonly string[];
    }
  /** a field of a variable of this name */
  | { readonly kind: "field"; readonly of: string; readonly fields: readonly string[] }
  /** what a process receives */
  | { readonly kind: "message" }
);

export type TaintSink = {
  readonly category: TaintCategory;
  readonly label: string;
  readonly functions: readonly string[];
  readonly argument: number;
  /** only what is at this key of the argument: `.external` */
  readonly key?: string;
  /** 0 to 1, default 0.9 */
  readonly confidence?: number;
  /** may be written without its module */
  readonly imported?: true;
};

export type Sanitizer = {
  readonly functions: readonly string[];
  /** for these categories only; default: all */
  readonly categories?: readonly TaintCategory[];
};

export type TaintTables = {
  readonly sources: readonly TaintSource[];
  readonly sinks: readonly TaintSink[];
  readonly sanitizers: readonly Sanitizer[];
  /** tests after which a variable is harmless: `in`, `==` or the name of a guard */
  readonly tests: readonly string[];
};

export const TAINT_TABLES: TaintTables = {
  sources: SOURCES,
  sinks: SINKS,
  sanitizers: SANITIZERS,
  tests: [
    "in",
    "==",
    "is_atom",
    "is_boolean",
    "is_float",
    "is_function",
    "is_integer",
    "is_nil",
    "is_number",
    "is_pid",
    "is_reference",
  ],
};
