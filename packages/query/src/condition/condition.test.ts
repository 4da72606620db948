// Elixir's own answers are held against this in tests/query/condition.test.ts; here is what Elixir has no
// part in: values that were cut, errors, bounds.

import { atom, binary, inspect, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCondition, type Condition } from "./condition.ts";
import { formatConditionError } from "./condition-error.ts";

const CUT = atom("$elixir_scope_cut");

function condition(text: string): Condition {
  const compiled = compileCondition(text);
  if (!compiled.ok) throw new Error(formatConditionError(compiled.error));
  return compiled.value;
}

function error(text: string): string {
  const compiled = compileCondition(text);
  return compiled.ok ? "no error" : formatConditionError(compiled.error);
}

function verdictOf(text: string, values: Readonly<Record<string, Term>>): string {
  return condition(text).test((name) => values[name]).kind;
}

function variablesOf(text: string): readonly string[] {
  return [...condition(text).variables].toSorted();
}

function deepOnes(n: number): readonly string[] {
  return [
    `${"not ".repeat(n)}a`,
    `${"[".repeat(n)}a${"]".repeat(n)}`,
    `${"{1, ".repeat(n)}a${"}".repeat(n)}`,
    `match?(${"[".repeat(n)}a${"]".repeat(n)}, x)`,
    `match?(${"%{a: ".repeat(n)}a${"}".repeat(n)}, x)`,
    `a${" <> b".repeat(n)}`,
    `a${" + b".repeat(n)}`,
    `a${".b".repeat(n)}`,
    "match?(%{".repeat(n),
  ];
}

describe("variables", () => {
  it("are those that the condition asks for, not those that its patterns bind", () => {
    expect(variablesOf("qty < 0 and cart.user == user")).toEqual(["cart", "qty", "user"]);
    expect(variablesOf("match?({:ok, n} when n > min, result)")).toEqual(["min", "result"]);
    expect(variablesOf("%{qty: q} = item; q < 0")).toEqual(["item"]);
    expect(variablesOf("match?(^id, x) and n == 1")).toEqual(["id", "n", "x"]);
    expect(variablesOf("match?({n, n}, x) and n > 1")).toEqual(["n", "x"]);
  });

  it("that are not known leave the answer open", () => {
    expect(verdictOf("a > 1", {})).toBe("unknown");
    expect(verdictOf("a > 1 and b > 1", { b: integer(0) })).toBe("fails");
    expect(verdictOf("a > 1 or b > 1", { b: integer(2) })).toBe("holds");
    expect(verdictOf("a > 1 or b > 1", { b: integer(0) })).toBe("unknown");
    expect(verdictOf("[a, b] == [1, 2]", { b: integer(0) })).toBe("unknown");
  });
});

describe("what was cut", () => {
  const long = list([integer(1), integer(2)], tuple(CUT, atom("list"), integer(8)));
  const text = tuple(CUT, atom("binary"), integer(9_000), binary("abc"));
  const deep = tuple(CUT, atom("depth"), atom("map"), integer(3));
  const wide = map([
    [atom("a"), integer(1)],
    [CUT, tuple(atom("map"), integer(40))],
  ]);
  const big = tuple(integer(1), integer(2), tuple(CUT, atom("tuple"), integer(20)));

  it("keeps its type and its size", () => {
    expect(verdictOf("length(x) == 10 and is_list(x)", { x: long })).toBe("holds");
    expect(verdictOf("byte_size(x) == 9000 and is_binary(x)", { x: text })).toBe("holds");
    expect(verdictOf("is_map(x) and map_size(x) == 3", { x: deep })).toBe("holds");
    expect(verdictOf("map_size(x) == 40 and x.a == 1", { x: wide })).toBe("holds");
    expect(verdictOf("tuple_size(x) == 20 and elem(x, 1) == 2", { x: big })).toBe("holds");
    expect(verdictOf("is_tuple(x) or is_tuple(y)", { x: text, y: deep })).toBe("fails");
    expect(verdictOf("length(tl(tl(x))) == 8", { x: long })).toBe("holds");
  });

  it("is neither true nor false where it would decide", () => {
    for (const open of [
      "x.b == 2",
      "x[:b] == 2",
      "is_map_key(x, :b)",
      "match?(%{b: _}, x)",
      "x == %{a: 1}; {:b, 2} in x",
    ]) {
      expect(verdictOf(open, { x: wide }), open).toBe("unknown");
    }
    for (const open of ["x == [1, 2]", "3 in x", "match?([_, _, _ | _], x)", "x ++ [1] == [1]"]) {
      expect(verdictOf(open, { x: long }), open).toBe("unknown");
    }
    for (const open of ['x <> "a" == "a"', 'x =~ "z"', 'match?("abc" <> _, x)', 'x > "abc"']) {
      expect(verdictOf(open, { x: text }), open).toBe("unknown");
    }
    expect(verdictOf("elem(x, 5) == 1", { x: big })).toBe("unknown");
    expect(verdictOf("match?({1, 2, _, _}, x)", { x: big })).toBe("fails");
  });

  it("does not hide what differs for certain", () => {
    expect(verdictOf("x == [1, 3, 4]", { x: long })).toBe("fails");
    expect(verdictOf("x == %{a: 1}", { x: wide })).toBe("fails");
    expect(verdictOf('x == "abd"', { x: text })).toBe("fails");
    expect(verdictOf('x < "abd"', { x: text })).toBe("holds");
    expect(verdictOf("{x, 1} == {x, 2}", { x: deep })).toBe("fails");
    expect(verdictOf("x == :a or hd(y) == 1", { x: deep, y: long })).toBe("holds");
    expect(verdictOf("elem(x, 20) == 1", { x: big })).toBe("raised");
  });
});

