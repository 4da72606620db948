import { describe, expect, it } from "vitest";
import { children, isCall, parse, type Node } from "../index.ts";

const MODULE = `defmodule Shop do
  @moduledoc "the shop"

  def one(x) do
    case x do
      1 -> :first
      _ -> other(x, "s")
    end
  end

  def two(y) do
    if y do
      [1, 2]
    else
      {:ok, y}
    end
  end

  def three(z), do: z + 1

  defp four(list) do
    list
    |> Enum.map(fn v ->
      v * 2
    end)
  end

  def five, do: "t"
end
`;

const ALL = "Shop(one two three four five)";

/** The functions of a text, those inside of others in parentheses. */
function outline(node: Node): string {
  const inner = children(node)
    .map(outline)
    .filter((name) => name !== "");
  const isDefinition = ["def", "defp", "defmodule"].some((name) => isCall(node, name));
  if (node.kind !== "call" || !isDefinition) return inner.join(" ");
  const [head] = node.args;
  const name = head === undefined ? "?" : headName(head);
  return inner.length === 0 ? name : `${name}(${inner.join(" ")})`;
}

function headName(head: Node): string {
  if (head.kind === "variable") return head.name;
  if (head.kind !== "call" || typeof head.callee !== "string") return "?";
  const [first] = head.args;
  return head.callee === "__aliases__" && first?.kind === "atom" ? first.name : head.callee;
}

function withoutLine(number: number): string {
  return MODULE.split("\n")
    .toSpliced(number - 1, 1)
    .join("\n");
}

function withLine(number: number, line: string): string {
  return MODULE.split("\n").toSpliced(number, 0, line).join("\n");
}

/** The functions of a text, and the place and code of its first diagnostic. */
function reading(text: string): readonly [string, string] {
  const { tree, diagnostics } = parse(text);
  const [first] = diagnostics;
  return [outline(tree), `${first?.line}:${first?.column} ${first?.code}`];
}

describe("a module with one mistake keeps all its functions", () => {
  it.each([
    ["the end of a case", withoutLine(8), "5:12 missing_terminator"],
    ["the end of a function", withoutLine(9), "4:14 missing_terminator"],
    ["the end of an if", withoutLine(16), "14:5 missing_terminator"],
    ["the end of the last function", withoutLine(26), "21:19 missing_terminator"],
    ["the end of a fn and its parenthesis", withoutLine(25), "23:16 missing_terminator"],
  ])("%s is missing", (_, text, first) => {
    expect(reading(text)).toEqual([ALL, first]);
  });

  it.each([
    ["at the depth of a function", withLine(9, "  end"), "10:3 unexpected_token"],
    ["deeper", withLine(9, "    end"), "10:5 unexpected_token"],
  ])("an end too much, %s", (_, text, first) => {
    expect(reading(text)).toEqual([ALL, first]);
  });

  it.each([
    ["string", '"s")', '"s)', "7:17 missing_terminator"],
    ["string of the documentation", '"the shop"', '"the shop', "2:14 missing_terminator"],
    ["last string", '"t"', '"t', "28:17 missing_terminator"],
    ["interpolation", '"s")', '"s#{x")', "7:21 missing_terminator"],
    ["heredoc", '"the shop"', '"""\n  hi', "2:14 missing_terminator"],
    ["call", '"s")', '"s"', "7:17 missing_terminator"],
    ["list", "[1, 2]", "[1, 2", "13:7 missing_terminator"],
    ["tuple", "{:ok, y}", "{:ok, y", "15:7 missing_terminator"],
    ["sigil", '"s")', "~s(s)", "7:17 missing_terminator"],
  ])("a %s that does not end", (_, from, to, first) => {
    expect(MODULE).toContain(from);
    expect(reading(MODULE.replace(from, to))).toEqual([ALL, first]);
  });

  it.each([
    ["a parenthesis too much", "z + 1", "z + 1)", "19:26 unexpected_token"],
    ["a comma too much", '"s")', '"s",)', "7:24 expected_expression"],
    ["no do", "def two(y) do", "def two(y)", "17:3 unexpected_token"],
    ["an operator too much", "v * 2", "v * * 2", "24:11 expected_expression"],
    ["a dot without a name", "v * 2", "v.", "23:17 missing_terminator"],
    ["a number that is none", "v * 2", "v * 2x", "24:11 invalid_number"],
    ["a character that is none", "v * 2", "v $ 2", "24:9 unexpected_character"],
    ["two values", "z + 1", "z 1 2", "19:25 unexpected_token"],
  ])("%s", (_, from, to, first) => {
    expect(MODULE).toContain(from);
    expect(reading(MODULE.replace(from, to))).toEqual([ALL, first]);
  });

  it("with nothing wrong, to compare with", () => {
    expect(parse(MODULE).diagnostics).toEqual([]);
    expect(outline(parse(MODULE).tree)).toBe(ALL);
  });
});

describe("a function that is being written", () => {
  it.each([
    ["  def new(", "Shop(one two new three four five)"],
    ["  def new(a) do", "Shop(one two new three four five)"],
    ["  def new(a) do\n    foo(a,", "Shop(one two new three four five)"],
    ["  def new(a) do\n    foo.", "Shop(one two new three four five)"],
    ["  def new(a) do\n    case a do\n      :b ->", "Shop(one two new three four five)"],
    ["  @spec new(a ::", ALL],
    ['  @doc "', ALL],
    ["  %{a: [", ALL],
  ])("leaves the others alone: %j", (text, expected) => {
    const { tree, diagnostics } = parse(MODULE.replace("  def three", `${text}\n\n  def three`));
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(outline(tree)).toBe(expected);
  });
});
