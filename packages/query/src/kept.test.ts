import { expect, it } from "vitest";
import { Kept } from "./kept.ts";
import type { Source } from "./sql.ts";

/** As a request has it: made anew, of a recording that goes on. */
function sourceOf(manifest: Source["manifest"]): Source {
  return { manifest, query: () => Promise.reject(new Error("nobody asks")) };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only who it is counts
const recording = (): Source["manifest"] => ({}) as Source["manifest"];

it("keeps for every source of one recording, and for no other", () => {
  const kept = new Kept<string, number>(10);
  const one = recording();
  kept.set(sourceOf(one), "<0.1.0>", 1);
  expect(kept.get(sourceOf(one), "<0.1.0>")).toBe(1);
  expect(kept.get(sourceOf(recording()), "<0.1.0>")).toBeUndefined();
});

it("lets go of what was not asked for longest", () => {
  const kept = new Kept<string, number>(2);
  const source = sourceOf(recording());
  kept.set(source, "a", 1);
  kept.set(source, "b", 2);
  kept.get(source, "a");
  kept.set(source, "c", 3);
  expect(["a", "b", "c"].map((key) => kept.get(source, key))).toEqual([1, undefined, 3]);
});

it("lets questions at the same time wait for one, and asks anew where that one was stopped", async () => {
  const kept = new Kept<string, number>(10);
  const source = sourceOf(recording());
  const answers = [Promise.reject(new Error("stopped")), Promise.resolve(7)];
  let asked = 0;
  const find = async (): Promise<number> => await (answers[asked++] ?? Promise.resolve(0));
  const both = await Promise.allSettled([kept.of(source, "a", find), kept.of(source, "a", find)]);
  expect(both.map((one) => (one.status === "fulfilled" ? one.value : null))).toEqual([null, 7]);
  expect(await kept.of(source, "a", find)).toBe(7);
  expect(asked).toBe(2);
});

it("finds anew each time what a recording that goes on has", async () => {
  const kept = new Kept<string, number>(10);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its state counts
  const source = sourceOf({ state: "recording" } as Source["manifest"]);
  let asked = 0;
  const find = (): Promise<number> => Promise.resolve((asked += 1));
  expect([await kept.of(source, "a", find), await kept.of(source, "a", find)]).toEqual([1, 2]);
  expect(kept.get(source, "a")).toBeUndefined();
});
