import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "../../module/file-syntax.ts";
import { FileCode } from "../code/file-code.ts";
import { readPatterns } from "./pattern-file.ts";
import { PatternSet } from "./pattern-set.ts";

const codeOf = (text: string, file = "lib/a.ex"): FileCode =>
  new FileCode(fileSyntax(file, parse(text)));

/** What `match` and `where` find in the body of a function of a module. */
function found(pattern: string, body: string, { where = "", head = "" } = {}): string[] {
  const { rules, problems } = readPatterns(
    `pattern "it" do\n match ${pattern}\n ${where === "" ? "" : `where ${where}`}\nend`,
    "patterns.exs",
  );
  expect(problems).toEqual([]);
  const code = codeOf(`defmodule A do\n${head}\ndef run(x, y) do\n${body}\nend\nend`);
  const nodes: string[] = [];
  new PatternSet(rules).run(code, (_, { node, bindings }) => {
    const bound = bindings.names.map((name) => {
      const value = bindings.get(name);
      const parts = value === undefined ? [] : "kind" in value ? [value] : value;
      return `${name}=${parts.map((part) => (part.start < 0 && part.kind === "atom" ? part.name : code.text(part))).join(",")}`;
    });
    nodes.push([code.text(node), ...bound].join(" ; "));
  });
  return nodes;
}

