import { parse } from "@elixirscope/syntax";
import { describe, expect, test } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import { buildDfg } from "./dfg-build.ts";
import { renderDfg } from "./dfg-render.ts";
import type { Dfg } from "./dfg.ts";

function graph(code: string): { readonly dfg: Dfg; readonly text: string } {
  const text = `defmodule M do\n${code}\nend\n`;
  const file = fileSyntax("m.ex", parse(text));
  const [module] = file.modules;
  const [fn] = module?.functions ?? [];
  if (module === undefined || fn === undefined) throw new Error(`no function in ${code}`);
  return { dfg: buildDfg(fn, module, buildCfg(fn, module, file.ids), file.ids), text };
}

/** The graph of `def f(a, b, c)` with that body, without its arguments. */
function flows(body: string): readonly string[] {
  const lines = functionFlows(`def f(a, b, c) do\n${body}\nend`);
  return lines.filter((line) => !/^arg\d argument$|^[abc]\.0 <- copy arg\d$/.test(line));
}

function functionFlows(code: string): readonly string[] {
  const { dfg, text } = graph(code);
  return renderDfg(dfg, text).split("\n");
}

describe("bindings", () => {
  test("each binding of a name is a new version", () => {
    expect(flows("x = a\nx = x + 1\nx")).toEqual([
      "x.0 <- copy a.0",
      "`x + 1` value <- operand x.0",
      "x.1 <- copy `x + 1`",
      "result phi <- return x.1",
    ]);
  });

  test("a pattern binds components by their paths", () => {
    const pattern = '{x, [h | t], %{"s" => w, k: v}, [p, q | r], <<n, rest::binary>>} = a';
    expect(flows(pattern)).toEqual([
      "x.0 <- component {0} a.0",
      "h.0 <- component {1}[0] a.0",
      "t.0 <- component {1}[1..] a.0",
      'w.0 <- component {2}["s"] a.0',
      "v.0 <- component {2}.k a.0",
      "p.0 <- component {3}[0] a.0",
      "q.0 <- component {3}[1] a.0",
      "r.0 <- component {3}[2..] a.0",
      "n.0 <- component {4}<<0>> a.0",
      "rest.0 <- component {4}<<1>> a.0",
      "result phi <- return a.0",
    ]);
  });

  test("`=` inside a pattern gives both sides the value", () => {
    expect(flows("%{x: y} = whole = %User{id: i} = a")).toEqual([
      "i.0 <- component .id a.0",
      "whole.0 <- copy a.0",
      "y.0 <- component .x a.0",
      "result phi <- return a.0",
    ]);
  });

  test("struct patterns bind the module's name and the fields", () => {
    expect(flows("%mod{name: n} = a\n{mod, n}")).toEqual([
      "mod.0 <- component .__struct__ a.0",
      "n.0 <- component .name a.0",
      "`{mod, n}` value <- construct {0} mod.0, construct {1} n.0",
      "result phi <- return `{mod, n}`",
    ]);
  });

  test("strings, keywords and ranges are taken apart", () => {
    expect(flows('"id:" <> id = a\n[k: v] = b\nx..y = c')).toEqual([
      "id.0 <- component <<1>> a.0",
      "v.0 <- component .k b.0",
      "x.0 <- component .first c.0",
      "y.0 <- component .last c.0",
      "result phi <- return c.0",
    ]);
  });

  test("a pin is a use that decides", () => {
    expect(flows("^a = b")).toEqual([
      "`^a = b` value <- copy b.0, condition a.0",
      "result phi <- return `^a = b`",
    ]);
  });

  test("a size uses what the same pattern bound to its left", () => {
    expect(flows("<<n, data::binary-size(n)>> = a\ndata")).toEqual([
      "n.0 <- component <<0>> a.0",
      "data.0 <- component <<1>> a.0, condition n.0",
      "result phi <- return data.0",
    ]);
  });

  test("a name that occurs twice in a pattern is bound once", () => {
    expect(functionFlows("def f(x, x), do: x")).toEqual([
      "arg0 argument",
      "arg1 argument",
      "x.0 <- copy arg0, copy arg1",
      "result phi <- return x.0",
    ]);
  });

  test("a literal has a definition where it is bound", () => {
    expect(flows("x = 1\nfoo(2, x)")).toEqual([
      "`1` value",
      "x.0 <- copy `1`",
      "`foo(2, x)` value <- argument 1 x.0",
      "result phi <- return `foo(2, x)`",
    ]);
  });

  test("what an argument binds is seen after the call and not by the other arguments", () => {
    expect(flows("a = foo(a = b, a)\na")).toEqual([
      "a.1 <- copy b.0",
      "`foo(a = b, a)` value <- argument 0 b.0, argument 1 a.0",
      "a.2 <- copy `foo(a = b, a)`",
      "result phi <- return a.2",
    ]);
  });
});

