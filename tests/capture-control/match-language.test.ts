// The oracle is Elixir itself: a selector's arguments and guards are Elixir, so `case` on the target
// must say for each argument list what the compiled match specification says.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { atom, list, tuple, type Term } from "../../packages/etf/src/index.ts";
import { compileSelector, matchSpec, parseSelector } from "../../packages/capture/src/index.ts";
import { callElixir, evaluateElixir, itemsOf } from "../support/elixir-oracle.ts";

function specOf(text: string): Term {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  const compiled = compileSelector(parsed.value);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.error.message}`);
  if (compiled.value === null) throw new Error(`${text}: no clauses`);
  return matchSpec(compiled.value);
}

/** What the VM says of each argument list: true, false or what is wrong with the specification. */
async function vmSays(spec: Term, calls: readonly Term[]): Promise<readonly string[]> {
  const check: Term = { kind: "export", module: "erlang", function: "match_spec_test", arity: 3 };
  const answer = await callElixir("lists", "zipwith3", [
    check,
    list(calls),
    list(calls.map(() => spec)),
    list(calls.map(() => atom("trace"))),
  ]);
  return itemsOf(answer).map((result) => {
    const [tag, verdict] = itemsOf(result);
    if (tag?.kind !== "atom" || tag.name !== "ok") return "bad specification";
    return verdict?.kind === "atom" ? verdict.name : "a message";
  });
}

async function elixirSays(
  args: string,
  guard: string | null,
  calls: Term,
): Promise<readonly string[]> {
  const when = guard === null ? "" : ` when ${guard}`;
  const source = `Enum.map(calls, fn call -> case call do [${args}]${when} -> true; _ -> false end end)`;
  const value = await evaluateElixir(source, [tuple(atom("calls"), calls)]);
  return itemsOf(value).map((verdict) => (verdict.kind === "atom" ? verdict.name : "?"));
}

type Verdicts = { readonly elixir: readonly string[]; readonly vm: readonly string[] };

async function verdicts(
  args: string,
  when: string | null,
  values: readonly string[],
): Promise<Verdicts> {
  const calls = await evaluateElixir(`[${values.join(", ")}]`, []);
  const spec = specOf(`M.f(${args})${when === null ? "" : ` when ${when}`}`);
  return { elixir: await elixirSays(args, when, calls), vm: await vmSays(spec, itemsOf(calls)) };
}

const scalar = fc.constantFrom(
  ...'0 1 -1 2 1.0 0.5 :a :b :_ :"$1" nil true false "" "ab" "abc" \'ab\' ?a 12345678901234567890 Shop.Cart'.split(
    " ",
  ),
);
const value = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a} | ${b}]`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.constant("%{}"),
    fc.constant("%{__struct__: Shop.Item, a: 1}"),
  ),
})).any;
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("_", "x", "y", "z", "_rest"),
    scalar,
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a} | ${b}]`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    fc.constantFrom("%{}", '"a" <> tail', '"ab" <> _', '"a" <> "b"'),
  ),
})).any;
const operand = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom("x", "y"),
    scalar,
    fc
      .tuple(
        fc.constantFrom(
          "hd",
          "tl",
          "length",
          "map_size",
          "tuple_size",
          "byte_size",
          "bit_size",
          "abs",
          "round",
          "trunc",
          "is_atom",
        ),
        tie("any"),
      )
      .map(([name, a]) => `${name}(${a})`),
    fc
      .tuple(fc.constantFrom("+", "-", "*", "/"), tie("any"), tie("any"))
      .map(([op, a, b]) => `(${a} ${op} ${b})`),
    fc.constantFrom(
      "elem(x, 0)",
      "elem(y, 1)",
      "rem(x, 2)",
      "div(y, 2)",
      "x.a",
      "y.a",
      "-x",
      "binary_part(x, 0, 1)",
      "{x, 1}",
      "[y]",
      "self()",
    ),
  ),
})).any;
const guard = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom("==", "!=", "===", "!==", "<", ">", "<=", ">="), operand, operand)
      .map(([op, a, b]) => `${a} ${op} ${b}`),
    fc
      .tuple(
        fc.constantFrom(
          ..."is_atom is_binary is_boolean is_float is_function is_integer is_list is_map is_nil is_number is_pid is_tuple is_struct is_exception".split(
            " ",
          ),
        ),
        operand,
      )
      .map(([name, a]) => `${name}(${a})`),
    fc.constantFrom(
      "x in [1, :a, nil]",
      "y not in [0, 2]",
      "x in 0..2",
      "is_map_key(x, :a)",
      "is_struct(y, Shop.Item)",
      "x",
    ),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} and ${b})`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(${a} or ${b})`),
    tie("any").map((a) => `not (${a})`),
  ),
})).any;

test("patterns mean what they mean in Elixir", async () => {
  const calls = fc.array(
    fc.tuple(value, value).map(([a, b]) => `[${a}, ${b}]`),
    { minLength: 8, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(fc.tuple(pattern, pattern), calls, async ([a, b], others) => {
      // a pattern that is also a value matches itself more often than chance would have it
      const same = `${a}, ${b}`
        .replaceAll(/(?<![:\w])(_rest|_|x|y|z|tail)\b(?!:)/g, "1")
        .replaceAll(/<> 1/g, '<> "1"');
      const { elixir, vm } = await verdicts(`${a}, ${b}`, null, [`[${same}]`, ...others]);
      expect(vm).toEqual(elixir);
    }),
    { numRuns: 300 },
  );
});

test("guards mean what they mean in Elixir", async () => {
  const calls = fc.array(
    fc.tuple(value, value).map(([a, b]) => `[${a}, ${b}]`),
    { minLength: 10, maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(guard, calls, async (when, values) => {
      const { elixir, vm } = await verdicts("x, y", when, values);
      expect(vm).toEqual(elixir);
    }),
    { numRuns: 400 },
  );
});

test("alternatives of when are tried one after the other", async () => {
  const { elixir, vm } = await verdicts("x, y", "hd(x) == 1 when y == 2", [
    "[[1], 0]",
    "[0, 2]",
    "[0, 0]",
  ]);
  expect(elixir).toEqual(["true", "true", "false"]);
  expect(vm).toEqual(elixir);
});
