// A module's data joined to its tree: what the analyses of one file work on. Lives as long as the
// file is being analysed; only plain data leaves.

import type { CallNode, Node, NodeIds, Parsed, Source } from "@elixirscope/syntax";
import type {
  CallResolution,
  CallSite,
  FunctionData,
  FunctionKey,
  ModuleData,
  SourceRange,
} from "./module-data.ts";

export type FileSyntax = {
  readonly file: string;
  readonly parsed: Parsed;
  readonly ids: NodeIds;
  readonly modules: readonly ModuleSyntax[];
  /** modules and definitions that are not among them: made by functions, with computed names */
  readonly excluded: readonly { readonly reason: string; readonly range: SourceRange }[];
};

export type ModuleSyntax = {
  readonly data: ModuleData;
  /** the `defmodule`, `defprotocol` or `defimpl` call */
  readonly node: CallNode;
  /** the text that the nodes are in */
  readonly source: Source;
  readonly functions: readonly FunctionSyntax[];
  readonly names: Names;
};

export type FunctionSyntax = {
  readonly data: FunctionData;
  readonly clauses: readonly ClauseSyntax[];
  /** what `b \\ f()` in its head or its only clause evaluates: the `\\` calls, from left to right */
  readonly defaults: readonly CallNode[];
};

export type ClauseSyntax = {
  /** the `def …` call; empty heads (`def f(a \\ 1)`) are no clauses */
  readonly node: CallNode;
  /** a default is left out: of `b \\ f()` the pattern is `b` */
  readonly patterns: readonly Node[];
  readonly guard: Node | null;
  /** null for `def f(x), unquote…` and other shapes without a body */
  readonly body: Node | null;
  /** the implicit try of a function: `def … do … rescue … end` */
  readonly rescue: Node | null;
  readonly catch: Node | null;
  readonly else: Node | null;
  readonly after: Node | null;
};

/** What names mean inside one module; lexical, so every answer is about a node. */
export type Names = {
  /** the module that an alias (or an atom) node means: `Cart` → `Shop.Cart`; null when it is no module name */
  moduleOf(node: Node): string | null;
  /** what a call (or capture, or `apply`) node calls; null for nodes that are no calls */
  targetOf(
    node: Node,
  ): { readonly target: FunctionKey | null; readonly resolution: CallResolution } | null;
  /** the call site of a node, when it is one */
  siteOf(node: Node): CallSite | null;
};
