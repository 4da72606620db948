// fn and &: a node where they are made, a graph of what they do when they are called.

import { describe, expect, it } from "vitest";
import { flowOf, graph } from "../../testing/control-flow.ts";

describe("fn", () => {
  it("has a graph of its own with all its clauses", () => {
    expect(
      flowOf(`
        fn
          0, _ -> 1
          x, y when x > y -> g(x)
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> closure fn 0, _ -> 1 x, y when x > y -> g(x) end
      closure fn 0, _ -> 1 x, y when x > y -> g(x) end -> exit
      closure fn 0, _ -> 1 x, y when x > y -> g(x) end -closure->
        entry -next-> pattern 0, _
        pattern 0, _ -match-> expression 1
        pattern 0, _ -no_match-> pattern x, y
        pattern x, y -match-> guard x > y
        guard x > y -true-> call g(x)
        guard x > y -guard_fail-> no_match FunctionClauseError
        no_match FunctionClauseError -exception FunctionClauseError-> error_exit
        expression 1 -> exit
        call g(x) -> exit"
    `);
  });

  it("in fn is a graph in the graph", () => {
    expect(flowOf("fn x -> fn y -> x.(y) end end")).toMatchInlineSnapshot(`
      "-> closure fn x -> fn y -> x.(y) end end
      closure fn x -> fn y -> x.(y) end end -> exit
      closure fn x -> fn y -> x.(y) end end -closure->
        entry -next-> pattern x
        pattern x -match-> closure fn y -> x.(y) end
        closure fn y -> x.(y) end -> exit
        closure fn y -> x.(y) end -closure->
          entry -next-> pattern y
          pattern y -match-> call x.(y)
          call x.(y) -exception BadFunctionError-> error_exit
          call x.(y) -exception BadArityError-> error_exit
          call x.(y) -> exit"
    `);
  });

  it("does not raise into the function that makes it", () => {
    expect(
      flowOf(`
        try do
          fn -> g(a) end
        rescue
          _ -> 1
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> closure fn -> g(a) end
      dispatch rescue -next-> pattern _
      pattern _ -match-> expression 1
      pattern _ -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      closure fn -> g(a) end -next-> join try
      expression 1 -next-> join try
      join try -> exit
      closure fn -> g(a) end -closure->
        entry -next-> pattern ()
        pattern () -match-> call g(a)
        call g(a) -> exit"
    `);
  });

  it("counts its clauses from 0, and its offsets in the file", () => {
    const [closure] = graph("def f, do: fn 1 -> 2; x -> x end").closures;
    const clauses = closure?.cfg.nodes.map(({ clause, label }) => [clause, label]);
    expect(clauses).toEqual([
      [-1, "entry"],
      [-1, "exit"],
      [-1, "error exit"],
      [0, "1"],
      [0, "2"],
      [1, "x"],
      [1, "x"],
    ]);
    expect([closure?.cfg.range.line, closure?.cfg.range.column]).toEqual([2, 12]);
  });
});

describe("&", () => {
  it("of a name needs no graph", () => {
    expect(flowOf("g(&h/1, &Mod.h/2, &+/2)")).toMatchInlineSnapshot(`
      "-> closure &h/1
      closure &h/1 -next-> closure &Mod.h/2
      closure &Mod.h/2 -next-> closure &+/2
      closure &+/2 -next-> call g(&h/1, &Mod.h/2, &+/2)
      call g(&h/1, &Mod.h/2, &+/2) -> exit"
    `);
  });

  it("evaluates everything when it is called", () => {
    expect(flowOf("&g(&1, h(), b.c(&2))")).toMatchInlineSnapshot(`
      "-> closure &g(&1, h(), b.c(&2))
      closure &g(&1, h(), b.c(&2)) -> exit
      closure &g(&1, h(), b.c(&2)) -closure->
        entry -next-> call h()
        call h() -next-> call b.c(&2)
        call b.c(&2) -next-> call g(&1, h(), b.c(&2))
        call g(&1, h(), b.c(&2)) -> exit"
    `);
    expect(flowOf("&g().h/1")).toMatchInlineSnapshot(`
      "-> closure &g().h/1
      closure &g().h/1 -> exit
      closure &g().h/1 -closure->
        entry -next-> call g()
        call g() -next-> call g().h/1
        call g().h/1 -> exit"
    `);
  });

  it("holds any expression", () => {
    expect(flowOf("&{&1, &2 + 1}")).toMatchInlineSnapshot(`
      "-> closure &{&1, &2 + 1}
      closure &{&1, &2 + 1} -> exit
      closure &{&1, &2 + 1} -closure->
        entry -next-> call &2 + 1
        call &2 + 1 -next-> expression {&1, &2 + 1}
        expression {&1, &2 + 1} -> exit"
    `);
    expect(flowOf("&if(&1, do: &2)")).toMatchInlineSnapshot(`
      "-> closure &if(&1, do: &2)
      closure &if(&1, do: &2) -> exit
      closure &if(&1, do: &2) -closure->
        entry -next-> branch &1
        branch &1 -true-> expression &2
        expression &2 -next-> join if
        branch &1 -false-> join if
        join if -> exit"
    `);
    expect(flowOf("&(&1)")).toMatchInlineSnapshot(`
      "-> closure &(&1)
      closure &(&1) -> exit
      closure &(&1) -closure->
        entry -next-> expression (&1)
        expression (&1) -> exit"
    `);
  });
});

describe("calls of closures", () => {
  it("evaluate the function, then the arguments, and may have the wrong number", () => {
    expect(flowOf("g(a).(h(b))")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> call h(b)
      call h(b) -next-> call g(a).(h(b))
      call g(a).(h(b)) -exception BadFunctionError-> error_exit
      call g(a).(h(b)) -exception BadArityError-> error_exit
      call g(a).(h(b)) -> exit"
    `);
    expect(flowOf("(fn x -> x end).(g(a))")).toMatchInlineSnapshot(`
      "-> closure (fn x -> x end)
      closure (fn x -> x end) -next-> call g(a)
      call g(a) -next-> call (fn x -> x end).(g(a))
      call (fn x -> x end).(g(a)) -exception BadFunctionError-> error_exit
      call (fn x -> x end).(g(a)) -exception BadArityError-> error_exit
      call (fn x -> x end).(g(a)) -> exit
      closure (fn x -> x end) -closure->
        entry -next-> pattern x
        pattern x -match-> expression x
        expression x -> exit"
    `);
  });
});
