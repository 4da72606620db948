import { describe, expect, it } from "vitest";
import { children, parse, toQuoted, type Node } from "../index.ts";

const LEVELS = 10_000;

function nested(open: string, middle: string, close = ""): string {
  return open.repeat(LEVELS) + middle + close.repeat(LEVELS);
}

/** Levels of a tree, without recursion. */
function depth(tree: Node): number {
  let deepest = 0;
  const stack: (readonly [Node, number])[] = [[tree, 1]];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const [node, level] = entry;
    deepest = Math.max(deepest, level);
    for (const child of children(node)) stack.push([child, level + 1]);
  }
  return deepest;
}

describe(`${LEVELS} levels are read whole`, () => {
  it.each([
    ["lists", nested("[", "", "]")],
    ["tuples", nested("{", "", "}")],
    ["bitstrings", nested(" <<", "", ">> ")],
    ["maps", nested("%{a: ", "1", "}")],
    ["maps with =>", nested("%{a => ", "1", "}")],
    ["structs", nested("%A{a: ", "1", "}")],
    ["calls", nested("f(", "", ")")],
    ["calls without parentheses", nested("f ", "1")],
    ["keywords", nested("f a: ", "1")],
    ["accesses in accesses", nested("a[", "1", "]")],
    ["accesses in a row", `a${nested("", "", "[1]")}`],
    ["calls in a row", `a${nested("", "", ".b")}`],
    ["anonymous calls in a row", `a${nested("", "", ".()")}`],
    ["operators to the left", nested("a + ", "1")],
    ["operators to the right", nested("a ++ ", "1")],
    ["prefix operators", nested("not ", "a")],
    ["captures", nested("& ", "a")],
    ["guards", nested("a when ", "b")],
    ["do blocks", nested("f do\n", "1\n", "end\n")],
    ["functions", nested("fn x -> ", "1", " end")],
    ["clauses in parentheses", nested("(x -> ", "1", ")")],
    ["interpolations", nested('"#{', "1", '}"')],
    ["blocks", nested("(1; ", "2", ")")],
  ])("%s", (_, text) => {
    const { tree, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    expect(depth(tree)).toBeGreaterThanOrEqual(LEVELS);
    expect(toQuoted(tree, { columns: true, tokenMetadata: true }).kind).not.toBe("");
  });

  it("parentheses around one value, which are all kept", () => {
    const { tree } = parse(nested("(", "a", ")"), { elixir: "1.18" });
    expect(tree.meta?.parens).toHaveLength(LEVELS);
    expect(toQuoted(tree, { tokenMetadata: true }).kind).toBe("tuple");
  });

  it("a long alias and a long list", () => {
    const alias = parse(`A${".A".repeat(LEVELS)}`).tree;
    expect(alias.kind === "call" && alias.args.length).toBe(LEVELS + 1);
    const list = parse(`[${"1,".repeat(LEVELS)}]`).tree;
    expect(list.kind === "list" && list.items.length).toBe(LEVELS);
  });
});

describe("what never ends is read to its end", () => {
  it.each(["(", "[", "{", "%{", "f(", "f do\n", "fn ", '"#{', "~s(", "if a do else ", "<<", "& "])(
    "%j without end",
    (open) => {
      const { tree, diagnostics } = parse(open.repeat(LEVELS));
      expect(diagnostics.length).toBeGreaterThan(0);
      expect(tree.end).toBeLessThanOrEqual(open.length * LEVELS);
    },
  );

  it("what nests deeper than 200,000 levels is refused, and what comes after is read", () => {
    const { tree, diagnostics } = parse(`${"(".repeat(300_000)}\nlast`);
    expect(diagnostics.some(({ code }) => code === "too_deep")).toBe(true);
    expect(depth(tree)).toBeGreaterThan(1);
  });
});
