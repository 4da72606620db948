// Merged stacks as a flame graph: every node is a function below its callers, with the time that it took
// and how much of it was its own. Small nodes beside each other become one "other", so that the sums hold
// however little is drawn. Of a path only the last frame's part is drawn, below the frames that lead to it.

import type { Flame, FlameTime, TimeRange } from "@elixirscope/wire";
import { functionTexts } from "../interned.ts";
import type { Source } from "../sql.ts";
import { OTHER_FUNCTION, type StackNode } from "./call-tree.ts";
import type { SweepOptions } from "./sweep.ts";
import { sweptTree } from "./swept-tree.ts";
import { timeLimits } from "./times.ts";

export type FlameOptions = SweepOptions & {
  readonly time: FlameTime;
  /** at most, without those called "other" */
  readonly nodes: number;
  /** smaller parts of what is drawn are "other", too */
  readonly minShare?: number;
  /** functions from the bottom up to the frame that is meant; what is not found of it is left out */
  readonly path?: readonly number[];
  /** a part of a function's name, in any case */
  readonly search?: string;
};

export async function flame(
  source: Source,
  range: TimeRange,
  options: FlameOptions,
): Promise<Flame> {
  const tree = await sweptTree(source, range, options);
  const wide = widths(tree.nodes, options.time);
  const { nodes, total, above } = zoomed(wide, options);
  const [names, found, limits] = await Promise.all([
    functionTexts(
      source,
      nodes.map((node) => node.function),
    ),
    foundIn(source, wide, options.search ?? ""),
    timeLimits(source, range, tree),
  ]);
  return {
    range,
    time: options.time,
    total,
    nodes: nodes.map((node, i) => ({
      name: node.function === OTHER_FUNCTION ? "other" : (names.get(node.function) ?? UNKNOWN),
      function: node.function === OTHER_FUNCTION ? null : node.function,
      parent: node.parent,
      calls: node.calls,
      total: node.total,
      self: node.self,
      waiting: node.waiting,
      // one that found no room in the tree is one, whatever was put into it
      frames: node.function === OTHER_FUNCTION ? node.frames : 1,
      slowest: node.slowest === 0 || i < above ? null : node.slowest,
    })),
    frames: wide.filter((node) => node.total > 0).length,
    found,
    limits,
  };
}

const UNKNOWN = "an unknown function";

export type WideNode = {
  readonly function: number;
  readonly parent: number | null;
  readonly calls: number;
  readonly total: number;
  readonly self: number;
  /** of `self` */
  readonly waiting: number;
  /** with those above it */
  readonly frames: number;
  /** of the total */
  readonly totalWaiting: number;
  /** 0: none */
  readonly slowest: number;
};

/** Parents come before their children in a `CallTree`, so one walk backwards adds up the totals. */
export function widths(nodes: readonly StackNode[], time: FlameTime): readonly WideNode[] {
  const totals = nodes.map((node) => selfOf(node, time));
  const waits = nodes.map((node) => waitingOf(node, time));
  const frames = nodes.map(() => 1);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const parent = nodes[i]?.parent ?? null;
    if (parent === null) continue;
    totals[parent] = (totals[parent] ?? 0) + (totals[i] ?? 0);
    waits[parent] = (waits[parent] ?? 0) + (waits[i] ?? 0);
    frames[parent] = (frames[parent] ?? 0) + (frames[i] ?? 0);
  }
  return nodes.map((node, i) => ({
    function: node.function,
    parent: node.parent,
    calls: node.calls,
    total: totals[i] ?? 0,
    self: selfOf(node, time),
    waiting: waitingOf(node, time),
    frames: frames[i] ?? 1,
    totalWaiting: waits[i] ?? 0,
    slowest: node.slowest.call,
  }));
}

function selfOf({ selfNs, waitingNs }: StackNode, time: FlameTime): number {
  if (time === "all") return selfNs;
  return time === "waiting" ? waitingNs : selfNs - waitingNs;
}

function waitingOf({ waitingNs }: StackNode, time: FlameTime): number {
  return time === "running" ? 0 : waitingNs;
}

type Drawn = { readonly nodes: readonly WideNode[]; readonly total: number };

