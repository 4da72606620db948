import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Node } from "./ast.ts";
import { nodeIds, remap, type NodeIds } from "./node-ids.ts";
import { parse } from "./parse.ts";
import { isCall, walk } from "./tree.ts";

const idsOf = (text: string): NodeIds => nodeIds(parse(text).tree);

const allNodes = (tree: Node): readonly Node[] => {
  const nodes: Node[] = [];
  walk(tree, (node) => {
    nodes.push(node);
  });
  return nodes;
};

const CART = `
defmodule Shop.Cart do
  use GenServer
  @limit 10

  def add(cart, item, count \\\\ 1) when count > 0 do
    line = build(item, count: count)
    case Map.fetch(cart, line) do
      {:ok, old} -> put(old)
      :error when count > 1 -> Enum.map([1, 2], fn x -> x end)
    end
  end

  def add(cart, nil), do: cart
  defdelegate put(cart), to: Shop.Store

  defmodule Inner do
    def add(cart), do: cart
  end
end
`;

describe("ids of nodes", () => {
  it("tell the clause by its head and the node by its role", () => {
    const { tree } = parse(CART);
    const ids = nodeIds(tree);
    const roles = allNodes(tree).map((node) => ids.idOf(node)?.replace(/@\w+/, "@"));
    for (const id of [
      "Shop.Cart",
      "Shop.Cart:do.use",
      "Shop.Cart:do.attribute_limit",
      "Shop.Cart.add/3@",
      "Shop.Cart.add/3@:guard.left",
      "Shop.Cart.add/3@:arg2.default",
      "Shop.Cart.add/3@:do.line=.value.arg1.count",
      "Shop.Cart.add/3@:do.case.subject.arg0",
      "Shop.Cart.add/3@:do.case.do.clause0.arg0.left",
      "Shop.Cart.add/3@:do.case.do.clause1.guard",
      "Shop.Cart.add/3@:do.case.do.clause1.body.map.arg1.clause0.body.x",
      "Shop.Cart.add/2@:do.cart",
      "Shop.Cart.put/1@:options.to",
      "Shop.Cart.Inner.add/1@:arg0",
    ]) {
      expect(roles).toContain(id);
    }
  });

  it("are different for different nodes and lead back to them", () => {
    const { tree } = parse(CART);
    const ids = nodeIds(tree);
    const nodes = allNodes(tree);
    const all = nodes.map((node) => ids.idOf(node) ?? "none");
    expect(new Set(all).size).toBe(nodes.length);
    nodes.forEach((node, i) => expect(ids.nodeOf(all[i] ?? "")).toBe(node));
  });

  it("number clauses with the same head, and modules with the same name", () => {
    const ids = idsOf(
      "defmodule A do\n def f(x), do: 1\n def f(x), do: 2\nend\ndefmodule A do\nend",
    );
    const keys = ids.anchors.map(({ key }) => key.replace(/@\w+/, "@"));
    expect(keys).toEqual(["file", "A", "A.f/1@", "A.f/1@~2", "A~2"]);
  });

  it("are null for nodes of another tree and for ids of nothing", () => {
    const ids = idsOf(CART);
    const stranger = parse("x").tree;
    expect(ids.idOf(stranger)).toBeNull();
    expect(ids.nodeOf("Shop.Cart.add/3@0:do")).toBeNull();
    expect(ids.nodeOf("")).toBeNull();
  });

  it("name modules as Elixir does where the text says it", () => {
    const text = `
defmodule Outer do
  defmodule __MODULE__.Deep do
  end
  defmodule Elixir.Top do
  end
  defimpl Enumerable, for: [Outer, Other] do
  end
  defmodule unquote(name) do
  end
end
defmodule :erl do
  def f, do: 1
end
defprotocol P do
end
`;
    const names = idsOf(text).anchors.map(({ key }) => key.replace(/@\w+/, "@"));
    expect(names).toEqual([
      "file",
      "Outer",
      "Outer.Deep",
      "Top",
      "Enumerable.Outer",
      "Outer.unquote",
      ":erl",
      ":erl.f/0@",
      "P",
    ]);
  });

  it("stay short however deep code nests", () => {
    const { tree } = parse(
      `defmodule A do\n def f, do: ${"[".repeat(10_000)}${"]".repeat(10_000)}\nend`,
    );
    const ids = nodeIds(tree);
    const all = allNodes(tree).map((node) => ids.idOf(node) ?? "");
    expect(new Set(all).size).toBe(all.length);
    expect(Math.max(...all.map((id) => id.length))).toBeLessThan(400);
  });
});

describe("hashes of contents", () => {
  it("are equal for equal code wherever and however it is written", () => {
    const ids = idsOf('{f(1, :a), f(\n  1,\n  :a\n), f(0x1, :"a"), f(1, :b)}');
    const [, a, b, c, d] = ids.anchors.flatMap((anchor) =>
      [...ids.nodesOf(anchor)].filter((node) => node === root(node) || isCall(node, "f")),
    );
    const hashes = [a, b, c, d].map((node) => (node === undefined ? "" : ids.hashOf(node)));
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[3]).not.toBe(hashes[0]);
  });

  it("tell apart what differs in kind, name, value, or structure", () => {
    const texts = [
      "x",
      ":x",
      '"x"',
      "'x'",
      "[x]",
      "x()",
      "{x, x}",
      "[[x]]",
      "x(x)",
      "1",
      "1.5",
      "1 + 2",
      "2 + 1",
    ];
    const hashes = texts.map((text) => {
      const { tree } = parse(text);
      return nodeIds(tree).hashOf(tree);
    });
    expect(new Set(hashes).size).toBe(texts.length);
  });
});

