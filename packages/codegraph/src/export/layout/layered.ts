// Layered drawing of a directed graph.
//
// Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981):
// turn some edges so that there are no cycles, put nodes on layers, order layers to have few crossings,
// give coordinates. Labels of edges are laid out as nodes of their own, so that nothing overlaps them.

import { withoutCycles } from "./cycles.ts";
import { layersOf } from "./layers.ts";
import { orderLayers } from "./crossings.ts";
import { coordinates } from "./coordinates.ts";

export type Size = { readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };

export type LayoutNode = Size;
export type LayoutEdge = {
  readonly from: number;
  readonly to: number;
  /** null: no label */
  readonly label: Size | null;
};

export type PlacedEdge = {
  /** from the border of `from` to the border of `to` */
  readonly points: readonly Point[];
  /** the middle of the label */
  readonly label: Point | null;
};

export type Layout = Size & {
  /** middles of the nodes */
  readonly nodes: readonly Point[];
  readonly edges: readonly PlacedEdge[];
};

export type Spacing = {
  /** between neighbours on a layer */
  readonly node: number;
  /** between layers */
  readonly layer: number;
  /** between an edge that passes and its neighbours */
  readonly edge: number;
};

/** A node, a label, or the place where a long edge passes a layer. */
export type Item = Size & {
  readonly layer: number;
  /** index of the node, -1 for what belongs to an edge */
  readonly node: number;
  /** index of the edge, -1 for nodes */
  readonly edge: number;
};

export type Ranked = {
  readonly items: readonly Item[];
  /** between items of neighbouring layers, upper first */
  readonly links: readonly { readonly upper: number; readonly lower: number }[];
  readonly layerCount: number;
  /** for each edge its items from top to bottom, ends included; empty for loops at a node */
  readonly chains: readonly (readonly number[])[];
  /** edges that are drawn upwards */
  readonly turned: readonly boolean[];
};

/** Downwards; of connected graphs. For other directions turn sizes before and points after. */
export function layeredLayout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  spacing: Spacing,
  align: "middle" | "start" = "middle",
): Layout {
  const ranked = rank(nodes, edges);
  const order = orderLayers(ranked);
  const { x, y, tops, bottoms } = coordinates(ranked, order, spacing, align);
  const at = (item: number): Point => ({ x: x[item] ?? 0, y: y[item] ?? 0 });
  const placed = edges.map((edge, index): PlacedEdge => {
    const chain = ranked.chains[index] ?? [];
    if (chain.length === 0) return loopAt(index, edge, edges, at(edge.from), nodes[edge.from]);
    const points: Point[] = [];
    let label: Point | null = null;
    chain.forEach((item, place) => {
      const here = ranked.items[item];
      if (here === undefined) return;
      const middle = at(item);
      const layerTop = tops[here.layer] ?? 0;
      const layerBottom = bottoms[here.layer] ?? 0;
      const half = (nodes[here.node]?.height ?? 0) / 2;
      // curves are for between layers: on its way through a layer an edge is straight
      if (place === 0) {
        points.push({ x: middle.x, y: middle.y + half }, { x: middle.x, y: layerBottom });
      } else if (place === chain.length - 1) {
        points.push({ x: middle.x, y: layerTop }, { x: middle.x, y: middle.y - half });
      } else points.push({ x: middle.x, y: layerTop }, { x: middle.x, y: layerBottom });
      if (here.node === -1 && here.height > 0) label = middle;
    });
    return { points: ranked.turned[index] === true ? points.toReversed() : points, label };
  });
  const spread = spreadEnds(nodes, edges, placed, ranked);
  const right = ranked.items.map((item, index) => (x[index] ?? 0) + item.width / 2);
  return {
    width: Math.max(0, ...right),
    height: bottoms.at(-1) ?? 0,
    nodes: nodes.map((_, node) => at(node)),
    edges: spread,
  };
}