/** `above`: how many of the nodes lead to the one that is meant. */
export function zoomed(
  nodes: readonly WideNode[],
  { path = [], nodes: most, minShare = 0 }: FlameOptions,
): Drawn & { readonly above: number } {
  const way = wayTo(nodes, path);
  const root = way.at(-1);
  if (root === undefined) {
    const whole = nodes.reduce((sum, node) => sum + (node.parent === null ? node.total : 0), 0);
    return { ...drawn(nodes, most, whole * minShare), above: 0 };
  }
  const above = way.length - 1;
  const inside = drawn(subtree(nodes, root), most, (nodes[root]?.total ?? 0) * minShare);
  const leading = way.slice(0, -1).flatMap((i, depth): readonly WideNode[] => {
    const node = nodes[i];
    return node === undefined ? [] : [{ ...node, parent: depth === 0 ? null : depth - 1 }];
  });
  const moved = inside.nodes.map((node) => ({
    ...node,
    parent: node.parent === null ? (above === 0 ? null : above - 1) : node.parent + above,
  }));
  return { nodes: [...leading, ...moved], total: inside.total, above };
}

/** Nodes from the bottom, as far as the path is found and has time. */
function wayTo(nodes: readonly WideNode[], path: readonly number[]): readonly number[] {
  const way: number[] = [];
  for (const fun of path) {
    const parent = way.at(-1) ?? null;
    const next = nodes.findIndex(
      (node) => node.parent === parent && node.function === fun && node.total > 0,
    );
    if (next < 0) break;
    way.push(next);
  }
  return way;
}

/** The node and all above it, with the node at the bottom. */
function subtree(nodes: readonly WideNode[], root: number): readonly WideNode[] {
  const places = new Map<number, number>();
  const inside: WideNode[] = [];
  for (let i = root; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) continue;
    const parent = i === root || node.parent === null ? null : places.get(node.parent);
    if (parent === undefined || (parent === null && i !== root)) continue;
    places.set(i, inside.length);
    inside.push({ ...node, parent });
  }
  return inside;
}

/**
 * The widest `most` nodes that are at least `least` wide; of each drawn parent, the children that are not drawn in one "other".
 */
export function drawn(nodes: readonly WideNode[], most: number, least = 0): Drawn {
  const wide: number[] = [];
  const narrow: number[] = [];
  let total = 0;
  for (const [i, node] of nodes.entries()) {
    if (node.total <= 0) continue;
    if (node.parent === null) total += node.total;
    // the narrow ones need no order: only a tenth of a large tree is sorted
    (node.total >= least ? wide : narrow).push(i);
  }
  // a parent is at least as wide as its children, and comes before them where they are equal
  wide.sort((a, b) => (nodes[b]?.total ?? 0) - (nodes[a]?.total ?? 0) || a - b);
  const places = new Map<number | null, number | null>([[null, null]]);
  const kept: WideNode[] = [];
  const rest = new Map<number | null, Rest>();
  for (const i of wide.slice(0, most)) {
    const node = nodes[i];
    const place = node === undefined ? undefined : places.get(node.parent);
    if (node === undefined || place === undefined) continue;
    places.set(i, kept.length);
    kept.push({ ...node, parent: place });
  }
  for (const i of [...wide.slice(most), ...narrow]) {
    const node = nodes[i];
    const place = node === undefined ? undefined : places.get(node.parent);
    // what is below one that is not drawn is counted with it
    if (node !== undefined && place !== undefined) rest.set(place, withNode(rest.get(place), node));
  }
  for (const [parent, { width, waiting, frames }] of rest) {
    kept.push({
      function: OTHER_FUNCTION,
      parent,
      calls: 0,
      total: width,
      self: width,
      waiting,
      frames,
      totalWaiting: waiting,
      slowest: 0,
    });
  }
  return { nodes: kept, total };
}

type Rest = { readonly width: number; readonly waiting: number; readonly frames: number };

function withNode(rest: Rest | undefined, node: WideNode): Rest {
  return {
    width: (rest?.width ?? 0) + node.total,
    waiting: (rest?.waiting ?? 0) + node.totalWaiting,
    frames: (rest?.frames ?? 0) + node.frames,
  };
}

/** All that match, drawn or not. A match inside of another takes no time of its own. */
async function foundIn(
  source: Source,
  nodes: readonly WideNode[],
  search: string,
): Promise<Flame["found"]> {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return null;
  const names = await functionTexts(
    source,
    nodes.map((node) => node.function),
  );
  const matching = new Set(
    [...names].filter(([, name]) => name.toLowerCase().includes(wanted)).map(([fun]) => fun),
  );
  const inMatch: boolean[] = [];
  let [frames, total] = [0, 0];
  for (const [i, node] of nodes.entries()) {
    const isInside = node.parent !== null && inMatch[node.parent] === true;
    const matches = matching.has(node.function);
    inMatch[i] = isInside || matches;
    if (!matches || node.total === 0) continue;
    frames += 1;
    if (!isInside) total += node.total;
  }
  return { frames, total };
}
