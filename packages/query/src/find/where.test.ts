import { expect, it } from "vitest";
import { parseWatch, parseWhere, whereText } from "./where.ts";

function read(text: string): unknown {
  const watch = parseWatch(text);
  return watch.ok
    ? [whereText(watch.value.where), watch.value.condition.text]
    : watch.error.message;
}

it("reads a function, a line or a process, and the condition behind it", () => {
  expect(read("Shop.Cart.add/3: qty < 0")).toEqual(["Shop.Cart.add/3", "qty < 0"]);
  expect(read("Shop.Cart.add: qty[:a] == :b")).toEqual(["Shop.Cart.add", "qty[:a] == :b"]);
  expect(read("Shop.Cart.add/3:qty < 0")).toEqual(["Shop.Cart.add/3", "qty < 0"]);
  expect(read("Shop.*: arg1 == 1")).toEqual(["Shop.*", "arg1 == 1"]);
  expect(read("Shop.Cart: x")).toEqual(["Shop.Cart", "x"]);
  expect(read(":lists.map/2: is_list(arg2)")).toEqual([":lists.map/2", "is_list(arg2)"]);
  expect(read("Shop.Cart.valid?/1: result")).toEqual(["Shop.Cart.valid?/1", "result"]);
  expect(read("lib/cart.ex:42: qty < 0")).toEqual(["lib/cart.ex:42", "qty < 0"]);
  expect(read("state of Shop.Cart: items == []")).toEqual(["state of Shop.Cart", "items == []"]);
  expect(read("state of <0.12.0>: state.n > 1")).toEqual(["state of <0.12.0>", "state.n > 1"]);
  expect(read("state of :shop@cart: state == :a")).toEqual(["state of :shop@cart", "state == :a"]);
});

it("takes a place alone as whenever it is reached", () => {
  expect(read("Shop.Cart.add/3")).toEqual(["Shop.Cart.add/3", "true"]);
  expect(read("lib/cart.ex:42")).toEqual(["lib/cart.ex:42", "true"]);
  expect(parseWhere("lib/cart.ex:42")).toMatchObject({ ok: true, value: { line: 42 } });
  expect(parseWhere("Shop.Cart.add/3: x")).toMatchObject({ ok: false });
});

it("says what is wrong, with the place in the whole text", () => {
  expect(read("qty < 0")).toMatch(/^begin with a place/);
  expect(read("")).toMatch(/^begin with a place/);
  expect(read("Shop.Cart.: x")).toMatch(/^begin with a place/);
  expect(parseWatch("Shop.Cart.add/3: qty < String.length(x)")).toMatchObject({
    ok: false,
    error: { line: 1, column: 24 },
  });
  expect(parseWatch("lib/cart.ex:42: qty <")).toMatchObject({ ok: false, error: { line: 1 } });
});
