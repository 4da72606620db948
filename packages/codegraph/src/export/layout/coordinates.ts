// Places of all items: layers one below the other, on each layer long edges and chains straight.
//
// Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2001): items are aligned with the
// median of their neighbours to blocks, blocks are put as close as widths allow; this from all four
// corners, and of the four places of an item the mean of the two in the middle. Blocks are placed by
// longest ways between them, which needs no classes and keeps all distances.

import type { Item, Ranked, Spacing } from "./layered.ts";

export type Coordinates = {
  /** middles of items */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly tops: readonly number[];
  readonly bottoms: readonly number[];
};

type Layers = readonly (readonly number[])[];

/** `align`: nodes in the middle of their layer's height, or at its top. */
export function coordinates(
  ranked: Ranked,
  order: Layers,
  spacing: Spacing,
  align: "middle" | "start",
): Coordinates {
  return {
    x: horizontal(ranked, order, spacing),
    ...vertical(ranked.items, order, spacing, align),
  };
}

function horizontal(ranked: Ranked, order: Layers, spacing: Spacing): Float64Array {
  const { items } = ranked;
  const crossed = crossedLinks(ranked, order);
  const placements: Float64Array[] = [];
  for (const isUp of [false, true]) {
    for (const isRight of [false, true]) {
      const layers = (isUp ? order.toReversed() : order).map((layer) =>
        isRight ? layer.toReversed() : layer,
      );
      const x = compacted(layers, blocksOf(ranked, layers, isUp, crossed), items, spacing);
      placements.push(isRight ? x.map((value) => -value) : x);
    }
  }
  return middlePlaces(placements, items);
}

/** Links that cross one between two places of long edges: those shall be straight, the others give way. */
function crossedLinks({ items, links }: Ranked, order: Layers): ReadonlySet<number> {
  const place = placesOf(order, items.length);
  const byLayer: number[][] = order.map(() => []);
  links.forEach(({ upper }, link) => byLayer[items[upper]?.layer ?? 0]?.push(link));
  const crossed = new Set<number>();
  for (const layer of byLayer) {
    const isInner = (link: number): boolean =>
      items[links[link]?.upper ?? 0]?.node === -1 && items[links[link]?.lower ?? 0]?.node === -1;
    const ends = (link: number): { from: number; to: number } => ({
      from: place[links[link]?.upper ?? 0] ?? 0,
      to: place[links[link]?.lower ?? 0] ?? 0,
    });
    const inner = layer.filter(isInner).toSorted((a, b) => ends(a).from - ends(b).from);
    if (inner.length === 0) continue;
    for (const link of layer) {
      if (isInner(link)) continue;
      const { from, to } = ends(link);
      const isCrossed = inner.some((other) => {
        const { from: a, to: b } = ends(other);
        return (a < from && b > to) || (a > from && b < to);
      });
      if (isCrossed) crossed.add(link);
    }
  }
  return crossed;
}

function placesOf(layers: Layers, size: number): Int32Array {
  const place = new Int32Array(size);
  for (const layer of layers) {
    layer.forEach((item, at) => {
      place[item] = at;
    });
  }
  return place;
}

/** The first item of the block that each item is aligned with. */
function blocksOf(
  { items, links }: Ranked,
  layers: Layers,
  isUp: boolean,
  crossed: ReadonlySet<number>,
): Int32Array {
  const place = placesOf(layers, items.length);
  const before: number[][] = items.map(() => []);
  links.forEach(({ upper, lower }, link) => {
    if (!crossed.has(link)) before[isUp ? upper : lower]?.push(isUp ? lower : upper);
  });
  const root = Int32Array.from({ length: items.length }, (_, item) => item);
  for (const layer of layers.slice(1)) {
    let taken = -1;
    for (const item of layer) {
      const near = (before[item] ?? []).toSorted((a, b) => (place[a] ?? 0) - (place[b] ?? 0));
      const middle = (near.length - 1) / 2;
      for (const at of new Set([Math.floor(middle), Math.ceil(middle)])) {
        const other = near[at];
        if (other === undefined || (place[other] ?? 0) <= taken) continue;
        taken = place[other] ?? 0;
        root[item] = root[other] ?? other;
        break;
      }
    }
  }
  return root;
}

