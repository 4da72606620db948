// if, unless, cond, case, =, and with.

import { describe, expect, it } from "vitest";
import { flow, flowOf } from "../../testing/control-flow.ts";

describe("if and unless", () => {
  it("branch on their test and meet again", () => {
    expect(flowOf("if g(a), do: b, else: h(c)")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> branch g(a)
      branch g(a) -true-> expression b
      branch g(a) -false-> call h(c)
      expression b -next-> join if
      call h(c) -next-> join if
      join if -> exit"
    `);
  });

  it("go on with nil without an else", () => {
    expect(flowOf("if a do\n g()\nend\nb")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -true-> call g()
      call g() -next-> join if
      branch a -false-> join if
      join if -next-> expression b
      expression b -> exit"
    `);
  });

  it("unless is the other way round", () => {
    expect(flowOf("unless a, do: b, else: c")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -false-> expression b
      branch a -true-> expression c
      expression b -next-> join unless
      expression c -next-> join unless
      join unless -> exit"
    `);
  });

  it("bind in their test", () => {
    expect(flowOf("if x = g(a), do: x")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> pattern x
      pattern x -match-> branch x = g(a)
      branch x = g(a) -true-> expression x
      expression x -next-> join if
      branch x = g(a) -false-> join if
      join if -> exit"
    `);
  });

  it("of a literal go one way", () => {
    expect(flowOf("if nil, do: b, else: c")).toMatchInlineSnapshot(`
      "-> branch nil
      branch nil -false-> expression c
      expression b -next-> join if
      expression c -next-> join if
      join if -> exit"
    `);
  });

  it("are functions of the module when it defines them", () => {
    expect(
      flow(`
        import Kernel, except: [if: 2]
        def f(a, b), do: if(g(a), b)
        def if(a, b), do: {a, b}
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern a, b
      pattern a, b -match-> call g(a)
      call g(a) -next-> call if(g(a), b)
      call if(g(a), b) -next-> exit"
    `);
  });

  it("with other arguments are no branch", () => {
    expect(flowOf("if(a, b)")).toMatchInlineSnapshot(`
      "-> dispatch if(a, b)
      dispatch if(a, b) -next-> expression a
      expression a -loop-> dispatch if(a, b)
      dispatch if(a, b) -next-> expression b
      expression b -loop-> dispatch if(a, b)
      dispatch if(a, b) -next-> call if(a, b)
      call if(a, b) -> exit"
    `);
  });
});

describe("cond", () => {
  it("tries its tests in order and raises when none holds", () => {
    expect(
      flowOf(`
        cond do
          a -> 1
          g(b) && c -> 2
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch cond
      dispatch cond -next-> branch a
      branch a -true-> expression 1
      branch a -false-> call g(b)
      call g(b) -next-> branch g(b)
      branch g(b) -true-> branch c
      branch c -true-> expression 2
      branch g(b) -false-> no_match CondClauseError
      branch c -false-> no_match CondClauseError
      no_match CondClauseError -exception CondClauseError-> error_exit
      expression 1 -next-> join cond
      expression 2 -next-> join cond
      join cond -> exit"
    `);
  });

  it("ends with a test that always holds", () => {
    expect(flowOf("cond do\n a -> 1\n true -> 2\nend")).toMatchInlineSnapshot(`
      "-> dispatch cond
      dispatch cond -next-> branch a
      branch a -true-> expression 1
      branch a -false-> branch true
      branch true -true-> expression 2
      expression 1 -next-> join cond
      expression 2 -next-> join cond
      join cond -> exit"
    `);
  });
});

describe("case", () => {
  it("dispatches on the value and raises when no clause takes it", () => {
    expect(
      flowOf(`
        case g(a) do
          {:ok, x} when x > b -> x
          :error -> raise "no"
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> dispatch case
      dispatch case -next-> pattern {:ok, x}
      pattern {:ok, x} -match-> guard x > b
      guard x > b -true-> expression x
      pattern {:ok, x} -no_match-> pattern :error
      guard x > b -guard_fail-> pattern :error
      pattern :error -match-> call raise "no"
      pattern :error -no_match-> no_match CaseClauseError
      no_match CaseClauseError -exception CaseClauseError-> error_exit
      expression x -next-> join case
      join case -> exit"
    `);
  });

  it("leaves nothing behind a clause that takes everything", () => {
    expect(flowOf("case a do\n x -> x\n :never -> 1\nend")).toMatchInlineSnapshot(`
      "-> dispatch case
      dispatch case -next-> pattern x
      pattern x -match-> expression x
      pattern :never -match-> expression 1
      pattern :never -no_match-> no_match CaseClauseError
      no_match CaseClauseError -exception CaseClauseError-> error_exit
      expression x -next-> join case
      expression 1 -next-> join case
      join case -> exit"
    `);
  });
});

describe("match", () => {
  it("evaluates the right side first and raises when it does not fit", () => {
    expect(flowOf("{:ok, x} = g(a)\nx = y = 1")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> pattern {:ok, x}
      pattern {:ok, x} -no_match-> no_match MatchError
      no_match MatchError -exception MatchError-> error_exit
      pattern {:ok, x} -match-> pattern y = 1
      pattern y = 1 -match-> pattern x
      pattern x -match-> exit"
    `);
  });
});

describe("with", () => {
  it("falls out at the first clause that does not match", () => {
    expect(
      flowOf(`
        with {:ok, x} <- g(a), y = h(x), z when z > y <- b do
          z
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch with
      dispatch with -next-> call g(a)
      call g(a) -next-> pattern {:ok, x}
      pattern {:ok, x} -match-> call h(x)
      call h(x) -next-> pattern y
      pattern y -match-> pattern z
      pattern z -match-> guard z > y
      guard z > y -true-> expression z
      expression z -next-> join with
      pattern {:ok, x} -no_match-> join with
      guard z > y -guard_fail-> join with
      join with -> exit"
    `);
  });

  it("goes to its else, which raises for what it does not take", () => {
    expect(
      flowOf(`
        with {:ok, x} <- a, [y] <- x do
          y
        else
          :error -> 1
          {:error, e} when e > 0 -> 2
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch with
      dispatch with -next-> pattern {:ok, x}
      pattern {:ok, x} -match-> pattern [y]
      pattern [y] -match-> expression y
      pattern {:ok, x} -no_match-> pattern :error
      pattern [y] -no_match-> pattern :error
      pattern :error -match-> expression 1
      pattern :error -no_match-> pattern {:error, e}
      pattern {:error, e} -match-> guard e > 0
      guard e > 0 -true-> expression 2
      pattern {:error, e} -no_match-> no_match WithClauseError
      guard e > 0 -guard_fail-> no_match WithClauseError
      no_match WithClauseError -exception WithClauseError-> error_exit
      expression y -next-> join with
      expression 1 -next-> join with
      expression 2 -next-> join with
      join with -> exit"
    `);
  });

  it("raises for a plain match that fails: its else does not see it", () => {
    expect(flowOf("with {:ok, x} = a, do: x, else: (_ -> 1)")).toMatchInlineSnapshot(`
      "-> dispatch with
      dispatch with -next-> pattern {:ok, x} = a
      pattern {:ok, x} = a -no_match-> no_match MatchError
      no_match MatchError -exception MatchError-> error_exit
      pattern {:ok, x} = a -match-> expression x
      pattern _ -match-> expression 1
      expression x -next-> join with
      expression 1 -next-> join with
      join with -> exit"
    `);
  });
});
