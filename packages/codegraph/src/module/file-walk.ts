// Reads a file in the order in which Elixir expands it, keeping the lexical environment, and tells of
// each name what it means. An explicit stack of nodes and of actions: depth costs heap, not stack.

import {
  remoteCall,
  type Node,
  type NodeIds,
  type NodeKind,
  type Source,
} from "@elixirscope/syntax";
import { atomModule, type FunctionBuilder, type ModuleBuilder } from "./module-builder.ts";
import { Scope } from "./scope.ts";
import { inner, NO_UNQUOTE, PATTERN, QUERY, QUOTED, TYPE } from "./walk-mode.ts";

type Action = () => void;
type Step = Action | { readonly node: Node; readonly mode: number };

/** Part of the code that was left out, with the reason. */
export type Excluded = { readonly node: Node; readonly reason: string };

/** What the walk does at a call; `true` when it took care of the parts. */
export type Constructs = {
  variable(walk: FileWalk, node: Node & { kind: "variable" }, mode: number): void;
  call(walk: FileWalk, node: Node & { kind: "call" }, mode: number): void;
};

/** Nothing is below them and they name nothing. */
const LITERALS: ReadonlySet<NodeKind> = new Set(["atom", "integer", "float", "string", "charlist"]);

export class FileWalk {
  readonly source: Source;
  readonly ids: NodeIds;
  readonly file: string;
  readonly scope: Scope = new Scope();
  readonly modules: ModuleBuilder[] = [];
  readonly excluded: Excluded[] = [];
  /** the module and function that are being read */
  module: ModuleBuilder | null = null;
  function: FunctionBuilder | null = null;
  clause = -1;

  readonly #constructs: Constructs;
  readonly #work: Step[] = [];
  /** what the step at hand asks for, in order */
  readonly #next: Step[] = [];
  readonly #open: Action = () => this.scope.open();
  readonly #close: Action = () => this.scope.close();

  constructor(file: string, source: Source, ids: NodeIds, constructs: Constructs) {
    this.file = file;
    this.source = source;
    this.ids = ids;
    this.#constructs = constructs;
  }

  read(root: Node): void {
    this.#work.push({ node: root, mode: 0 });
    for (let step = this.#work.pop(); step !== undefined; step = this.#work.pop()) {
      if (typeof step === "function") step();
      else this.#enter(step.node, step.mode);
      for (let next = this.#next.pop(); next !== undefined; next = this.#next.pop()) {
        this.#work.push(next);
      }
    }
  }

  /** To be read after what was asked for before. */
  visit(node: Node | undefined, mode: number): void {
    if (node !== undefined && !LITERALS.has(node.kind)) this.#next.push({ node, mode });
  }

  run(action: Action): void {
    this.#next.push(action);
  }

  openScope(): void {
    this.run(this.#open);
  }

  closeScope(): void {
    this.run(this.#close);
  }

  visitAll(nodes: readonly Node[], mode: number): void {
    for (const node of nodes) this.visit(node, mode);
  }

  /** The module that an expression names, without evaluating anything but `__MODULE__` and attributes. */
  moduleNamed(node: Node | undefined): string | null {
    if (node === undefined) return null;
    if (node.kind === "atom") return atomModule(node);
    if (node.kind === "variable") {
      return node.name === "__MODULE__" ? (this.module?.name ?? null) : null;
    }
    if (node.kind !== "call") return null;
    if (node.callee === "__aliases__") return this.#aliasNamed(node.args);
    const [attribute] = node.args;
    if (node.callee !== "@" || attribute?.kind !== "variable") return null;
    return this.module?.attributeModules.get(attribute.name) ?? null;
  }

  #aliasNamed(args: readonly Node[]): string | null {
    const segments: string[] = [];
    for (const arg of args) {
      const name =
        arg.kind === "atom" ? arg.name : segments.length === 0 ? this.moduleNamed(arg) : null;
      if (name === null) return null;
      segments.push(name);
    }
    if (args[0]?.kind !== "atom") return segments.join(".");
    return this.scope.expand(segments);
  }

  #enter(node: Node, mode: number): void {
    switch (node.kind) {
      case "variable":
        if (node.name === "__MODULE__") this.#nameModule(node);
        else if ((mode & (QUOTED | TYPE | QUERY)) === 0)
          this.#constructs.variable(this, node, mode);
        return;
      case "list":
        this.visitAll(node.items, inner(mode) | (mode & PATTERN));
        return;
      case "pair":
        this.visit(node.left, inner(mode) | (mode & PATTERN));
        this.visit(node.right, inner(mode) | (mode & PATTERN));
        return;
      case "broken":
        this.visitAll(node.children, inner(mode));
        return;
      case "call":
        if (node.callee === "__aliases__") this.#nameModule(node);
        else if ((mode & (QUOTED | TYPE | QUERY)) !== 0) this.#inert(node, mode);
        else this.#constructs.call(this, node, mode);
        return;
      case "atom":
      case "integer":
      case "float":
      case "string":
      case "charlist":
        return;
    }
  }

  #nameModule(node: Node): void {
    const name = this.moduleNamed(node);
    if (name !== null) this.module?.moduleAt.set(node, name);
    if (node.kind !== "call" || node.args[0]?.kind === "atom") return;
    this.visit(node.args[0], 0);
  }

  /** Code that is not evaluated where it stands; what is unquoted or pinned in it is. */
  #inert(node: Node & { kind: "call" }, mode: number): void {
    const { callee, args } = node;
    if (callee === "defmodule" && (mode & QUOTED) !== 0) {
      this.excluded.push({ node, reason: "defmodule inside a quote" });
    }
    if (callee === "unquote" || callee === "unquote_splicing") {
      const live = (mode & NO_UNQUOTE) === 0;
      this.visitAll(args, live ? mode & ~(QUOTED | TYPE | QUERY | PATTERN) : mode);
    } else if (callee === "^" && (mode & QUERY) !== 0) {
      this.visitAll(args, mode & ~QUERY);
    } else {
      if (typeof callee !== "string") this.visit(remoteCall(node)?.receiver ?? callee, mode);
      this.visitAll(args, callee === "quote" ? mode | NO_UNQUOTE : mode);
    }
  }
}
