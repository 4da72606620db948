import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileSelector } from "./match-spec.ts";
import { parseSelector } from "./parse-selector.ts";
import { formatSelectorError } from "./selector-error.ts";
import type { Selector } from "./selector.ts";

function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(formatSelectorError(parsed.error));
  return parsed.value;
}

function problem(text: string): string {
  const parsed = parseSelector(text);
  const result = parsed.ok ? compileSelector(parsed.value) : parsed;
  return result.ok ? "none" : formatSelectorError(result.error);
}

describe("a selector names", () => {
  test.each([
    ["Shop.*", { kind: "below", module: "Elixir.Shop" }, null, null],
    ["Shop.**", { kind: "below", module: "Elixir.Shop" }, null, null],
    ["Shop.Cart", { kind: "exact", module: "Elixir.Shop.Cart" }, null, null],
    ["Shop.Cart.add", { kind: "exact", module: "Elixir.Shop.Cart" }, "add", null],
    ["Shop.Cart.add/3", { kind: "exact", module: "Elixir.Shop.Cart" }, "add", 3],
    ["Shop.Cart.empty?/1", { kind: "exact", module: "Elixir.Shop.Cart" }, "empty?", 1],
    ["Shop.Cart.handle_*", { kind: "exact", module: "Elixir.Shop.Cart" }, "handle_*", null],
    ["Shop.Cart.*_changed/2", { kind: "exact", module: "Elixir.Shop.Cart" }, "*_changed", 2],
    ["Shop.*.add/3", { kind: "below", module: "Elixir.Shop" }, "add", 3],
    ["Shop.C*", { kind: "glob", glob: "Elixir.Shop.C*" }, null, null],
    ["Shop.C*.add", { kind: "glob", glob: "Elixir.Shop.C*" }, "add", null],
    [":ets.insert/2", { kind: "exact", module: "ets" }, "insert", 2],
    [":rabbit_*", { kind: "glob", glob: "rabbit_*" }, null, null],
    [':"odd name".f', { kind: "exact", module: "odd name" }, "f", null],
    ['Shop.Cart."odd name"/1', { kind: "exact", module: "Elixir.Shop.Cart" }, "odd name", 1],
    ["app:shop", { kind: "application", name: "shop" }, null, null],
    ["*", { kind: "own" }, null, null],
  ])("%s", (text, modules, name, arity) => {
    expect(selector(text)).toMatchObject({ modules, function: name, arity, exclude: false });
  });

  test("what to leave out", () => {
    expect(selector("not Shop.Cart.total/1")).toMatchObject({ exclude: true, function: "total" });
  });

  test("a caller", () => {
    expect(selector("Shop.Cart.add/3 called by Shop.Checkout.pay/2").caller).toEqual({
      module: "Elixir.Shop.Checkout",
      function: "pay",
      arity: 2,
      span: { start: 26, end: 45 },
    });
    expect(selector("Shop.Cart.add(_, _, q) called by :shop when q > 1")).toMatchObject({
      arity: 3,
      caller: { module: "shop", function: null, arity: null },
    });
  });
});

describe("a mistake is shown at its place:", () => {
  test.each([
    ["", "an empty selector chooses nothing; write Shop.* for example\n  \n  ^"],
    [
      "Shop.Cart.add(_, qty) when qyt < 0",
      "no argument is named qyt (named are qty)\n  Shop.Cart.add(_, qty) when qyt < 0\n                             ^^^",
    ],
    ["shop.cart", "a module starts with a capital (Shop) or a colon (:shop)\n  shop.cart\n  ^^^^"],
    ["ets:insert/2", "write :ets.insert for Erlang's ets:insert\n  ets:insert/2\n  ^^^^^^^^^^"],
    [
      "Shop.Cart.add(a, b",
      "expected , or ) after an argument, but the selector ends here\n  Shop.Cart.add(a, b\n                    ^",
    ],
    [
      "Shop.Cart.add(a) when a && true",
      "a guard cannot use &&, write and\n  Shop.Cart.add(a) when a && true\n                        ^^^^^^^^^",
    ],
    [
      "Shop.Cart.add(a) when String.length(a) > 3",
      "the VM cannot call a module's functions while it traces\n  Shop.Cart.add(a) when String.length(a) > 3\n                        ^^^^^^^^^^^^^",
    ],
    [
      "Shop.Cart.add(^x)",
      "a selector has no variables to pin; write the value\n  Shop.Cart.add(^x)\n                ^",
    ],
    ["Shop.Cart/2", "this needs a function, as in Shop.Cart.add/2\n  Shop.Cart/2\n  ^^^^^^^^^^"],
    [
      "Shop.Cart.add/3 when q > 1",
      "a guard needs named arguments, as in Shop.Cart.add(cart, qty) when …\n  Shop.Cart.add/3 when q > 1\n                  ^^^^",
    ],
    ['Shop.add("x', 'this quote is not closed\n  Shop.add("x\n           ^'],
    [
      "Shop.add(a) when foo(a)",
      "foo/1 is no guard that the VM can run while it traces\n  Shop.add(a) when foo(a)\n                   ^^^^^^",
    ],
    [
      "Shop.add/1 extra",
      "expected when, called by, or the end, but found extra\n  Shop.add/1 extra\n             ^^^^^",
    ],
    ["Shop.add/999", "a function has at most 255 arguments\n  Shop.add/999\n           ^^^"],
  ])("%s", (text, message) => {
    expect(problem(text)).toBe(message);
  });
});

test("any text is parsed or refused with a place inside it", () => {
  const piece = fc.constantFrom(
    ..."Shop Cart . * / ( ) [ ] { } % | , => : :a when not in called by and or 1 2.5 \"s\" 'c' ?x <> <<".split(
      " ",
    ),
    " ",
    "\u{1F600}",
    "\\",
    "#{",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((p) => p.join("")),
        fc.string(),
      ),
      (text) => {
        const parsed = parseSelector(text);
        const result = parsed.ok ? compileSelector(parsed.value) : parsed;
        if (result.ok) return;
        expect(result.error.start).toBeGreaterThanOrEqual(0);
        expect(result.error.start).toBeLessThanOrEqual(text.length);
        expect(result.error.end).toBeGreaterThanOrEqual(result.error.start);
        expect(formatSelectorError(result.error)).toContain("^");
      },
    ),
    { numRuns: 2_000 },
  );
});

test("deep nesting is refused, not a crash", () => {
  expect(problem(`Shop.add(${"[".repeat(3_000)}`)).toContain("nested too deeply");
  expect(problem(`Shop.add(a) when ${"not ".repeat(900)}a`)).toContain("nested too deeply");
  expect(problem(`Shop.add(a) when a${".b".repeat(1_900)} == 1`)).toBe("none");
  expect(problem(`Shop.add(a) when 1${"+1".repeat(1_900)} == a`)).toBe("none");
  expect(problem(`Shop.add(${"a".repeat(5_000)})`)).toContain("at most 4000 characters");
});
