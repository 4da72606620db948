import { tmpdir } from "node:os";
import path from "node:path";
import { atom, binary, integer, tuple } from "@elixirscope/etf";
import { find, parseWatch, type FindOptions, type FindResult } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import { describe, expect, it } from "vitest";
import { tell } from "./told.ts";

async function search(
  recording: RecordingReader,
  text: string,
  options: Partial<FindOptions> = {},
): Promise<FindResult> {
  const watch = parseWatch(text);
  if (!watch.ok) throw new Error(watch.error.message);
  const answer = await find(recording, watch.value, { limit: 100, ...options });
  if (!answer.ok)
    throw new Error(`${answer.missing.message} (${answer.missing.nearest.join(", ")})`);
  return answer.result;
}

async function hits(recording: RecordingReader, text: string): Promise<readonly unknown[]> {
  const result = await search(recording, text);
  return result.hits.map(({ t, trigger, values }) => [t, trigger, values]);
}

const A = "<0.1.0>";
const B = "<0.2.0>";
const add = ["Elixir.Shop.Cart", "add", 2] as const;
const total = ["Elixir.Shop.Cart", "total", 1] as const;
const FILE = path.join(tmpdir(), "shop/lib/cart.ex");
const cut = tuple(atom("$elixir_scope_cut"), atom("binary"), integer(9_000), binary("ab"));

describe("calls", () => {
  it("are found by named and by positional arguments, in the order of time", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      story.call(B, 50, 60, total, [":late"]);
      story.enter(A, 10, add, [":a", 1], head);
      story.leave(A, 20, ":ok");
      story.enter(B, 70, add, [":b", -1], head);
      story.enter(A, 30, add, [":c", -2], head);
      story.leave(A, 40, ":ok");
      story.leave(B, 80, ":ok");
    });
    expect(await hits(recording, "Shop.Cart.add/2: qty < 0")).toEqual([
      [30, "call", { qty: "-2" }],
      [70, "call", { qty: "-1" }],
    ]);
    expect(await hits(recording, "Shop.Cart.add: arg1 == :a and arg2 == 1")).toEqual([
      [10, "call", { arg1: ":a", arg2: "1" }],
    ]);
    expect(await hits(recording, "Shop.Cart.*: arg1 == :late")).toEqual([
      [50, "call", { arg1: ":late" }],
    ]);
    expect(await hits(recording, "Shop.Cart.add/2")).toHaveLength(3);
    const { hits: found } = await search(recording, "Shop.Cart.add/2: cart == :b");
    expect(found[0]).toMatchObject({ pid: B, mfa: "Shop.Cart.add/2", file: FILE, line: 10 });
  });

  it("are found by their results, with the variables of the call", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      for (const [i, result] of [5, -5, 7].entries()) {
        story.enter(A, i * 10, add, [":a", i], head);
        story.leave(A, i * 10 + 5, result);
      }
      story.enter(A, 50, add, [":a", 0], head);
      story.leave(A, 55, -9, "raised");
    });
    expect(await hits(recording, "Shop.Cart.add/2: result < 0")).toEqual([
      [15, "return", { result: "-5" }],
    ]);
    expect(await hits(recording, "Shop.Cart.add/2: result > qty and qty > 0")).toEqual([
      [25, "return", { qty: "2", result: "7" }],
    ]);
  });

  it("without instrumentation have no names, and say so", async () => {
    const recording = await tell((story) => {
      story.call(A, 10, 20, add, [":a", -1], ":ok");
    });
    expect(await hits(recording, "Shop.Cart.add/2: arg2 < 0 and arg1 != :b")).toHaveLength(1);
    await expect(search(recording, "Shop.Cart.add/2: qty < 0")).rejects.toThrow(/arg1, arg2/);
  });
});

describe("variables", () => {
  it("are asked when all are known, and again when one changes", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      const match = story.site(add, "match", [FILE, 12], ["price"]);
      const other = story.site(add, "match", [FILE, 13], ["unused"]);
      story.enter(A, 10, add, [":a", 3], head);
      story.at(A, 20, match, [1]);
      story.at(A, 30, match, [5]);
      story.at(A, 40, match, [5]);
      story.at(A, 45, other, [5]);
      story.at(A, 50, match, [6]);
      story.leave(A, 60, ":ok");
      // another call knows nothing of the first one's
      story.enter(A, 70, add, [":a", 3], head);
      story.leave(A, 80, ":ok");
    });
    expect(await hits(recording, "Shop.Cart.add/2: price > qty")).toEqual([
      [30, "binding", { qty: "3", price: "5" }],
      [50, "binding", { qty: "3", price: "6" }],
    ]);
    const { counters } = await search(recording, "Shop.Cart.add/2: price > qty");
    expect(counters.asked).toBe(3);
  });

  it("of what the patterns of a clause bound are known at the call", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], [null, "qty", "sku", "size"]);
      story.enter(A, 10, add, [{ sku: "x1" }, 1], head, ["x1", 4]);
      story.leave(A, 20, ":ok");
    });
    expect(await hits(recording, 'Shop.Cart.add/2: sku == "x1" and size == 4')).toEqual([
      [10, "call", { sku: '"x1"', size: "4" }],
    ]);
  });

  it("that nobody binds are told before the search, with those that are near", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "quantity"]);
      story.enter(A, 10, add, [":a", 1], head);
      story.leave(A, 20, ":ok");
    });
    await expect(search(recording, "Shop.Cart.add/2: quantiti < 0")).rejects.toThrow(
      "Shop.Cart.add/2 binds no variable quantiti (quantity)",
    );
    await expect(search(recording, "Shop.Cart.ad/2: quantity < 0")).rejects.toThrow(
      "no function Shop.Cart.ad/2 was recorded (Shop.Cart.add/2)",
    );
  });

  it("that were cut are neither here nor there, and are counted; so are exceptions", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      for (const [i, value] of [cut, 3, "text"].entries()) {
        story.enter(A, i * 10, add, [":a", value], head);
        story.leave(A, i * 10 + 5, ":ok");
      }
      story.gap(10, 20, "dropped", 7);
    });
    const result = await search(recording, 'Shop.Cart.add/2: qty <> "x" == "textx"');
    expect(result.hits.map(({ t }) => t)).toEqual([20]);
    expect(result.counters).toMatchObject({ asked: 3, unknown: 1, raised: 1 });
    expect(result.counters.firstRaised).toMatch(/^ArgumentError/);
    expect(result.notes).toEqual([
      "something is missing in this range: dropped (7 events); there may be more hits",
    ]);
  });
});