describe("functions", () => {
  test("clauses share the arguments; what they return meets in the result", () => {
    expect(
      functionFlows("def f(0, acc), do: acc\ndef f(n, acc) when n > 0, do: f(n - 1, acc + n)"),
    ).toEqual([
      "arg0 argument",
      "arg1 argument",
      "acc.0 <- copy arg1",
      "n.0 <- copy arg0",
      "acc.1 <- copy arg1",
      "`n - 1` value <- operand n.0",
      "`acc + n` value <- operand acc.1, operand n.0",
      "`f(n - 1, acc + n)` value <- argument 0 `n - 1`, argument 1 `acc + n`",
      "result phi <- return acc.0, return `f(n - 1, acc + n)`, condition arg0, condition arg1, condition n.0",
    ]);
  });

  test("a default flows to its argument", () => {
    const { dfg, text } = graph("def f(x, y \\\\ g(), z), do: {x, y, z}");
    expect(renderDfg(dfg, text)).toContain("arg1 argument <- copy `g()`");
    expect(dfg.defaults).toEqual([1]);
  });

  test("a default of a head without a body, too", () => {
    const { dfg, text } = graph("def f(x, y \\\\ g())\ndef f(x, y), do: {x, y}");
    expect(renderDfg(dfg, text)).toContain("arg1 argument <- copy `g()`");
    expect(dfg.defaults).toEqual([1]);
  });

  test("the implicit try of a function", () => {
    expect(functionFlows("def f(a) do\n  raise a\nrescue\n  e -> e\nend")).toEqual([
      "arg0 argument",
      "a.0 <- copy arg0",
      "`raise a` value <- argument 0 a.0",
      "exception `def f(a) do raise a rescue e -> e end` exception <- exception `raise a`",
      "e.0 <- copy exception `def f(a) do raise a rescue e -> e end`",
      "result phi <- return `raise a`, return e.0, condition exception `def f(a) do raise a rescue e -> e end`",
    ]);
  });

  test("a delegate gives all arguments to its target", () => {
    expect(functionFlows("defdelegate f(a, b), to: Mod").slice(4)).toEqual([
      "`defdelegate f(a, b), to: Mod` value <- argument 0 a.0, argument 1 b.0",
      "result phi <- return `defdelegate f(a, b), to: Mod`",
    ]);
  });

  test("a guard definition returns its guard", () => {
    expect(functionFlows("defguard f(a) when a > 1").slice(2)).toEqual([
      "`a > 1` value <- operand a.0",
      "result phi <- return `a > 1`",
    ]);
  });
});