/** Items 0 to nodes-1 are the nodes. */
function rank(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Ranked {
  const turned = withoutCycles(nodes.length, edges);
  const down = edges.map(({ from, to }, index) =>
    turned[index] === true ? { from: to, to: from } : { from, to },
  );
  const labelled = edges.some((edge) => edge.label !== null);
  const layer = layersOf(nodes.length, down);
  // with labels each second layer is for them
  const factor = labelled ? 2 : 1;
  const items: Item[] = nodes.map(({ width, height }, node) => {
    const loops = loopsAt(node, edges);
    const room = loops.reduce((most, { label }) => Math.max(most, loopWidth(label)), 0);
    const labels = loops.reduce((sum, { label }) => sum + (label?.height ?? 0), 0);
    return {
      width: width + 2 * room,
      height: Math.max(height, labels),
      layer: (layer[node] ?? 0) * factor,
      node,
      edge: -1,
    };
  });
  const links: { upper: number; lower: number }[] = [];
  const chains = down.map(({ from, to }, edge) => {
    if (from === to) return [];
    const top = (layer[from] ?? 0) * factor;
    const bottom = (layer[to] ?? 0) * factor;
    const label = edges[edge]?.label ?? null;
    const labelLayer = label === null ? -1 : middleLayer(top, bottom);
    const chain = [from];
    for (let at = top + 1; at < bottom; at += 1) {
      const size = at === labelLayer && label !== null ? label : { width: 0, height: 0 };
      chain.push(items.length);
      items.push({ ...size, layer: at, node: -1, edge });
    }
    chain.push(to);
    for (let i = 1; i < chain.length; i += 1) {
      links.push({ upper: chain[i - 1] ?? 0, lower: chain[i] ?? 0 });
    }
    return chain;
  });
  const layerCount = items.reduce((most, item) => Math.max(most, item.layer + 1), 0);
  return { items, links, layerCount, chains, turned };
}

/** An odd layer, where there are no nodes. */
function middleLayer(top: number, bottom: number): number {
  const middle = Math.floor((top + bottom) / 2);
  return middle % 2 === 1 ? middle : middle + (middle + 1 < bottom ? 1 : -1);
}

type End = { readonly edge: number; readonly first: boolean; readonly towards: number };

function addEnd(sides: Map<string, End[]>, side: string, end: End): void {
  const ends = sides.get(side);
  if (ends === undefined) sides.set(side, [end]);
  else ends.push(end);
}

/** Ends of edges side by side on a node's border, in the order in which the edges go on. */
function spreadEnds(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  placed: readonly PlacedEdge[],
  { chains, turned }: Ranked,
): PlacedEdge[] {
  const points = placed.map((edge) => [...edge.points]);
  const sides = new Map<string, End[]>();
  edges.forEach(({ from, to }, edge) => {
    const list = points[edge] ?? [];
    if ((chains[edge] ?? []).length === 0 || list.length < 2) return;
    const up = turned[edge] === true;
    addEnd(sides, `${from} ${up ? "top" : "bottom"}`, {
      edge,
      first: true,
      towards: list[2]?.x ?? 0,
    });
    addEnd(sides, `${to} ${up ? "bottom" : "top"}`, {
      edge,
      first: false,
      towards: list.at(-3)?.x ?? 0,
    });
  });
  for (const [key, ends] of sides) {
    const width = nodes[Number(key.slice(0, key.indexOf(" ")))]?.width ?? 0;
    const step = ends.length < 2 ? 0 : Math.min(18, (width * 0.7) / (ends.length - 1));
    const ordered = ends.toSorted((a, b) => a.towards - b.towards || a.edge - b.edge);
    ordered.forEach(({ edge, first }, place) => {
      const list = points[edge] ?? [];
      const shift = (place - (ends.length - 1) / 2) * step;
      // the border and the layer's end: between them it goes straight
      for (const at of first ? [0, 1] : [list.length - 2, list.length - 1]) {
        const point = list[at];
        if (point !== undefined) list[at] = { x: point.x + shift, y: point.y };
      }
    });
  }
  return placed.map(({ label }, edge) => ({ points: distinct(points[edge] ?? []), label }));
}

/** Without repetitions: a stretch of no length has no direction, and its arrow would have none. */
function distinct(points: readonly Point[]): Point[] {
  return points.filter(({ x, y }, at) => {
    const before = points[at - 1];
    return before === undefined || Math.abs(before.x - x) + Math.abs(before.y - y) > 0.01;
  });
}

const loopReach = 22;

function loopWidth(label: Size | null): number {
  return loopReach + (label === null ? 0 : label.width + 6);
}

function loopsAt(node: number, edges: readonly LayoutEdge[]): readonly LayoutEdge[] {
  return edges.filter(({ from, to }) => from === node && to === node);
}

/** An edge from a node to itself goes round its right side; labels of several stand below each other. */
function loopAt(
  index: number,
  { from, label }: LayoutEdge,
  edges: readonly LayoutEdge[],
  middle: Point,
  size: Size | undefined,
): PlacedEdge {
  const loops = loopsAt(from, edges);
  const before = loopsAt(from, edges.slice(0, index));
  const total = loops.reduce((sum, loop) => sum + (loop.label?.height ?? 0), 0);
  const above = before.reduce((sum, loop) => sum + (loop.label?.height ?? 0), 0);
  const right = middle.x + (size?.width ?? 0) / 2;
  const reach = Math.min(10, (size?.height ?? 0) / 4) / (before.length + 1);
  return {
    points: [
      { x: right, y: middle.y - reach },
      { x: right + loopReach, y: middle.y - reach },
      { x: right + loopReach, y: middle.y + reach },
      { x: right, y: middle.y + reach },
    ],
    label:
      label === null
        ? null
        : {
            x: right + loopReach + 4 + label.width / 2,
            y: middle.y - total / 2 + above + label.height / 2,
          },
  };
}
