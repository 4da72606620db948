import {
  atom,
  binary,
  bitstring,
  float,
  integer,
  list,
  map,
  tuple,
  type Term,
} from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { TermView } from "@elixirscope/wire";
import { describe, expect, it } from "vitest";
import { diffEntry } from "./diff-view.ts";
import { diffTerms } from "./diff.ts";
import { printTerm } from "./print.ts";
import { termView } from "./term-view.ts";

const cut = atom(CUT_ATOM);
const fields = (values: Record<string, Term>): Term =>
  map(Object.entries(values).map(([name, value]) => [atom(name), value]));

function keys(view: TermView): (string | null)[] {
  return (view.children ?? []).map(({ key }) => key);
}

function nodes(view: TermView): number {
  return (view.children ?? []).reduce((sum, { value }) => sum + nodes(value), 1);
}

describe("termView", () => {
  it("shows a struct by its fields, with keys as they stand in source", () => {
    const view = termView(
      fields({ __struct__: atom("Elixir.Shop.Cart"), id: integer(7), "odd name": atom("nil") }),
    );
    expect(view).toMatchObject({ kind: "struct", text: '%Shop.Cart{id: 7, "odd name": nil}' });
    expect(keys(view)).toEqual(["id:", '"odd name":']);
  });

  it("shows other keys with an arrow, in the order of the printed map", () => {
    const view = termView(
      map([
        [binary("b"), integer(1)],
        [integer(3), integer(2)],
        [atom("Elixir.Shop"), integer(3)],
      ]),
    );
    expect(view.kind).toBe("map");
    expect(keys(view)).toEqual(["3 =>", "Shop =>", '"b" =>']);
  });

  it("names the kinds", () => {
    const kinds = [
      integer(1),
      float(1),
      atom("a"),
      binary("text"),
      binary(Uint8Array.of(0, 255)),
      bitstring(Uint8Array.of(128), 1),
      list([]),
      tuple(),
    ].map((term) => termView(term).kind);
    expect(kinds).toEqual([
      "number",
      "number",
      "atom",
      "string",
      "binary",
      "binary",
      "list",
      "tuple",
    ]);
  });

  it("opens keyword lists by key, other lists by position, improper ones with their tail", () => {
    expect(keys(termView(list([tuple(atom("a"), integer(1))])))).toEqual(["a:"]);
    expect(keys(termView(list([integer(1), integer(2)])))).toEqual([null, null]);
    expect(keys(termView(list([integer(1)], integer(2))))).toEqual([null, "|"]);
  });

  it("is bounded, keeps what is near the root, and counts what it left out", () => {
    const wide = list(
      Array.from({ length: 5_000 }, (_, i) => list(Array.from({ length: 100 }, () => integer(i)))),
    );
    const view = termView(tuple(wide, integer(1)));
    expect(nodes(view)).toBeLessThanOrEqual(2_001);
    expect(view.children).toHaveLength(2);
    const inner = view.children?.[0]?.value;
    expect(inner?.children).toHaveLength(200);
    expect(inner?.more).toBe(4_800);
    expect(inner?.children?.at(-1)?.value).toMatchObject({ children: [], more: 100 });
  });

  it("does not overflow on a very deep term", () => {
    let term: Term = integer(1);
    for (let i = 0; i < 50_000; i++) term = tuple(term);
    expect(nodes(termView(term))).toBeLessThanOrEqual(2_001);
  });

  it("says how much the probe cut", () => {
    const cutMap = map([
      [atom("a"), integer(1)],
      [cut, tuple(atom("map"), integer(50))],
    ]);
    expect(termView(cutMap)).toMatchObject({ children: [{ key: "a:" }], more: 49 });
    const cutList = list([integer(1), integer(2)], tuple(cut, atom("list"), integer(98)));
    expect(termView(cutList)).toMatchObject({ children: [{}, {}], more: 98 });
    expect(termView(tuple(cut, atom("depth"), atom("list"), integer(3)))).toMatchObject({
      kind: "cut",
    });
  });
});

const state = (n: number): Term =>
  fields({
    items: map([[binary("apple"), fields({ qty: integer(n) })]]),
    options: list([tuple(atom("retry"), integer(n))]),
    last: tuple(atom("ok"), list([integer(0), integer(n)])),
  });
const log = (rest: number): Term => list([integer(1)], tuple(cut, atom("list"), integer(rest)));

describe("diffEntry", () => {
  it("writes paths as Elixir reaches the place", () => {
    const entries = diffTerms(state(1), state(2), 10).changes.map((change) => diffEntry(change));
    expect(entries).toEqual([
      { path: '.items["apple"].qty', kind: "changed", before: "1", after: "2" },
      { path: ".options[:retry]", kind: "changed", before: "1", after: "2" },
      { path: ".last{1}[1]", kind: "changed", before: "1", after: "2" },
    ]);
  });

  it("names what came, went and was not recorded", () => {
    expect(
      diffTerms(fields({ a: integer(1) }), fields({ b: integer(1) }), 10).changes.map((change) =>
        diffEntry(change),
      ),
    ).toEqual([
      { path: ".a", kind: "removed", before: "1", after: null },
      { path: ".b", kind: "added", before: null, after: "1" },
    ]);
    expect(diffTerms(log(8), log(9), 10).changes.map((change) => diffEntry(change))).toEqual([
      {
        path: "[1]",
        kind: "changed",
        before: "8 more, not recorded",
        after: "9 more, not recorded",
      },
    ]);
  });
});

it("prints bytes that are no term as what they are", () => {
  expect(printTerm(Uint8Array.of(131, 98, 0), "line")).toMatch(/^#Unreadable<.* of 3>$/);
});
