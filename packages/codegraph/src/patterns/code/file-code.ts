// A file laid out for rules: every call by its name, and for every node what encloses it.
//
// One walk fills it; rules then ask for the few calls that they care about. Code inside `quote` is not
// run here and is left out.

import { children, type CallNode, type LocalCall, type Node } from "@elixirscope/syntax";
import type {
  ClauseSyntax,
  FileSyntax,
  FunctionSyntax,
  ModuleSyntax,
} from "../../module/module-syntax.ts";
import { splitFunctionKey } from "../../link/function-key.ts";
import type { SourceRange } from "../../module/module-data.ts";
import { rangeOf } from "../../module/source-range.ts";
import { knownUse } from "../../module/known-uses.ts";
import { collectBindings, type BindingTable } from "./bindings.ts";
import { callOf, type Call } from "./call.ts";
import { usesWeb } from "./roles.ts";

/** What `use ShopWeb, :…` usually imports. */
const WEB_IMPORTS = new Set([
  "Phoenix.Controller",
  "Phoenix.LiveView",
  "Phoenix.Component",
  "Phoenix.HTML",
  "Phoenix.Router",
  "Plug.Conn",
]);

/** Where a node is: module and, inside a function, its clause. */
export type Place = {
  readonly module: ModuleSyntax;
  readonly function: FunctionSyntax | null;
  readonly clause: ClauseSyntax | null;
};

export class FileCode {
  readonly syntax: FileSyntax;
  readonly #parents = new Map<Node, Node>();
  readonly #calls = new Map<string, Call[]>();
  readonly #bindings = new Map<CallNode, BindingTable>();
  readonly #places = new Map<Node, Place>();

  constructor(syntax: FileSyntax) {
    this.syntax = syntax;
    for (const module of syntax.modules) this.#placeModule(module);
    this.#index();
  }

  get file(): string {
    return this.syntax.file;
  }

  /** A test, where much is allowed that is wrong in an application. */
  get isTest(): boolean {
    return /(^|\/)tests?\/|_test\.exs?$/.test(this.syntax.file);
  }

  /** Calls named `name`, in any module or local, in the order of the text. */
  calls(name: string): readonly Call[] {
    return this.#calls.get(name) ?? [];
  }

  /** Calls of `module.name`, also through aliases and imports. */
  callsTo(module: string, name: string): readonly Call[] {
    return this.calls(name).filter((call) => this.isIn(call, module));
  }

  /** Every node below the root, in the order of the text. */
  get nodes(): Iterable<Node> {
    return this.#parents.keys();
  }

  parentOf(node: Node): Node | null {
    return this.#parents.get(node) ?? null;
  }

  /** From the parent up to the file's root. */
  *ancestors(node: Node): Generator<Node> {
    for (let at = this.parentOf(node); at !== null; at = this.parentOf(at)) yield at;
  }

  placeOf(node: Node): Place | null {
    for (let at: Node | null = node; at !== null; at = this.parentOf(at)) {
      const place = this.#places.get(at);
      if (place !== undefined) return place;
    }
    return null;
  }

  /**
   * The module whose function is called: `Repo` of `Repo.all(q)` resolved through aliases, `Kernel` or
   * an imported module for a local call, the own module for its functions; null when it is a value.
   */
  moduleOf(call: Call): string | null {
    const place = this.placeOf(call.node);
    if (call.receiver !== null) return this.moduleNamed(call.receiver);
    const target = place?.module.names.targetOf(call.inner)?.target ?? null;
    if (target !== null) return splitFunctionKey(target).module;
    return null;
  }

  /** Is `module` where the called function is? Also true for names that a plain `import module` may bring. */
  isIn(call: Call, module: string): boolean {
    if (this.moduleOf(call) === module) return true;
    if (call.receiver !== null) return false;
    const data = this.placeOf(call.node)?.module.data;
    if (data === undefined || data.functions.some(({ name }) => name === call.name)) return false;
    const name = `${call.name}/${call.args.length}`;
    if (usesWeb(data) && WEB_IMPORTS.has(module)) return true;
    if (data.uses.some((use) => knownUse(use.module)?.imports.includes(module) === true))
      return true;
    return data.imports.some(
      (site) =>
        site.module === module &&
        (!Array.isArray(site.only) || site.only.includes(name)) &&
        site.except?.includes(name) !== true,
    );
  }

  /** The function of the same module that a call without a receiver (or through `__MODULE__`) calls. */
  localFunction(call: Call): FunctionSyntax | null {
    const module = this.placeOf(call.node)?.module;
    if (module === undefined) return null;
    if (call.receiver !== null && this.moduleNamed(call.receiver) !== module.data.name) return null;
    const arity = call.args.length;
    const fits = ({ data }: FunctionSyntax): boolean =>
      data.name === call.name && data.minArity <= arity && arity <= data.arity;
    return module.functions.find(fits) ?? null;
  }

  /** The name of the module that encloses the node. */
  ownModule(node: Node): string | null {
    return this.placeOf(node)?.module.data.name ?? null;
  }

  /** The module that an alias, an atom or `__MODULE__` names. */
  moduleNamed(node: Node): string | null {
    const module = this.placeOf(node)?.module;
    if (module === undefined) return null;
    if (node.kind === "variable") return node.name === "__MODULE__" ? module.data.name : null;
    return module.names.moduleOf(node);
  }

  rangeOf(node: Node): SourceRange {
    return rangeOf(this.syntax.parsed.source, node);
  }

  /** The node's text on one line, shortened to `limit` characters. */
  text(node: Node, limit = 60): string {
    const text = this.syntax.parsed.source.slice(node).replace(/\s+/g, " ").trim();
    return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
  }

  /** What the names in a definition (a `def …` node) refer to; made once. */
  bindingsIn(definition: CallNode): BindingTable {
    let table = this.#bindings.get(definition);
    if (table === undefined) {
      table = collectBindings(definition);
      this.#bindings.set(definition, table);
    }
    return table;
  }

  #placeModule(module: ModuleSyntax): void {
    this.#places.set(module.node, { module, function: null, clause: null });
    for (const fn of module.functions) {
      for (const clause of fn.clauses)
        this.#places.set(clause.node, { module, function: fn, clause });
    }
  }

  /** The place of each call is kept, so that asking for it costs the same at any depth. */
  #index(): void {
    type Entry = { readonly node: Node; readonly place: Place | null };
    const stack: Entry[] = [{ node: this.syntax.parsed.tree, place: null }];
    const inners = new Set<Node>();
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      const { node } = entry;
      if (node.kind === "call" && node.callee === "quote") continue;
      const place = this.#places.get(node) ?? entry.place;
      if (place !== null && node.kind === "call") this.#places.set(node, place);
      if (!inners.has(node)) this.#add(node, inners);
      const below = children(node);
      for (let i = below.length - 1; i >= 0; i -= 1) {
        const child = below[i];
        if (child === undefined) continue;
        this.#parents.set(child, node);
        stack.push({ node: child, place });
      }
    }
  }

  #add(node: Node, inners: Set<Node>): void {
    const call = callOf(node);
    if (call === null) return;
    if (call.inner !== node) inners.add(call.inner);
    const same = this.#calls.get(call.name);
    if (same === undefined) this.#calls.set(call.name, [call]);
    else same.push(call);
  }
}

/** `def`, `defp`, `defmacro`, … */
export function isDefinition(node: Node): node is LocalCall {
  return (
    node.kind === "call" &&
    typeof node.callee === "string" &&
    /^def(p|macrop?|guardp?|delegate)?$/.test(node.callee)
  );
}
