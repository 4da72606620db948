// Merged stacks as a flame graph: every node is a function below its callers, with the time that it took
// and how much of it was its own. Small nodes beside each other become one "other", so that the sums hold
// however little is drawn.

import type { TimeRange } from "@elixirscope/wire";
import { functionTexts } from "../interned.ts";
import type { Source } from "../sql.ts";
import { OTHER_FUNCTION, type StackNode } from "./call-tree.ts";
import { sweep, type SweepOptions } from "./sweep.ts";
import { timeLimits } from "./times.ts";

/** What the widths are: all time, or only what was running or waiting. */
export type FlameTime = "all" | "running" | "waiting";

/** Times in ns. */
export type FlameNode = {
  readonly name: string;
  /** index in `nodes`; null at the bottom */
  readonly parent: number | null;
  /** 0 for "other" */
  readonly calls: number;
  readonly total: number;
  readonly self: number;
};

export type Flame = {
  readonly range: TimeRange;
  readonly time: FlameTime;
  readonly total: number;
  /** parents before children, widest first */
  readonly nodes: readonly FlameNode[];
  readonly limits: readonly string[];
};

export type FlameOptions = SweepOptions & {
  readonly time: FlameTime;
  /** at most, without those called "other" */
  readonly nodes: number;
};

export async function flame(
  source: Source,
  range: TimeRange,
  options: FlameOptions,
): Promise<Flame> {
  const tree = await sweep(source, range, options);
  const { nodes, total } = drawn(widths(tree.nodes, options.time), options.nodes);
  const [names, limits] = await Promise.all([
    functionTexts(
      source,
      nodes.map((node) => node.function),
    ),
    timeLimits(source, range, tree),
  ]);
  return {
    range,
    time: options.time,
    total,
    nodes: nodes.map(({ function: fun, parent, calls, total: whole, self }) => ({
      name: fun === OTHER_FUNCTION ? "other" : (names.get(fun) ?? "an unknown function"),
      parent,
      calls,
      total: whole,
      self,
    })),
    limits,
  };
}

export type WideNode = {
  readonly function: number;
  readonly parent: number | null;
  readonly calls: number;
  readonly total: number;
  readonly self: number;
};

/** Parents come before their children in a `CallTree`, so one walk backwards adds up the totals. */
export function widths(nodes: readonly StackNode[], time: FlameTime): readonly WideNode[] {
  const totals = nodes.map((node) => selfOf(node, time));
  for (let i = nodes.length - 1; i >= 0; i--) {
    const parent = nodes[i]?.parent ?? null;
    if (parent !== null) totals[parent] = (totals[parent] ?? 0) + (totals[i] ?? 0);
  }
  return nodes.map((node, i) => ({
    function: node.function,
    parent: node.parent,
    calls: node.calls,
    total: totals[i] ?? 0,
    self: selfOf(node, time),
  }));
}

function selfOf({ selfNs, waitingNs }: StackNode, time: FlameTime): number {
  if (time === "all") return selfNs;
  return time === "waiting" ? waitingNs : selfNs - waitingNs;
}

/** The widest `most` nodes; of each drawn parent, the children that are not drawn in one "other". */
export function drawn(
  nodes: readonly WideNode[],
  most: number,
): { readonly nodes: readonly WideNode[]; readonly total: number } {
  const order = [...nodes.keys()]
    .filter((i) => (nodes[i]?.total ?? 0) > 0)
    // a parent is at least as wide as its children, and comes before them where they are equal
    .toSorted((a, b) => (nodes[b]?.total ?? 0) - (nodes[a]?.total ?? 0) || a - b);
  const places = new Map<number | null, number | null>([[null, null]]);
  const kept: WideNode[] = [];
  const rest = new Map<number | null, number>();
  let total = 0;
  for (const [rank, i] of order.entries()) {
    const node = nodes[i];
    if (node === undefined) continue;
    const place = places.get(node.parent);
    if (node.parent === null) total += node.total;
    if (place === undefined) continue;
    if (rank < most) {
      places.set(i, kept.length);
      kept.push({ ...node, parent: place });
    } else {
      rest.set(place, (rest.get(place) ?? 0) + node.total);
    }
  }
  for (const [parent, width] of rest) {
    kept.push({ function: OTHER_FUNCTION, parent, calls: 0, total: width, self: width });
  }
  return { nodes: kept, total };
}