describe("patterns", () => {
  it("bind what $name stands for", () => {
    expect(
      found(
        "GenServer.call(_, {:get, $key}, :infinity)",
        "GenServer.call(x, {:get, y.id}, :infinity)",
      ),
    ).toEqual(["GenServer.call(x, {:get, y.id}, :infinity) ; key=y.id"]);
  });

  it("see through aliases", () => {
    const body = "G.call(x, {:get, 1}, :infinity)\nOther.call(x, {:get, 1}, :infinity)";
    expect(
      found("GenServer.call(_, {:get, $key}, :infinity)", body, { head: "alias GenServer, as: G" }),
    ).toHaveLength(1);
  });

  it("see pipes as calls", () => {
    expect(found("GenServer.call($to, $m)", "x |> GenServer.call(:ping)")).toEqual([
      "x |> GenServer.call(:ping) ; to=x ; m=:ping",
    ]);
    expect(found("length($x) == 0", "x |> length() == 0")).toHaveLength(1);
    expect(found("GenServer.call(:ping)", "x |> GenServer.call(:ping)")).toEqual([]);
  });

  it("match piped code when written with a pipe", () => {
    expect(found("$x |> Enum.map($f) |> Enum.join()", "Enum.join(Enum.map(x, y))")).toHaveLength(1);
    expect(
      found("$x |> Enum.map($f) |> Enum.join()", "x |> Enum.map(y) |> Enum.join()"),
    ).toHaveLength(1);
  });

  it("need equal code where a name is used twice", () => {
    expect(found("$a == $a", "x.a == x.a\nx.a == y.a\n(x.a) == x.a")).toEqual([
      "x.a == x.a ; a=x.a",
      "(x.a) == x.a ; a=(x.a)",
    ]);
  });

  it("take the rest of the arguments with ... and $*rest", () => {
    expect(
      found("Logger.info($first, ...)", "Logger.info(x)\nLogger.info(x, y, 1)\nLogger.info()"),
    ).toHaveLength(2);
    expect(found("foo(1, $*rest)", "foo(1)\nfoo(1, 2, x)\nfoo(2)")).toEqual([
      "foo(1) ; rest=",
      "foo(1, 2, x) ; rest=2,x",
    ]);
    expect(found("foo(..., $last)", "foo(1, 2, x)")).toEqual(["foo(1, 2, x) ; last=x"]);
  });

  it("match tuples of any size", () => {
    expect(
      found(
        "send(_, {:add, ...})",
        "send(x, {:add})\nsend(x, {:add, 1})\nsend(x, {:add, 1, 2})\nsend(x, {:del, 1})",
      ),
    ).toHaveLength(3);
  });

  it("allow alternatives at the top and inside", () => {
    expect(
      found("Repo.get(_, $id) | Repo.get!(_, $id)", "Repo.get(X, 1)\nRepo.get!(X, 2)\nRepo.all(X)"),
    ).toHaveLength(2);
    expect(found("foo(:a | :b)", "foo(:a)\nfoo(:b)\nfoo(:c)")).toHaveLength(2);
  });

  it("keep | as the bar of lists and of map updates", () => {
    expect(found("foo([$h | $t])", "foo([1 | x])\nfoo([1, x])")).toHaveLength(1);
    expect(found("%{$m | count: _}", "%{x | count: 1}\n%{x | other: 1}")).toHaveLength(1);
  });

  it("see do: and do … end as equal", () => {
    expect(
      found("if($c, do: $a)", "if x do y end\nif x, do: y\nif x, do: y, else: 1"),
    ).toHaveLength(2);
    expect(found("if $c do ... end", "if x do\n y\n 1\nend")).toHaveLength(1);
  });

  it("match statements in a block in their order", () => {
    const pattern = "do\n case $x do\n ... -> ...\n end\n end";
    expect(
      found(pattern, "case x do\n 1 -> 2\n end\n case x do\n 1 -> 2\n _ -> 3\n end"),
    ).toHaveLength(1);
    const sequence = "fn -> ...; foo($a); ...; bar($a); ... end";
    expect(found(sequence, "fn -> foo(1); x; bar(1) end\nfn -> bar(1); foo(1) end")).toHaveLength(
      1,
    );
  });

  it("take keywords in any order, and others only with a rest", () => {
    expect(found("foo(a: $a, b: 2)", "foo(b: 2, a: 1)\nfoo(a: 1, b: 2, c: 3)")).toHaveLength(1);
    expect(found("foo([..., a: $a])", "foo(b: 2, a: 1)\nfoo(b: 1)")).toHaveLength(1);
    expect(found("foo(%{..., a: $a})", "foo(%{b: 2, a: 1})\nfoo(%{b: 1})")).toHaveLength(1);
  });

  it("bind names of functions and modules", () => {
    expect(found("Enum.$f($x, _)", "Enum.map(x, y)")).toEqual([
      "Enum.map(x, y) ; f=Enum.map(x, y) ; x=x",
    ]);
    expect(found("$mod.start_link(...)", "Foo.Bar.start_link(1)")).toEqual([
      "Foo.Bar.start_link(1) ; mod=Foo.Bar",
    ]);
  });

  it("match functions whatever their guards and bodies", () => {
    expect(found("def run($a, ...)", "x")).toHaveLength(1);
    expect(found("def walk(_)", "x", { head: "def walk(a) when a > 1, do: a" })).toHaveLength(1);
  });

  it("keep strings and comments of a pattern as they are", () => {
    expect(found('foo("$a ...") # $b', 'foo("$a ...")\nfoo("x")')).toHaveLength(1);
  });

  it("leave quoted code out", () => {
    expect(found("foo($a)", "quote do\n foo(1)\nend")).toEqual([]);
  });
});

