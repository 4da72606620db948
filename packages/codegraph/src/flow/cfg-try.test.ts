// try, in a function or around it, and receive.

import { describe, expect, it } from "vitest";
import { flow, flowOf, graph } from "../../testing/control-flow.ts";

describe("try", () => {
  it("leads each call inside to rescue, and raises again what it does not take", () => {
    expect(
      flowOf(`
        try do
          g(a)
          h(b)
        rescue
          e in ArgumentError -> i(e)
          [KeyError, MatchError] -> 2
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> call g(a)
      call g(a) -exception-> dispatch rescue
      call g(a) -next-> call h(b)
      call h(b) -exception-> dispatch rescue
      dispatch rescue -next-> pattern e in ArgumentError
      pattern e in ArgumentError -match-> call i(e)
      pattern e in ArgumentError -no_match-> pattern [KeyError, MatchError]
      pattern [KeyError, MatchError] -match-> expression 2
      pattern [KeyError, MatchError] -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      call h(b) -next-> join try
      call i(e) -next-> join try
      expression 2 -next-> join try
      join try -> exit"
    `);
  });

  it("tries rescue before catch; a catch of any kind takes all", () => {
    expect(
      flowOf(`
        try do
          g(a)
        catch
          x -> x
          :exit, {r, _} when r > 1 -> r
          kind, value -> {kind, value}
        rescue
          e -> e
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> call g(a)
      call g(a) -exception-> dispatch rescue
      dispatch rescue -next-> pattern e
      pattern e -match-> expression e
      pattern e -no_match-> pattern x
      pattern x -match-> expression x
      pattern x -no_match-> pattern :exit, {r, _}
      pattern :exit, {r, _} -match-> guard r > 1
      guard r > 1 -true-> expression r
      pattern :exit, {r, _} -no_match-> pattern kind, value
      guard r > 1 -guard_fail-> pattern kind, value
      pattern kind, value -match-> expression {kind, value}
      call g(a) -next-> join try
      expression e -next-> join try
      expression x -next-> join try
      expression r -next-> join try
      expression {kind, value} -next-> join try
      join try -> exit"
    `);
  });

  it("does not protect its else", () => {
    expect(
      flowOf(`
        try do
          g(a)
        rescue
          _ -> 1
        else
          :ok -> h(b)
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> call g(a)
      call g(a) -exception-> dispatch rescue
      call g(a) -next-> pattern :ok
      pattern :ok -match-> call h(b)
      pattern :ok -no_match-> no_match TryClauseError
      no_match TryClauseError -exception TryClauseError-> error_exit
      dispatch rescue -next-> pattern _
      pattern _ -match-> expression 1
      pattern _ -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      call h(b) -next-> join try
      expression 1 -next-> join try
      join try -> exit"
    `);
  });

  it("goes through after on every way: one copy goes on, one raises again", () => {
    expect(
      flowOf(`
        try do
          g(a)
        rescue
          KeyError -> h(b)
        after
          i(c)
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> call g(a)
      call g(a) -exception-> dispatch rescue
      dispatch rescue -next-> pattern KeyError
      pattern KeyError -match-> call h(b)
      call h(b) -exception-> dispatch after
      pattern KeyError -no_match-> no_match reraise
      no_match reraise -exception-> dispatch after
      call g(a) -after-> dispatch after #2
      call h(b) -after-> dispatch after #2
      dispatch after #2 -next-> call i(c)
      dispatch after -next-> call i(c) #2
      call i(c) #2 -after-> no_match reraise #2
      no_match reraise #2 -exception-> error_exit
      call i(c) -after-> join try
      join try -> exit"
    `);
  });

  it("in a try raises to the outer one", () => {
    expect(
      flowOf(`
        try do
          try do
            g(a)
          after
            h(b)
          end
        catch
          x -> x
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> dispatch try #2
      dispatch try #2 -next-> call g(a)
      call g(a) -exception-> dispatch after
      call g(a) -after-> dispatch after #2
      dispatch after #2 -next-> call h(b)
      call h(b) -exception-> dispatch catch
      dispatch after -next-> call h(b) #2
      call h(b) #2 -exception-> dispatch catch
      call h(b) #2 -after-> no_match reraise
      no_match reraise -exception-> dispatch catch
      call h(b) -after-> join try
      dispatch catch -next-> pattern x
      pattern x -match-> expression x
      pattern x -no_match-> no_match reraise #2
      no_match reraise #2 -exception-> error_exit
      join try -next-> join try #2
      expression x -next-> join try #2
      join try #2 -> exit"
    `);
  });

  it("that cannot fail never comes to its rescue", () => {
    expect(flowOf("try do\n a\nrescue\n _ -> b\nend")).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> expression a
      dispatch rescue -next-> pattern _
      pattern _ -match-> expression b
      pattern _ -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      expression a -next-> join try
      expression b -next-> join try
      join try -> exit"
    `);
  });

  it("is around a function that has a rescue", () => {
    expect(
      flow(`
        def f(x) when x > 0 do
          g(x)
        rescue
          e -> e
        after
          h(x)
        end
      `),
    ).toMatchInlineSnapshot(`
      "entry -next-> pattern x
      pattern x -match-> guard x > 0
      guard x > 0 -true-> dispatch try
      dispatch try -next-> call g(x)
      call g(x) -exception-> dispatch rescue
      dispatch rescue -next-> pattern e
      pattern e -match-> expression e
      pattern e -no_match-> no_match reraise
      no_match reraise -exception-> dispatch after
      call g(x) -after-> dispatch after #2
      expression e -after-> dispatch after #2
      dispatch after #2 -next-> call h(x)
      dispatch after -next-> call h(x) #2
      call h(x) #2 -after-> no_match reraise #2
      no_match reraise #2 -exception-> error_exit
      call h(x) -after-> join try
      guard x > 0 -guard_fail-> no_match FunctionClauseError
      no_match FunctionClauseError -exception FunctionClauseError-> error_exit
      join try -next-> exit"
    `);
  });

  it("takes throws and exits, which end the path", () => {
    expect(
      flowOf(`
        try do
          throw(g(a))
        catch
          :throw, x -> x
        end
        exit(b)
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch try
      dispatch try -next-> call g(a)
      call g(a) -exception-> dispatch catch
      call g(a) -next-> call throw(g(a))
      call throw(g(a)) -exception-> dispatch catch
      dispatch catch -next-> pattern :throw, x
      pattern :throw, x -match-> expression x
      pattern :throw, x -no_match-> no_match reraise
      no_match reraise -exception-> error_exit
      expression x -next-> join try
      join try -next-> call exit(b)"
    `);
  });

  it("copies an after in an after no further than two deep", () => {
    const nested = (depth: number): string =>
      depth === 0 ? "z()" : `try do a() after ${nested(depth - 1)} end`;
    const copies = (depth: number): number =>
      graph(`def f, do: ${nested(depth)}`).nodes.filter(({ label }) => label === "z()").length;
    expect([0, 1, 2, 3, 4, 9].map(copies)).toEqual([1, 2, 4, 4, 4, 4]);
  });
});

describe("receive", () => {
  it("waits, and scans on past messages that no clause takes", () => {
    expect(
      flowOf(`
        receive do
          {:ok, x} -> x
          {:error, e} when e > 1 -> g(e)
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch receive
      dispatch receive -next-> suspend wait for a message
      suspend wait for a message -message-> pattern {:ok, x}
      pattern {:ok, x} -match-> expression x
      pattern {:ok, x} -no_match-> pattern {:error, e}
      pattern {:error, e} -match-> guard e > 1
      guard e > 1 -true-> call g(e)
      pattern {:error, e} -loop-> suspend wait for a message
      guard e > 1 -loop-> suspend wait for a message
      expression x -next-> join receive
      call g(e) -next-> join receive
      join receive -> exit"
    `);
  });

  it("evaluates its timeout before it waits", () => {
    expect(
      flowOf(`
        receive do
          x -> x
        after
          g(a) -> b
        end
      `),
    ).toMatchInlineSnapshot(`
      "-> dispatch receive
      dispatch receive -next-> call g(a)
      call g(a) -next-> suspend wait for a message
      suspend wait for a message -exception-> error_exit
      suspend wait for a message -message-> pattern x
      pattern x -match-> expression x
      suspend wait for a message -timeout-> expression b
      expression x -next-> join receive
      expression b -next-> join receive
      join receive -> exit"
    `);
  });

  it("may only wait", () => {
    expect(flowOf("receive do\nafter\n 10 -> :ok\nend")).toMatchInlineSnapshot(`
      "-> dispatch receive
      dispatch receive -next-> suspend wait for a message
      suspend wait for a message -timeout-> expression :ok
      expression :ok -next-> join receive
      join receive -> exit"
    `);
  });

  it("never times out at :infinity", () => {
    expect(flowOf("receive do\n :a -> 1\nafter\n :infinity -> 2\nend")).toMatchInlineSnapshot(`
      "-> dispatch receive
      dispatch receive -next-> suspend wait for a message
      suspend wait for a message -message-> pattern :a
      pattern :a -match-> expression 1
      pattern :a -loop-> suspend wait for a message
      expression 1 -next-> join receive
      expression 2 -next-> join receive
      join receive -> exit"
    `);
  });
});
