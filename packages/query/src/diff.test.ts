import {
  atom,
  binary,
  charlist,
  equal,
  float,
  integer,
  list,
  map,
  termKey,
  tuple,
  type Term,
} from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffTerms, type Change, type Step } from "./diff.ts";

const key = (name: string): Step => ({ kind: "key", key: atom(name) });
const fields = (values: Record<string, Term>): Term =>
  map(Object.entries(values).map(([name, value]) => [atom(name), value]));
const ints = (...values: number[]): Term => list(values.map(integer));
const changes = (before: Term, after: Term): readonly Change[] =>
  diffTerms(before, after, 1_000).changes;

const ok = (n: number): Term => tuple(atom("ok"), integer(n));
const namedItem = (n: number): Term => fields({ name: binary("x"), n: integer(n) });
const pair = (name: string, n: number): Term => tuple(atom(name), integer(n));
const wide = (n: number): Term => tuple(atom("t"), ...Array.from({ length: 50 }, () => integer(n)));
const deep = (leaf: number): Term => {
  let term: Term = integer(leaf);
  for (let i = 0; i < 5_000; i++) term = { kind: "list", items: [term], tail: null };
  return term;
};
const cutList = (rest: number, ...items: number[]): Term =>
  list(items.map(integer), tuple(atom(CUT_ATOM), atom("list"), integer(rest)));

describe("diffTerms", () => {
  it("finds what changed, came and went in nested maps", () => {
    const before = fields({
      items: fields({ apple: integer(1), pear: integer(2) }),
      total: float(1.5),
    });
    const after = fields({
      items: fields({ apple: integer(1), plum: integer(7) }),
      total: float(2.5),
    });
    expect(changes(before, after)).toEqual([
      { path: [key("items"), key("pear")], before: integer(2), after: null },
      { path: [key("items"), key("plum")], before: null, after: integer(7) },
      { path: [key("total")], before: float(1.5), after: float(2.5) },
    ]);
  });

  it("tells 1 from 1.0 and an atom from a binary", () => {
    expect(changes(integer(1), float(1))).toHaveLength(1);
    expect(changes(atom("ok"), binary("ok"))).toHaveLength(1);
  });

  it("takes another struct for another thing", () => {
    const cart = fields({ __struct__: atom("Elixir.Cart"), id: integer(1) });
    const order = fields({ __struct__: atom("Elixir.Order"), id: integer(1) });
    expect(changes(cart, order)).toEqual([{ path: [], before: cart, after: order }]);
  });

  it("goes into tuples with the same tag only", () => {
    expect(changes(ok(1), ok(2))).toEqual([
      { path: [{ kind: "element", index: 1 }], before: integer(1), after: integer(2) },
    ]);
    const error = tuple(atom("error"), integer(1));
    expect(changes(ok(1), error)).toEqual([{ path: [], before: ok(1), after: error }]);
  });

  it("shows a queue that moved as one item gone and one come", () => {
    expect(changes(ints(1, 2, 3, 4), ints(2, 3, 4, 5))).toEqual([
      { path: [{ kind: "item", before: 0, after: null }], before: integer(1), after: null },
      { path: [{ kind: "item", before: null, after: 3 }], before: null, after: integer(5) },
    ]);
  });

  it("pairs a changed item with its old form", () => {
    expect(
      changes(
        list([namedItem(1), namedItem(2), namedItem(3)]),
        list([namedItem(1), namedItem(9), namedItem(3)]),
      ),
    ).toEqual([
      {
        path: [{ kind: "item", before: 1, after: 1 }, key("n")],
        before: integer(2),
        after: integer(9),
      },
    ]);
  });

  it("reads keyword lists by key, unless their order changed", () => {
    expect(changes(list([pair("a", 1), pair("b", 2)]), list([pair("a", 1), pair("b", 3)]))).toEqual(
      [{ path: [{ kind: "keyword", key: atom("b") }], before: integer(2), after: integer(3) }],
    );
    const swapped = list([pair("b", 2), pair("a", 1)]);
    expect(changes(list([pair("a", 1), pair("b", 2)]), swapped).length).toBeGreaterThan(0);
  });

  it("changes text as a whole", () => {
    expect(changes(charlist("hello"), charlist("hallo"))).toHaveLength(1);
    expect(changes(charlist("hello"), charlist("hallo"))[0]?.path).toEqual([]);
  });

  it("says when there was more than it may list", () => {
    const difference = diffTerms(wide(1), wide(2), 10);
    expect(difference.changes).toHaveLength(10);
    expect(difference.complete).toBe(false);
  });

  it("does not overflow on a very deep term", () => {
    expect(changes(deep(1), deep(2))).toHaveLength(1);
  });
});

