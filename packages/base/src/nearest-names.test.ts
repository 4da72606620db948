import { expect, it } from "vitest";
import { nearestNames } from "./nearest-names.ts";

const names = ["Shop.Cart.add/3", "Shop.Cart.add/2", "Shop.Cart.remove/2", "Shop.Orders.all/0"];

it("puts what differs least first", () => {
  expect(nearestNames("Shop.Cart.ad/3", names)).toEqual(["Shop.Cart.add/3", "Shop.Cart.add/2"]);
});

it("offers nothing that is far away", () => {
  expect(nearestNames("Other.thing/1", names)).toEqual([]);
});

it("counts a swap of neighbours as one mistake, and capitals as none", () => {
  expect(nearestNames("cart", ["Crat", "Part", "Tracks"])).toEqual(["Crat", "Part"]);
});