const leaf = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((n): Term => integer(n)),
  fc.constantFrom("a", "b", "nil", "true").map((name): Term => atom(name)),
  fc.constantFrom("", "a", "ab", "abc").map((text): Term => binary(text)),
);
const value = fc.letrec<{ any: Term }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie("any"), { maxLength: 3 }).map((items) => list(items)),
    fc.array(tie("any"), { maxLength: 3 }).map((items): Term => tuple(...items)),
    fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 }).chain((keys) =>
      fc.tuple(...keys.map(() => tie("any"))).map((values) => {
        const entries = keys.map((key, i) => [atom(key), values[i] ?? atom("nil")] as const);
        return map(entries);
      }),
    ),
  ),
})).any;

/** What the probe leaves of `term` when it stops after `left` nodes. */
function cutAfter(term: Term, budget: { left: number }): Term {
  if (budget.left-- > 0) {
    if (term.kind === "list") {
      const items: Term[] = [];
      for (const [i, item] of term.items.entries()) {
        if (budget.left <= 0) {
          return list(items, tuple(CUT, atom("list"), integer(term.items.length - i)));
        }
        items.push(cutAfter(item, budget));
      }
      return list(items);
    }
    if (term.kind === "tuple") {
      const items: Term[] = [];
      for (const item of term.items) {
        if (budget.left <= 0 && items.length >= 2) {
          return tuple(...items, tuple(CUT, atom("tuple"), integer(term.items.length)));
        }
        items.push(cutAfter(item, budget));
      }
      return tuple(...items);
    }
    if (term.kind !== "map") return term;
    const entries: (readonly [Term, Term])[] = [];
    for (const [key, inner] of term.entries) {
      if (budget.left <= 0) {
        entries.push([CUT, tuple(atom("map"), integer(term.entries.length))]);
        break;
      }
      entries.push([key, cutAfter(inner, budget)]);
    }
    return map(entries);
  }
  if (term.kind === "binary" && term.bytes.length > 1) {
    const size = integer(term.bytes.length);
    return tuple(CUT, atom("binary"), size, binary(term.bytes.slice(0, 1)));
  }
  if (term.kind === "list" && term.items.length > 0) {
    return tuple(CUT, atom("depth"), atom("list"), integer(term.items.length));
  }
  if (term.kind === "tuple" && term.items.length > 0) {
    return tuple(CUT, atom("depth"), atom("tuple"), integer(term.items.length));
  }
  if (term.kind === "map") {
    return tuple(CUT, atom("depth"), atom("map"), integer(term.entries.length));
  }
  return term;
}