describe("branches", () => {
  test("case: the value decides, branches meet in φ, nothing leaks", () => {
    expect(flows("case a do\n  {:ok, v} when v > b -> v\n  ^c -> c\nend")).toEqual([
      "v.0 <- component {1} a.0",
      "phi `case a do {:ok, v} when v > b -> v ^c -…` phi <- phi v.0, phi c.0, condition a.0, condition v.0, condition b.0, condition c.0",
      "result phi <- return phi `case a do {:ok, v} when v > b -> v ^c -…`",
    ]);
  });

  test("if: its condition's bindings are seen inside and after, its branches' are not", () => {
    expect(flows("if x = a do\n  b = x\n  b\nelse\n  c\nend\n{x, b}")).toEqual([
      "x.0 <- copy a.0",
      "b.1 <- copy x.0",
      "phi `if x = a do b = x b else c end` phi <- phi b.1, phi c.0, condition a.0",
      "`{x, b}` value <- construct {0} x.0, construct {1} b.0",
      "result phi <- return `{x, b}`",
    ]);
  });

  test("unless without else", () => {
    expect(flows("unless a, do: b")).toEqual([
      "phi `unless a, do: b` phi <- phi b.0, condition a.0",
      "result phi <- return phi `unless a, do: b`",
    ]);
  });

  test("a pin means what was bound before the whole match", () => {
    expect(flows("^a = a = b").slice(0, 2)).toEqual([
      "a.1 <- copy b.0",
      "`^a = a = b` value <- copy b.0, condition a.0",
    ]);
  });

  test("what the right side of <- binds is not seen", () => {
    expect(flows("with ^a <- (a = b), do: a")[1]).toBe(
      "phi `with ^a <- (a = b), do: a` phi <- phi a.0, phi b.0, condition b.0, condition a.0",
    );
  });

  test("cond: a condition's bindings are seen in its clause only", () => {
    expect(flows("cond do\n  y = a -> y\n  b -> :big\nend")).toEqual([
      "y.0 <- copy a.0",
      "`:big` value",
      "phi `cond do y = a -> y b -> :big end` phi <- phi y.0, phi `:big`, condition a.0, condition b.0",
      "result phi <- return phi `cond do y = a -> y b -> :big end`",
    ]);
  });

  test("with: clauses bind onward, what does not match goes to else", () => {
    const code =
      "with {:ok, x} <- a, y = x, {:ok, z} when z > y <- b do\n z\nelse\n {_, r} -> r\nend";
    expect(flows(code)).toEqual([
      "x.0 <- component {1} a.0",
      "y.0 <- copy x.0",
      "z.0 <- component {1} b.0",
      "phi `with {:ok, x} <- a, y = x, {:ok, z} whe…` phi <- phi a.0, phi b.0",
      "r.0 <- component {1} phi `with {:ok, x} <- a, y = x, {:ok, z} whe…`",
      "phi `with {:ok, x} <- a, y = x, {:ok, z} whe…` phi <- phi z.0, phi r.0, condition a.0, condition b.0, condition z.0, condition y.0",
      "result phi <- return phi `with {:ok, x} <- a, y = x, {:ok, z} whe…`",
    ]);
  });

  test("with, without else: what does not match is the result", () => {
    expect(flows("with {:ok, x} <- a, do: x")).toEqual([
      "x.0 <- component {1} a.0",
      "phi `with {:ok, x} <- a, do: x` phi <- phi x.0, phi a.0, condition a.0",
      "result phi <- return phi `with {:ok, x} <- a, do: x`",
    ]);
  });

  test.each(["&&", "||", "and", "or"])("%s is φ of both sides", (operator) => {
    expect(flows(`a ${operator} b`)[0]).toBe(
      `phi \`a ${operator} b\` phi <- phi a.0, phi b.0, condition a.0`,
    );
  });

  test("try: what the body may raise, rescue, catch, else and after", () => {
    const code =
      "try do\n r(a)\nrescue\n e in [E] -> e\ncatch\n :exit, x -> x\nelse\n v -> v\nafter\n d(b)\nend";
    const shown = "`try do r(a) rescue e in [E] -> e catch …`";
    expect(flows(code)).toEqual([
      "`r(a)` value <- argument 0 a.0",
      "v.0 <- copy `r(a)`",
      `exception ${shown} exception <- exception \`r(a)\``,
      `e.0 <- copy exception ${shown}`,
      `x.0 <- copy exception ${shown}`,
      "`d(b)` value <- argument 0 b.0",
      `phi ${shown} phi <- phi v.0, phi e.0, phi x.0, condition \`r(a)\`, condition exception ${shown}`,
      `result phi <- return phi ${shown}`,
    ]);
  });

  test("receive: a message may be what was sent before", () => {
    const code = "send(self(), a)\nreceive do\n {:m, x} -> x\nafter\n b -> c\nend";
    const shown = "`receive do {:m, x} -> x after b -> c end`";
    expect(flows(code).slice(1)).toEqual([
      "`send(self(), a)` value <- argument 0 `self()`, argument 1 a.0",
      `message ${shown} message <- message \`self()\`, message \`send(self(), a)\``,
      `x.0 <- component {1} message ${shown}`,
      `phi ${shown} phi <- phi x.0, phi c.0, condition message ${shown}, condition b.0`,
      `result phi <- return phi ${shown}`,
    ]);
  });
});

