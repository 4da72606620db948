// Connected parts of a graph are laid out one by one, then put into rows like words on a page.

import {
  layeredLayout,
  type Layout,
  type LayoutEdge,
  type LayoutNode,
  type Point,
  type Spacing,
} from "./layered.ts";

export type Direction = "down" | "right";

/** Width to height that rows aim at. */
const aspect = 1.5;

/** `layeredLayout` of any graph, in either direction. */
export function layout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  direction: Direction,
  spacing: Spacing,
): Layout {
  const parts = components(nodes.length, edges).map((members) =>
    partLayout(members, nodes, edges, direction, spacing),
  );
  const gap = spacing.node * 1.5;
  const area = parts.reduce(
    (sum, { layout: { width, height } }) => sum + (width + gap) * (height + gap),
    0,
  );
  const widest = parts.reduce((most, part) => Math.max(most, part.layout.width), 0);
  const rowWidth = Math.max(widest, Math.sqrt(area * aspect));
  const placedNodes: Point[] = nodes.map(() => ({ x: 0, y: 0 }));
  const placedEdges: Layout["edges"][number][] = edges.map(() => ({ points: [], label: null }));
  // each part goes into the first row that has room for it
  const rows: { y: number; x: number; height: number }[] = [];
  let width = 0;
  let height = 0;
  for (const part of parts) {
    const size = part.layout;
    let row = rows.find((one) => one.x + size.width <= rowWidth && size.height <= one.height);
    if (row === undefined) {
      row = { y: height === 0 ? 0 : height + gap, x: 0, height: size.height };
      rows.push(row);
      height = row.y + size.height;
    }
    const { x, y } = row;
    const moved = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
    part.nodes.forEach((node, at) => {
      placedNodes[node] = moved(size.nodes[at] ?? { x: 0, y: 0 });
    });
    part.edges.forEach((edge, at) => {
      const { points, label } = size.edges[at] ?? { points: [], label: null };
      placedEdges[edge] = {
        points: points.map(moved),
        label: label === null ? null : moved(label),
      };
    });
    width = Math.max(width, x + size.width);
    row.x += size.width + gap;
  }
  return { width, height, nodes: placedNodes, edges: placedEdges };
}

type Part = {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly layout: Layout;
};

function partLayout(
  members: readonly number[],
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  direction: Direction,
  spacing: Spacing,
): Part {
  const numbers = new Map(members.map((node, at) => [node, at]));
  const own = edges.flatMap(({ from }, edge) => (numbers.has(from) ? [edge] : []));
  const turn = direction === "right";
  const size = (one: LayoutNode): LayoutNode =>
    turn ? { width: one.height, height: one.width } : one;
  const result = layeredLayout(
    members.map((node) => size(nodes[node] ?? { width: 0, height: 0 })),
    own.flatMap((edge) => {
      const one = edges[edge];
      if (one === undefined) return [];
      const label = one.label === null ? null : size(one.label);
      return [{ from: numbers.get(one.from) ?? 0, to: numbers.get(one.to) ?? 0, label }];
    }),
    spacing,
    turn ? "start" : "middle",
  );
  return { nodes: members, edges: own, layout: turn ? turned(result) : result };
}

function swap({ x, y }: Point): Point {
  return { x: y, y: x };
}

function turned({ width, height, nodes, edges }: Layout): Layout {
  return {
    width: height,
    height: width,
    nodes: nodes.map(swap),
    edges: edges.map(({ points, label }) => ({
      points: points.map(swap),
      label: label === null ? null : swap(label),
    })),
  };
}

/** Nodes of each part, parts by size and then by their first node. */
function components(size: number, edges: readonly LayoutEdge[]): readonly (readonly number[])[] {
  const parent = Int32Array.from({ length: size }, (_, node) => node);
  const find = (start: number): number => {
    let node = start;
    while (parent[node] !== node) {
      const above = parent[node] ?? 0;
      parent[node] = parent[above] ?? 0;
      node = above;
    }
    return node;
  };
  for (const { from, to } of edges) {
    const [a, b] = [find(from), find(to)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const parts = new Map<number, number[]>();
  for (let node = 0; node < size; node += 1) {
    const root = find(node);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [node]);
    else part.push(node);
  }
  return [...parts.values()].toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}