describe("what was cut", () => {
  const cut = atom(CUT_ATOM);
  const cutMap = (entries: Record<string, Term>, size: number): Term =>
    map([
      ...Object.entries(entries).map(([name, value]) => [atom(name), value] as const),
      [cut, tuple(atom("map"), integer(size))],
    ]);

  it("is neither added nor removed in a map of which only a part was kept", () => {
    const before = cutMap({ a: integer(1), b: integer(2) }, 50);
    const after = cutMap({ a: integer(3), c: integer(2) }, 51);
    expect(changes(before, after)).toEqual([
      { path: [key("a")], before: integer(1), after: integer(3) },
    ]);
  });

  it("does not make the end of a cut list look removed", () => {
    expect(changes(cutList(97, 1, 2, 3), cutList(98, 9, 1, 2))).toEqual([
      { path: [{ kind: "item", before: null, after: 0 }], before: null, after: integer(9) },
    ]);
    expect(changes(cutList(97, 1, 2), cutList(98, 1, 2))).toHaveLength(1);
    expect(changes(cutList(97, 1, 2), cutList(97, 1, 2))).toEqual([]);
    expect(changes(cutList(97, 1, 2), ints(1, 2))).toMatchObject([{ after: null }]);
  });
});

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.integer({ min: -3, max: 300 }).map(integer),
  fc.constantFrom("ok", "error", "a", "b", "nil").map(atom),
  fc.constantFrom("", "x", "apple").map((text) => binary(text)),
  fc.constantFrom(0.5, 1, 2).map(float),
);

const anyTerm: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("term"), { maxLength: 5 }).map((items) => list(items)),
    fc.array(tie("term"), { maxLength: 4 }).map((items) => tuple(...items)),
    fc
      .uniqueArray(fc.tuple(leaf, tie("term")), { maxLength: 4, selector: ([k]) => termKey(k) })
      .map((entries) => map(entries)),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "d"), tie("term")), {
        maxLength: 4,
        selector: ([k]) => k,
      })
      .map((values) => list(values.map(([k, value]) => tuple(atom(k), value)))),
  ),
})).term;

describe("for any two terms", () => {
  it("there is a difference exactly when they are not equal", () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, (a, b) => {
        expect(changes(a, b).length === 0).toBe(equal(a, b));
        expect(changes(a, a)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("applying the changes to the one gives the other", () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, (a, b) => {
        expect(unordered(apply(a, changes(a, b)))).toBe(unordered(b));
      }),
      { numRuns: 1_000 },
    );
  });

  it("one side's changes are the other's, turned around", () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, (a, b) => {
        expect(unordered(apply(b, changes(a, b).map(inverse)))).toBe(unordered(a));
      }),
      { numRuns: 1_000 },
    );
  });

  it("what is named as before and after differs", () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, (a, b) => {
        const same = changes(a, b).filter(
          ({ before, after }) => before !== null && after !== null && equal(before, after),
        );
        expect(same).toEqual([]);
      }),
    );
  });
});

/** The changes of a keyword list say by which key, not at which place. */
function unordered(term: Term): string {
  return termKey(withoutOrder(term));
}

