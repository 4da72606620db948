import { expect, it } from "vitest";
import type { Source } from "../sql.ts";
import { sourceOutline } from "./source-outline.ts";

const TEXT = `defmodule Shop.Cart do
  defmodule Item do
    def new, do: %{}
  end

  def add(cart, sku, qty \\\\ 1)
  def add(cart, _sku, qty) when qty < 0, do: cart
  def add(cart, sku, qty) do
    Map.put(cart, sku, qty)
  end

  defmacro __using__(_) do
    quote do
      def brought(x), do: x
    end
  end

  defimpl Enumerable, for: Shop.Cart.Item do
    defp steps(a, b) when a > b, do: a
  end

  def unquote(:made)(x), do: x
end
`;

it("names the functions of a file as they run, from the first to the last of their clauses", () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its identity is used
  const source = { manifest: {} } as Source;
  expect(sourceOutline(source, "lib/cart.ex", TEXT)).toEqual([
    { mfa: "Shop.Cart.Item.new/0", others: [], line: 3, endLine: 3 },
    { mfa: "Shop.Cart.add/3", others: ["Shop.Cart.add/2"], line: 6, endLine: 10 },
    { mfa: "Shop.Cart.__using__/1", others: [], line: 12, endLine: 16 },
    { mfa: "Enumerable.Shop.Cart.Item.steps/2", others: [], line: 19, endLine: 19 },
  ]);
  expect(sourceOutline(source, "src/cart.erl", TEXT)).toEqual([]);
});
