// Value provenance over told recordings, in which every origin is known.

import { describe, expect, it } from "vitest";
import { origin, type OriginOptions, type OriginView, type Source } from "@elixirscope/query";
import { atom, integer, tuple, type Term } from "../../packages/etf/src/index.ts";
import { term, type Story } from "../support/story.ts";
import { tell } from "./told.ts";

const CLIENT = "<0.1.0>";
const SERVER = "<0.2.0>";
const ORDER = { sku: "apple-17", qty: 3 };

async function viewOf(
  recording: Source,
  event: number,
  options: OriginOptions = {},
): Promise<OriginView> {
  const answer = await origin(recording, event, options);
  if (!answer.ok)
    throw new Error(`${answer.missing.message}: ${answer.missing.nearest.join(", ")}`);
  return answer.view;
}

function trail({ hops }: OriginView): readonly (readonly unknown[])[] {
  return hops.map(({ how, place, confidence }) => [how, place.event, place.where, confidence]);
}

async function told<T>(
  tale: (story: Story) => T,
): Promise<{ readonly recording: Source; readonly ids: T }> {
  const kept: T[] = [];
  const recording = await tell((story) => void kept.push(tale(story)));
  const [ids] = kept;
  if (ids === undefined) throw new Error("nothing was told");
  return { recording, ids };
}

const call = (message: Term): Term =>
  tuple(atom("$gen_call"), tuple(term(CLIENT), term("ref-1")), message);

type Ids = Record<
  "client" | "sent" | "received" | "callback" | "ended" | "state" | "read" | "made",
  number
>;

/** A client makes an order of an argument and sends it; a server keeps it in its state. */
function tellOrder(story: Story): Ids {
  const client = story.enter(CLIENT, 10, ["Shop", "buy", 1], ["apple-17"]);
  const made = story.call(CLIENT, 11, 12, ["Shop", "order", 1], ["apple-17"], ORDER);
  const body = call(tuple(atom("put"), term(ORDER)));
  const sent = story.message([CLIENT, 20], [SERVER, 30], body, { kind: "call" });
  const received = sent + 1;
  const message = tuple(atom("put"), term(ORDER));
  const from = tuple(term(CLIENT), term("ref-1"));
  const callback = story.enter(
    SERVER,
    40,
    ["Shop.Store", "handle_call", 3],
    [message, from, { n: 0 }],
  );
  const after = { n: 1, last: ORDER };
  const ended = story.leave(SERVER, 50, tuple(atom("reply"), atom("ok"), term(after)));
  const state = story.state(SERVER, 60, after);
  for (let i = 0; i < 100; i++) story.state(SERVER, 70 + i, { ...after, n: i + 2 });
  const read = story.state(SERVER, 900, { n: 500, last: ORDER });
  return { client, sent, received, callback, ended, state, read, made };
}