describe("a line", () => {
  it("is found once each time that it runs, whatever it is made of", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      const line = story.site(add, "line", [FILE, 12]);
      const match = story.site(add, "match", [FILE, 12], ["price"]);
      const next = story.site(add, "line", [FILE, 13]);
      for (const [i, price] of [1, 9].entries()) {
        story.enter(A, i * 100, add, [":a", 3], head);
        for (const round of [0, 1]) {
          story.at(A, i * 100 + round * 10 + 10, line, [], "line");
          story.at(A, i * 100 + round * 10 + 12, match, [price]);
          story.at(A, i * 100 + round * 10 + 14, next, [], "line");
        }
        story.leave(A, i * 100 + 50, ":ok");
      }
    });
    expect(await hits(recording, "lib/cart.ex:12")).toEqual([
      [10, "line", {}],
      [20, "line", {}],
      [110, "line", {}],
      [120, "line", {}],
    ]);
    expect(await hits(recording, "lib/cart.ex:12: price > qty")).toEqual([
      [112, "line", { qty: "3", price: "9" }],
      [120, "line", { qty: "3", price: "9" }],
    ]);
    expect(await hits(recording, "cart.ex:13: price == 1")).toHaveLength(2);
    await expect(search(recording, "lib/cart.ex:99")).rejects.toThrow(/lib\/cart\.ex:13/);
    await expect(search(recording, "lib/card.ex:12")).rejects.toThrow(/no code of lib\/card\.ex/);
    await expect(search(recording, "lib/cart.ex:12: result")).rejects.toThrow(/name the function/);
  });
});

describe("states", () => {
  it("are asked by their fields or as a whole", async () => {
    const recording = await tell((story) => {
      story.process(A, { name: "Shop.Cart", initialCall: "Shop.Cart.init/1" });
      story.process(B, { initialCall: "Shop.Other.init/1" });
      story.state(A, 10, { items: [1], open: true });
      story.state(A, 20, { items: [], open: true });
      story.state(B, 25, { items: [] });
      story.state(A, 30, { items: cut });
      story.state(A, 40, [":closed"]);
    });
    expect(await hits(recording, "state of Shop.Cart: items == []")).toEqual([
      [20, "state", { items: "[]" }],
    ]);
    expect(await hits(recording, "state of <0.2.0>: items == []")).toHaveLength(1);
    expect(await hits(recording, "state of Shop.Cart: match?([_], state)")).toHaveLength(1);
    expect(await hits(recording, "state of Shop.Cart: length(state.items) == 1")).toHaveLength(1);
    const { counters, notes } = await search(recording, "state of Shop.Cart: itemz == []");
    expect(counters.asked).toBe(0);
    expect(notes).toEqual(["no recorded state had itemz"]);
    await expect(search(recording, "state of Shop.Card: x")).rejects.toThrow(/Shop\.Cart/);
  });
});

describe("a range", () => {
  it("begins with what was known before it", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      const match = story.site(add, "match", [FILE, 12], ["price"]);
      story.enter(A, 10, add, [":a", 3], head);
      story.at(A, 20, match, [4]);
      story.at(A, 30, match, [5]);
      story.leave(A, 60, 1);
    });
    const text = "Shop.Cart.add/2: price > qty";
    const times = async (options: Partial<FindOptions>): Promise<readonly number[]> =>
      (await search(recording, text, options)).hits.map(({ t }) => t);
    expect(await times({})).toEqual([20, 30]);
    expect(await times({ from: 25 })).toEqual([30]);
    expect(await times({ to: 25 })).toEqual([20]);
    expect(await times({ limit: 1 })).toEqual([20]);
    expect(await times({ limit: 1, last: true })).toEqual([30]);
    expect((await search(recording, text, { limit: 1 })).more).toBe(true);
    const late = await search(recording, "Shop.Cart.add/2: price == 5 and result == 1", {
      from: 40,
    });
    expect(late.hits.map(({ t }) => t)).toEqual([60]);
  });

  it("of more than one answer can hold is read in parts, each call once", async () => {
    const recording = await tell((story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
      for (let i = 0; i < 70_000; i++) {
        story.enter(A, i * 3, add, [":a", i], head);
        story.leave(A, i * 3 + 1, i);
      }
    });
    const seen: number[] = [];
    const result = await search(recording, "Shop.Cart.add/2: rem(qty, 7000) == 6999", {
      progress: (done) => seen.push(done),
    });
    expect(result.hits.map(({ t }) => t)).toEqual(
      Array.from({ length: 10 }, (_, i) => (i * 7_000 + 6_999) * 3),
    );
    expect(result.counters.asked).toBe(70_000);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});
