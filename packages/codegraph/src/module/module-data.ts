// What is known of modules and functions from their text: plain data that crosses threads and is saved.
//
// Positions are 1-based. Module names are as Elixir prints them (`Shop.Cart`, `:ets`), functions are
// keys like `Shop.Cart.add/3`. Nothing is expanded: what a `use` brings is known only for the modules
// that this package knows (see `known-uses.ts`), otherwise the facts say so (`resolution: "unknown"`).

import type { NodeId } from "@elixirscope/syntax";

/** `Shop.Cart.add/3`, `:ets.insert/2` */
export type FunctionKey = string;

export type SourceRange = {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** offsets into the text, UTF-16 units */
  readonly start: number;
  readonly end: number;
};

/** `template`: a file that is a template as a whole, named after the file: `:"lib/a/home.html.heex"` */
export type ModuleKind = "module" | "protocol" | "implementation" | "template";

export type ModuleData = {
  readonly name: string;
  readonly kind: ModuleKind;
  readonly file: string;
  readonly range: SourceRange;
  readonly nodeId: NodeId;
  /** null: none; false: `@moduledoc false` */
  readonly doc: string | false | null;
  /** by `@behaviour` or by a known `use` */
  readonly behaviours: readonly string[];
  readonly uses: readonly UseSite[];
  readonly aliases: readonly {
    readonly as: string;
    readonly module: string;
    readonly line: number;
  }[];
  readonly imports: readonly ImportSite[];
  readonly requires: readonly string[];
  readonly attributes: readonly AttributeSite[];
  readonly types: readonly TypeData[];
  /** declared with @callback and @macrocallback: `init/1` */
  readonly callbacks: readonly {
    readonly name: string;
    readonly arity: number;
    readonly optional: boolean;
    readonly text: string;
  }[];
  readonly structFields: readonly string[] | null;
  /** of an implementation: `defimpl protocol, for: target` */
  readonly implementation: { readonly protocol: string; readonly target: string } | null;
  /** the module that encloses it */
  readonly parent: string | null;
  /** what its functions that answer a `quote` bring into modules that `use` this one */
  readonly injections: readonly Injection[];
  /** `embed_templates` of Phoenix.Component: patterns of files, relative to this one's folder */
  readonly embeds: readonly string[];
  readonly functions: readonly FunctionData[];
};

export type UseSite = {
  readonly module: string;
  /** its options as text, null if none */
  readonly options: string | null;
  readonly line: number;
};

/** What the quote of one function brings, as the text of the quote says. */
export type Injection = {
  /** `__using__/1`, `controller/0` */
  readonly function: string;
  /** `apply(__MODULE__, which, [])`: the option of the `use` names the function that answers */
  readonly dispatches: boolean;
  readonly uses: readonly UseSite[];
  readonly imports: readonly string[];
  readonly aliases: readonly { readonly as: string; readonly module: string }[];
  readonly behaviours: readonly string[];
  /** functions that it defines: `name/arity` */
  readonly defines: readonly string[];
  /** functions of the same module whose quotes are unquoted in it */
  readonly includes: readonly string[];
};

export type ImportSite = {
  readonly module: string;
  /** `only:` and `except:` as `name/arity`, null if absent */
  readonly only: readonly string[] | "functions" | "macros" | "sigils" | null;
  readonly except: readonly string[] | null;
  readonly line: number;
};

export type AttributeSite = {
  readonly name: string;
  readonly value: string | null;
  readonly line: number;
};

export type TypeData = {
  readonly kind: "type" | "typep" | "opaque";
  readonly name: string;
  readonly arity: number;
  readonly text: string;
  readonly line: number;
};

/** `block`: what a macro makes a function of, such as `test "adds" do` or `get "/:id" do` */
export type FunctionKind =
  | "block"
  | "def"
  | "defp"
  | "defmacro"
  | "defmacrop"
  | "defguard"
  | "defguardp"
  | "defdelegate";

export type FunctionData = {
  readonly key: FunctionKey;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  /** smaller than `arity` by its default arguments */
  readonly minArity: number;
  readonly kind: FunctionKind;
  /** its name is computed (`def unquote(name)(x)`); `name` is then `unquote` */
  readonly dynamic?: true;
  readonly file: string;
  /** from its first clause to its last */
  readonly range: SourceRange;
  readonly nodeId: NodeId;
  readonly doc: string | false | null;
  readonly specs: readonly string[];
  /** the behaviour whose callback it is, when known */
  readonly callbackOf: string | null;
  /** `@impl` was written */
  readonly impl: boolean;
  readonly clauses: readonly ClauseData[];
  readonly calls: readonly CallSite[];
};

export type ClauseData = {
  readonly index: number;
  readonly nodeId: NodeId;
  /** its patterns and guard as written */
  readonly patterns: readonly string[];
  readonly guard: string | null;
  readonly range: SourceRange;
};

/**
 * - `exact`: remote call to a named module, or local call to a function of the same module
 * - `imported`: through an `import` whose functions are known (Kernel always)
 * - `dynamic`: the module or function is a value, e.g. `mod.run(x)` or `fun.(x)`
 * - `unknown`: a local name that neither the module nor a known import defines (a `use` may bring it)
 */
export type CallResolution = "exact" | "imported" | "dynamic" | "unknown";

export type CallSite = {
  /** null when dynamic; for `unknown` the key has the own module */
  readonly target: FunctionKey | null;
  readonly resolution: CallResolution;
  /** `capture`: `&Mod.fun/2`; `macro`: a known macro such as `if`; `apply`: `apply(Mod, :fun, args)` and spawn/Task MFAs */
  readonly kind: "call" | "capture" | "macro" | "apply";
  readonly clause: number;
  readonly nodeId: NodeId;
  readonly range: SourceRange;
  /** the call is the last thing that its function does */
  readonly tail: boolean;
};