describe("without code", () => {
  it("goes from a state's field over the message to the call that made it, across processes", async () => {
    const { recording, ids } = await told(tellOrder);
    const { read, state, ended, callback, received, sent, made } = ids;
    const view = await viewOf(recording, read, { path: "state.last" });
    expect(view.value).toBe('%{sku: "apple-17", qty: 3}');
    expect(trail(view)).toEqual([
      ["state", state, "state.last", "exact"],
      ["returned", ended, "result{2}.last", "exact"],
      ["argument passed on", callback, "args[0]{1}", "inferred"],
      ["received", received, "body{2}{1}", "exact"],
      ["message", sent, "body{2}{1}", "exact"],
      ["returned", made + 1, "result", "inferred"],
    ]);
    expect(view.hops[0]?.copies).toBe(100);
    expect(view.hops.map(({ candidates }) => candidates)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(view.end).toMatchObject({ kind: "made", expression: null });
    // the order was put together: the text in it is the argument
    expect(view.end.parts).toMatchObject([
      { path: ".sku", place: { event: made, where: "args[0]" } },
    ]);
  });

  it("follows a common value where a larger one around it is the same", async () => {
    const { recording, ids } = await told(tellOrder);
    const { read, made } = ids;
    const view = await viewOf(recording, read, { path: "state.last.qty" });
    expect(view.value).toBe("3");
    expect(trail(view).at(-1)).toEqual(["returned", made + 1, "result.qty", "inferred"]);
    expect(view.end.kind).toBe("made");
  });

  it("does not guess where a value is too common, and says where equal ones are", async () => {
    let asked = 0;
    let outer = 0;
    const recording = await tell((story) => {
      outer = story.enter(CLIENT, 1, ["Shop", "buy", 2], [3, 3]);
      story.call(CLIENT, 2, 3, ["Shop", "three", 0], [], 3);
      asked = story.call(CLIENT, 4, 5, ["Shop", "pay", 1], [3]);
    });
    const view = await viewOf(recording, asked);
    expect(view.hops).toEqual([]);
    expect(view.end.kind).toBe("too_common");
    expect(view.end.maybe.map(({ event, where }) => [event, where])).toEqual([
      [outer + 2, "result"],
      [outer, "args[0]"],
    ]);
  });

  it("counts the equal candidates of what it infers, and takes the nearest", async () => {
    let asked = 0;
    const recording = await tell((story) => {
      story.enter(CLIENT, 1, ["Shop", "buy", 1], ["customer-1"]);
      story.call(CLIENT, 2, 3, ["Shop", "who", 0], [], "customer-1");
      asked = story.call(CLIENT, 4, 5, ["Shop", "pay", 1], ["customer-1"]);
    });
    const view = await viewOf(recording, asked);
    expect(view.hops[0]).toMatchObject({ how: "returned", confidence: "inferred", candidates: 2 });
  });

  it("tells a chain of passes as one", async () => {
    let asked = 0;
    let first = 0;
    const recording = await tell((story) => {
      first = story.enter(CLIENT, 0, ["Shop", "f0", 1], ["customer-1"]);
      for (let i = 1; i < 20; i++)
        asked = story.enter(CLIENT, i, ["Shop", `f${i}`, 1], ["customer-1"]);
    });
    const view = await viewOf(recording, asked);
    expect(view.hops).toHaveLength(1);
    expect(view.hops[0]).toMatchObject({ copies: 18, place: { event: first, mfa: "Shop.f0/1" } });
    expect(view.end.kind).toBe("not_recorded");
  });

  it("does not say which of several equal messages a callback handled", async () => {
    const { recording, ids: asked } = await told((story) => {
      const tick = tuple(atom("$gen_cast"), atom("tick"));
      story.message([CLIENT, 1], [SERVER, 2], tick, { kind: "cast" });
      story.message([CLIENT, 3], [SERVER, 4], tick, { kind: "cast" });
      return story.enter(SERVER, 5, ["Shop.Clock", "handle_cast", 2], [atom("tick"), 0]);
    });
    const view = await viewOf(recording, asked, { path: "args[0]" });
    expect(view.hops[0]).toMatchObject({ how: "received", confidence: "inferred", candidates: 2 });
    expect(view.hops[1]).toMatchObject({ how: "message", confidence: "exact" });
  });

  it("ends at what came from outside", async () => {
    const { recording, ids: asked } = await told((story) =>
      story.message([null, null], [SERVER, 5], "from-afar", { match: "none" }),
    );
    const view = await viewOf(recording, asked);
    expect(view.end.kind).toBe("outside");
  });

  it("goes from a spawned function's argument to the process that spawned it", async () => {
    let asked = 0;
    let parent = 0;
    const recording = await tell((story) => {
      parent = story.enter(CLIENT, 1, ["Shop", "start", 1], ["customer-1"]);
      const spawn = story.event(
        "spawn",
        CLIENT,
        5,
        tuple(atom("Elixir.Shop"), atom("run"), term(["customer-1"])),
      );
      story.process(SERVER, { parent: CLIENT, spawned: 5 });
      asked = story.enter(SERVER, 9, ["Shop", "run", 1], ["customer-1"]);
      story.link(spawn, asked, "spawn");
    });
    const view = await viewOf(recording, asked);
    expect(view.hops.map(({ how }) => how)).toEqual(["spawned with", "argument passed on"]);
    expect(view.hops.at(-1)?.place).toMatchObject({ event: parent, where: "args[0]" });
  });
});

const SOURCE = `defmodule Shop.Till do
  def total(cart, rate) do
    sum = count(cart.items)
    net = tax(sum, rate)
    {:ok, net + sum}
  end

  def count(items), do: length(items)
  def tax(n, rate), do: n * rate
end
`;

type Till = Record<"total" | "counted" | "sum" | "tax" | "taxed" | "ended", number>;

function tellTill(story: Story, file: string | null): Till {
  if (file !== null)
    story.writer.add("sources", { path: file, sha256: "", bytes: SOURCE.length, text: SOURCE });
  const mfa = ["Shop.Till", "total", 2] as const;
  const clause = story.site(mfa, "function_clause", ["lib/till.ex", 2], ["cart", "rate"], {
    clause: 0,
  });
  const match = story.site(mfa, "match", ["lib/till.ex", 3], ["sum"]);
  const cart = { items: [700, 700, 700], rate: 3 };
  const total = story.enter(CLIENT, 10, mfa, [cart, 3], clause);
  const counted = story.enter(CLIENT, 11, ["Shop.Till", "count", 1], [[700, 700, 700]]);
  story.leave(CLIENT, 12, 3);
  const sum = story.at(CLIENT, 13, match, [3]);
  const tax = story.enter(CLIENT, 14, ["Shop.Till", "tax", 2], [3, 3]);
  const taxed = story.leave(CLIENT, 15, 9);
  const ended = story.leave(CLIENT, 16, tuple(atom("ok"), integer(12)));
  return { total, counted, sum, tax, taxed, ended };
}

describe("with code", () => {
  it("tells equal small numbers apart by the data flow", async () => {
    const { recording, ids } = await told((story) => tellTill(story, "lib/till.ex"));
    const { tax, sum, total, counted } = ids;
    // the first argument is what was counted, the second one the caller's rate: both are 3
    const first = await viewOf(recording, tax, { path: "args[0]" });
    expect(trail(first)).toEqual([
      ["variable", sum, "sum", "exact"],
      ["returned", counted + 1, "result", "exact"],
    ]);
    expect(first.end).toMatchObject({
      kind: "made",
      expression: { text: "length(items)", file: "lib/till.ex", line: 8 },
      inputs: [{ name: "items", text: "[700, 700, 700]", event: counted }],
    });
    const second = await viewOf(recording, tax, { path: "args[1]" });
    expect(trail(second)).toEqual([["argument passed on", total, "args[1]", "exact"]]);
    const items = await viewOf(recording, counted, { path: "args[0]" });
    expect(trail(items)).toEqual([["argument passed on", total, "args[0].items", "exact"]]);
  });

  it("names the expression that made a value, and what it was made of", async () => {
    const { recording, ids } = await told((story) => tellTill(story, "lib/till.ex"));
    const { ended, sum, taxed } = ids;
    const view = await viewOf(recording, ended, { path: "result{1}" });
    expect(view.hops).toEqual([]);
    expect(view.end.expression).toMatchObject({ text: "net + sum", line: 5 });
    // `net` was not recorded, the result that it is was
    expect(view.end.inputs).toEqual([
      { name: "net", text: "9", event: taxed },
      { name: "sum", text: "3", event: sum },
    ]);
  });

  it("reads code that is given, and says so", async () => {
    const { recording, ids } = await told((story) => tellTill(story, null));
    const { tax, sum } = ids;
    const blind = await viewOf(recording, tax, { path: "args[0]" });
    expect(blind.end.kind).toBe("too_common");
    const files = [{ path: "lib/till.ex", text: SOURCE }];
    const view = await viewOf(recording, tax, { path: "args[0]", files });
    expect(trail(view)[0]).toEqual(["variable", sum, "sum", "exact"]);
    expect(view.limits.join()).toContain("another version");
  });
});

describe("what is asked", () => {
  it("can be a variable of the call, or a part of an argument", async () => {
    const { recording, ids } = await told((story) => tellTill(story, "lib/till.ex"));
    const { total, sum } = ids;
    const named = await viewOf(recording, sum, { name: "sum" });
    expect(named.asked).toMatchObject({
      where: "sum",
      event: sum,
      mfa: "Shop.Till.total/2",
      line: 3,
    });
    const part = await viewOf(recording, total, { path: "arg1.items[1]" });
    expect(part).toMatchObject({ value: "700", asked: { where: "args[0].items[1]" } });
  });

  it("is refused with what there is", async () => {
    const { recording, ids } = await told((story) => tellTill(story, "lib/till.ex"));
    const { tax, total, sum } = ids;
    const refused = async (event: number, options: OriginOptions) => {
      const answer = await origin(recording, event, options);
      return answer.ok ? null : answer.missing;
    };
    expect(await refused(999, {})).toMatchObject({ message: "the recording has no event 999" });
    expect(await refused(tax, {})).toMatchObject({ nearest: ["args[0]", "args[1]"] });
    expect(await refused(total, { path: "args[0].itens" })).toMatchObject({
      nearest: ["args[0].items", "args[0].rate"],
    });
    expect(await refused(sum, { name: "sun" })).toMatchObject({ nearest: ["sum"] });
    expect(await refused(total, { path: "args[" })).toMatchObject({
      message: expect.stringContaining("bad term path"),
    });
  });
});
