// A program's graphs, found by what the BEAM tells: functions by name, closures by line, operations by line.

import {
  buildCfg,
  buildDfg,
  fileSyntax,
  type Cfg,
  type CfgOptions,
  type Dfg,
} from "@elixirscope/codegraph";
import { isCall, parse, walk, type Node } from "@elixirscope/syntax";
import type { Observed } from "./observe.ts";

/** What a node of a graph must be seen doing. */
export type Carrier =
  | { readonly kind: "call"; readonly line: number }
  | { readonly kind: "match"; readonly line: number }
  | { readonly kind: "tried"; readonly line: number };

/** One graph with the meaning of its nodes for what is observed. */
export type Walkable = {
  readonly cfg: Cfg;
  /** by node */
  readonly carriers: readonly (Carrier | null)[];
  /** by node: the line of the clause whose pattern or guard it is, 0 for none */
  readonly heads: readonly number[];
};

export type FunctionGraphs = {
  readonly name: string;
  readonly arity: number;
  readonly minArity: number;
  readonly walkable: Walkable;
  readonly dfg: Dfg;
};

export type Graphs = {
  readonly functions: ReadonlyMap<string, FunctionGraphs>;
  /** by the line of the `fn` or `&` */
  readonly closures: ReadonlyMap<
    number,
    { readonly walkable: Walkable; readonly owner: FunctionGraphs }
  >;
  /** by line: the offsets of the operation written there */
  readonly operations: ReadonlyMap<number, { readonly start: number; readonly end: number }>;
  /** lines with a node that control can reach */
  readonly reachable: ReadonlySet<number>;
  /** lines on which a function of the program is called */
  readonly locals: ReadonlySet<number>;
  /** the arity with clauses of functions with defaults */
  readonly arities: ReadonlyMap<string, number>;
};

export function graphs(source: string, observed: Observed, options: CfgOptions = {}): Graphs {
  const parsed = parse(source);
  if (parsed.diagnostics.length > 0) throw new Error(JSON.stringify(parsed.diagnostics[0]));
  const file = fileSyntax("program.ex", parsed);
  const meaning = meanings(source, parsed.tree, observed);
  const functions = new Map<string, FunctionGraphs>();
  const closures = new Map<number, { walkable: Walkable; owner: FunctionGraphs }>();
  const arities = new Map<string, number>();
  const reachable = new Set<number>();
  for (const module of file.modules) {
    for (const fn of module.functions) {
      const { name, arity, minArity } = fn.data;
      const cfg = buildCfg(fn, module, file.ids, options);
      const dfg = buildDfg(fn, module, cfg, file.ids);
      const owner = { name, arity, minArity, walkable: walkable(cfg, meaning), dfg };
      for (let given = minArity; given <= arity; given += 1) {
        functions.set(`${name}/${String(given)}`, owner);
      }
      if (minArity < arity) arities.set(name, arity);
      reach(cfg, reachable);
      const inner = [...cfg.closures].map((closure) => ({ ...closure, outer: cfg }));
      for (let next = inner.pop(); next !== undefined; next = inner.pop()) {
        const line = next.outer.nodes[next.at]?.line ?? 0;
        closures.set(line, { walkable: walkable(next.cfg, meaning), owner });
        const { cfg: outer } = next;
        if (reachable.has(line)) reach(outer, reachable);
        inner.push(...outer.closures.map((closure) => ({ ...closure, outer })));
      }
    }
  }
  const locals = new Set(
    observed.calls
      .filter(([, name]) => [...functions.values()].some((owner) => owner.name === name))
      .map(([line]) => line),
  );
  return { functions, closures, reachable, locals, arities, operations: meaning.operations };
}

function reach(cfg: Cfg, lines: Set<number>): void {
  const found = new Set([cfg.entry]);
  // nodes are added while they are gone through
  for (const at of found) {
    lines.add(cfg.nodes[at]?.line ?? 0);
    for (const { from, to } of cfg.edges) if (from === at) found.add(to);
  }
}

type Meanings = {
  readonly operations: ReadonlyMap<number, { readonly start: number; readonly end: number }>;
  readonly source: string;
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly clauses: ReadonlySet<number>;
  readonly tried: ReadonlySet<number>;
};

function meanings(source: string, tree: Node, observed: Observed): Meanings {
  const calls = new Map(
    observed.calls.map(([line, name, arity]) => [line, `${name}/${String(arity)}`]),
  );
  const matches = new Set(observed.matches);
  const carriers = new Map<string, Carrier>();
  const operations = new Map<number, Node>();
  walk(tree, (node) => {
    if (node.kind !== "call") return;
    const line = node.meta?.line ?? 0;
    const [left] = node.args;
    if (isCall(node, "=", 2) && left !== undefined && matches.has(line)) {
      carriers.set(`pattern ${rangeKey(left)}`, { kind: "match", line });
    }
    if (calls.get(line) === `${calleeName(node)}/${String(node.args.length)}`) {
      carriers.set(`call ${rangeKey(node)}`, { kind: "call", line });
      operations.set(line, node);
    }
  });
  const clauses = new Set(observed.clauses.filter((line) => !matches.has(line)));
  const tried = new Set(observed.tried.filter((line) => clauses.has(line)));
  return { operations, source, carriers, clauses, tried };
}

function calleeName(node: Node): string {
  if (node.kind !== "call") return "";
  // `f.` of `f.(x)` is no call of its own
  if (typeof node.callee === "string") return node.callee === "." ? "" : node.callee;
  const name = isCall(node.callee, ".") ? node.callee.args[1] : undefined;
  return name?.kind === "atom" ? name.name : ".";
}

function rangeKey({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${String(start)} ${String(end)}`;
}

function walkable(cfg: Cfg, { source, carriers, clauses, tried }: Meanings): Walkable {
  const found = cfg.nodes.map((node) => {
    // a node for something else that is done with the same value has a label of its own
    const begins =
      source.slice(node.start, Math.min(node.end, node.start + 8)).split("\n", 1)[0] ?? "";
    if (!node.label.startsWith(begins)) return null;
    return carriers.get(`${node.kind} ${rangeKey(node)}`) ?? null;
  });
  const heads = cfg.nodes.map(({ kind, line }, index) => {
    const head = kind === "pattern" || kind === "guard";
    return head && found[index] === null && clauses.has(line) ? line : 0;
  });
  const all = found.map((carrier, index): Carrier | null => {
    const line = heads[index] ?? 0;
    const isTried = carrier === null && cfg.nodes[index]?.kind === "pattern" && tried.has(line);
    return isTried ? { kind: "tried", line } : carrier;
  });
  return { cfg, carriers: all, heads };
}
