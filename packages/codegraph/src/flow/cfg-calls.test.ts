// Pipes, quotes and macros: calls whose arguments are not evaluated one by one before them.

import { describe, expect, it } from "vitest";
import { flow, flowOf } from "../../testing/control-flow.ts";

describe("pipes", () => {
  it("evaluate as the call that they stand for", () => {
    expect(flowOf("a |> g(h(b)) |> i()")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(h(b))
      call g(h(b)) -next-> call i()
      call i() -> exit"
    `);
    expect(flowOf("g(a) |> h(b).i(c)")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call h(b).i(c)
      call h(b).i(c) -> exit"
    `);
    expect(flowOf("g(a) |> h(b).(c)")).toMatchInlineSnapshot(`
      "-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call h(b).(c)
      call h(b).(c) -exception BadFunctionError-> error_exit
      call h(b).(c) -exception BadArityError-> error_exit
      call h(b).(c) -> exit"
    `);
  });

  it("lead into constructs", () => {
    expect(flowOf("g(a) |> case do\n 1 -> b\n _ -> c\nend")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> dispatch case
      dispatch case -next-> pattern 1
      pattern 1 -match-> expression b
      pattern 1 -no_match-> pattern _
      pattern _ -match-> expression c
      expression b -next-> join case
      expression c -next-> join case
      join case -> exit"
    `);
  });

  it("then and tap evaluate the function first", () => {
    expect(flowOf("g(a) |> then(h(b)) |> tap(&i/1)")).toMatchInlineSnapshot(`
      "-> closure &i/1
      closure &i/1 -next-> call h(b)
      call h(b) -next-> call g(a)
      call g(a) -next-> call then(h(b))
      call then(h(b)) -next-> call tap(&i/1)
      call tap(&i/1) -> exit"
    `);
  });

  it("dbg is a step as any other", () => {
    expect(flowOf("g(a) |> h() |> dbg()")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h()
      call h() -next-> call dbg()
      call dbg() -> exit"
    `);
  });
});

describe("quote", () => {
  it("is data but for what is unquoted", () => {
    expect(flowOf("quote do\n g(unquote(h(a)), i())\n unquote_splicing(b)\nend"))
      .toMatchInlineSnapshot(`
        "-> call h(a)
        call h(a) -next-> call unquote(h(a))
        call unquote(h(a)) -next-> call unquote_splicing(b)
        call unquote_splicing(b) -next-> expression quote do g(unquote(h(a)), i()) unquote_splicing(b) end
        expression quote do g(unquote(h(a)), i()) unquote_splicing(b) end -> exit"
      `);
  });

  it("evaluates its options; bind_quoted ends unquoting", () => {
    expect(flowOf("quote bind_quoted: [x: g(a)] do\n unquote(h(b))\nend")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> expression quote bind_quoted: [x: g(a)] do unquote(h(b)) end
      expression quote bind_quoted: [x: g(a)] do unquote(h(b)) end -> exit"
    `);
  });

  it("in quote is data twice over", () => {
    expect(flowOf("quote do\n quote do\n unquote(g(a))\n end\nend")).toMatchInlineSnapshot(`
      "-> expression quote do quote do unquote(g(a)) end end
      expression quote do quote do unquote(g(a)) end end -> exit"
    `);
  });

  it("names a function by unquote, the receiver first", () => {
    expect(flowOf("quote do: unquote(g(a)).unquote(h(b))(unquote(i(c)))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call unquote(g(a))
      call unquote(g(a)) -next-> call h(b)
      call h(b) -next-> call i(c)
      call i(c) -next-> call unquote(i(c))
      call unquote(i(c)) -next-> call unquote(g(a)).unquote(h(b))
      call unquote(g(a)).unquote(h(b)) -next-> expression quote do: unquote(g(a)).unquote(h(b))(unquote(i(c)))
      expression quote do: unquote(g(a)).unquote(h(b))(unquote(i(c))) -> exit"
    `);
  });
});

