import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { children, isCall, parse, walk, type Node } from "./index.ts";

/** A tree without places, to be read at a glance. */
function sketch(node: Node): unknown {
  switch (node.kind) {
    case "atom":
      return `:${node.name}`;
    case "variable":
      return node.name;
    case "call": {
      const callee = typeof node.callee === "string" ? node.callee : sketch(node.callee);
      return [callee, ...node.args.map(sketch)];
    }
    case "list":
      return { list: node.items.map(sketch) };
    case "pair":
      return { left: sketch(node.left), right: sketch(node.right) };
    case "broken":
      return { broken: node.children.map(sketch) };
    case "integer":
    case "float":
    case "string":
    case "charlist":
      return node.value;
    default:
      return null;
  }
}

function codes(text: string): string[] {
  return parse(text).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe("parse", () => {
  it("answers one node per quoted node", () => {
    const { tree, diagnostics } = parse("def add(a, b), do: a + b * 2");
    expect(diagnostics).toEqual([]);
    expect(sketch(tree)).toEqual([
      "def",
      ["add", "a", "b"],
      { list: [{ left: ":do", right: ["+", "a", ["*", "b", 2]] }] },
    ]);
  });

  it("reads names, aliases, remote calls and captures as calls", () => {
    expect(sketch(parse("&Shop.Cart.total/1").tree)).toEqual([
      "&",
      ["/", [[".", ["__aliases__", ":Shop", ":Cart"], ":total"]], 1],
    ]);
  });

  it("keeps text as written beside what it means", () => {
    const { tree } = parse(String.raw`"a\tb\x41"`);
    expect(tree).toMatchObject({ kind: "string", value: "a\tbA", raw: String.raw`a\tb\x41` });
    expect(parse(String.raw`"\xff"`).tree).toMatchObject({ value: "\uFFFD" });
    expect(parse(String.raw`:"a\nb"`).tree).toMatchObject({ name: "a\nb", raw: String.raw`a\nb` });
  });

  it("gives the parts of interpolated text their places", () => {
    const text = '"sum #{a + b}!"';
    const { tree, source } = parse(text);
    if (tree.kind !== "call") throw new Error("no call");
    expect(tree.args.map((part) => source.slice(part))).toEqual(["sum ", "#{a + b}", "!"]);
  });

  it("collects comments with their places", () => {
    expect(parse("# one\nfoo( # two\n  1)").comments).toEqual([
      { text: "# one", line: 1, column: 1, start: 0, end: 5 },
      { text: "# two", line: 2, column: 6, start: 11, end: 16 },
    ]);
  });

  it("counts integers that no double holds exactly as bigints", () => {
    expect(parse("9007199254740991").tree).toMatchObject({ value: 9_007_199_254_740_991 });
    expect(parse("0xFFFF_FFFF_FFFF_FFFF").tree).toMatchObject({ value: 2n ** 64n - 1n });
  });

  it("includes parentheses in the range of what they hold", () => {
    const { tree, source } = parse("(a + b) * c");
    if (tree.kind !== "call") throw new Error("no call");
    expect(tree.args.map((part) => source.slice(part))).toEqual(["(a + b)", "c"]);
  });

  it("reads lines that end with \\n and lines that end with \\r\\n in one text", () => {
    const { tree, diagnostics } = parse("a\r\nb\nc\r\n");
    expect(diagnostics).toEqual([]);
    if (tree.kind !== "call") throw new Error("no call");
    expect(tree.args.map(({ meta }) => meta?.line)).toEqual([1, 2, 3]);
  });

  it("reports a byte order mark, as Elixir does, and reads on", () => {
    expect(codes("\uFEFFa = 1")).toEqual(["1:1 unexpected_character"]);
    expect(sketch(parse("\uFEFFa = 1").tree)).toEqual(["=", "a", 1]);
  });

  it("differs by release where Elixir does", () => {
    expect(sketch(parse("foo +[1]", { elixir: "1.14" }).tree)).toEqual(["+", "foo", { list: [1] }]);
    expect(sketch(parse("foo +[1]").tree)).toEqual(["foo", ["+", { list: [1] }]]);
    expect(parse("(a)", { elixir: "1.14" }).tree.meta).toEqual({ line: 1, column: 2 });
    expect(parse("(a)", { elixir: "1.18" }).tree.meta?.parens).toHaveLength(1);
  });

  it.each([
    ["a b c d, e, f", undefined],
    ["foo(1,", "1:4 missing_terminator"],
    ["[1 2]", "1:4 unexpected_token"],
    ["foo a, bar b, c", "1:16 ambiguous_call"],
    ["{a: 1}", "1:1 unexpected_keyword"],
    ["[a: 1, 2]", "1:9 keyword_not_last"],
    ["x = 1 do\nend", "1:7 unexpected_token"],
    ["fn a end", "1:1 fn_without_clause"],
    ["1__0", "1:1 invalid_number"],
    ["a//b", "1:2 invalid_range_step"],
    [":a.B", "1:4 atom_alias"],
    ["a[1, 2]", "1:7 invalid_access"],
    ['"a', "1:1 missing_terminator"],
    ["~sx(a)", "1:1 invalid_sigil"],
    ["a $ b", "1:3 unexpected_character"],
    ["foo:bar", "1:1 keyword_needs_space"],
    [String.raw`"\u{110000}"`, "1:2 invalid_escape"],
    ["<<<<<<< mine\na", "1:1 version_control_marker"],
    ['"\u202e"', "1:2 invalid_character"],
    ["aб", "1:1 invalid_name"],
  ])("says where and what is wrong with %j", (text, expected) => {
    expect(codes(text)[0]).toBe(expected);
  });

  it("gives at most a thousand diagnostics", () => {
    expect(parse(") ".repeat(5000)).diagnostics).toHaveLength(1000);
  });

  it("reads any text at all, with ranges inside of each other", () => {
    const piece = oneof(
      string({ unit: "binary", maxLength: 12 }),
      constantFrom("do ", "end ", "fn ", "-> ", '"', "#{", "}", "(", ")", "\n", "%{", "a: "),
    );
    assert(
      property(array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        const { tree } = parse(text);
        walk(tree, (node) => {
          for (const child of children(node)) {
            expect(child.start).toBeGreaterThanOrEqual(node.start);
            expect(child.end).toBeLessThanOrEqual(node.end);
          }
        });
        expect(tree.end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });
});

function oneFunction(n: number): string {
  return `  def f${n}(a, b) when a > b, do: {:ok, "#{a}", b}\n`;
}

describe("a file of 200 KB", () => {
  it("is read whole, 4,000 functions of it", () => {
    const text = `defmodule Big do\n${Array.from({ length: 4000 }, (_, n) => oneFunction(n)).join("")}end\n`;
    expect(text.length).toBeGreaterThan(200_000);
    const { tree, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    let functions = 0;
    walk(tree, (node) => void (functions += isCall(node, "def") ? 1 : 0));
    expect(functions).toBe(4000);
  });
});
