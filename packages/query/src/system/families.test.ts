import { describe, expect, it } from "vitest";
import { cut, leastFor, membersOfFamily, type CutOptions } from "./families.ts";
import { Lives } from "./lives.ts";

type Told = {
  readonly name?: string;
  readonly call?: string;
  readonly behaviour?: string;
  readonly application?: string;
  readonly spawned?: number;
  readonly exited?: number;
  readonly up?: number;
  /** as OTP tells it, the nearest first */
  readonly ancestor?: string;
};

/** Processes by index, in the columns that are read of them. */
function lives(told: Readonly<Record<number, Told>>): Lives {
  const rows = Object.entries(told).map(([index, one]) => [
    Number(index),
    `<0.${index}.0>`,
    one.name ?? null,
    null,
    one.call ?? null,
    one.behaviour ?? null,
    one.application ?? null,
    one.spawned ?? null,
    one.exited ?? null,
    null,
    one.up ?? null,
    one.ancestor ?? null,
    "shop@host",
  ]);
  return new Lives(rows, false);
}

const POOL: Told = { name: "Elixir.Shop.Pool", behaviour: "supervisor", application: "shop" };
const WORKER: Told = { call: "Shop.Worker.init/1", up: 1 };
const WHOLE = { t0: 0, t1: 1_000 };

function cellsOf(all: Lives, options: Partial<CutOptions> = {}): readonly (readonly string[])[] {
  const within = all.within(WHOLE);
  const cells = cut(all, within, { limit: 10, open: [], members: 3, pid: null, ...options });
  return cells.map(({ lives: inside }) => inside.map(({ pid }) => pid));
}

describe("the supervisor of a process", () => {
  it("is found through those that started it, and by name where no spawn was recorded", () => {
    const all = lives({
      1: POOL,
      2: { call: "Shop.Cart.init/1", up: 1 },
      3: { call: "Shop.Order.init/1", up: 2 },
      4: { call: "Shop.Worker.init/1", ancestor: "Elixir.Shop.Pool" },
      5: { call: "Shop.Feed.run/0" },
      6: { ...POOL, name: "Elixir.Shop.Inner", up: 1 },
    });
    const hulls = [...all.all.values()].map((life) => all.hullOf(life));
    expect(hulls).toEqual([1, 1, 1, 1, null, 6]);
    expect([...all.all.values()].map((life) => all.placeOf(life)).slice(2, 5)).toEqual([
      "app:shop",
      "app:shop",
      "node:shop@host",
    ]);
  });

  it("is nobody when processes name each other as their parents", () => {
    const all = lives({ 1: { up: 2 }, 2: { up: 1 }, 3: { up: 3 } });
    expect([...all.all.values()].map((life) => all.supervisorOf(life))).toEqual([null, null, null]);
  });
});

describe("a cut", () => {
  const many = lives({
    1: POOL,
    2: { call: "Shop.Cart.init/1", up: 1 },
    ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [10 + i, WORKER])),
  });
  const workers = Array.from({ length: 12 }, (_, i) => `<0.${10 + i}.0>`);

  it("draws all processes apart when there is room", () => {
    expect(cellsOf(many, { limit: 14 })).toHaveLength(14);
  });

  it("puts the family together that is large, and nobody is lost or there twice", () => {
    expect(cellsOf(many)).toEqual([["<0.1.0>"], ["<0.2.0>"], workers]);
  });

  it("draws what was opened apart, as many as it may, and the rest together", () => {
    const open = ["<0.1.0>|Shop.Worker.init/1"];
    const cells = cellsOf(many, { open });
    expect(cells.map((cell) => cell.length)).toEqual([1, 1, 1, 1, 1, 9]);
    expect(new Set(cells.flat()).size).toBe(14);
  });

  it("draws the chosen process apart", () => {
    expect(cellsOf(many, { pid: "<0.15.0>" })).toContainEqual(["<0.15.0>"]);
  });

  it("goes over to applications when the families of supervisors are too many", () => {
    const all = lives(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          [2 * i + 1, POOL],
          [2 * i + 2, { ...WORKER, up: 2 * i + 1 }],
        ]).flat(),
      ),
    );
    expect(cellsOf(all).map((cell) => cell.length)).toEqual([30, 30]);
  });

  it("puts everything of an application together at last", () => {
    const all = lives(
      Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [i + 1, { call: `M${i}.init/1`, application: "a" }]),
      ),
    );
    expect(cellsOf(all).map((cell) => cell.length)).toEqual([40]);
    expect(membersOfFamily(all, all.within(WHOLE), "app:a")).toHaveLength(40);
  });
});

describe("the size from which on families are one node", () => {
  it("is the largest power of two that makes the nodes fit", () => {
    expect(leastFor([3, 3, 3], 9)).toBe(null);
    expect(leastFor([100, 20, 5, 1], 30)).toBe(64);
    expect(leastFor([100, 20, 5, 1], 8)).toBe(16);
    expect(leastFor([100, 20, 5, 1], 4)).toBe(4);
    expect(leastFor([1, 1, 1, 1], 3)).toBe("too many");
  });
});
