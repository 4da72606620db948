// A recording of one second of which every duration is known: forty visits that ask a cart, which prices an item.
// From the twentieth on a durian takes ten times as long; two visits raise.

import { Story } from "../support/story.ts";

export const MS = 1_000_000;
export const US = 1_000;
export const CLIENT = "<0.10.0>";
export const CART = "<0.20.0>";
export const VISITS = 40;
export const DURATION_NS: number = 1_000 * MS;

const VISIT = ["Elixir.Shop", "visit", 1] as const;
const HANDLE = ["Elixir.Shop.Cart", "handle_call", 3] as const;
const PRICE = ["Elixir.Shop.Pricing", "price", 1] as const;
const SKUS = ["apple", "banana", "cherry", "durian"] as const;

export type Known = {
  /** the longest visit, as its call's event */
  readonly slowest: number;
  /** the call message of that visit */
  readonly asked: number;
};

export async function makeShopVisits(folder: string): Promise<Known> {
  const story = await Story.begin(folder, { id: "visits" });
  story.process(CLIENT, { application: "shop", name: "Shop.Client" });
  story.process(CART, { application: "shop", name: "Shop.Cart", behaviour: "gen_server" });
  let [slowest, asked, longest] = [0, 0, 0];
  for (let i = 0; i < VISITS; i++) {
    const sku = SKUS[i % SKUS.length] ?? "";
    // each a little longer than the one before, so that there is one longest
    const price = (sku === "durian" && i >= VISITS / 2 ? 5_000 : 500) * US + i * US;
    const t = (10 + i * 20) * MS;
    const visit = story.enter(CLIENT, t, VISIT, [i]);
    const ask = story.message([CLIENT, t + MS], [CART, t + MS + 100 * US], [":price", sku, i], {
      kind: "call",
    });
    story.handle(CART, t + MS + 200 * US, ask);
    story.enter(CART, t + MS + 300 * US, HANDLE, [sku]);
    story.call(CART, t + MS + 400 * US, t + MS + 400 * US + price, PRICE, [sku], i);
    const done = t + MS + 500 * US + price;
    story.leave(CART, done, [":reply", i]);
    story.state(CART, done + 50 * US, i, "handle_call", ask);
    story.message([CART, done + 60 * US], [CLIENT, done + 200 * US], i, {
      kind: "reply",
      replyTo: ask,
    });
    const end = done + 700 * US;
    story.leave(CLIENT, end, ":ok", i % 20 === 7 ? "raised" : "returned");
    if (end - t > longest) [slowest, asked, longest] = [visit, ask, end - t];
  }
  story.gap(950 * MS, 960 * MS, "dropped", 12);
  await story.end(DURATION_NS, { dropped: 12 });
  return { slowest, asked };
}
