// for: generators within generators, filters, what the elements are collected into.

import { describe, expect, it } from "vitest";
import { flowOf } from "../../testing/control-flow.ts";

describe("for", () => {
  it("loops over a generator and skips what does not match", () => {
    expect(flowOf("for {:ok, x} <- g(a), do: h(x)")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> call g(a)
      call g(a) -next-> generator {:ok, x} <- g(a)
      generator {:ok, x} <- g(a) -exception-> error_exit
      generator {:ok, x} <- g(a) -next-> pattern {:ok, x}
      pattern {:ok, x} -skip-> generator {:ok, x} <- g(a)
      pattern {:ok, x} -match-> call h(x)
      call h(x) -loop-> generator {:ok, x} <- g(a)
      generator {:ok, x} <- g(a) -done-> join for
      join for -> exit"
    `);
  });

  it("skips by guards and filters", () => {
    expect(flowOf("for x when x > 1 <- a, b && g(x), y = h(x), do: y")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x when x > 1 <- a
      generator x when x > 1 <- a -exception-> error_exit
      generator x when x > 1 <- a -next-> pattern x
      pattern x -match-> guard x > 1
      guard x > 1 -skip-> generator x when x > 1 <- a
      guard x > 1 -true-> branch b
      branch b -true-> call g(x)
      call g(x) -next-> branch g(x)
      branch b -skip-> generator x when x > 1 <- a
      branch g(x) -skip-> generator x when x > 1 <- a
      branch g(x) -true-> call h(x)
      call h(x) -next-> pattern y
      pattern y -match-> branch y = h(x)
      branch y = h(x) -skip-> generator x when x > 1 <- a
      branch y = h(x) -true-> expression y
      expression y -loop-> generator x when x > 1 <- a
      generator x when x > 1 <- a -done-> join for
      join for -> exit"
    `);
  });

  it("begins an inner generator anew for each element of the outer", () => {
    expect(flowOf("for x <- a, y <- g(x), y > 1, do: {x, y}")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x <- a
      generator x <- a -exception-> error_exit
      generator x <- a -next-> pattern x
      pattern x -match-> call g(x)
      call g(x) -next-> generator y <- g(x)
      generator y <- g(x) -exception-> error_exit
      generator y <- g(x) -done-> generator x <- a
      generator y <- g(x) -next-> pattern y
      pattern y -match-> branch y > 1
      branch y > 1 -skip-> generator y <- g(x)
      branch y > 1 -true-> expression {x, y}
      expression {x, y} -loop-> generator y <- g(x)
      generator x <- a -done-> join for
      join for -> exit"
    `);
  });

  it("collects into what is evaluated first", () => {
    expect(flowOf("for x <- g(a), into: h(b), do: x")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> call h(b)
      call h(b) -next-> call into: h(b)
      call into: h(b) -next-> call g(a)
      call g(a) -next-> generator x <- g(a)
      generator x <- g(a) -exception-> error_exit
      generator x <- g(a) -next-> pattern x
      pattern x -match-> expression x
      expression x -next-> call collect
      call collect -loop-> generator x <- g(a)
      generator x <- g(a) -done-> join for
      join for -> exit"
    `);
    expect(flowOf("for x <- a, into: %{}, do: x")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x <- a
      generator x <- a -exception-> error_exit
      generator x <- a -next-> pattern x
      pattern x -match-> expression x
      expression x -next-> call collect
      call collect -loop-> generator x <- a
      generator x <- a -done-> join for
      join for -> exit"
    `);
    expect(flowOf("for x <- a, into: [], do: x")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x <- a
      generator x <- a -exception-> error_exit
      generator x <- a -next-> pattern x
      pattern x -match-> expression x
      expression x -loop-> generator x <- a
      generator x <- a -done-> join for
      join for -> exit"
    `);
  });

  it("reduces by clauses, from a value evaluated after the first source", () => {
    expect(
      flowOf(`
        for x <- g(a), y <- h(x), reduce: i(b) do
          {s, t} -> {s + x, t}
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> call g(a)
      call g(a) -next-> call i(b)
      call i(b) -next-> generator x <- g(a)
      generator x <- g(a) -exception-> error_exit
      generator x <- g(a) -next-> pattern x
      pattern x -match-> call h(x)
      call h(x) -next-> generator y <- h(x)
      generator y <- h(x) -exception-> error_exit
      generator y <- h(x) -done-> generator x <- g(a)
      generator y <- h(x) -next-> pattern y
      pattern y -match-> pattern {s, t}
      pattern {s, t} -match-> call s + x
      call s + x -next-> expression {s + x, t}
      pattern {s, t} -no_match-> no_match CaseClauseError
      no_match CaseClauseError -exception CaseClauseError-> error_exit
      expression {s + x, t} -loop-> generator y <- h(x)
      generator x <- g(a) -done-> join for
      join for -> exit"
    `);
  });

  it("skips what was there before with uniq", () => {
    expect(flowOf("for x <- a, uniq: true, do: g(x)")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x <- a
      generator x <- a -exception-> error_exit
      generator x <- a -next-> pattern x
      pattern x -match-> call g(x)
      call g(x) -next-> branch uniq
      branch uniq -skip-> generator x <- a
      branch uniq -loop-> generator x <- a
      generator x <- a -done-> join for
      join for -> exit"
    `);
  });

  it("takes bits", () => {
    expect(flowOf("for <<1, x::8 <- g(a)>>, do: x")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> call g(a)
      call g(a) -next-> generator <<1, x::8 <- g(a)>>
      generator <<1, x::8 <- g(a)>> -exception-> error_exit
      generator <<1, x::8 <- g(a)>> -next-> pattern <<1, x::8>>
      pattern <<1, x::8>> -skip-> generator <<1, x::8 <- g(a)>>
      pattern <<1, x::8>> -match-> expression x
      expression x -loop-> generator <<1, x::8 <- g(a)>>
      generator <<1, x::8 <- g(a)>> -done-> join for
      join for -> exit"
    `);
  });

  it("of a list cannot fail at the generator", () => {
    expect(flowOf("for x <- [1, 2], do: x")).toMatchInlineSnapshot(`
      "-> dispatch for
      dispatch for -next-> generator x <- [1, 2]
      generator x <- [1, 2] -next-> pattern x
      pattern x -match-> expression x
      expression x -loop-> generator x <- [1, 2]
      generator x <- [1, 2] -done-> join for
      join for -> exit"
    `);
  });
});