describe("macros of Kernel", () => {
  it("update by path step by step, the value last, a function before the innermost step", () => {
    expect(flowOf("put_in(g(a).b[h(c)], i(d))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call g(a).b
      call g(a).b -next-> call h(c)
      call h(c) -next-> call g(a).b[h(c)]
      call g(a).b[h(c)] -next-> call i(d)
      call i(d) -next-> call put_in(g(a).b[h(c)], i(d))
      call g(a).b[h(c)] -skip-> call put_in(g(a).b[h(c)], i(d))
      call put_in(g(a).b[h(c)], i(d)) -> exit"
    `);
    expect(flowOf("update_in(a[g(b)][h(c)], i(d))")).toMatchInlineSnapshot(`
      "-> call g(b)
      call g(b) -next-> call a[g(b)]
      call a[g(b)] -next-> call h(c)
      call h(c) -next-> call i(d)
      call i(d) -next-> call a[g(b)][h(c)]
      call a[g(b)][h(c)] -next-> call update_in(a[g(b)][h(c)], i(d))
      call a[g(b)] -skip-> call update_in(a[g(b)][h(c)], i(d))
      call a[g(b)][h(c)] -skip-> call update_in(a[g(b)][h(c)], i(d))
      call update_in(a[g(b)][h(c)], i(d)) -> exit"
    `);
  });

  it("destructure may not match", () => {
    expect(flowOf("destructure([x, 1], g(a))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call destructure([x, 1], g(a))
      call destructure([x, 1], g(a)) -next-> pattern [x, 1]
      pattern [x, 1] -no_match-> no_match MatchError
      no_match MatchError -exception MatchError-> error_exit
      pattern [x, 1] -match-> exit"
    `);
  });

  it("are the same by their full name", () => {
    expect(flowOf("Kernel.if(a, do: b)")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -true-> expression b
      expression b -next-> join if
      branch a -false-> join if
      join if -> exit"
    `);
  });
});

describe("other macros", () => {
  it("with blocks may evaluate them any number of times", () => {
    expect(flowOf("unknown g(a) do\n h(b)\nelse\n :x -> c\nend\nd")).toMatchInlineSnapshot(`
      "-> dispatch unknown g(a) do h(b) else :x -> c end
      dispatch unknown g(a) do h(b) else :x -> c end -next-> call g(a)
      call g(a) -loop-> dispatch unknown g(a) do h(b) else :x -> c end
      dispatch unknown g(a) do h(b) else :x -> c end -next-> call h(b)
      call h(b) -loop-> dispatch unknown g(a) do h(b) else :x -> c end
      dispatch unknown g(a) do h(b) else :x -> c end -next-> pattern :x
      pattern :x -match-> expression c
      pattern :x -loop-> dispatch unknown g(a) do h(b) else :x -> c end
      expression c -loop-> dispatch unknown g(a) do h(b) else :x -> c end
      dispatch unknown g(a) do h(b) else :x -> c end -next-> call unknown g(a) do h(b) else :x -> c end
      call unknown g(a) do h(b) else :x -> c end -next-> expression d
      expression d -> exit"
    `);
  });

  it("Logger evaluates its message only at its level", () => {
    expect(flowOf('require Logger\nLogger.debug("x#{a}")\nb')).toMatchInlineSnapshot(`
      "-> expression require Logger
      expression require Logger -next-> branch Logger.debug("x#{a}")
      branch Logger.debug("x#{a}") -true-> call #{a}
      call #{a} -next-> call Logger.debug("x#{a}")
      call Logger.debug("x#{a}") -next-> join Logger
      branch Logger.debug("x#{a}") -false-> join Logger
      join Logger -next-> expression b
      expression b -> exit"
    `);
  });

  it("assert raises an error of its own", () => {
    expect(flowOf("assert {:ok, x} = g(a)\nassert_receive {:x, ^x}, h(b)")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> pattern {:ok, x}
      pattern {:ok, x} -no_match-> no_match ExUnit.AssertionError
      no_match ExUnit.AssertionError -exception ExUnit.AssertionError-> error_exit
      pattern {:ok, x} -match-> call h(b)
      call h(b) -next-> call assert_receive {:x, ^x}, h(b)
      call assert_receive {:x, ^x}, h(b) -exception ExUnit.AssertionError-> error_exit
      call assert_receive {:x, ^x}, h(b) -> exit"
    `);
  });

  it("may not evaluate an argument that never returns", () => {
    expect(flowOf("unknown(raise a)\nb")).toMatchInlineSnapshot(`
      "-> call raise a
      -> call unknown(raise a)
      call unknown(raise a) -next-> expression b
      expression b -> exit"
    `);
    expect(flow("def f(a), do: g(raise a)\ndef g(a), do: a")).toMatchInlineSnapshot(`
      "entry -next-> pattern a
      pattern a -match-> call raise a
      call g(raise a) -next-> exit"
    `);
  });

  it("catch_error takes what is raised", () => {
    expect(flowOf("catch_error(g(a))\nb")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -exception-> dispatch catch
      call g(a) -next-> no_match ExUnit.AssertionError
      no_match ExUnit.AssertionError -exception ExUnit.AssertionError-> error_exit
      dispatch catch -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      dispatch catch -match-> join catch
      join catch -next-> expression b
      expression b -> exit"
    `);
  });

  it("Ecto queries evaluate what they begin with and what is pinned", () => {
    expect(
      flow(`
        import Ecto.Query
        def f(a), do: from(u in g(a), where: u.age > ^h(a), select: i(u.name))
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern a
      pattern a -match-> call g(a)
      call g(a) -next-> call h(a)
      call h(a) -next-> call from(u in g(a), where: u.age > ^h(a), select: i(u.name))
      call from(u in g(a), where: u.age > ^h(a), select: i(u.name)) -next-> exit"
    `);
    expect(flow("def f(a), do: g(a) |> Ecto.Query.where([u], u.age > ^h(a))"))
      .toMatchInlineSnapshot(`
      "entry -next-> pattern a
      pattern a -match-> call g(a)
      call g(a) -next-> call h(a)
      call h(a) -next-> call Ecto.Query.where([u], u.age > ^h(a))
      call Ecto.Query.where([u], u.age > ^h(a)) -next-> exit"
    `);
  });

  it("a module in a function is a step", () => {
    expect(flowOf("defmodule X do\n def g, do: h()\nend")).toMatchInlineSnapshot(`
      "-> call defmodule X do def g, do: h() end
      call defmodule X do def g, do: h() end -> exit"
    `);
  });
});
