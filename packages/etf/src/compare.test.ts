import { describe, expect, it } from "vitest";
import { compare, equal } from "./compare.ts";
import { termKey } from "./term-key.ts";
import { atom, binary, bitstring, float, integer, list, map, tuple, type Term } from "./term.ts";

describe("compare", () => {
  it("orders as the keys of a map are ordered", () => {
    const order: Term[] = [
      integer(-(5n ** 40n)),
      integer(-1),
      integer(3),
      integer(2n ** 70n),
      float(-1.5),
      float(1),
      atom(""),
      atom("B"),
      atom("a"),
      atom("\uFFFD"),
      atom("😀"),
      { kind: "reference", node: "a@b", creation: 1, ids: [9, 1] },
      { kind: "reference", node: "a@b", creation: 1, ids: [1, 2] },
      { kind: "export", module: "m", function: "f", arity: 1 },
      { kind: "port", node: "a@b", id: 1, creation: 1 },
      { kind: "pid", node: "a@b", id: 1, serial: 0, creation: 1 },
      tuple(),
      tuple(integer(9)),
      tuple(integer(1), integer(1)),
      map([]),
      map([[integer(2), integer(0)]]),
      map([[integer(2), integer(1)]]),
      map([[atom("a"), integer(0)]]),
      list([]),
      list([integer(1)]),
      list([integer(1), integer(2)]),
      list([integer(1)], binary("")),
      list([integer(2)]),
      binary(""),
      bitstring(Uint8Array.of(0x80), 1),
      binary("\u00ff"),
    ];
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) {
        expect(Math.sign(compare(a, b)), `${i} and ${j}`).toBe(Math.sign(i - j));
      }
    }
  });
});

function deep(last: Term): Term {
  let term = last;
  for (let i = 0; i < 200_000; i++) term = tuple(term);
  return term;
}

describe("equal and termKey", () => {
  it("tell 1 from 1.0, text from atom and proper from improper", () => {
    const pairs: [Term, Term][] = [
      [integer(1), float(1)],
      [float(0), float(-0)],
      [atom("a"), binary("a")],
      [list([integer(1), integer(2)]), list([integer(1)], integer(2))],
      [tuple(list([])), tuple()],
      [binary(Uint8Array.of(0x80)), bitstring(Uint8Array.of(0x80), 1)],
    ];
    for (const [a, b] of pairs) {
      expect(equal(a, b)).toBe(false);
      expect(termKey(a)).not.toBe(termKey(b));
    }
  });

  it("stand nesting that would overflow a stack", () => {
    expect(equal(deep(atom("a")), deep(atom("a")))).toBe(true);
    expect(equal(deep(atom("a")), deep(atom("b")))).toBe(false);
    expect(termKey(deep(atom("a")))).toBe(termKey(deep(atom("a"))));
  });

  it("end soon on maps that are keys of maps that are keys of maps", () => {
    const nested = (depth: number): Term => {
      if (depth === 0) return integer(1);
      const key = nested(depth - 1);
      return map([
        [tuple(key, integer(1)), atom("a")],
        [tuple(key, integer(2)), atom("b")],
      ]);
    };
    expect(equal(nested(14), nested(14))).toBe(true);
  });
});
