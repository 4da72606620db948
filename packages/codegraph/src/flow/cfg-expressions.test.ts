// Expressions: what has a node, and the order in which parts are evaluated.

import { describe, expect, it } from "vitest";
import { flow, flowOf, wholeFlow } from "../../testing/control-flow.ts";

describe("expressions", () => {
  it("have a node where their value is a step; inside others only what may raise has", () => {
    expect(flowOf("{a, [g(b), 1]}\n%{a: h(c)}\nself()")).toMatchInlineSnapshot(`
      "-> call g(b)
      call g(b) -next-> expression {a, [g(b), 1]}
      expression {a, [g(b), 1]} -next-> call h(c)
      call h(c) -next-> expression %{a: h(c)}
      expression %{a: h(c)} -next-> expression self()
      expression self() -> exit"
    `);
  });

  it("are evaluated from left to right, arguments before the call", () => {
    expect(flowOf("g(h(a), i(b) + 1).k(l(c))")).toMatchInlineSnapshot(`
      "-> call h(a)
      call h(a) -next-> call i(b)
      call i(b) -next-> call i(b) + 1
      call i(b) + 1 -next-> call g(h(a), i(b) + 1)
      call g(h(a), i(b) + 1) -next-> call l(c)
      call l(c) -next-> call g(h(a), i(b) + 1).k(l(c))
      call g(h(a), i(b) + 1).k(l(c)) -> exit"
    `);
  });

  it("behind a raise are not reached", () => {
    expect(wholeFlow('def f(x) do\n g(raise "x")\n h(x)\nend')).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> call raise "x"
      call raise "x" -exception-> error_exit
      pattern x -match-> call g(raise "x")
      call g(raise "x") -exception-> error_exit
      call g(raise "x") -next-> call h(x)
      call h(x) -exception-> error_exit
      call h(x) -next-> exit"
    `);
  });

  it("that leave", () => {
    expect(flowOf("reraise(a, __STACKTRACE__)")).toMatchInlineSnapshot(
      `"-> call reraise(a, __STACKTRACE__)"`,
    );
    expect(flowOf(":erlang.error(g(a))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call :erlang.error(g(a))"
    `);
  });

  it("raise for maps without the key", () => {
    expect(flowOf("%{g(a) | c => 1, k: h(b)}")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call %{g(a) | c => 1, k: h(b)}
      call %{g(a) | c => 1, k: h(b)} -exception BadMapError-> error_exit
      call %{g(a) | c => 1, k: h(b)} -exception KeyError-> error_exit
      call %{g(a) | c => 1, k: h(b)} -> exit"
    `);
  });

  it("ask whether it is that struct before the new values, until 1.18", () => {
    expect(flowOf("%S{g(a) | k: h(b)}", "1.18")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> pattern %S{}
      pattern %S{} -no_match-> no_match BadStructError
      no_match BadStructError -exception BadStructError-> error_exit
      pattern %S{} -match-> call h(b)
      call h(b) -next-> call %S{g(a) | k: h(b)}
      call %S{g(a) | k: h(b)} -exception BadMapError-> error_exit
      call %S{g(a) | k: h(b)} -exception KeyError-> error_exit
      call %S{g(a) | k: h(b)} -> exit"
    `);
    expect(flowOf("%S{g(a) | k: h(b)}")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call %S{g(a) | k: h(b)}
      call %S{g(a) | k: h(b)} -exception BadMapError-> error_exit
      call %S{g(a) | k: h(b)} -exception KeyError-> error_exit
      call %S{g(a) | k: h(b)} -> exit"
    `);
    expect(flowOf("%S{k: h(b)}")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> expression %S{k: h(b)}
      expression %S{k: h(b)} -> exit"
    `);
  });

  it("build binaries segment by segment", () => {
    expect(flowOf("<<g(a)::size(h(b)), c::binary>>")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call <<g(a)::size(h(b)), c::binary>>
      call <<g(a)::size(h(b)), c::binary>> -> exit"
    `);
    expect(flowOf('"x" <> g(a) <> h(b)')).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call "x" <> g(a) <> h(b)
      call "x" <> g(a) <> h(b) -> exit"
    `);
  });

  it("interpolate", () => {
    expect(flowOf('"x#{g(a)}#{b}"')).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call #{g(a)}
      call #{g(a)} -next-> call #{b}
      call #{b} -next-> expression "x#{g(a)}#{b}"
      expression "x#{g(a)}#{b}" -> exit"
    `);
    expect(flowOf("~w(a #{g(a)})")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call #{g(a)}
      call #{g(a)} -next-> call ~w(a #{g(a)})
      call ~w(a #{g(a)}) -> exit"
    `);
    expect(flowOf("~w(a b)a")).toMatchInlineSnapshot(`
      "-> expression ~w(a b)a
      expression ~w(a b)a -> exit"
    `);
  });

  it("read fields and keys, which may be missing", () => {
    expect(flowOf("g(a).b[h(c)]")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call g(a).b
      call g(a).b -next-> call h(c)
      call h(c) -next-> call g(a).b[h(c)]
      call g(a).b[h(c)] -> exit"
    `);
    expect(flowOf("@attr")).toMatchInlineSnapshot(`
      "-> expression @attr
      expression @attr -> exit"
    `);
  });

  it("in: the collection first until 1.19, unless it is written out", () => {
    expect(flowOf("g(a) in h(b)", "1.14")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call g(a) in h(b)
      call g(a) in h(b) -> exit"
    `);
    expect(flowOf("g(a) in h(b)")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call g(a) in h(b)
      call g(a) in h(b) -> exit"
    `);
    expect(flowOf("g(a) in [1, h(b)]", "1.14")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> expression g(a) in [1, h(b)]
      expression g(a) in [1, h(b)] -> exit"
    `);
    expect(flowOf("a in 1..9")).toMatchInlineSnapshot(`
      "-> expression a in 1..9
      expression a in 1..9 -> exit"
    `);
  });

  it("elem and its like: in Erlang's order until 1.19", () => {
    expect(flowOf("elem(g(a), h(b))", "1.14")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call elem(g(a), h(b))
      call elem(g(a), h(b)) -> exit"
    `);
    expect(flowOf("g(a) |> Map.delete(h(b))", "1.14")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call Map.delete(h(b))
      call Map.delete(h(b)) -> exit"
    `);
    expect(flowOf("Map.delete(g(a), h(b))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call Map.delete(g(a), h(b))
      call Map.delete(g(a), h(b)) -> exit"
    `);
  });

  it("super, apply and the rest are calls", () => {
    expect(flowOf("super(a, b, c, d)")).toMatchInlineSnapshot(`
      "-> call super(a, b, c, d)
      call super(a, b, c, d) -> exit"
    `);
  });

  it("a name without parentheses is a call when nothing is bound to it", () => {
    expect(flow("def f, do: g\ndef g, do: 1")).toMatchInlineSnapshot(`
      "entry -next-> pattern ()
      pattern () -match-> call g
      call g -next-> exit"
    `);
  });
});
