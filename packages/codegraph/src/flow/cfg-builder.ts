// A graph in the making: nodes, edges, and where control stands.
//
// `open` holds the edges that still lead nowhere; the next node placed takes them all. Constructs are
// generators that yield the parts to be built first: `build` drives them with a stack of its own, so
// that 10,000 levels of nesting cost heap and not call stack.

import type { ElixirVersion, Node, NodeIds, Position } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";
import type { ModuleSyntax } from "../module/module-syntax.ts";
import type { Cfg, CfgEdge, CfgEdgeKind, CfgNode, CfgNodeKind } from "./cfg.ts";

/** Yields steps that have to be done before it goes on. */
export type Step = Generator<Step, void, void>;

export function build(first: Step): void {
  const stack = [first];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { done, value } = top.next();
    if (done === true) stack.pop();
    else stack.push(value);
  }
}

/**
 * What a call of a known form does. `node` is the call as it is written: of `x |> f(y)` it is `f(y)`,
 * and `args` are x and y.
 */
export type Construct = (b: FlowBuilder, node: Node, args: readonly Node[]) => Step;

/** An edge whose end is not known yet. */
export type Open = { readonly from: number; readonly kind: CfgEdgeKind };

/** Where in the text a node is, when it is not all of a tree node. */
export type Span = { readonly start: number; readonly end: number };

/** The place of what is done with a value and has no text of its own. */
export function behind(node: Node): Span {
  return { start: node.end, end: node.end };
}

/** What all graphs of one function share. */
export type FlowScope = {
  readonly module: ModuleSyntax;
  readonly ids: NodeIds;
  readonly function: FunctionKey;
  /** the 14 of Elixir 1.14: a few constructs changed their order of evaluation */
  readonly elixirMinor: number;
  /** places what an expression does, from the parts that are evaluated first to itself */
  readonly visit: (b: FlowBuilder, node: Node) => Step;
};

export function elixirMinor(version: ElixirVersion): number {
  return Number(version.slice(2));
}

const ENTRY = 0;
const EXIT = 1;
const ERROR_EXIT = 2;
const LABEL_LENGTH = 60;

export class FlowBuilder {
  readonly scope: FlowScope;
  /** fn within fn: 0 for the function itself */
  readonly depth: number;
  open: Open[] = [{ from: ENTRY, kind: "next" }];
  /** the node to which exceptions go */
  handler: number = ERROR_EXIT;
  clause = -1;
  /** `after` within `after` */
  afterDepth = 0;
  readonly #nodes: CfgNode[] = [];
  readonly #edges: CfgEdge[] = [];
  readonly #closures: { readonly at: number; readonly cfg: Cfg }[] = [];
  readonly #range: SourceRange;
  #settled: Node | null = null;

  constructor(scope: FlowScope, range: SourceRange, depth = 0) {
    this.scope = scope;
    this.depth = depth;
    this.#range = range;
    const { line, column, start } = range;
    this.#nodes.push(
      boundary("entry", start, { line, column }),
      boundary("exit", start),
      boundary("error_exit", start),
    );
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#nodes.length;
  }

  /** A node that nothing leads to yet. */
  detached(kind: CfgNodeKind, node: Node, label?: string, span: Span = node): number {
    const index = this.#nodes.length;
    const { source } = this.scope.module;
    const { line, column } =
      node.meta !== null && span === node ? node.meta : source.positionAt(span.start);
    this.#nodes.push({
      kind,
      nodeId: this.scope.ids.idOf(node),
      line,
      column,
      start: span.start,
      end: span.end,
      label: label ?? this.text(span),
      clause: this.clause,
    });
    return index;
  }

  /** A node that control reaches now; it goes on from there. */
  place(kind: CfgNodeKind, node: Node, label?: string, span: Span = node): number {
    const index = this.detached(kind, node, label, span);
    this.lead(index);
    this.open = [{ from: index, kind: "next" }];
    this.#settled = node;
    return index;
  }

  /** A call, and what can come of it. */
  call(node: Node, ...errors: readonly string[]): number {
    const index = this.place("call", node);
    this.raise(index);
    for (const error of errors) this.raise(index, error);
    return index;
  }

  /** Where the branches of a construct meet, if any of them arrives. */
  join(node: Node, label: string): void {
    if (this.open.length > 0) this.place("join", node, label);
    this.settle(node);
  }

  /** What evaluating `node` does; nothing, for a literal or a container of literals. */
  visit(node: Node): Step {
    return this.scope.visit(this, node);
  }

  /** As `visit`, with a node for the value also where nothing is done for it. */
  *statement(node: Node): Step {
    this.#settled = null;
    yield this.visit(node);
    if (this.#settled !== node) this.place("expression", node, isEmpty(node) ? "nil" : undefined);
  }

  /** The value of `node` has its place in the graph already. */
  settle(node: Node): void {
    this.#settled = node;
  }

  edge(from: number, to: number, kind: CfgEdgeKind, error: string | null = null): void {
    this.#edges.push({ from, to, kind, error });
  }

  /** The text at `span` in one line, shortened. */
  text(span: Span): string {
    return shortened(this.scope.module.source.text, span);
  }

  /** Ends all open edges at `to`, of that kind if given. */
  lead(to: number, kind?: CfgEdgeKind, open: readonly Open[] = this.open): void {
    for (const { from, kind: own } of open) this.edge(from, to, kind ?? own);
    if (open === this.open) this.open = [];
  }

  raise(from: number, error: string | null = null): void {
    this.edge(from, this.handler, "exception", error);
  }

  /** What no clause takes raises `error`, if anything gets there; null re-raises. */
  unmatched(missed: readonly Open[], node: Node, error: string | null, span?: Span): void {
    if (missed.length === 0) return;
    const index = this.detached("no_match", node, error ?? "reraise", span);
    this.lead(index, undefined, missed);
    this.raise(index, error);
  }

  /** The graph of a closure that is made at `at`. */
  child(node: Node): FlowBuilder {
    const { source } = this.scope.module;
    const from = source.positionAt(node.start);
    const to = source.positionAt(node.end);
    const { start, end } = node;
    const { line, column } = from;
    const range = { line, column, endLine: to.line, endColumn: to.column, start, end };
    return new FlowBuilder(this.scope, range, this.depth + 1);
  }

  closes(at: number, cfg: Cfg): void {
    this.#closures.push({ at, cfg });
  }

  /** Control that is still open returns. */
  finish(): Cfg {
    this.lead(EXIT);
    return {
      function: this.scope.function,
      range: this.#range,
      nodes: this.#nodes,
      edges: this.#edges,
      entry: ENTRY,
      exit: EXIT,
      errorExit: ERROR_EXIT,
      closures: this.#closures,
    };
  }
}

/** A block without expressions. */
function isEmpty(node: Node): boolean {
  return isCall(node, "__block__", 0);
}

const NOWHERE: Position = { line: 0, column: 0 };

function boundary(
  kind: "entry" | "exit" | "error_exit",
  start: number,
  { line, column }: Position = NOWHERE,
): CfgNode {
  const label = kind.replace("_", " ");
  return { kind, nodeId: null, line, column, start, end: start, label, clause: -1 };
}

function shortened(text: string, { start, end }: Span): string {
  const written = text.slice(start, Math.min(end, start + 4 * LABEL_LENGTH));
  const part = written.includes("\n") ? written.replace(/\s+/g, " ") : written;
  return part.length <= LABEL_LENGTH ? part : `${part.slice(0, LABEL_LENGTH - 1)}…`;
}
