// The order of items on each layer, with few crossings of edges.
//
// Sweeps down and up put each item at the barycentre of its neighbours (Sugiyama et al. 1981); of all
// orders seen the best is kept. Crossings are counted after Barth, Jünger and Mutzel, "Simple and
// efficient bilayer cross counting" (2002).

import type { Ranked } from "./layered.ts";

const sweeps = 16;

/** For each layer its items from left to right. */
export function orderLayers(ranked: Ranked): readonly (readonly number[])[] {
  const { items, links, layerCount } = ranked;
  const upper: number[][] = items.map(() => []);
  const lower: number[][] = items.map(() => []);
  for (const link of links) {
    lower[link.upper]?.push(link.lower);
    upper[link.lower]?.push(link.upper);
  }
  let layers = firstOrder(ranked, lower);
  const place = new Float64Array(items.length);
  const number = (layer: readonly number[]): void =>
    layer.forEach((item, at) => {
      place[item] = at;
    });
  layers.forEach(number);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers, lower, place);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const neighbours = isDown ? upper : lower;
    for (let step = 1; step < layerCount; step += 1) {
      const at = isDown ? step : layerCount - 1 - step;
      const sorted = barycentreOrder(layers[at] ?? [], neighbours, place);
      layers[at] = sorted;
      number(sorted);
    }
    layers = exchangeNeighbours(layers, upper, lower, place);
    const count = crossings(layers, lower, place);
    if (count >= fewest) continue;
    fewest = count;
    best = layers.map((layer) => [...layer]);
  }
  return best;
}

/** As a depth-first walk from the top meets them, so that what belongs together begins together. */
function firstOrder(
  { items, layerCount }: Ranked,
  lower: readonly (readonly number[])[],
): number[][] {
  const layers: number[][] = Array.from({ length: layerCount }, () => []);
  const seen = new Uint8Array(items.length);
  const starts = items.map((_, item) => item).toSorted((a, b) => layerOf(a) - layerOf(b) || a - b);
  function layerOf(item: number): number {
    return items[item]?.layer ?? 0;
  }
  for (const start of starts) {
    const stack = [start];
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      if (seen[item] === 1) continue;
      seen[item] = 1;
      layers[layerOf(item)]?.push(item);
      stack.push(...(lower[item] ?? []).toReversed());
    }
  }
  return layers;
}

/** Items without neighbours stay where they are, the others are sorted around them. */
function barycentreOrder(
  layer: readonly number[],
  neighbours: readonly (readonly number[])[],
  place: Float64Array,
): number[] {
  const keys = layer.map((item) => {
    const near = neighbours[item] ?? [];
    return near.length === 0
      ? null
      : near.reduce((sum, other) => sum + (place[other] ?? 0), 0) / near.length;
  });
  const movable = layer
    .map((item, at) => ({ item, at, key: keys[at] ?? null }))
    .filter((entry) => entry.key !== null)
    .toSorted((a, b) => (a.key ?? 0) - (b.key ?? 0) || a.at - b.at);
  let next = 0;
  return layer.map((item, at) => {
    if (keys[at] === null) return item;
    const moved = movable[next]?.item ?? item;
    next += 1;
    return moved;
  });
}

/** Swaps neighbours while that saves crossings: one pass over all layers. */
function exchangeNeighbours(
  layers: readonly number[][],
  upper: readonly (readonly number[])[],
  lower: readonly (readonly number[])[],
  place: Float64Array,
): number[][] {
  return layers.map((layer) => {
    const order = [...layer];
    for (let at = 0; at + 1 < order.length; at += 1) {
      const a = order[at] ?? 0;
      const b = order[at + 1] ?? 0;
      const now = pairCrossings(a, b, upper, place) + pairCrossings(a, b, lower, place);
      const then = pairCrossings(b, a, upper, place) + pairCrossings(b, a, lower, place);
      if (then >= now) continue;
      order[at] = b;
      order[at + 1] = a;
      place[b] = at;
      place[a] = at + 1;
    }
    return order;
  });
}

/** Crossings of the edges of two neighbours when `left` is on the left. */
function pairCrossings(
  left: number,
  right: number,
  neighbours: readonly (readonly number[])[],
  place: Float64Array,
): number {
  let count = 0;
  for (const a of neighbours[left] ?? []) {
    for (const b of neighbours[right] ?? []) if ((place[a] ?? 0) > (place[b] ?? 0)) count += 1;
  }
  return count;
}

/** All crossings between neighbouring layers: inversions, counted with a binary indexed tree. */
export function crossings(
  layers: readonly (readonly number[])[],
  lower: readonly (readonly number[])[],
  place: Float64Array,
): number {
  let total = 0;
  layers.forEach((layer, at) => {
    const size = layers[at + 1]?.length ?? 0;
    const tree = new Int32Array(size + 1);
    let inserted = 0;
    for (const item of layer) {
      const ends = (lower[item] ?? []).map((other) => place[other] ?? 0).toSorted((a, b) => a - b);
      for (const end of ends) {
        let before = 0;
        for (let i = end + 1; i > 0; i -= i & -i) before += tree[i] ?? 0;
        total += inserted - before;
      }
      for (const end of ends) {
        for (let i = end + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
        inserted += 1;
      }
    }
  });
  return total;
}