const root = (node: Node): Node | null => (isCall(node, "{}") ? node : null);

/** A module as a list of functions, so that edits can be made where they shall be made. */
type Fn = { readonly name: string; readonly local: string; readonly lines: readonly string[] };

const line = fc.constantFrom(
  'Logger.info("x")',
  "send(self(), {:tick, 1})",
  "if a > 1, do: b(a), else: c(a)",
  "Enum.map(a, fn x -> x + 1 end)",
  "case a do\n      {:ok, v} -> v\n      _ -> nil\n    end",
  "%{a | b: 1} |> Map.get(:b)",
);
const functions: fc.Arbitrary<readonly Fn[]> = fc
  .array(
    fc.record({
      local: fc.constantFrom("total", "acc", "state"),
      lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((list) => list.map((fn, i) => ({ ...fn, name: `fun${i}` })));

const printed = (list: readonly Fn[], extra = ""): string =>
  `defmodule M do\n${list
    .map(({ name, local, lines }) => {
      const body = [`${local} = init(a)`, ...lines, `done(${local})`].join("\n    ");
      return `  def ${name}(a) do\n    ${body}\n  end\n`;
    })
    .join("\n")}${extra}end\n`;

type Edited = { readonly text: string; readonly touched: ReadonlySet<string> };
const edit: fc.Arbitrary<(list: readonly Fn[]) => Edited> = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map((n) => (list: readonly Fn[]) => ({
    text: printed(list).replaceAll("\n  def", `${"\n".repeat(n)}  # moved\n  def`),
    touched: new Set<string>(),
  })),
  fc.constant((list: readonly Fn[]) => ({
    text: printed(list.toReversed()),
    touched: new Set<string>(),
  })),
  fc.constant((list: readonly Fn[]) => ({
    text: printed(list, "\n  def fun0(:new), do: :clause\n  defp other, do: 1\n"),
    touched: new Set<string>(),
  })),
  fc.nat(5).map((at) => (list: readonly Fn[]) => {
    const index = at % list.length;
    const text = printed(
      list.map((fn, i) => (i === index ? { ...fn, lines: ["audit(:first)", ...fn.lines] } : fn)),
    );
    return { text, touched: new Set([list[index]?.name ?? ""]) };
  }),
  fc.nat(5).map((at) => (list: readonly Fn[]) => {
    const index = at % list.length;
    const text = printed(list.map((fn, i) => (i === index ? { ...fn, local: "renamed" } : fn)));
    return { text, touched: new Set([list[index]?.name ?? ""]) };
  }),
);

describe("after an edit", () => {
  it("nodes of functions that were not touched keep their ids", () => {
    fc.assert(
      fc.property(functions, edit, (list, change) => {
        const before = idsOf(printed(list));
        const { text, touched } = change(list);
        const after = idsOf(text);
        const moved = remap(before, after);
        for (const anchor of before.anchors) {
          if (anchor.kind !== "clause" || touched.has(/\.(\w+)\//.exec(anchor.name)?.[1] ?? ""))
            continue;
          const changed = [...before.nodesOf(anchor)].filter((node) => {
            const id = before.idOf(node) ?? "";
            const now = after.nodeOf(id);
            const isSame = now !== null && after.hashOf(now) === before.hashOf(node);
            return !isSame || moved.get(id) !== id;
          });
          expect(changed).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("in a touched function what says the same is found again, the rest by its role", () => {
    fc.assert(
      fc.property(functions, edit, (list, change) => {
        const before = idsOf(printed(list));
        const { text, touched } = change(list);
        const after = idsOf(text);
        const moved = remap(before, after);
        for (const anchor of before.anchors) {
          if (anchor.kind !== "clause" || !touched.has(/\.(\w+)\//.exec(anchor.name)?.[1] ?? ""))
            continue;
          let kept = 0;
          let all = 0;
          for (const node of before.nodesOf(anchor)) {
            all += 1;
            const now = after.nodeOf(moved.get(before.idOf(node) ?? "") ?? "");
            if (now?.kind === node.kind) kept += 1;
          }
          expect(kept).toBe(all);
        }
        const targets = [...moved.values()];
        expect(new Set(targets).size).toBe(targets.length);
      }),
      { numRuns: 60 },
    );
  });

  it("a renamed function and a moved expression are followed", () => {
    const before = idsOf(
      "defmodule A do\n def old(x), do: x + 1\n def g(x), do: big(x, 1, [2])\nend",
    );
    const after = idsOf(
      "defmodule A do\n def new(x), do: x + 1\n def g(x) do\n  y = 1\n  {y, big(x, 1, [2])}\n end\nend",
    );
    const moved = new Map(
      [...remap(before, after)].map(([from, to]) => [
        from.replace(/@\w+/, "@"),
        to.replace(/@\w+/, "@"),
      ]),
    );
    expect(moved.get("A.old/1@:do.operator")).toBe("A.new/1@:do.operator");
    expect(moved.get("A.g/1@:do.big")).toBe("A.g/1@:do.pair.right");
    expect(moved.get("A.g/1@:do.big.arg2.0")).toBe("A.g/1@:do.pair.right.arg2.0");
  });
});
