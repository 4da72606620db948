// The clauses of a function: dispatch, guards, what no clause takes, defaults.

import { describe, expect, it } from "vitest";
import { flow, graphs, wholeFlow } from "../../testing/control-flow.ts";
import { renderCfg } from "./cfg-render.ts";

describe("clauses of a function", () => {
  it("are tried in order, and what none takes raises", () => {
    expect(
      wholeFlow(`
        def f(0), do: :zero
        def f([x | _]), do: g(x)
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern 0
      pattern 0 -match-> expression :zero
      pattern 0 -no_match-> pattern [x | _]
      pattern [x | _] -match-> call g(x)
      call g(x) -exception-> error_exit
      pattern [x | _] -no_match-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression :zero -next-> exit
      call g(x) -next-> exit"
    `);
  });

  it("end with one that takes everything", () => {
    expect(
      flow(`
        def f(:a, _), do: 1
        def f(_x, y), do: y
        def f(_, :never), do: 3
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern :a, _
      pattern :a, _ -match-> expression 1
      pattern :a, _ -no_match-> pattern _x, y
      pattern _x, y -match-> expression y
      pattern _, :never -match-> expression 3
      pattern _, :never -no_match-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression 1 -next-> exit
      expression y -next-> exit
      expression 3 -next-> exit"
    `);
  });

  it("take nothing for granted when a name occurs twice", () => {
    expect(flow("def f(x, x), do: 1")).toMatchInlineSnapshot(`
      "entry -next-> pattern x, x
      pattern x, x -match-> expression 1
      pattern x, x -no_match-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression 1 -next-> exit"
    `);
    expect(flow("def f(x = y), do: {x, y}")).toMatchInlineSnapshot(`
      "entry -next-> pattern x = y
      pattern x = y -match-> expression {x, y}
      expression {x, y} -next-> exit"
    `);
  });

  it("without arguments have a pattern that always matches", () => {
    expect(flow("def f, do: nil")).toMatchInlineSnapshot(`
      "entry -next-> pattern ()
      pattern () -match-> expression nil
      expression nil -next-> exit"
    `);
  });

  it("with an empty body answer nil", () => {
    expect(flow("def f() do\nend")).toMatchInlineSnapshot(`
      "entry -next-> pattern ()
      pattern () -match-> expression nil
      expression nil -next-> exit"
    `);
  });
});

describe("guards", () => {
  it("branch for each operand", () => {
    expect(flow("def f(x) when is_integer(x) and x > 0, do: x")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard is_integer(x)
      guard is_integer(x) -true-> guard x > 0
      guard x > 0 -true-> expression x
      guard is_integer(x) -guard_fail-> no_match FunctionClauseError
      guard x > 0 -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression x -next-> exit"
    `);
    expect(flow("def f(x) when is_atom(x) or x > 0, do: x")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard is_atom(x)
      guard is_atom(x) -false-> guard x > 0
      guard is_atom(x) -true-> expression x
      guard x > 0 -true-> expression x
      guard x > 0 -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression x -next-> exit"
    `);
  });

  it("fail where an operand raises, also left of an or", () => {
    expect(flow("def f(x) when hd(x) > 0 or is_list(x), do: x")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard hd(x) > 0
      guard hd(x) > 0 -false-> guard is_list(x)
      guard hd(x) > 0 -true-> expression x
      guard is_list(x) -true-> expression x
      guard is_list(x) -guard_fail-> no_match FunctionClauseError
      guard hd(x) > 0 -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression x -next-> exit"
    `);
  });

  it("go on with the next alternative of when … when", () => {
    expect(flow("def f(x) when hd(x) > 0 when is_list(x), do: x")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard hd(x) > 0
      guard hd(x) > 0 -guard_fail-> guard is_list(x)
      guard hd(x) > 0 -true-> expression x
      guard is_list(x) -true-> expression x
      guard is_list(x) -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression x -next-> exit"
    `);
  });

  it("turn around with not, which fails for what is no boolean", () => {
    expect(flow("def f(x) when not (is_nil(x) or x), do: x")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard is_nil(x)
      guard is_nil(x) -false-> guard x
      guard x -false-> expression x
      guard is_nil(x) -guard_fail-> no_match FunctionClauseError
      guard x -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      expression x -next-> exit"
    `);
  });

  it("go on to the next clause", () => {
    expect(
      flow(`
        def f(x) when x in [1, 2], do: :small
        def f({:ok, x}) when x in 1..9, do: x
        def f(x), do: x
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard x in [1, 2]
      guard x in [1, 2] -true-> expression :small
      guard x in [1, 2] -guard_fail-> pattern {:ok, x}
      pattern {:ok, x} -match-> guard x in 1..9
      guard x in 1..9 -true-> expression x
      pattern {:ok, x} -no_match-> pattern x #2
      guard x in 1..9 -guard_fail-> pattern x #2
      pattern x #2 -match-> expression x #2
      expression :small -next-> exit
      expression x -next-> exit
      expression x #2 -next-> exit"
    `);
  });
});

describe("default arguments", () => {
  it("are evaluated by the clauses of lower arity, from the first one left out", () => {
    expect(flow("def f(a, b \\\\ g(), c \\\\ 2), do: {a, b, c}")).toMatchInlineSnapshot(`
      "entry -next-> call g()
      call g() -next-> expression b \\\\ g()
      expression b \\\\ g() -next-> expression c \\\\ 2
      entry -next-> expression c \\\\ 2
      expression c \\\\ 2 -next-> pattern a, b, c
      entry -next-> pattern a, b, c
      pattern a, b, c -match-> expression {a, b, c}
      expression {a, b, c} -next-> exit"
    `);
  });

  it("of a head of their own come before all clauses", () => {
    expect(
      flow(`
        def f(a, b \\\\ nil)
        def f(1, b), do: b
        def f(a, _), do: a
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> expression b \\\\ nil
      expression b \\\\ nil -next-> pattern 1, b
      entry -next-> pattern 1, b
      pattern 1, b -match-> expression b
      pattern 1, b -no_match-> pattern a, _
      pattern a, _ -match-> expression a
      expression b -next-> exit
      expression a -next-> exit"
    `);
  });
});

describe("other definitions", () => {
  it("defguard is true or false", () => {
    expect(flow("defguard is_small(x) when is_integer(x) and x < 9")).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard is_integer(x)
      guard is_integer(x) -true-> guard x < 9
      guard x < 9 -true-> exit
      guard is_integer(x) -guard_fail-> exit
      guard x < 9 -guard_fail-> exit"
    `);
  });

  it("defdelegate calls what it names", () => {
    expect(wholeFlow("defdelegate f(x, y), to: Other, as: :g")).toMatchInlineSnapshot(`
      "entry -next-> pattern x, y
      pattern x, y -match-> call defdelegate f(x, y), to: Other, as: :g
      call defdelegate f(x, y), to: Other, as: :g -exception-> error_exit
      call defdelegate f(x, y), to: Other, as: :g -next-> exit"
    `);
  });

  it("defmacro evaluates what it unquotes", () => {
    expect(
      flow(`
        defmacro m(x) do
          quote do
            unquote(g(x)) + h(1)
          end
        end
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> call g(x)
      call g(x) -next-> call unquote(g(x))
      call unquote(g(x)) -next-> expression quote do unquote(g(x)) + h(1) end
      expression quote do unquote(g(x)) + h(1) end -next-> exit"
    `);
  });

  it("each function has its graph, with its own range", () => {
    const [f, g] = graphs("def f(x), do: x\ndefp g, do: 1");
    expect([f?.function, g?.function]).toEqual(["M.f/1", "M.g/0"]);
    expect([f?.range.line, g?.range.line]).toEqual([2, 3]);
    expect(g === undefined ? "" : renderCfg(g)).toContain("expression 1 -next-> exit");
  });
});
