import { expect, it } from "vitest";
import { GraphStore } from "./graph-store.ts";
import { packGraphs } from "./packed-facts.ts";

const bytes = (value: number, length: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(length).fill(value);

it("keeps to its budget by moving what was used longest ago to disk, and finds it again", () => {
  using store = new GraphStore(2_500);
  const ids = [1, 2, 3, 4].map((value) => store.add(bytes(value, 1_000)));
  expect(store.bytesInMemory).toBe(2_000);
  expect(store.bytesOnDisk).toBe(2_000);
  expect(store.packed(ids[0] ?? 0)).toEqual(bytes(1, 1_000));
  expect(store.packed(ids[1] ?? 0)).toEqual(bytes(2, 1_000));
  expect(store.bytesInMemory).toBe(2_000);
  expect(store.packed(ids[3] ?? 0)).toEqual(bytes(4, 1_000));
});

it("keeps one that is larger than the budget", () => {
  using store = new GraphStore(10);
  const id = store.add(bytes(7, 1_000));
  expect(store.packed(id)).toEqual(bytes(7, 1_000));
});

it("forgets what is removed", () => {
  using store = new GraphStore(10_000);
  const id = store.add(bytes(1, 1_000));
  store.remove(id);
  expect(store.bytesInMemory).toBe(0);
  expect(() => store.packed(id)).toThrow("removed");
});

it("unpacks once while it is in use", () => {
  using store = new GraphStore(1_000_000);
  const id = store.add(packGraphs({ cfgs: [], dfgs: [] }));
  expect(store.graphs(id)).toEqual({ cfgs: [], dfgs: [] });
  expect(store.graphs(id)).toBe(store.graphs(id));
});
