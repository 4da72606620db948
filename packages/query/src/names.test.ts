import { expect, it } from "vitest";
import { initialCallText, mfaText } from "./names.ts";

it.each([
  ["Elixir.Shop.Cart", "add", 3, "Shop.Cart.add/3"],
  ["Shop.Cart", "empty?", 1, "Shop.Cart.empty?/1"],
  ["lists", "map", 2, ":lists.map/2"],
  ["odd module", "run", 0, ':"odd module".run/0'],
  ["Elixir.Shop", "odd name", 0, 'Shop."odd name"/0'],
  ["Elixir.Shop", "+", 2, 'Shop."+"/2'],
  ["Elixir.Shop", "-total/2-fun-0-", 1, "fn in Shop.total/2"],
  ["Elixir.Shop", "-total/2-lc$^0/1-0-", 1, "for in Shop.total/2"],
  ["Elixir.Shop", "MACRO-unless", 3, "Shop.unless/3"],
  ["Elixir.Shop", "größe", 1, "Shop.größe/1"],
])("%s %s/%i prints as Elixir would", (module, name, arity, text) => {
  expect(mfaText(module, name, arity)).toBe(text);
});

it.each([
  ["Shop.Cart.init/1", "Shop.Cart.init/1"],
  ["Shop.Load.-handle_info/2-fun-0-/0", "fn in Shop.Load.handle_info/2"],
  ["proc_lib.init_p/5", ":proc_lib.init_p/5"],
  ["supervisor.Elixir.Shop.CartSupervisor/1", "Shop.CartSupervisor.init/1"],
  ["something else", "something else"],
])("the initial call %s prints as %s", (stored, text) => {
  expect(initialCallText(stored)).toBe(text);
});
