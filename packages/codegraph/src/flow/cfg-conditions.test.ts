// The operators that decide whether their right side is evaluated, in tests and in values.

import { describe, expect, it } from "vitest";
import { flowOf } from "../../testing/control-flow.ts";

describe("short-circuit operators", () => {
  it("in a test lead straight to the branches", () => {
    expect(flowOf("if a && (g() || b), do: c, else: d")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -true-> call g()
      call g() -next-> branch g()
      branch g() -false-> branch b
      branch g() -true-> expression c
      branch b -true-> expression c
      branch a -false-> expression d
      branch b -false-> expression d
      expression c -next-> join if
      expression d -next-> join if
      join if -> exit"
    `);
    expect(flowOf("if !(a && b), do: c")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -true-> branch b
      branch a -false-> expression c
      branch b -false-> expression c
      expression c -next-> join if
      branch b -true-> join if
      join if -> exit"
    `);
  });

  it("in a value meet behind it", () => {
    expect(flowOf("a || g(b)")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -false-> call g(b)
      call g(b) -next-> join ||
      branch a -true-> join ||
      join || -> exit"
    `);
    expect(flowOf("x = a && b && c\nx")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -true-> branch b
      branch b -true-> expression c
      expression c -next-> join &&
      branch a -false-> join &&
      branch b -false-> join &&
      join && -next-> pattern x
      pattern x -match-> expression x
      expression x -> exit"
    `);
  });

  it("and, or: the left must be a boolean", () => {
    expect(flowOf("a and b")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -exception BadBooleanError-> error_exit
      branch a -true-> expression b
      expression b -next-> join and
      branch a -false-> join and
      join and -> exit"
    `);
    expect(flowOf("is_nil(a) or b > c")).toMatchInlineSnapshot(`
      "-> branch is_nil(a)
      branch is_nil(a) -false-> expression b > c
      expression b > c -next-> join or
      branch is_nil(a) -true-> join or
      join or -> exit"
    `);
    expect(flowOf("if not a or b, do: c")).toMatchInlineSnapshot(`
      "-> branch a
      branch a -exception ArgumentError-> error_exit
      branch a -true-> branch b
      branch a -false-> expression c
      branch b -true-> expression c
      expression c -next-> join if
      branch b -false-> join if
      join if -> exit"
    `);
  });

  it("not raises for what is no boolean", () => {
    expect(flowOf("x = not a\nnot (a == b)")).toMatchInlineSnapshot(`
      "-> call not a
      call not a -next-> pattern x
      pattern x -match-> expression not (a == b)
      expression not (a == b) -> exit"
    `);
  });

  it("match? is a test", () => {
    expect(flowOf("if match?({:ok, x} when x > 1, g(a)), do: b")).toMatchInlineSnapshot(`
      "-> call g(a)
      call g(a) -next-> pattern {:ok, x}
      pattern {:ok, x} -match-> guard x > 1
      guard x > 1 -true-> expression b
      expression b -next-> join if
      pattern {:ok, x} -no_match-> join if
      guard x > 1 -guard_fail-> join if
      join if -> exit"
    `);
    expect(flowOf("match?([_ | _], a)")).toMatchInlineSnapshot(`
      "-> pattern [_ | _]
      pattern [_ | _] -match-> join match?
      pattern [_ | _] -no_match-> join match?
      join match? -> exit"
    `);
  });
});
