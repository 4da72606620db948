// A data-flow graph while it is being built: definitions, flows and uses, with the place at which the
// evaluation stands (CFG node, clause, closure, scope).

import type { Node, NodeIds, Position, Source } from "@elixirscope/syntax";
import type { Cfg } from "./cfg.ts";
import { cfgPlaces, type CfgPlaces } from "./dfg-places.ts";
import type {
  Check,
  Definition,
  DefinitionKind,
  DfgClosure,
  DfgScope,
  Flow,
  FlowKind,
  Use,
} from "./dfg.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class DfgDraft {
  readonly definitions: Definition[] = [];
  readonly flows: Flow[] = [];
  readonly uses: Use[] = [];
  readonly closures: Mutable<DfgClosure>[] = [];
  readonly scopes: DfgScope[] = [];
  readonly checks: Check[] = [];
  /** results of calls → the argument that is a function which they only call */
  readonly callbacks: Map<number, number> = new Map();
  clause = -1;
  closure = -1;
  scope = 0;
  /** the last node of the CFG that was passed: for what has none of its own */
  #cfgNode = -1;
  readonly #ids: NodeIds;
  readonly #source: Source;
  readonly places: CfgPlaces;
  readonly #versions = new Map<string, number>();

  constructor(ids: NodeIds, source: Source, cfg: Cfg) {
    this.#ids = ids;
    this.#source = source;
    this.places = cfgPlaces(cfg);
  }

  /** A new definition, at the CFG node `at` if given; a name gets its next version. */
  define(kind: DefinitionKind, name: string | null, node: Node, at?: number): number {
    let version = 0;
    if (name !== null) {
      version = this.#versions.get(name) ?? 0;
      this.#versions.set(name, version + 1);
    }
    return this.#add(kind, name, version, node, at ?? this.passing(node, kind));
  }

  /** `outer` as the closure `closure`, made by `node`, sees it from its beginning on. */
  defineCapture(outer: number, closure: number, node: Node, scope: number): number {
    const source = this.definitions[outer];
    const here = { clause: this.clause, closure: this.closure, scope: this.scope };
    this.closure = closure;
    this.clause = -1;
    this.scope = scope;
    const at = this.places.ends(node).entry;
    const index = this.#add("capture", source?.name ?? null, source?.version ?? 0, node, at);
    Object.assign(this, here);
    return index;
  }

  #add(
    kind: DefinitionKind,
    name: string | null,
    version: number,
    node: Node,
    cfgNode: number,
  ): number {
    const position = this.#positionOf(node);
    this.definitions.push({
      kind,
      name,
      version,
      nodeId: this.#ids.idOf(node),
      line: position.line,
      column: position.column,
      start: node.start,
      end: node.end,
      cfgNode,
      clause: this.clause,
      closure: this.closure,
      scope: this.scope,
    });
    return this.definitions.length - 1;
  }

  /** A flow from a constant is none. */
  flow(
    kind: FlowKind,
    from: number,
    to: number,
    node: Node,
    path: string | null = null,
    index = -1,
  ): void {
    if (from < 0 || to < 0) return;
    const { start, end } = node;
    this.flows.push({ from, to, kind, path, index, nodeId: this.#ids.idOf(node), start, end });
  }

  use(definition: number, node: Node): void {
    const { line, column } = this.#positionOf(node);
    this.uses.push({
      definition,
      nodeId: this.#ids.idOf(node),
      line,
      column,
      start: node.start,
      end: node.end,
      cfgNode: this.passing(node, "value"),
    });
  }

  /** Evaluation reaches `node`: the CFG node it stands at, its own or the last one passed. */
  passing(range: Range, kind: DefinitionKind): number {
    this.#cfgNode = this.places.at(range, kind) ?? this.#cfgNode;
    return this.#cfgNode;
  }

  /** Elixir keeps no position of keyword lists and of the pairs in them: theirs is counted. */
  #positionOf(node: Node): Position {
    return node.meta ?? this.#source.positionAt(node.start);
  }

  /** Evaluation goes into a closure's graph, or out again to where it was. */
  enterGraph(closure: Range): () => void {
    const outside = this.#cfgNode;
    this.#cfgNode = this.places.ends(closure).entry;
    return () => {
      this.#cfgNode = outside;
    };
  }

  openScope(range: Range): number {
    const outer = this.scope;
    this.scopes.push({ parent: outer, start: range.start, end: range.end });
    this.scope = this.scopes.length - 1;
    return outer;
  }
}

type Range = { readonly start: number; readonly end: number };
