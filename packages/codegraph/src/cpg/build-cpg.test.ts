import { readdirSync, readFileSync } from "node:fs";
import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { reach } from "../graph/reachability.ts";
import { linkProject } from "../link/link-project.ts";
import { linkedFile } from "../link/linked-file.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import { fileCpg, functionCpg, projectCpgs } from "./build-cpg.ts";
import { cpgDigraph, type Cpg, type CpgEdgeKind } from "./cpg.ts";

const root = new URL("../../../../examples/shop/lib/", import.meta.url);
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ex"))
  .toSorted((a, b) => (a < b ? -1 : 1))
  .map((name) => ({ path: `lib/${name}`, text: readFileSync(new URL(name, root), "utf8") }));
const graphs = linkProject(sources.map(({ path, text }) => linkedFile(path, text)));

function cpgOf(text: string, key: string): Cpg {
  const cpg = functionCpg(fileSyntax("a.ex", parse(text)), key);
  if (cpg === null) throw new Error(`no ${key}`);
  return cpg;
}

/** `from -> to label` of all edges of a kind. */
function edges(cpg: Cpg, kind: CpgEdgeKind): string[] {
  return cpg.edges
    .filter((edge) => edge.kind === kind)
    .map(({ from, to, label, index }) => {
      const ends = [from, to].map((node) => cpg.nodes[node]?.label);
      return `${ends.join(" -> ")} ${label ?? (index >= 0 ? index : "")}`.trim();
    });
}

const small = cpgOf(
  `defmodule A do
    def run(x, y) do
      z = if x, do: f(y), else: g()
      z |> h(1) |> Enum.map(fn e -> e + y end)
    end
  end`,
  "A.run/2",
);

describe("a function's graph", () => {
  it("is a tree under the clause", () => {
    const parents = small.nodes.map(() => 0);
    for (const edge of small.edges)
      if (edge.kind === "AST") parents[edge.to] = (parents[edge.to] ?? 0) + 1;
    const wrong = small.nodes.filter(({ kind }, at) => parents[at] !== (kind === "ast" ? 1 : 0));
    expect(wrong).toEqual([]);
    expect(edges(small, "CONTAINS")).toEqual([
      "A -> A.run/2",
      expect.stringContaining("A.run/2 -> def run(x, y) do"),
    ]);
  });

  it("gives calls the arguments that pipes pass", () => {
    expect(edges(small, "ARGUMENT").filter((edge) => /^(h|Enum)/.test(edge))).toEqual([
      "Enum.map(fn e -> e + y end) -> z |> h(1) 0",
      "h(1) -> z 0",
      "h(1) -> 1 1",
      "Enum.map(fn e -> e + y end) -> fn e -> e + y end 1",
    ]);
    expect(edges(small, "EXPANDS_TO")).toContain("z |> h(1) -> h(1)");
  });

  it("says which branch decides", () => {
    const decided = edges(small, "CDG");
    expect(decided).toContain("x -> f(y) true");
    expect(decided).toContain("x -> g() false");
    expect(decided.some((edge) => edge.startsWith("x -> h(1)"))).toBe(false);
  });

  it("runs from the entry to the exit", () => {
    const { graph } = cpgDigraph(small, ["CFG"]);
    const nodeOf = (id: string): number => small.nodes.findIndex((node) => node.id === id);
    const { order } = reach(graph, [nodeOf("A.run/2")]);
    const types = order.map((node) => small.nodes[node]?.type);
    expect(types).toContain("exit");
    expect(order.map((node) => small.nodes[node]?.label)).toContain("e + y");
  });

  it("leads names to what binds them, and values to where they go", () => {
    expect(edges(small, "REF")).toContain("z -> z z");
    const named = small.nodes.filter(({ type, label }) => type === "variable" && label === "y");
    // the parameter, the argument of f, and the one in the closure, which is captured
    expect(named).toHaveLength(3);
    expect(edges(small, "CAPTURES")).toEqual(["fn e -> e + y end -> y"]);
    const { graph } = cpgDigraph(small, ["REACHING_DEF"]);
    const call = small.nodes.findIndex(({ label }) => label === "f(y)");
    const reached = reach(graph, [call]).order.map((node) => small.nodes[node]?.label);
    expect(reached).toContain("h(1)");
  });

  it("names what is called", () => {
    expect(edges(small, "CALL").toSorted()).toEqual([
      "Enum.map(fn e -> e + y end) -> Enum.map/2",
      "e + y -> Kernel.+/2",
      "f(y) -> A.f/1",
      "g() -> A.g/0",
      "h(1) -> A.h/2",
    ]);
  });

  it("is null for a function that is not there", () => {
    expect(functionCpg(fileSyntax("a.ex", parse("defmodule A do\nend")), "A.x/0")).toBeNull();
  });
});

