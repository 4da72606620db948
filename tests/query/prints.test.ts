import { tmpdir } from "node:os";
import path from "node:path";
import { atom, binary, integer, tuple } from "@elixirscope/etf";
import { prints, type NoPrints, type PrintsParams, type PrintsView } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import { beforeAll, describe, expect, it } from "vitest";
import { tell } from "./told.ts";

const A = "<0.1.0>";
const B = "<0.2.0>";
const FILE = path.join(tmpdir(), "shop/lib/cart.ex");
const add = ["Elixir.Shop.Cart", "add", 2] as const;
const total = ["Elixir.Shop.Cart", "total", 0] as const;
const cutNumber = tuple(atom("$elixir_scope_cut"), atom("integer"));
const cut = tuple(atom("$elixir_scope_cut"), atom("binary"), integer(9_000), binary("ab"));
let recording: RecordingReader;

beforeAll(async () => {
  recording = await tell((story) => {
    story.process(B, { name: "Elixir.Shop.Stock" });
    const head = story.site(add, "function_clause", [FILE, 10], ["item", "qty"]);
    const match = story.site(add, "match", [FILE, 12], ["price"]);
    const line = story.site(add, "return", [FILE, 13]);
    for (const [i, qty] of [2, ":many", cutNumber].entries()) {
      story.enter(A, i * 100 + 10, add, [{ sku: "apple" }, qty], head);
      story.at(A, i * 100 + 20, match, [i + 1]);
      story.at(A, i * 100 + 30, line, [], "line");
      story.leave(A, i * 100 + 40, { total: i });
    }
    story.enter(B, 5, total, []);
    story.leave(B, 6, ":oops", "raised");
    story.call(B, 7, 8, total, [], 1);
    story.state(B, 50, { apple: 3 });
    story.state(B, 150, { apple: cut });
    story.state(B, 250, { pear: 1 });
    story.gap(220, 225, "dropped", 7);
  });
});

async function asked(
  at: string,
  expressions: readonly string[],
  options: Partial<PrintsParams> = {},
): Promise<PrintsView> {
  const answer = await prints(recording, { at, expressions, limit: 100, ...options });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

async function refused(at: string, expression: string): Promise<NoPrints> {
  const answer = await prints(recording, { at, expressions: [expression], limit: 100 });
  if (answer.ok) throw new Error("it was not refused");
  return answer.error;
}

function lines(view: PrintsView): readonly unknown[] {
  return view.prints.map(({ t, printed }) => [
    t,
    ...printed.map((one) => (one.kind === "value" ? one.text : one.kind)),
  ]);
}

describe("a print", () => {
  it("gives each time that a line ran what the expression came to, and counts what it cannot tell", async () => {
    const view = await asked("lib/cart.ex:13", ["qty * price", '"#{item.sku}: #{qty}"']);
    expect(lines(view)).toEqual([
      [30, "2", '"apple: 2"'],
      [130, "raised", '"apple: many"'],
      [230, "unknown", "unknown"],
    ]);
    expect(view.expressions).toMatchObject([
      { text: "qty * price", printed: 1, unknown: 1, raised: 1 },
      { printed: 2, unknown: 1, raised: 0, firstRaised: null },
    ]);
    expect(view.expressions[0]?.firstRaised).toMatch(/^ArithmeticError/);
    expect(view.prints[0]).toMatchObject({ pid: A, line: 13, mfa: "Shop.Cart.add/2" });
  });

  it("in a function is made as it is called, and with the result as it returns", async () => {
    expect(lines(await asked("Shop.Cart.add/2", ["arg1.sku"]))).toEqual(
      [10, 110, 210].map((t) => [t, '"apple"']),
    );
    expect(lines(await asked("Shop.Cart.add/2", ["result.total + 1", "price"]))).toEqual([
      [40, "1", "1"],
      [140, "2", "2"],
      [240, "3", "3"],
    ]);
  });

  it("with the result says how many calls had none", async () => {
    const view = await asked("Shop.Cart.total/0", ["result"]);
    expect(lines(view)).toEqual([[8, "1"]]);
    expect(view.limits.join()).toMatch(/1 call has no result to print: raised/);
    expect((await asked("Shop.Cart.add/2", ["result"], { to: 200 })).limits).toEqual([]);
  });

  it("of states knows their fields; a state without the field is left out", async () => {
    expect(lines(await asked("state of Shop.Stock", ["inspect(apple)", "state"]))).toEqual([
      [50, '"3"', "%{apple: 3}"],
      [150, "unknown", '%{apple: "ab" <> ...}'],
    ]);
  });

  it("is bounded, from either end, and says what is missing in its range", async () => {
    const first = await asked("Shop.Cart.add/2", ["1"], { limit: 2 });
    expect([first.prints.map(({ t }) => t), first.more]).toEqual([[10, 110], true]);
    const last = await asked("Shop.Cart.add/2", ["1"], { limit: 2, last: true });
    expect([last.prints.map(({ t }) => t), last.more]).toEqual([[110, 210], true]);
    expect(last.limits.join()).toMatch(/dropped \(7 events\)/);
    expect((await asked("Shop.Cart.add/2", ["1"], { to: 100 })).limits).toEqual([]);
  });

  it("that cannot be made is refused, with its place or the nearest names", async () => {
    expect(await refused("lib/cart.ex:13", "qty * String.length(x)")).toMatchObject({
      kind: "bad_expression",
      line: 1,
      column: 7,
    });
    expect(await refused("lib/cart.ex:13", "qtty")).toMatchObject({ nearest: ["qty"] });
    expect(await refused("Shop.Cart.ad/2", "1")).toMatchObject({ nearest: ["Shop.Cart.add/2"] });
    expect(await refused("13", "1")).toMatchObject({ kind: "bad_expression" });
  });
});
