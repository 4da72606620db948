// Which bindings a name has, and which are still wanted, at each node of a CFG.
//
// Definitions are never overwritten, so what reaches a node follows from ways through the graph and from
// scopes: of the bindings of one name the innermost, latest one is meant. A way back in a loop begins a
// new round, in which nothing of the last one is bound.

import type { Cfg, CfgNode } from "./cfg.ts";
import type { Definition, Dfg } from "./dfg.ts";

/** A row of bits for each node of a CFG. */
export class BitRows {
  readonly width: number;
  readonly #words: Uint32Array;
  readonly #stride: number;

  constructor(rows: number, width: number) {
    this.width = width;
    this.#stride = (width + 31) >> 5;
    this.#words = new Uint32Array(rows * this.#stride);
  }

  has(row: number, bit: number): boolean {
    const word = this.#words[row * this.#stride + (bit >> 5)] ?? 0;
    return (word & (1 << (bit & 31))) !== 0;
  }

  add(row: number, bit: number): void {
    const at = row * this.#stride + (bit >> 5);
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (bit & 31));
  }

  /** Adds the bits of `from`'s row to `to`'s, but those of `except`'s row; was there a new one? */
  merge(
    from: number,
    to: number,
    except?: { readonly rows: BitRows; readonly row: number },
  ): boolean {
    let changed = false;
    for (let i = 0; i < this.#stride; i += 1) {
      const left = except === undefined ? 0 : except.rows.#word(except.row, i);
      const before = this.#word(to, i);
      const after = (before | (this.#word(from, i) & ~left)) >>> 0;
      if (after === before) continue;
      this.#words[to * this.#stride + i] = after;
      changed = true;
    }
    return changed;
  }

  #word(row: number, i: number): number {
    return this.#words[row * this.#stride + i] ?? 0;
  }

  *bits(row: number): Generator<number> {
    for (let bit = 0; bit < this.width; bit += 1) if (this.has(row, bit)) yield bit;
  }
}

/** Answers, for a node of `cfg` (the graph of `closure`, -1 for the function's), the bindings visible before it. */
export function reachingDefinitions(
  dfg: Dfg,
  cfg: Cfg,
  closure = -1,
): (node: number) => readonly number[] {
  const named = namedDefinitions(dfg, closure);
  const rows = new BitRows(cfg.nodes.length, dfg.definitions.length);
  const at = new Map<number, number[]>();
  for (const index of named) {
    const node = dfg.definitions[index]?.cfgNode ?? -1;
    const list = at.get(node);
    if (list === undefined) at.set(node, [index]);
    else list.push(index);
  }
  const order = forwardOrder(cfg);
  for (const { node, edges } of order) {
    for (const to of edges) {
      rows.merge(node, to);
      for (const index of at.get(node) ?? []) rows.add(to, index);
    }
  }
  return (node) => visible(dfg, cfg.nodes[node], [...rows.bits(node)]);
}

/** Answers, for a node of `cfg`, the bindings that are read at it or on a way from it. */
export function liveDefinitions(
  dfg: Dfg,
  cfg: Cfg,
  closure = -1,
): (node: number) => readonly number[] {
  const rows = new BitRows(cfg.nodes.length, dfg.definitions.length);
  for (const { definition, cfgNode } of dfg.uses) {
    if (dfg.definitions[definition]?.closure === closure && cfgNode >= 0) {
      rows.add(cfgNode, definition);
    }
  }
  for (const { from, to, kind } of dfg.flows) {
    const inner = dfg.definitions[to];
    if (kind !== "capture" || inner === undefined || inner.kind === "capture") continue;
    // the closure is made here: it reads what it captures
    if (dfg.definitions[from]?.closure === closure) rows.add(inner.cfgNode, from);
  }
  const born = new BitRows(cfg.nodes.length, dfg.definitions.length);
  for (const index of namedDefinitions(dfg, closure)) {
    const node = dfg.definitions[index]?.cfgNode ?? -1;
    if (node >= 0) born.add(node, index);
  }
  const before: number[][] = cfg.nodes.map(() => []);
  for (const { from, to, kind } of cfg.edges) if (kind !== "closure") before[to]?.push(from);
  const waiting = new Set(cfg.nodes.keys());
  for (const node of waiting) {
    waiting.delete(node);
    for (const from of before[node] ?? []) {
      if (rows.merge(node, from, { rows: born, row: from })) waiting.add(from);
    }
  }
  return (node) => [...rows.bits(node)];
}

function namedDefinitions(dfg: Dfg, closure: number): readonly number[] {
  const found: number[] = [];
  dfg.definitions.forEach((definition, index) => {
    if (definition.name !== null && definition.kind !== "value" && definition.closure === closure) {
      found.push(index);
    }
  });
  return found;
}

type Visited = { readonly node: number; readonly edges: readonly number[] };

/** Nodes from the entry on, each before what follows it; ways back left out. */
function forwardOrder(cfg: Cfg): readonly Visited[] {
  const out: number[][] = cfg.nodes.map(() => []);
  for (const { from, to, kind } of cfg.edges) if (kind !== "closure") out[from]?.push(to);
  const state = new Uint8Array(cfg.nodes.length);
  const forward: number[][] = cfg.nodes.map(() => []);
  const finished: number[] = [];
  const stack = [{ node: cfg.entry, next: 0 }];
  state[cfg.entry] = ON_STACK;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = out[top.node]?.[top.next];
    if (to === undefined) {
      state[top.node] = DONE;
      finished.push(top.node);
      stack.pop();
      continue;
    }
    top.next += 1;
    if (state[to] !== ON_STACK) forward[top.node]?.push(to);
    if (state[to] !== 0) continue;
    state[to] = ON_STACK;
    stack.push({ node: to, next: 0 });
  }
  return finished.toReversed().map((node) => ({ node, edges: forward[node] ?? [] }));
}

const ON_STACK = 1;
const DONE = 2;

/** Of the bindings that reach a node, those that are in scope there and not hidden by a later one. */
function visible(
  dfg: Dfg,
  node: CfgNode | undefined,
  reaching: readonly number[],
): readonly number[] {
  if (node === undefined) return [];
  const byName = new Map<string, number>();
  for (const index of reaching) {
    const definition = dfg.definitions[index];
    if (definition?.name == null || !inScope(dfg, definition, node)) continue;
    const before = byName.get(definition.name);
    if (before === undefined || hides(dfg, index, before)) byName.set(definition.name, index);
  }
  return [...byName.values()].toSorted((a, b) => a - b);
}

function inScope(dfg: Dfg, { scope }: Definition, node: CfgNode): boolean {
  const range = dfg.scopes[scope];
  if (range === undefined || scope === 0) return true;
  if (node.start < range.start || node.end > range.end) return false;
  // behind a construct nothing of it is bound any more
  return node.kind !== "join" || node.start > range.start || node.end < range.end;
}

function hides(dfg: Dfg, index: number, other: number): boolean {
  const scope = dfg.definitions[index]?.scope ?? 0;
  const otherScope = dfg.definitions[other]?.scope ?? 0;
  if (scope === otherScope) return index > other;
  for (let at = scope; at > 0; at = dfg.scopes[at]?.parent ?? 0) if (at === otherScope) return true;
  return otherScope === 0;
}