it("never answers otherwise for a value that was cut than for the whole value", () => {
  const questions = [
    "x == y",
    "x === y",
    "x < y",
    "x >= y",
    "x != y",
    "length(x) > 1",
    "map_size(x) == map_size(y)",
    "tuple_size(x) < 2",
    "hd(x) == y",
    "tl(x) == tl(y)",
    "elem(x, 1) < y",
    "x[:a] == y",
    "x.a == y.b",
    "x in y",
    "x not in [1, {:a}, %{}]",
    "x ++ [1] == y",
    "x -- y == []",
    'x <> "a" == y',
    'y =~ "b"',
    "match?([_, a | _] when a > 0, x)",
    "match?({a, a}, x)",
    "match?(%{a: [_ | t]} when t == [], x)",
    'match?("a" <> "b", x)',
    'match?(%{a: "ab" <> _}, x)',
    "match?({_, %{b: 1}}, x)",
    "is_list(x) and not is_map(y)",
    "(x && y) || is_nil(x)",
    "max(x, y) == x",
    "is_map_key(x, :b) or is_struct(y)",
    "byte_size(x) == 2",
    "[h | t] = x; {h, t} == y",
  ].map(condition);
  let open = 0;
  let decided = 0;
  fc.assert(
    fc.property(value, value, fc.nat(8), fc.nat(8), (x, y, forX, forY) => {
      const cut: Record<string, Term> = {
        x: cutAfter(x, { left: forX }),
        y: cutAfter(y, { left: forY }),
      };
      const full: Record<string, Term> = { x, y };
      for (const question of questions) {
        const answer = question.test((name) => cut[name]);
        if (answer.kind === "unknown") {
          open++;
          continue;
        }
        decided++;
        const truth = question.test((name) => full[name]);
        const said = `${question.text} of ${inspect(x)} and ${inspect(y)}`;
        expect(`${said}: ${answer.kind}`).toBe(`${said}: ${truth.kind}`);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(open).toBeGreaterThan(1_000);
  expect(decided).toBeGreaterThan(10_000);
});

it("makes text of values, and of what was cut none", () => {
  const text = '"#{sku} x #{qty + 1}: #{inspect(item)} #{[97, "b"]}#{nil}"';
  const item = map([[atom("a"), integer(1)]]);
  const values = { sku: binary("apple"), qty: integer(2), item };
  const compared = `${text} == "apple x 3: %{a: 1} ab"`;
  expect(variablesOf(text)).toEqual(["item", "qty", "sku"]);
  const test = (of: Readonly<Record<string, Term>>): string => verdictOf(compared, of);
  expect(test(values)).toBe("holds");
  expect(test({ ...values, item: tuple(CUT, atom("depth"), atom("map"), integer(3)) })).toBe(
    "unknown",
  );
  expect(test({ ...values, sku: item })).toBe("raised");
  expect(test({ ...values, sku: tuple(CUT, atom("binary"), integer(9), binary("ap")) })).toBe(
    "unknown",
  );
});

it("makes no text of a list that ends with a character", () => {
  const text = '"#{x}" == "Ab"';
  expect(verdictOf(text, { x: list([integer(65)], binary("b")) })).toBe("holds");
  expect(verdictOf(text, { x: list([integer(65)], integer(98)) })).toBe("raised");
});

describe("a condition that cannot be used", () => {
  it("is refused with its place", () => {
    expect(error("qty < ")).toMatch(/^1:\d+: /);
    expect(error("qty < foo(1)")).toBe(
      "1:7: a condition cannot use foo/1; the README of packages/query lists what it can\n" +
        "  qty < foo(1)\n" +
        "        ^^^^^^",
    );
    expect(error("a and\n  String.length(a) > 1")).toBe(
      "2:3: a condition calls no functions of modules\n    String.length(a) > 1\n    ^^^^^^^^^^^^^^^^",
    );
    expect(error("length(a, b)")).toMatch(/there is length\/1, not length\/2/);
    expect(error("<<1, 2>> == c")).toMatch(/no bit syntax/);
    expect(error("to_string(a, b) == c")).toMatch(/to_string\/1, not to_string\/2/);
    expect(error("%Item{} == c")).toMatch(/match\?\(%Name\{\}, value\)/);
    expect(error("match?(f(x), y)")).toMatch(/cannot stand in a pattern/);
    expect(error("System.halt()")).toMatch(/calls no functions of modules/);
    expect(error(":init.stop == 1")).toMatch(/calls no functions of modules/);
    expect(error("")).toMatch(/there is no condition/);
    expect(error("1.0e999 == x")).toMatch(/float/);
  });

  it("shows places of the whole text when only its end is the condition", () => {
    const text = "Shop.Cart.add/3: qty < foo(1)";
    const compiled = compileCondition(text, { offset: text.indexOf("qty") });
    expect(compiled).toMatchObject({ ok: false, error: { line: 1, column: 24 } });
    expect(compileCondition("f/1: a", { offset: 5 })).toMatchObject({ value: { text: "a" } });
  });

  it("is refused when it nests or goes on for ever, and never overflows the stack", () => {
    for (const text of [...deepOnes(5_000), ...deepOnes(1_500)]) {
      expect(compileCondition(text).ok, text.slice(0, 20)).toBe(false);
    }
    expect(verdictOf(`${"(".repeat(5_000)}a${")".repeat(5_000)}`, { a: atom("true") })).toBe(
      "holds",
    );
    const wide = `x in [${"1, ".repeat(5_000)}1]`;
    expect(error(wide)).toMatch(/too long/);
    expect(error("a".repeat(30_000))).toMatch(/too long/);
  });
});

it("walks values of any depth", () => {
  let deep: Term = integer(1);
  for (let i = 0; i < 50_000; i++) deep = i % 2 === 0 ? list([deep]) : tuple(deep);
  expect(verdictOf("x == x and x === x and not (x < x)", { x: deep })).toBe("holds");
  expect(verdictOf("x in [1, x]", { x: deep })).toBe("holds");
});