describe("values of parts", () => {
  test("containers", () => {
    expect(flows("{a, [b | c], %{b => c, k: a}, [k: b]}").slice(0, -1)).toEqual([
      "`[b | c]` value <- construct [0] b.0, construct [1..] c.0",
      "`%{b => c, k: a}` value <- construct … b.0, construct [_] c.0, construct .k a.0",
      "`[k: b]` value <- construct .k b.0",
      "`{a, [b | c], %{b => c, k: a}, [k: b]}` value <- construct {0} a.0, construct {1} `[b | c]`, construct {2} `%{b => c, k: a}`, construct {3} `[k: b]`",
    ]);
  });

  test.each(["%{a | k: b}", "%User{a | k: b}"])(
    "%s keeps the old map around the new value",
    (code) => {
      expect(flows(code)[0]).toBe(`\`${code}\` value <- copy a.0, construct .k b.0`);
    },
  );

  test("binaries and interpolated strings", () => {
    expect(flows('<<a, b::size(c)>>\n"#{a}: #{b}"').slice(0, 2)).toEqual([
      "`<<a, b::size(c)>>` value <- construct <<0>> a.0, construct <<1>> b.0, operand c.0",
      '`"#{a}: #{b}"` value <- construct <<0>> a.0, construct <<2>> b.0',
    ]);
  });

  test("interpolated charlists, atoms and sigils go through the call that makes them", () => {
    expect(flows('~s(#{a})\n:"x#{b}"').slice(0, 4)).toEqual([
      "`~s(#{a})` value <- construct <<0>> a.0",
      "`~s(#{a})` value <- argument 0 `~s(#{a})`",
      '`:"x#{b}"` value <- construct <<1>> b.0',
      '`:"x#{b}"` value <- argument 0 `:"x#{b}"`',
    ]);
  });

  test("a template is made of what it renders, and of assigns", () => {
    const lines = functionFlows('def f(assigns) do\n  x = 1\n  ~H"<p>{x} {@name}</p>"\nend');
    expect(lines.slice(2)).toEqual([
      "`1` value",
      "x.0 <- copy `1`",
      "`@name` value <- component .name assigns.0",
      '`~H"<p>{x} {@name}</p>"` value <- construct <<1>> x.0, construct <<3>> `@name`',
      '`~H"<p>{x} {@name}</p>"` value <- argument 0 `~H"<p>{x} {@name}</p>"`, construct … assigns.0',
      'result phi <- return `~H"<p>{x} {@name}</p>"`',
    ]);
  });

  test("field access and access by key take a part", () => {
    expect(flows("a.b.c\na[b]\na[:k]").slice(0, 4)).toEqual([
      "`a.b` value <- component .b a.0",
      "`a.b.c` value <- component .c `a.b`",
      "`a[b]` value <- component [_] a.0, operand b.0",
      "`a[:k]` value <- component .k a.0",
    ]);
  });

  test("put_in changes a part of the whole", () => {
    expect(flows("put_in(a.b.c, c)").slice(2, 3)).toEqual([
      "`put_in(a.b.c, c)` value <- argument 0 `a.b.c`, argument 1 c.0, copy a.0",
    ]);
  });

  test("module attributes are values by their name", () => {
    expect(flows("@limit + a").slice(0, 2)).toEqual([
      "@limit.0 value",
      "`@limit + a` value <- operand @limit.0, operand a.0",
    ]);
  });
});

