import { expect, it } from "vitest";
import { printsFrom, printsText } from "./prints.ts";

it("keeps prints in the address, whatever their expressions are", () => {
  const prints = [
    { at: "lib/cart.ex:8", expression: "qty * price", when: "" },
    { at: "Shop.Cart.add/3", expression: '"#{a}|b" <> ~s(~~~)', when: "arg1 > 1 and true" },
  ];
  expect(printsFrom(printsText(prints))).toEqual(prints);
  const spread = [{ at: "lib/cart.ex:8", expression: "qty *\n\tprice", when: "" }];
  expect(printsFrom(printsText(spread))[0]?.expression).toBe("qty * price");
  expect(printsFrom("")).toEqual([]);
  expect(printsFrom("nonsense\n\t\n")).toEqual([]);
  expect(printsFrom("a:1\tx\n".repeat(50))).toHaveLength(8);
});