describe("a project's graphs", () => {
  it("join by ids: a message leads to the clause of another function's graph", () => {
    const all = new Map([...projectCpgs(sources, graphs)].map((one) => [one.function, one.cpg]));
    const charge = all.get("Shop.Payments.charge/2");
    const message = charge?.edges.find((edge) => edge.kind === "MESSAGE");
    const taker = charge?.nodes[message?.to ?? -1];
    expect(message?.label).toBe("exact");
    const handler = all.get("Shop.Payments.Gateway.handle_call/3");
    expect(handler?.nodes.find((node) => node.id === taker?.id)).toMatchObject({
      kind: "clause",
      line: 26,
    });
  });

  it("have supervised children and protocols' implementations", () => {
    const application = sources.find(({ path }) => path.endsWith("application.ex"));
    const syntax = fileSyntax("lib/shop/application.ex", parse(application?.text ?? ""));
    const start = functionCpg(syntax, "Shop.Application.start/2", graphs);
    const supervised = (start?.edges ?? [])
      .filter((edge) => edge.kind === "SUPERVISES")
      .map((edge) => start?.nodes[edge.to]?.id);
    expect(supervised).toEqual([
      "Shop.Carts",
      "Shop.CartSupervisor",
      "Shop.Inventory",
      "Shop.Payments",
      "Shop.Tasks",
      "Shop.Notifier",
      "Shop.Feed",
      "Shop.Courier",
      "Shop.Load",
    ]);
    const protocol = `
      defprotocol P do
        def size(x)
      end
      defimpl P, for: List do
        def size(x), do: length(x)
      end
      defmodule Q do
        def run(x), do: P.size(x)
      end`;
    const linked = linkProject([linkedFile("p.ex", protocol)]);
    const run = functionCpg(fileSyntax("p.ex", parse(protocol)), "Q.run/1", linked);
    expect(run === null ? [] : edges(run, "CALL")).toEqual([
      "P.size(x) -> P.size/1",
      "P.size(x) -> P.List.size/1 protocol",
    ]);
  });

  it("of a file hold all its functions, once each", () => {
    const payments = sources.find(({ path }) => path.endsWith("payments.ex"));
    const cpg = fileCpg(fileSyntax("lib/shop/payments.ex", parse(payments?.text ?? "")), graphs);
    const ids = cpg.nodes.map((node) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
    const contained = cpg.edges.filter((edge) => edge.kind === "CONTAINS");
    const clauses = contained.filter((edge) => cpg.nodes[edge.to]?.kind === "clause");
    expect(clauses).toHaveLength(12);
    expect(edges(cpg, "EXPANDS_TO")).toContain("Shop.Payments.Ledger -> Agent.__using__/1 use");
  });

  it("do not overflow on deep nesting", () => {
    const text = `defmodule A do\n def run(x), do: ${"f(".repeat(10_000)}x${")".repeat(10_000)}\nend`;
    const syntax = fileSyntax("a.ex", parse(text));
    expect(() => fileCpg(syntax)).not.toThrow();
  });
});
