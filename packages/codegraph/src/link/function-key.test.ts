import { expect, it } from "vitest";
import { splitFunctionKey } from "./function-key.ts";

it.each([
  ["Shop.Cart.add/3", "Shop.Cart", "add", 3],
  ["Shop.visit/2", "Shop", "visit", 2],
  [":ets.insert/2", ":ets", "insert", 2],
  [':"my.mod".run/0', ':"my.mod"', "run", 0],
  ["Kernel.//2", "Kernel", "/", 2],
  ["Kernel.../2", "Kernel", "..", 2],
  ["Kernel...///3", "Kernel", "..//", 3],
  ["Über.Größe.maß?/1", "Über.Größe", "maß?", 1],
])("%s", (key, module, name, arity) => {
  expect(splitFunctionKey(key)).toEqual({ module, name, arity });
});
