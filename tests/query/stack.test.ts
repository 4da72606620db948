import { atom, binary, integer, tuple } from "@elixirscope/etf";
import { event, findProcess, stack, type StackView } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import type { Sampling } from "@elixirscope/trace";
import { expect, it } from "vitest";
import { testManifest } from "../support/story.ts";
import { tell } from "./told.ts";

async function at(recording: RecordingReader, t: number, pid = A): Promise<StackView> {
  const view = await stack(recording, pid, { kind: "time", t });
  if (view === null) throw new Error("no such process");
  return view;
}

function shown(view: StackView): readonly unknown[] {
  return view.frames.map((frame) => [
    frame.mfa,
    frame.place?.line ?? null,
    Object.fromEntries(frame.locals.map(({ name, text }) => [name, text])),
  ]);
}

const A = "<0.1.0>";
const add = ["Elixir.Shop.Cart", "add", 3] as const;
const total = ["Elixir.Shop.Cart", "total", 1] as const;
const outer = ["Elixir.Shop", "work", 0] as const;
const FILE = "lib/cart.ex";

it("gives the running calls, innermost last, with the latest value of each variable", async () => {
  const recording = await tell((story) => {
    const head = story.site(add, "function_clause", [FILE, 10], ["cart", null, "qty", "item"]);
    const match = story.site(add, "match", [FILE, 11], ["price"]);
    const inner = story.site(total, "function_clause", [FILE, 20], ["cart"]);
    story.enter(A, 0, outer);
    story.enter(A, 10, add, ["c1", { item: "apple" }, 2], head, ["apple"]);
    story.at(A, 20, match, [5]);
    story.at(A, 30, match, [7]);
    story.enter(A, 40, total, ["c1"], inner);
    story.leave(A, 50, 14);
    story.leave(A, 60, ":ok");
  });
  const before = { cart: '"c1"', item: '"apple"', qty: "2" };
  expect(shown(await at(recording, 15))).toEqual([
    ["Shop.work/0", null, {}],
    ["Shop.Cart.add/3", 10, before],
  ]);
  expect(shown(await at(recording, 20)).at(-1)).toEqual([
    "Shop.Cart.add/3",
    11,
    { ...before, price: "5" },
  ]);
  const deepest = await at(recording, 45);
  expect(shown(deepest)).toEqual([
    ["Shop.work/0", null, {}],
    ["Shop.Cart.add/3", 11, { ...before, price: "7" }],
    ["Shop.Cart.total/1", 20, { cart: '"c1"' }],
  ]);
  expect(deepest.frames[0]?.limits).toEqual(["not instrumented: only its call was recorded"]);
  expect(deepest.frames[1]?.limits).toEqual([]);
  expect(shown(await at(recording, 55))).toHaveLength(2);
});

it("stands right after one event, also on the last one of a call, with its result", async () => {
  let bound = 0;
  let left = 0;
  const recording = await tell((story) => {
    const head = story.site(add, "function_clause", [FILE, 10]);
    const match = story.site(add, "match", [FILE, 11], ["price"]);
    story.enter(A, 10, add, [], head);
    bound = story.at(A, 10, match, [5]);
    story.at(A, 10, match, [7]);
    left = story.leave(A, 10, { reason: "no" }, "raised");
    story.call(A, 10, 20, total);
  });
  const middle = await stack(recording, null, { kind: "event", event: bound });
  expect(middle).toMatchObject({ pid: A, t: 10, event: bound });
  expect(middle?.frames.map(({ locals }) => locals.map(({ text }) => text))).toEqual([["5"]]);
  expect(middle?.frames[0]?.ends).toBeNull();
  const last = await stack(recording, null, { kind: "event", event: left });
  expect(last?.frames).toHaveLength(1);
  expect(last?.frames[0]?.ends).toEqual({ outcome: "raised", result: '%{reason: "no"}' });
  expect(last?.frames[0]?.locals[0]?.text).toBe("7");
  expect(await stack(recording, null, { kind: "event", event: 99_999 })).toBeNull();
  // what an event of instrumented code says of its variables is no sign of a cut
  expect((await event(recording, bound))?.truncated).toBe(false);
});

