// The example in README.md.

import { expect, it } from "vitest";
import { atom, binary, decode, encode, inspect, integer, map, tuple, view } from "./index.ts";

it("does what the README says", () => {
  const user = map([
    [atom("id"), integer(7)],
    [atom("name"), binary("Ada")],
  ]);
  const bytes = encode(tuple(atom("ok"), user));
  const term = decode(bytes);
  expect(term.ok && inspect(term.value)).toBe('{:ok, %{id: 7, name: "Ada"}}');
  const lazy = view(bytes);
  expect(lazy.ok && lazy.value.at(1)?.get(atom("name"))?.toTerm()).toEqual(binary("Ada"));
});