/** Blocks as far left as the ones before allow, then back towards the ones after them. */
function compacted(
  layers: Layers,
  root: Int32Array,
  items: readonly Item[],
  spacing: Spacing,
): Float64Array {
  const left = new Map<number, Map<number, number>>();
  const right = new Map<number, Map<number, number>>();
  for (const layer of layers) {
    layer.forEach((item, at) => {
      const previous = layer[at - 1];
      if (previous === undefined) return;
      const gap = distance(items[previous], items[item], spacing);
      keepApart(left, root[item] ?? 0, root[previous] ?? 0, gap);
      keepApart(right, root[previous] ?? 0, root[item] ?? 0, gap);
    });
  }
  const order = blockOrder(new Set(root), left, right);
  const x = new Float64Array(items.length);
  for (const block of order) {
    let place = 0;
    for (const [other, gap] of left.get(block) ?? [])
      place = Math.max(place, (x[other] ?? 0) + gap);
    x[block] = place;
  }
  for (const block of order.toReversed()) {
    let place = Infinity;
    for (const [other, gap] of right.get(block) ?? [])
      place = Math.min(place, (x[other] ?? 0) - gap);
    // only where something holds it on the other side: an outermost block would run away
    if (Number.isFinite(place) && left.has(block)) x[block] = Math.max(x[block] ?? 0, place);
  }
  return x.map((_, item) => x[root[item] ?? 0] ?? 0);
}

function keepApart(
  gaps: Map<number, Map<number, number>>,
  block: number,
  other: number,
  gap: number,
): void {
  const known = gaps.get(block);
  if (known === undefined) gaps.set(block, new Map([[other, gap]]));
  else known.set(other, Math.max(known.get(other) ?? 0, gap));
}

/** Blocks after all that are left of them. */
function blockOrder(
  blocks: ReadonlySet<number>,
  left: ReadonlyMap<number, ReadonlyMap<number, number>>,
  right: ReadonlyMap<number, ReadonlyMap<number, number>>,
): readonly number[] {
  const waiting = new Map([...blocks].map((block) => [block, left.get(block)?.size ?? 0]));
  const order = [...blocks].filter((block) => waiting.get(block) === 0);
  for (let head = 0; head < order.length; head += 1) {
    for (const next of (right.get(order[head] ?? 0) ?? new Map<number, number>()).keys()) {
      const count = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, count);
      if (count === 0) order.push(next);
    }
  }
  return order;
}

/** All moved to the narrowest one's border, then of each item the mean of the two places in the middle. */
function middlePlaces(placements: readonly Float64Array[], items: readonly Item[]): Float64Array {
  const borders = placements.map((x) => {
    let left = Infinity;
    let right = -Infinity;
    items.forEach((item, at) => {
      left = Math.min(left, (x[at] ?? 0) - item.width / 2);
      right = Math.max(right, (x[at] ?? 0) + item.width / 2);
    });
    return { left, right };
  });
  const narrowest = borders.reduce((best, one) =>
    one.right - one.left < best.right - best.left ? one : best,
  );
  const shifted = placements.map((x, at) => {
    const { left, right } = borders[at] ?? narrowest;
    // placements 1 and 3 were made from the right
    const shift = at % 2 === 0 ? narrowest.left - left : narrowest.right - right;
    return x.map((value) => value + shift);
  });
  const x = Float64Array.from(items, (_, item) => {
    const places = shifted.map((one) => one[item] ?? 0).toSorted((a, b) => a - b);
    return ((places[1] ?? 0) + (places[2] ?? 0)) / 2;
  });
  const left = items.reduce(
    (least, item, at) => Math.min(least, (x[at] ?? 0) - item.width / 2),
    Infinity,
  );
  return Number.isFinite(left) ? x.map((value) => value - left) : x;
}

/** The least distance between the middles of two neighbours. */
function distance(a: Item | undefined, b: Item | undefined, spacing: Spacing): number {
  const gap = a?.node === -1 || b?.node === -1 ? spacing.edge : spacing.node;
  return ((a?.width ?? 0) + (b?.width ?? 0)) / 2 + gap;
}

function vertical(
  items: readonly Item[],
  order: Layers,
  spacing: Spacing,
  align: "middle" | "start",
): Omit<Coordinates, "x"> {
  const y = new Float64Array(items.length);
  const tops: number[] = [];
  const bottoms: number[] = [];
  const hasLabels = items.some((item) => item.node === -1 && item.height > 0);
  const gap = hasLabels ? spacing.layer / 2 : spacing.layer;
  let at = 0;
  for (const layer of order) {
    const height = layer.reduce((most, item) => Math.max(most, items[item]?.height ?? 0), 0);
    tops.push(at);
    bottoms.push(at + height);
    for (const item of layer) {
      const own = items[item];
      const isTop = align === "start" && own !== undefined && own.node !== -1;
      y[item] = at + (isTop ? own.height : height) / 2;
    }
    at += height + gap;
  }
  return { y, tops, bottoms };
}
