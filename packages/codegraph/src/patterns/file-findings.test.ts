import { parse } from "@elixirscope/syntax";
import { expect, it } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { fileFindings, ruleSet } from "./file-findings.ts";

const CODE = `defmodule Shop.Prices do
  alias Shop.Cache, as: C

  def price(sku) do
    sku |> C.fetch(:never, retries: 3)
  end

  def empty?(list), do: length(list) == 0
end
`;

const PATTERNS = `pattern "endless-fetch" do
  title "A fetch without an end"
  severity :error
  explain "$code asks for $sku again and again."
  confidence 0.7
  match Shop.Cache.fetch($sku, :never, ...)
end

pattern "length-is-zero" do
  title "Our own words"
  explain "Use [] instead of $code."
  match length($list) == 0
end
`;

it("says of a user's pattern what it says, with the names of the place", () => {
  const { rules, problems } = ruleSet([{ file: ".elixirscope/patterns.exs", text: PATTERNS }]);
  expect(problems).toEqual([]);
  const file = fileSyntax("lib/prices.ex", parse(CODE));
  const [fetch, ...others] = fileFindings(file, rules).filter(
    ({ category }) => category === "user",
  );
  expect(fetch).toMatchObject({
    rule: "endless-fetch",
    category: "user",
    severity: "error",
    title: "A fetch without an end",
    explanation: "`sku |> C.fetch(:never, retries: 3)` asks for `sku` again and again.",
    file: "lib/prices.ex",
    module: "Shop.Prices",
    function: "Shop.Prices.price/1",
    range: { line: 5, column: 5, endLine: 5 },
    confidence: 0.7,
  });
  expect(fetch?.nodeId).toMatch(/^Shop\.Prices\.price\/1@/);
  expect(others.map(({ title }) => title)).toEqual(["Our own words"]);
});

it("puts a user's pattern in the place of a rule of the same id, once", () => {
  const { rules } = ruleSet([{ file: "p.exs", text: PATTERNS }]);
  expect(rules.all.filter(({ id }) => id === "length-is-zero").map(({ title }) => title)).toEqual([
    "Our own words",
  ]);
});

it("leaves tests alone where a rule says so", () => {
  const { rules } = ruleSet();
  const found = (path: string): number => fileFindings(fileSyntax(path, parse(CODE)), rules).length;
  expect(found("lib/prices.ex")).toBe(1);
  expect(found("test/prices_test.exs")).toBe(0);
});

it("has one id per rule, written with dashes", () => {
  const ids = ruleSet().rules.all.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