describe("calls", () => {
  test("arguments flow to the result; a module that is a value is the callee", () => {
    expect(flows("a.run(b, 1)\nString.trim(c)").slice(0, 2)).toEqual([
      "`a.run(b, 1)` value <- argument callee a.0, argument 0 b.0",
      "`String.trim(c)` value <- argument 0 c.0",
    ]);
  });

  test("functions that read or write a literal key do so with that part only", () => {
    const code =
      'Map.get(a, :k, b)\nelem(a, 1)\nMap.put(a, "k", b)\na |> Keyword.put(:k, c)\nMap.get(a, b)';
    expect(flows(code).slice(0, 5)).toEqual([
      "`Map.get(a, :k, b)` value <- component .k a.0, argument 2 b.0",
      "`elem(a, 1)` value <- component {1} a.0",
      '`Map.put(a, "k", b)` value <- copy a.0, construct ["k"] b.0',
      "`Keyword.put(:k, c)` value <- copy a.0, construct .k c.0",
      "`Map.get(a, b)` value <- argument 0 a.0, argument 1 b.0",
    ]);
  });

  test("pipes give the first argument", () => {
    expect(flows("a |> foo(b) |> String.trim() |> bar")).toEqual([
      "`foo(b)` value <- pipe a.0, argument 1 b.0",
      "`String.trim()` value <- pipe `foo(b)`",
      "`bar` value <- pipe `String.trim()`",
      "result phi <- return `bar`",
    ]);
  });

  test("a pipe into case", () => {
    expect(flows("a |> case do\n  {:ok, v} -> v\nend").slice(0, 2)).toEqual([
      "v.0 <- component {1} a.0",
      "phi `case do {:ok, v} -> v end` phi <- phi v.0, condition a.0",
    ]);
  });

  test("an unknown macro may share its block's names, or not", () => {
    expect(flows("unknown a, x do\n  b = x\nend\nb")).toEqual([
      "x.0",
      "b.1 <- copy x.0",
      "`unknown a, x do b = x end` value <- argument 0 a.0, argument 1 x.0, argument 2 x.0",
      "b.2 phi <- phi b.0, phi b.1",
      "result phi <- return b.2",
    ]);
  });

  test("quote takes what is unquoted", () => {
    expect(flows("quote do\n  unquote(a) + x + quote(do: unquote(b))\nend")[0]).toBe(
      "`quote do unquote(a) + x + quote(do: unq…` value <- construct … a.0",
    );
  });

  test("binding() reads all names", () => {
    expect(flows("binding()")[0]).toBe(
      "`binding()` value <- construct .a a.0, construct .b b.0, construct .c c.0",
    );
  });

  test("assert compares the left side first", () => {
    expect(flows("assert (x = a) == x").slice(0, 2)).toEqual([
      "x.0 <- copy a.0",
      "`(x = a) == x` value <- operand a.0, operand x.0",
    ]);
  });

  test("match? binds nothing outside", () => {
    expect(flows("match?({:ok, ^a, x} when x > c, b)\nx").slice(0, 1)).toEqual([
      "x.0 <- component {2} b.0",
    ]);
  });
});

describe("comprehensions", () => {
  test("generators and filters bind onward; the result has the body's values in `into:`", () => {
    expect(flows("for x <- a, x > b, y = x, into: c, do: {x, y}")).toEqual([
      "x.0 <- component [*] a.0",
      "`x > b` value <- operand x.0, operand b.0",
      "y.0 <- copy x.0",
      "`{x, y}` value <- construct {0} x.0, construct {1} y.0",
      "`for x <- a, x > b, y = x, into: c, do: …` value <- construct [*] `{x, y}`, condition `x > b`, condition x.0, copy c.0",
      "result phi <- return `for x <- a, x > b, y = x, into: c, do: …`",
    ]);
  });

  test("an accumulator is φ of its first value and of each round's", () => {
    expect(flows("for {k, v} <- a, reduce: b do\n  acc -> [acc, k, v]\nend")).toEqual([
      "k.0 <- component [*]{0} a.0",
      "v.0 <- component [*]{1} a.0",
      "phi `for {k, v} <- a, reduce: b do acc -> [a…` phi <- phi b.0, phi `[acc, k, v]`",
      "acc.0 <- copy phi `for {k, v} <- a, reduce: b do acc -> [a…`",
      "`[acc, k, v]` value <- construct [0] acc.0, construct [1] k.0, construct [2] v.0",
      "result phi <- return phi `for {k, v} <- a, reduce: b do acc -> [a…`",
    ]);
  });

  test("bit strings", () => {
    expect(flows("for <<x, y <- a>>, do: x").slice(0, 3)).toEqual([
      "x.0 <- component <<0>> a.0",
      "y.0 <- component <<1>> a.0",
      "`for <<x, y <- a>>, do: x` value <- construct [*] x.0",
    ]);
  });
});

