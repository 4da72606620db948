import { expect, it } from "vitest";
import { Scopes, type SitePlace } from "./scopes.ts";

const TEXT = `defmodule M do
  def f(x) do
    y = 1
    case x do
      {:ok, y} -> g(y)
      :error -> h()
    end
    if (z = x) do
      w = z
      g(w)
    else
      h()
    end
    for v <- x, u = v, do: g(u)
    Enum.map(x, fn a -> a end)
    last(y)
  end
end
`;

const scopes = new Scopes(TEXT);

function place(line: number, text: string): SitePlace {
  const at = (TEXT.split("\n")[line - 1] ?? "").indexOf(text);
  if (at < 0) throw new Error(`no ${text} in line ${line}`);
  return { line, column: at + 1, nodeId: null };
}

it("ends what a clause, a block, a generator or a closure binds with it", () => {
  const end = place(16, "last");
  expect(scopes.isVisible(place(3, "y"), end)).toBe(true);
  expect(scopes.isVisible(place(5, "{:ok"), place(5, "g(y)"))).toBe(true);
  expect(scopes.isVisible(place(5, "{:ok"), place(6, "h()"))).toBe(false);
  expect(scopes.isVisible(place(5, "{:ok"), end)).toBe(false);
  expect(scopes.isVisible(place(9, "w"), place(10, "g(w)"))).toBe(true);
  expect(scopes.isVisible(place(9, "w"), place(12, "h()"))).toBe(false);
  expect(scopes.isVisible(place(14, "v <-"), place(14, "g(u)"))).toBe(true);
  expect(scopes.isVisible(place(14, "u = v"), end)).toBe(false);
  expect(scopes.isVisible(place(15, "a ->"), end)).toBe(false);
});

it("leaves what a condition binds to what is around it, and a function's head to the function", () => {
  expect(scopes.isVisible(place(8, "z = x"), place(16, "last"))).toBe(true);
  expect(scopes.isVisible(place(2, "x)"), place(16, "last"))).toBe(true);
});

it("says nothing of places that are known to the line only", () => {
  expect(scopes.isVisible({ line: 5, column: null, nodeId: null }, place(16, "last"))).toBeNull();
});

it("reads text that is no Elixir, and deep nesting, without failing", () => {
  for (const text of ["%{", "def f(", "\u0000", "fn -> ".repeat(3_000)]) {
    expect(new Scopes(text).isVisible(place(2, "x)"), place(2, "x)"))).not.toBe(undefined);
  }
});
