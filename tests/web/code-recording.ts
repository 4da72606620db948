// A recording with source text, told for the Code view: a cart that was instrumented, prices of which only calls were
// recorded, and a client without any text.

import { Story } from "../support/story.ts";

export const CART_FILE = "lib/shop/cart.ex";
export const PRICING_FILE = "lib/shop/pricing.ex";
export const BUYER = "<0.201.0>";
export const OTHER = "<0.202.0>";
const MS = 1_000_000;

export const CART_TEXT = `defmodule Shop.Cart do
  @moduledoc "One customer's cart."

  def add(cart, sku, qty) do
    price = Shop.Pricing.price(sku)

    if qty > 0 do
      item = %{sku: sku, qty: qty, price: price}
      total(item, cart)
    else
      {:refused, sku}
    end
  end

  def total(item, cart) do
    sum = item.price * item.qty
    {:ok, sum, cart}
  end

  def remove(_cart, _sku), do: :ok
end
`;

export const PRICING_TEXT = `defmodule Shop.Pricing do
  def price("apple"), do: 10
  def price(_), do: 15

  def discount(total), do: total
end
`;

const add = ["Elixir.Shop.Cart", "add", 3] as const;
const total = ["Elixir.Shop.Cart", "total", 2] as const;
const remove = ["Elixir.Shop.Cart", "remove", 2] as const;
const price = ["Elixir.Shop.Pricing", "price", 1] as const;
const run = ["Elixir.Shop.Client", "run", 1] as const;

/** In the order in which they were added: quantities of the buyer, and one of somebody else. */
export const ADDED = [
  { pid: BUYER, sku: "apple", qty: 2, t: 100 * MS },
  { pid: BUYER, sku: "pear", qty: 0, t: 200 * MS },
  { pid: OTHER, sku: "apple", qty: 1, t: 300 * MS },
  { pid: BUYER, sku: "plum", qty: 3, t: 400 * MS },
] as const;

export type CodeKnown = {
  /** calls of `add`, in the order of `ADDED` */
  readonly adds: readonly number[];
  /** events of the line that makes the item */
  readonly items: readonly number[];
};

export async function makeCodeRecording(folder: string): Promise<CodeKnown> {
  const story = await Story.begin(folder, { id: "code" });
  const known = tellCode(story);
  await story.end(500 * MS);
  return known;
}

export function tellCode(story: Story): CodeKnown {
  const file = (path: string, text: string): void => {
    story.writer.add("sources", { path, sha256: path, bytes: text.length, text });
  };
  file(CART_FILE, CART_TEXT);
  file(PRICING_FILE, PRICING_TEXT);
  const source = (module: string, path?: string): void => {
    story.writer.add("modules", { module, source: path });
  };
  source("Shop.Cart", CART_FILE);
  source("Shop.Pricing", PRICING_FILE);
  source("Shop.Client");
  for (const pid of [BUYER, OTHER]) story.process(pid, { application: "shop" });
  const at = (line: number): readonly [string, number] => [CART_FILE, line];
  const head = story.site(add, "function_clause", at(4), ["cart", "sku", "qty"], { column: 7 });
  story.site(add, "return", at(4), null, { column: 7 });
  story.site(add, "raise", at(4), null, { column: 7 });
  const priced = story.site(add, "match", at(5), ["price"], { column: 5 });
  const yes = story.site(add, "if_clause", at(7), null, { column: 5, nodeId: "if", clause: 0 });
  const no = story.site(add, "if_clause", at(7), null, { column: 5, nodeId: "if", clause: 1 });
  const item = story.site(add, "match", at(8), ["item"], { column: 7 });
  const tail = story.site(add, "tail_call", at(9), null, { column: 7 });
  const totalHead = story.site(total, "function_clause", at(15), ["item", "cart"], { column: 7 });
  const sum = story.site(total, "match", at(16), ["sum"], { column: 5 });
  story.site(remove, "function_clause", at(20), ["_cart", "_sku"], { column: 7 });

  const adds: number[] = [];
  const items: number[] = [];
  for (const { pid, sku, qty, t } of ADDED) {
    story.enter(pid, t - MS, run, [sku]);
    adds.push(story.enter(pid, t, add, ["c7", sku, qty], head));
    const cost = sku === "apple" ? 10 : 15;
    story.call(pid, t + MS, t + 2 * MS, price, [sku], cost);
    story.at(pid, t + 3 * MS, priced, [cost]);
    story.at(pid, t + 4 * MS, qty > 0 ? yes : no, [], "branch");
    if (qty > 0) {
      const made = { sku, qty, price: cost };
      items.push(story.at(pid, t + 5 * MS, item, [made]));
      story.at(pid, t + 6 * MS, tail, [], "tail");
      story.enter(pid, t + 6 * MS, total, [made, "c7"], totalHead);
      story.at(pid, t + 7 * MS, sum, [cost * qty]);
      story.leave(pid, t + 8 * MS, [":ok", cost * qty]);
    }
    story.leave(pid, t + 9 * MS, ":ok");
    story.leave(pid, t + 10 * MS, ":ok");
  }
  return { adds, items };
}
