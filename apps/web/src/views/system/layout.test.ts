import { expect, it } from "vitest";
import { Layout, type Body } from "./layout.ts";

const body = (id: string, hull: string, parent: string | null = null): Body => ({
  id,
  radius: 6,
  hulls: ["app", hull],
  parent,
});

const BODIES = ["left", "right"].flatMap((hull) => [
  body(hull, hull),
  ...Array.from({ length: 20 }, (_, i) => body(`${hull} ${i}`, hull, hull)),
]);

function settled(layout: Layout, bodies: readonly Body[]): ReadonlyMap<string, [number, number]> {
  if (layout.arrange({ bodies, talks: [], aspect: 1 })) while (layout.tick());
  const places = layout.places();
  return new Map(bodies.map(({ id }, i) => [id, [places[2 * i] ?? NaN, places[2 * i + 1] ?? NaN]]));
}

function distance(a: readonly number[] = [], b: readonly number[] = []): number {
  return Math.hypot((a[0] ?? NaN) - (b[0] ?? NaN), (a[1] ?? NaN) - (b[1] ?? NaN));
}

it("keeps hulls apart and nodes from lying on each other", () => {
  const places = settled(new Layout(), BODIES);
  const centre = (hull: string): number[] => {
    const own = [...places].filter(([id]) => id.startsWith(hull)).map(([, at]) => at);
    return [0, 1].map((axis) => own.reduce((sum, at) => sum + (at[axis] ?? 0), 0) / own.length);
  };
  const [left, right] = [centre("left"), centre("right")];
  for (const [id, at] of places) {
    const [own, other] = id.startsWith("left") ? [left, right] : [right, left];
    expect(distance(at, own)).toBeLessThan(distance(at, other));
  }
  const gaps = [...places].flatMap(([one, a]) =>
    [...places].flatMap(([other, b]) => (one < other ? [distance(a, b)] : [])),
  );
  expect(Math.min(...gaps)).toBeGreaterThan(9);
});

it("moves nothing when the same ones are asked for again", () => {
  const layout = new Layout();
  const before = settled(layout, BODIES);
  expect(layout.arrange({ bodies: BODIES.toReversed(), talks: [], aspect: 1 })).toBe(false);
  const places = layout.places();
  for (const [i, { id }] of BODIES.toReversed().entries()) {
    expect([places[2 * i], places[2 * i + 1]]).toEqual(before.get(id));
  }
});

it("begins a new one at its parent, leaves the others about where they were, and finds back who returns", () => {
  const layout = new Layout();
  const before = settled(layout, BODIES);
  const more = [...BODIES, body("new", "left", "left 3")];
  layout.arrange({ bodies: more, talks: [], aspect: 1 });
  const begun = layout.places();
  expect(distance(Array.from(begun.slice(-2)), before.get("left 3"))).toBeLessThan(20);
  const after = settled(layout, more);
  const moved = BODIES.map(({ id }) => distance(before.get(id), after.get(id)));
  expect(moved.reduce((sum, one) => sum + one, 0) / moved.length).toBeLessThan(12);
  settled(layout, BODIES);
  layout.arrange({ bodies: more, talks: [], aspect: 1 });
  expect(distance(Array.from(layout.places().slice(-2)), after.get("new"))).toBeLessThan(1);
});