function withoutOrder(term: Term): Term {
  if (term.kind === "tuple") return tuple(...term.items.map(withoutOrder));
  if (term.kind === "map") return map(term.entries.map(([k, value]) => [k, withoutOrder(value)]));
  if (term.kind !== "list") return term;
  const items = term.items.map(withoutOrder);
  const isKeyword =
    pairs(term).length === items.length && pairs(term).every(([k]) => k.kind === "atom");
  return list(isKeyword ? items.toSorted((a, b) => (termKey(a) < termKey(b) ? -1 : 1)) : items);
}

function inverse({ path, before, after }: Change): Change {
  const steps = path.map((step): Step =>
    step.kind === "item" ? { kind: "item", before: step.after, after: step.before } : step,
  );
  return { path: steps, before: after, after: before };
}

/** Applies the changes below one place at a time: all changes of a list must be known together. */
function apply(term: Term, all: readonly Change[]): Term {
  const own = all.find(({ path }) => path.length === 0);
  if (own !== undefined) return own.after ?? term;
  if (all.length === 0) return term;
  const first = all[0]?.path[0];
  if (first?.kind === "item") return applyItems(term, all);
  if (first?.kind === "element") {
    const items = term.kind === "tuple" ? term.items : [];
    return tuple(
      ...items.map((item, i) =>
        apply(
          item,
          below(all, (s) => s.kind === "element" && s.index === i),
        ),
      ),
    );
  }
  const isKeyword = first?.kind === "keyword";
  const entries = term.kind === "map" ? term.entries : pairs(term);
  const known = new Map(entries.map(([k, value]) => [termKey(k), [k, value] as const]));
  const done = new Set<string>();
  for (const { path } of all) {
    const [step] = path;
    if (step?.kind !== "key" && step?.kind !== "keyword") throw new Error("mixed steps");
    const id = termKey(step.key);
    if (done.has(id)) continue;
    done.add(id);
    const changed = below(
      all,
      (s) => (s.kind === "key" || s.kind === "keyword") && termKey(s.key) === id,
    );
    const [only] = changed;
    const old = known.get(id)?.[1];
    if (only !== undefined && changed.length === 1 && only.path.length === 0) {
      if (only.after === null) known.delete(id);
      else known.set(id, [step.key, only.after]);
    } else if (old !== undefined) known.set(id, [step.key, apply(old, changed)]);
  }
  const result = [...known.values()];
  return isKeyword ? list(result.map(([k, value]) => tuple(k, value))) : map(result);
}

function applyItems(term: Term, all: readonly Change[]): Term {
  const items = term.kind === "list" ? term.items : [];
  const gone = new Set<number>();
  const come = new Map<number, Term>();
  const moved = new Map<number, Change[]>();
  for (const change of all) {
    const [step] = change.path;
    if (step?.kind !== "item") throw new Error("mixed steps");
    if (step.after === null && step.before !== null) gone.add(step.before);
    else if (step.before === null && step.after !== null && change.after !== null) {
      come.set(step.after, change.after);
    } else if (step.before !== null) {
      const inner = moved.get(step.before) ?? [];
      inner.push({ ...change, path: change.path.slice(1) });
      moved.set(step.before, inner);
    }
  }
  const kept = items.flatMap((item, i) => (gone.has(i) ? [] : [apply(item, moved.get(i) ?? [])]));
  const result: Term[] = [];
  while (kept.length > 0 || come.size > 0) {
    const added = come.get(result.length);
    if (added !== undefined) {
      come.delete(result.length);
      result.push(added);
      continue;
    }
    const next = kept.shift();
    if (next === undefined) throw new Error("an added item has no place");
    result.push(next);
  }
  return list(result);
}

function below(all: readonly Change[], isHere: (step: Step) => boolean): readonly Change[] {
  return all.flatMap((change) => {
    const [step] = change.path;
    return step !== undefined && isHere(step) ? [{ ...change, path: change.path.slice(1) }] : [];
  });
}

function pairs(term: Term): readonly (readonly [Term, Term])[] {
  if (term.kind !== "list") return [];
  return term.items.flatMap((item) => {
    const [k, value] = item.kind === "tuple" ? item.items : [];
    return k === undefined || value === undefined ? [] : [[k, value] as const];
  });
}