it("keeps calls that never ended, and those of other processes apart", async () => {
  const recording = await tell((story) => {
    story.enter(A, 10, add, [":a", 1, 2]);
    story.call("<0.2.0>", 0, 100, outer);
  });
  const view = await at(recording, 100);
  expect(view.frames.map(({ mfa, args }) => [mfa, args])).toEqual([
    ["Shop.Cart.add/3", ":a, 1, 2"],
  ]);
});

it.each<[Sampling, string]>([
  [{ kind: "chains", probability: 0.5 }, "call chains were sampled: those left out have no frames"],
  [
    { kind: "windows", share: 0.05 },
    "calls were recorded in short windows: those that began between two have no frames",
  ],
])("says what is limiting: gaps, sampling as %j, values that were cut", async (sampling, said) => {
  const recording = await tell(
    (story) => {
      const head = story.site(add, "function_clause", [FILE, 10], ["whole", "text"]);
      const cut = tuple(atom("$elixir_scope_cut"), atom("binary"), integer(9_000), binary("ab"));
      story.enter(A, 10, add, [1, cut], head);
      story.gap(20, 30, "dropped", 12, A);
    },
    {
      plan: {
        ...testManifest().plan,
        sampling,
      },
    },
  );
  const view = await at(recording, 40);
  expect(view.limits).toEqual([
    "between 0.000000 s and this instant something is missing: dropped (12 events); frames and newer values may be",
    said,
  ]);
  expect(view.frames[0]?.locals.map(({ name, truncated }) => [name, truncated])).toEqual([
    ["whole", false],
    ["text", true],
  ]);
  expect((await at(recording, 15)).limits).toHaveLength(1);
});

it("tells what was recorded of a process that was in no call", async () => {
  const recording = await tell((story) => {
    story.process(A, { name: "Shop.Cart", spawned: 5 });
    story.process("<0.3.0>", { name: "idle" });
    story.call(A, 10, 20, add);
    story.call(A, 30, 40, total);
    story.exit(A, 50, ":normal");
    story.event("link", "<0.3.0>", 7);
  });
  expect((await at(recording, 2)).why).toBe(
    "the process did not exist yet: it was spawned at 0.000000 s",
  );
  expect((await at(recording, 25)).why).toBe(
    "no recorded call was running; the last one, Shop.Cart.add/3, ended at 0.000000 s; the next one, Shop.Cart.total/1, begins at 0.000000 s",
  );
  expect((await at(recording, 60)).why).toMatch(/^the process had exited at/);
  expect((await at(recording, 10, "<0.3.0>")).why).toMatch(
    /^no call of this process was recorded, but 1 other events from/,
  );
});

it("finds a process by pid and by name, and says what is near", async () => {
  const recording = await tell((story) => {
    story.process(A, { name: "Shop.Cart" });
    // a message to a name: the name has a number as pids have
    story.message([A, 1], ["Shop.Cart", 2], ":hello");
    story.process("<0.7.0>", { name: "twice", spawned: 1 });
    story.exit("<0.7.0>", 20, ":normal");
    story.process("<0.8.0>", { name: "twice", spawned: 30 });
    story.process("<0.2.0>", { label: "worker" });
    story.process("<0.3.0>", { label: "worker" });
    story.call(A, 10, 20, add);
  });
  const found = { ok: true, process: { pid: A, name: "Shop.Cart" } };
  for (const text of [A, "#PID<0.1.0>", "Shop.Cart", "Elixir.Shop.Cart"]) {
    expect(await findProcess(recording, text), text).toMatchObject(found);
  }
  expect(await findProcess(recording, "twice")).toMatchObject({ ok: false });
  expect(await findProcess(recording, "twice", 5)).toMatchObject({ process: { pid: "<0.7.0>" } });
  expect(await findProcess(recording, "twice", 50)).toMatchObject({ process: { pid: "<0.8.0>" } });
  expect(await findProcess(recording, "Shop.Card")).toMatchObject({
    ok: false,
    nearest: ["Shop.Cart"],
  });
  expect(await findProcess(recording, "worker")).toMatchObject({
    ok: false,
    nearest: ["<0.2.0>", "<0.3.0>"],
  });
});
