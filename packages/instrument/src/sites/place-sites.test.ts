import type { Site, SiteManifest } from "@elixirscope/trace";
import { describe, expect, it } from "vitest";
import { placeSites } from "./place-sites.ts";

const FILE = "lib/cart.ex";
const SOURCE = `defmodule Cart do
  use GenServer

  def total(items, tax \\\\ 0) do
    sum = Enum.reduce(items, 0, fn {_, n}, acc -> n + acc end)
    if sum > 10, do: sum, else: sum + tax
  end

  for name <- [:a, :b] do
    def unquote(name)(x) do
      y = x
      y
    end
  end
end
`;

describe("sites without columns", () => {
  it("are placed where their line, kind and names leave one place", () => {
    const [bound, falsy, truthy] = placed(
      site({ kind: "match", line: 5, names: ["sum"] }),
      site({ kind: "case_clause", clause: 0, line: 6, generated: true }),
      site({ kind: "case_clause", clause: 1, line: 6, generated: true }),
    );
    expect(bound).toMatchObject({ line: 5, column: 5, generated: false });
    expect(bound?.nodeId).toMatch(/^Cart\.total\/2@\w+:do\.sum=\.pattern$/);
    // the compiler has the branches of `if` the other way around
    expect(falsy).toMatchObject({ kind: "if_clause", clause: 1, column: 5, generated: false });
    expect(truthy).toMatchObject({ kind: "if_clause", clause: 0, column: 5 });
    expect(truthy?.nodeId).toBe(falsy?.nodeId);
    expect(truthy?.hash).toEqual(expect.any(String));
  });

  it("stay without a place when there are more of them than places", () => {
    const twice = site({ kind: "match", line: 5, names: ["sum"] });
    expect(placed(twice, { ...twice, site: 9 }).map(({ nodeId }) => nodeId)).toEqual([null, null]);
  });

  it("are placed for each function that a loop over one definition makes", () => {
    const both = ["a", "b"].flatMap((name) => [
      site({ kind: "match", function: name, arity: 1, line: 11, names: ["y"] }),
      site({ kind: "function_clause", function: name, arity: 1, clause: 0, line: 10 }),
    ]);
    expect(placed(...both).map(({ line, column }) => [line, column])).toEqual([
      [11, 7],
      [10, 9],
      [11, 7],
      [10, 9],
    ]);
  });

  it("are generated when a macro made their function", () => {
    const made = { function: "child_spec", arity: 1, line: 2 };
    const [begin, end] = placed(
      site({ kind: "return", ...made }),
      site({ kind: "function_clause", clause: 0, ...made }),
      written(),
    );
    expect(begin).toMatchObject({ generated: true, nodeId: null });
    expect(end).toMatchObject({ generated: true, nodeId: null });
  });

  it("are found inside of tests, also what `assert` binds", () => {
    const text = [
      "defmodule CartTest do",
      "  use ExUnit.Case",
      '  test "adds", %{cart: cart} do',
      "    total = Cart.add(cart)",
      "    assert {:ok, sum} = total",
      "  end",
      "end",
    ].join("\n");
    const test = { function: "test adds", arity: 1, file: "test/cart_test.exs" };
    const sites = [
      site({ kind: "match", line: 4, column: 11, names: ["total"], ...test }),
      site({ kind: "match", line: 5, names: ["sum"], ...test }),
      site({ kind: "function_clause", clause: 0, line: 3, ...test }),
    ];
    const manifest = { module: "CartTest", md5: "", file: test.file, sites };
    const found = placeSites(manifest, new Map([[test.file, text]])).sites;
    expect(found.map(({ nodeId }) => nodeId)).toEqual([
      "CartTest:do.test.do.total=.pattern",
      "CartTest:do.test.do.assert.arg0.pattern.right",
      "CartTest:do.test",
    ]);
  });

  it("have the ends of a call at the clause that ends", () => {
    const [raise, fun, end, begin] = placed(
      site({ kind: "return", line: 5 }),
      site({ kind: "fn_clause", clause: 0, line: 5 }),
      site({ kind: "return", line: 4 }),
      written(),
    );
    expect(raise?.nodeId).toBe(fun?.nodeId);
    expect(end?.nodeId).toBe(begin?.nodeId);
    expect(begin?.nodeId).toMatch(/^Cart\.total\/2@\w+$/);
  });
});

describe("sites", () => {
  it("of another file, which a macro brought along, are generated and have no place", () => {
    const foreign = site({ kind: "match", line: 5, names: ["sum"], file: "lib/macros.ex" });
    expect(placed(foreign)[0]).toMatchObject({ generated: true, nodeId: null, column: null });
  });

  it("of Erlang sources are left as they are", () => {
    const erlang = site({ kind: "match", line: 1, names: ["X"], file: "src/a.erl" });
    const manifest = { module: ":a", md5: "", file: "src/a.erl", sites: [erlang] };
    const sources = new Map([["src/a.erl", "f() -> X = 1, X."]]);
    expect(placeSites(manifest, sources)).toEqual(manifest);
  });

  it("are not placed in a source that was changed since it was compiled", () => {
    const moved = `# a line more\n${SOURCE}`;
    const all = [site({ kind: "match", line: 5, names: ["sum"] }), written()];
    const sources = new Map([[FILE, moved]]);
    const manifest = { module: "Cart", md5: "", file: FILE, sites: all };
    expect(placeSites(manifest, sources).sites).toEqual(all);
  });

  it("stay as they are without their source, and in one that is no Elixir", () => {
    const all = [site({ kind: "match", line: 5, names: ["sum"] })];
    const manifest = { module: "Cart", md5: "", file: FILE, sites: all };
    expect(placeSites(manifest, new Map())).toEqual(manifest);
    const broken = placeSites(manifest, new Map([[FILE, "defmodule ( do \0 fn ->"]]));
    expect(broken.sites[0]?.nodeId).toBeNull();
  });
});

function placed(...sites: readonly Site[]): readonly Site[] {
  const manifest: SiteManifest = { module: "Cart", md5: "", file: FILE, sites };
  return placeSites(manifest, new Map([[FILE, SOURCE]])).sites;
}

function written(): Site {
  return site({ kind: "function_clause", clause: 0, line: 4, names: ["items", "tax"] });
}

function site(facts: Partial<Site> & Pick<Site, "kind" | "line">): Site {
  return {
    site: 1,
    function: "total",
    arity: 2,
    clause: null,
    closure: null,
    file: FILE,
    column: null,
    generated: false,
    names: [],
    target: null,
    nodeId: null,
    hash: null,
    ...facts,
  };
}