describe("where", () => {
  it("asks what is around and inside", () => {
    const body = "Enum.map(x, fn a -> Repo.get(A, a) end)\nRepo.get(A, x)";
    expect(found("Repo.get(...)", body, { where: "inside(Enum.map(...))" })).toEqual([
      "Repo.get(A, a)",
    ]);
    expect(found("Repo.get(...)", body, { where: "not inside(Enum.map(...))" })).toEqual([
      "Repo.get(A, x)",
    ]);
    expect(found("Enum.map(...)", body, { where: "contains(Repo.get(_, _))" })).toHaveLength(1);
  });

  it("asks about functions, callbacks and modules", () => {
    const head = "use GenServer\ndef handle_info(:tick, s), do: foo(s)\ndefp other(s), do: foo(s)";
    expect(found("foo(_)", "foo(x)", { head, where: "callback(handle_info/2)" })).toHaveLength(1);
    expect(found("foo(_)", "foo(x)", { head, where: "kind(:defp)" })).toHaveLength(1);
    expect(
      found("foo(_)", "foo(x)", { head, where: "function(run/2) or function(other)" }),
    ).toHaveLength(2);
    expect(
      found("foo(_)", "foo(x)", { head, where: "behaviour(GenServer) and uses(GenServer)" }),
    ).toHaveLength(3);
    expect(found("foo(_)", "foo(x)", { head, where: 'module("B*")' })).toEqual([]);
  });

  it("asks about what is bound", () => {
    expect(
      found("foo($a)", "foo(1)\nfoo(x)\nz = 1\nfoo(z)", { where: "not literal($a)" }),
    ).toHaveLength(2);
    expect(
      found("foo($a)", "foo(1)\nfoo(x)\nz = 1\nfoo(z)", { where: "parameter($a)" }),
    ).toHaveLength(1);
    expect(found("foo($a)", "foo({:ok, 1})\nfoo(x)", { where: "$a == {:ok, _}" })).toHaveLength(1);
  });
});

const problemsOf = (text: string): string[] =>
  readPatterns(text, "p.exs").problems.map(
    ({ file, line, column, code }) => `${file}:${line}:${column} ${code}`,
  );

describe("pattern files with errors", () => {
  it("say where they are", () => {
    expect(problemsOf('pattern "a" do\n  match foo(\nend')[0]).toBe("p.exs:2:12 syntax");
    expect(problemsOf('pattern "a" do\n  match foo(1)\n  wher true\nend')).toEqual([
      "p.exs:3:3 unknown_entry",
    ]);
    expect(problemsOf('pattern "a" do\n  title "x"\nend')).toEqual(["p.exs:1:9 missing"]);
    expect(problemsOf('pattern "a" do\n  match foo($x)\n  where literal($y)\nend')).toEqual([
      "p.exs:3:17 unbound",
    ]);
    expect(problemsOf('pattern "a" do\n  match foo($x)\n  where is_big($x)\nend')).toEqual([
      "p.exs:3:9 bad_condition",
    ]);
    expect(problemsOf('pattern "a" do\n  match $x\nend')).toEqual(["p.exs:2:9 bad_value"]);
    expect(problemsOf('pattern "a" do\n  severity :bad\n  match f()\nend')).toEqual([
      "p.exs:2:12 bad_value",
    ]);
    expect(problemsOf('pattern "A b" do\n  match f()\nend')).toEqual(["p.exs:1:9 bad_value"]);
    expect(problemsOf("foo()")).toEqual(["p.exs:1:1 unknown_entry"]);
    expect(problemsOf('pattern "a" do\n  match þx()\nend')).toEqual(["p.exs:2:9 syntax"]);
  });

  it("keep the patterns that are right", () => {
    const { rules, problems } = readPatterns(
      'pattern "a" do\n match f()\nend\npattern "b" do\n match\nend',
      "p.exs",
    );
    expect(rules.map(({ id }) => id)).toEqual(["a"]);
    expect(problems).toHaveLength(1);
  });

  it("keep the patterns beside one that is no Elixir", () => {
    const text =
      'pattern "a" do\n match f()\nend\n\npattern "b" do\n match g(]\nend\n\npattern "c" do\n match h()\nend';
    const { rules, problems } = readPatterns(text, "p.exs");
    expect(rules.map(({ id }) => id)).toContain("a");
    expect(problems[0]).toMatchObject({ code: "syntax", line: 6 });
  });

  it("refuse patterns nested without bound", () => {
    const deep = `${"f(".repeat(400)}1${")".repeat(400)}`;
    expect(problemsOf(`pattern "a" do\n match ${deep}\nend`)).toEqual([
      expect.stringContaining("bad_value"),
    ]);
  });
});
