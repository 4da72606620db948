import { expect, test } from "vitest";
import { chooseFunctions, chooseModules, type ModuleIndex } from "./choose.ts";
import { parseSelector } from "./parse-selector.ts";
import type { Selector } from "./selector.ts";

const CART = ["add/3", "add/2", "handle_call/3", "handle_cast/2", "__struct__/0", "module_info/1"];
const MODULES: Readonly<Record<string, readonly string[]>> = {
  "Elixir.Shop": ["version/0", "__info__/1"],
  "Elixir.Shop.Cart": [...CART, "-add/3-fun-0-/1", "MACRO-sum/2"],
  "Elixir.Shop.Cart.Item": ["new/1"],
  "Elixir.Shopping": ["list/0"],
  ets: ["insert/2"],
};
const tables = new Map(
  Object.entries(MODULES).map(([module, functions]) => [module, functions.map(functionOf)]),
);
const index: ModuleIndex = {
  names: new Set(Object.keys(MODULES)),
  own: ["Elixir.Shop", "Elixir.Shop.Cart"],
  applications: new Map([["stdlib", ["ets"]]]),
};

function functionOf(text: string): { name: string; arity: number } {
  const slash = text.lastIndexOf("/");
  return { name: text.slice(0, slash), arity: Number(text.slice(slash + 1)) };
}

function parsed(text: string): Selector {
  const result = parseSelector(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function choose(...texts: readonly string[]): readonly string[] | string {
  const result = chooseFunctions(texts.map(parsed), index, tables);
  if (!result.ok) return result.error.message;
  return result.value
    .map(({ module, name, arity }) => `${module.replace("Elixir.", "")}.${name}/${arity}`)
    .toSorted();
}

test("whole modules, without what compilers made", () => {
  expect(choose("Shop.Cart")).toEqual([
    "Shop.Cart.add/2",
    "Shop.Cart.add/3",
    "Shop.Cart.handle_call/3",
    "Shop.Cart.handle_cast/2",
  ]);
  expect(choose("Shop.*.new")).toEqual(["Shop.Cart.Item.new/1"]);
  expect(choose("Shop*.list")).toEqual(["Shopping.list/0"]);
  expect(choose("Shop.*")).not.toContain("Shopping.list/0");
  expect(choose("app:stdlib")).toEqual(["ets.insert/2"]);
  expect(choose("*.version")).toEqual(["Shop.version/0"]);
});

test("what compilers made when it is named in full", () => {
  expect(choose("Shop.Cart.__struct__/0")).toEqual(["Shop.Cart.__struct__/0"]);
  expect(choose('Shop.Cart."-add/3-fun-0-"/1')).toEqual(["Shop.Cart.-add/3-fun-0-/1"]);
});

test("parts of names, arities, and what to leave out", () => {
  expect(choose("Shop.Cart.handle_*")).toEqual([
    "Shop.Cart.handle_call/3",
    "Shop.Cart.handle_cast/2",
  ]);
  expect(choose("Shop.Cart.add/3", "Shop.Cart.add(_, _)")).toEqual([
    "Shop.Cart.add/2",
    "Shop.Cart.add/3",
  ]);
  expect(choose("Shop.Cart", "not Shop.Cart.handle_*", "not Shop.Cart.add/2")).toEqual([
    "Shop.Cart.add/3",
  ]);
});

/** How many clauses the first chosen function has; null: every call. */
function clauses(...texts: readonly string[]): number | null {
  const result = chooseFunctions(texts.map(parsed), index, tables);
  if (!result.ok) throw new Error(result.error.message);
  return result.value[0]?.clauses?.length ?? null;
}

test("selectors of one function join: any of their conditions, or none at all", () => {
  expect(clauses("Shop.Cart.add(1, _)", "Shop.Cart.add(_, q) when q > 1 when q < -1")).toBe(3);
  expect(clauses("Shop.Cart.add(1, _)", "Shop.Cart.add/2")).toBeNull();
});

test("what is not there is missed with a suggestion", () => {
  expect(choose("Shop.Cart.ad/3")).toBe("Shop.Cart has no function ad/3; did you mean add?");
  expect(choose("Shop.Cart.add/9")).toBe(
    "Shop.Cart has no function add/9; there is add/2 and add/3",
  );
  const missing = chooseModules(parsed("Shpo.*"), index);
  expect(missing.ok ? "" : missing.error.message).toBe(
    "the target has no module Shpo or below it; did you mean Shop?",
  );
});
