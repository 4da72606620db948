// The oracle is Elixir itself: what a condition says of values is what Elixir's own evaluation of the same
// text says, with exceptions where Elixir raises them.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { inspect, list, tuple, atom, type Term } from "../../packages/etf/src/index.ts";
import { areEqual, compileCondition, formatConditionError } from "@elixirscope/query";
import { evaluateElixir, itemsOf } from "../support/elixir-oracle.ts";

/** For each pair of values `{:ok, value}` or `:raised`. */
async function elixirSays(text: string, pairs: Term): Promise<readonly Term[]> {
  const body = `try do {:ok, (${text})} rescue _ -> :raised end`;
  const source = `Enum.map(pairs, fn {x, y} -> _ = {x, y}; ${body} end)`;
  return itemsOf(await evaluateElixir(source, [tuple(atom("pairs"), pairs)]));
}

function weSay(text: string, [x, y]: readonly Term[]): Term {
  const compiled = compileCondition(text, { otpRelease: "25" });
  if (!compiled.ok) throw new Error(`${text}\n${formatConditionError(compiled.error)}`);
  const value = compiled.value.evaluate((name) =>
    name === "x" ? x : name === "y" ? y : undefined,
  );
  if (value.kind === "raised") return atom("raised");
  if (value.kind === "unknown") throw new Error(`${text}: unknown`);
  return tuple(atom("ok"), value);
}

const scalar = fc.constantFrom(
  ...'0 1 -1 2 3 1.0 0.5 -1.5 2.0 :a :b nil true false "" "a" "ab" "abc" \'ab\' ?a 12345678901234567890 -98765432109876543210 9007199254740993 9007199254740992.0 1.0e300 Shop.Cart'.split(
    " ",
  ),
  "1..3",
  "3..1//-1",
  "MapSet.new([1, :a])",
  "<<1::3>>",
  "&String.length/1",
);
const value = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a} | ${b}]`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[a: ${a}, b: ${b}]`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{1 => ${a}, 1.0 => ${b}}`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.constantFrom("%{}", "%{a: %{b: 1}}", "%{__struct__: Shop.Item, a: 1}"),
  ),
})).any;
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("_", "p", "q", "_rest", "^x", "^y", "p = q"),
    fc.constantFrom(..."0 1 1.0 :a nil \"a\" 'ab' Shop.Cart -1".split(" ")),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a} | ${b}]`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    tie("any").map((a) => `[1] ++ ${a}`),
    fc.constantFrom("%{}", '"a" <> tail', '"ab" <> _', '"a" <> "b"', "%s{a: 1}", "%_{}"),
  ),
})).any;
const operators = "== != === !== < > <= >= + - * / ++ -- <> and or && || in =~".split(" ");
const functions =
  "hd tl length map_size tuple_size byte_size bit_size abs round trunc is_atom is_binary is_bitstring is_boolean is_float is_function is_integer is_list is_map is_nil is_number is_pid is_reference is_tuple is_struct not ! - + to_string".split(
    " ",
  );
const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("x", "y", "x", "y"),
    scalar.filter((text) => !/[&.]{2}|MapSet|<<|&/.test(text)),
    fc
      .tuple(fc.constantFrom(...operators), tie("any"), tie("any"))
      .map(([op, a, b]) => `(${a} ${op} ${b})`),
    fc.tuple(fc.constantFrom(...functions), tie("any")).map(([name, a]) => `${name}(${a})`),
    fc
      .tuple(
        fc.constantFrom("div", "rem", "max", "min", "elem", "is_map_key"),
        tie("any"),
        tie("any"),
      )
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    tie("any").map((a) => `(${a})[:a]`),
    tie("any").map((a) => `(${a})["k"]`),
    fc.constantFrom(
      "x.a",
      "y.a",
      "x.a.b",
      "x[:a][:b]",
      "is_struct(x, Shop.Item)",
      "x not in [1, y]",
    ),
    fc.constantFrom("x in 1..3", "y in 3..1//-1", "x in ~w(a b)a", "x in y", "is_function(x, 1)"),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `"t#{${a}} #{${b}}"`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `{${a}, ${b}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a}, ${b}]`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{a: ${a}, b: ${b}}`),
    fc.tuple(pattern, tie("any")).map(([p, a]) => `match?(${p}, ${a})`),
    fc.tuple(pattern, tie("any")).map(([p, a]) => `match?({p, ${p}} when p > 0, {${a}, y})`),
    fc.constantFrom(
      "({p, q} = x; p < q)",
      "(%{a: p} = x; p in [1, y])",
      "([h | _] = x; h == y)",
      "((p = x) > 1 and p < 3)",
    ),
  ),
})).any;

it("means what it means in Elixir", async () => {
  const valuePairs = fc.array(fc.tuple(value, value), { minLength: 10, maxLength: 10 });
  let raised = 0;
  let answered = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(expression, valuePairs, async (text, written) => {
      const pairs = await evaluateElixir(
        `[${written.map(([a, b]) => `{${a}, ${b}}`).join(", ")}]`,
        [],
      );
      // what Elixir refuses when it expands macros (`1 <> [x]`) is no expression
      const elixir = await elixirSays(text, pairs).catch(() => null);
      if (elixir === null) refused++;
      for (const [i, pair] of (elixir === null ? [] : itemsOf(pairs)).entries()) {
        const theirs = elixir?.[i];
        const ours = weSay(text, itemsOf(pair));
        if (theirs === undefined) throw new Error("no answer");
        if (ours.kind === "atom") raised++;
        else answered++;
        const same = areEqual(ours, theirs, { exact: true, signedZero: false });
        const [a, b] = written[i] ?? [];
        const said = `${text} of ${a} and ${b}: ${inspect(ours)}, not ${inspect(theirs)}`;
        expect(same, said).toBe(true);
      }
    }),
    { numRuns: Number(process.env["ELIXIRSCOPE_RUNS"] ?? 600) },
  );
  expect(answered).toBeGreaterThan(500);
  expect(refused).toBeLessThan(30);
  expect(raised).toBeGreaterThan(500);
}, 300_000);

it("orders terms as Elixir does", async () => {
  const questions = ["x < y", "x <= y", "x > y", "x == y", "x === y", "x != y"];
  const valuePairs = fc.array(fc.tuple(value, value), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(valuePairs, async (written) => {
      const pairs = await evaluateElixir(
        `[${written.map(([a, b]) => `{${a}, ${b}}`).join(", ")}]`,
        [],
      );
      const text = `[${questions.join(", ")}]`;
      const elixir = await elixirSays(text, pairs);
      for (const [i, pair] of itemsOf(pairs).entries()) {
        const [a, b] = written[i] ?? [];
        const ours = inspect(weSay(text, itemsOf(pair)));
        expect(`${a} and ${b}: ${ours}`).toBe(`${a} and ${b}: ${inspect(elixir[i] ?? list([]))}`);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