describe("closures", () => {
  test("a closure captures; a direct call binds its arguments", () => {
    expect(flows("fun = fn x, y when x > y -> x + b end\nfun.(a, c)")).toEqual([
      "`fn x, y when x > y -> x + b end` value <- capture … b.0",
      "arg0@0 argument <- call_argument 0 a.0",
      "arg1@0 argument <- call_argument 1 c.0",
      "x.0@0 <- copy arg0@0",
      "y.0@0 <- copy arg1@0",
      "b.0@0 capture <- capture b.0",
      "`x + b` value <- operand x.0@0, operand b.0@0",
      "result@0 phi <- return `x + b`, condition x.0@0, condition y.0@0",
      "fun.0 <- copy `fn x, y when x > y -> x + b end`",
      "`fun.(a, c)` value <- argument callee fun.0, argument 0 a.0, argument 1 c.0, call_return result@0",
      "result phi <- return `fun.(a, c)`",
    ]);
  });

  test("a function that is given a closure may call it with what else it was given", () => {
    expect(flows("Enum.reduce(a, b, fn x, acc -> {x, acc} end)")).toEqual([
      "`fn x, acc -> {x, acc} end` value",
      "arg0@0 argument <- call_argument 0 … a.0, call_argument 0 … b.0, call_argument 0 … result@0",
      "arg1@0 argument <- call_argument 1 … a.0, call_argument 1 … b.0, call_argument 1 … result@0",
      "x.0@0 <- copy arg0@0",
      "acc.0@0 <- copy arg1@0",
      "`{x, acc}` value <- construct {0} x.0@0, construct {1} acc.0@0",
      "result@0 phi <- return `{x, acc}`",
      "`Enum.reduce(a, b, fn x, acc -> {x, acc}…` value <- argument 0 a.0, argument 1 b.0, argument 2 `fn x, acc -> {x, acc} end`, call_return … result@0",
      "result phi <- return `Enum.reduce(a, b, fn x, acc -> {x, acc}…`",
    ]);
  });

  test("placeholders are arguments", () => {
    expect(flows("Enum.map(a, &(&1 + b))").slice(0, 5)).toEqual([
      "`&(&1 + b)` value <- capture … b.0",
      "&1.0@0 argument <- call_argument 0 … a.0, call_argument 0 … result@0",
      "b.0@0 capture <- capture b.0",
      "`(&1 + b)` value <- operand &1.0@0, operand b.0@0",
      "result@0 phi <- return `(&1 + b)`",
    ]);
  });

  test("a function by name is a closure that calls it", () => {
    expect(flows("Enum.map(a, &String.to_atom/1)").slice(0, 4)).toEqual([
      "`&String.to_atom/1` value",
      "&1.0@0 argument <- call_argument 0 … a.0, call_argument 0 … result@0",
      "`String.to_atom/1` value <- argument 0 &1.0@0",
      "result@0 phi <- return `String.to_atom/1`",
    ]);
  });

  test("a closure in a closure captures through both", () => {
    expect(flows("fn -> fn -> a end end").slice(0, 5)).toEqual([
      "`fn -> fn -> a end end` value <- capture … a.0",
      "`fn -> a end` value <- capture … a.0@0",
      "a.0@0 capture <- capture a.0",
      "a.0@1 capture <- capture a.0@0",
      "result@1 phi <- return a.0@1",
    ]);
  });
});

describe("any input", () => {
  test("10,000 levels of nesting of each kind", () => {
    const deep = 10_000;
    const nests = [
      "(".repeat(deep) + "a" + ")".repeat(deep),
      "{a, ".repeat(deep) + "b" + "}".repeat(deep),
      "foo(".repeat(deep) + "a" + ")".repeat(deep),
      "a" + " + a".repeat(deep),
      "a" + " |> foo()".repeat(deep),
      "a" + ".b".repeat(deep),
      "[".repeat(deep) + "x" + "]".repeat(deep) + " = a",
    ];
    for (const body of nests) {
      const { dfg } = graph(`def f(a, b, c) do\n${body}\nend`);
      expect(dfg.definitions[dfg.result]?.kind).toBe("phi");
    }
  });

  test("broken code gives a graph of what could be read", () => {
    const { dfg } = graph("def f(a) do\n  x = foo(a\n  bar(x)\nend");
    expect(dfg.definitions.filter(({ name }) => name === "a")).toHaveLength(1);
  });
});
