// Why a clause: the BEAM is the oracle. Generated functions are compiled and called on a real node, the calls are
// told as a recording with the source, and the clause that is said to take them is the one that ran.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { clauses, neverChosen, type ClausesView } from "@elixirscope/query";
import { inspect, list, type Term } from "../../packages/etf/src/index.ts";
import { isCall, nodeIds, parse, walk } from "../../packages/syntax/src/index.ts";
import { evaluateElixir, itemsOf } from "../support/elixir-oracle.ts";
import type { Plain, Story } from "../support/story.ts";
import { CUT_ATOM } from "../../packages/trace/src/index.ts";
import { tell } from "./told.ts";

const scalar = fc.constantFrom(
  ...'0 1 -1 2 3 1.0 0.5 :a :b nil true false "" "a" "ab" \'ab\' 12345678901234567890 Shop.Cart'.split(
    " ",
  ),
);
const value = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.constantFrom("%{__struct__: Shop.Item, a: 1}", "<<1::3>>", "&String.length/1", "[1 | 2]"),
  ),
})).any;
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("_", "p", "q", "_rest", "p = q", "@limit", "@wanted", "__MODULE__", "Cart"),
    fc.constantFrom(..."0 1 1.0 :a nil \"a\" 'ab' Shop.Cart -1".split(" ")),
    fc.array(tie("any"), { maxLength: 2 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => `{${items.join(", ")}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `[${a} | ${b}]`),
    tie("any").map((a) => `%{a: ${a}}`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `%{:a => ${a}, "k" => ${b}}`),
    fc.constantFrom("%{}", '"a" <> tail', "%{__struct__: Shop.Item}", "%_{}", "<<_, _::binary>>"),
  ),
})).any;
const test = fc.constantFrom(
  ..."x > 0|x == y|x === 1|x != y|is_atom(x)|is_list(x)|is_map(x)|is_binary(y)|is_number(y)|length(x) > 1|hd(x) == y".split(
    "|",
  ),
  ..."map_size(x) == 1|tuple_size(y) > 1|elem(x, 0) == y|rem(x, 2) == 1|x + y > 1|x in [1, :a]|y in @wanted|x < y".split(
    "|",
  ),
  ..."small(x)|small(y)|is_map_key(x, :a)|x.a == 1|is_struct(x, Shop.Item)|is_nil(y)|abs(x) > 1|not is_atom(x)".split(
    "|",
  ),
);
const guard = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: test.map((one) => ` when ${one}`) },
  fc
    .tuple(
      test,
      fc.constantFrom("and", "or", "when"),
      test,
      fc.constantFrom("and", "or", "when"),
      test,
    )
    .map(([a, op, b, next, c]) => ` when ${a} ${op} ${b} ${next} ${c}`),
);
/** A value that the pattern is likely to match. */
function valueFor(written: string, filling: string): string {
  return written
    .replaceAll("%_{}", "%{__struct__: Shop.Item}")
    .replaceAll("<<_, _::binary>>", '"abc"')
    .replaceAll(/\bCart\b/g, "Shop.Cart")
    .replaceAll("Shop.Shop.", "Shop.")
    .replaceAll("__MODULE__", "Generated")
    .replaceAll("@limit", "2")
    .replaceAll("@wanted", "[1, :a]")
    .replaceAll(/"a" <> tail/g, '"abc"')
    .replaceAll(/(?<![\w"':])(?:_rest|_|p|q)(?![\w"':])/g, filling);
}

const clause = fc.tuple(pattern, pattern, guard);
const fn = fc.array(clause, { minLength: 1, maxLength: 5 }).chain((ofFunction) =>
  fc.record({
    clauses: fc.constant(ofFunction),
    args: fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.tuple(value, value) },
        {
          weight: 3,
          arbitrary: fc
            .tuple(fc.constantFrom(...ofFunction), scalar)
            .map(([[a, b], filling]) => [valueFor(a, filling), valueFor(b, filling)] as const),
        },
      ),
      { minLength: 8, maxLength: 8 },
    ),
  }),
);

type Written = { readonly clauses: readonly (readonly [string, string, string])[] };

function moduleOf(functions: readonly Written[]): string {
  const written = functions.map(({ clauses: ofFunction }, i) =>
    ofFunction
      .map(([a, b, when], at) => `  def f${i}(${a} = x, ${b} = y)${when}, do: {${at}, x, y}`)
      .join("\n"),
  );
  const own = "  defguardp small(n) when is_integer(n) and n < 3\n  @limit 2\n  @wanted [1, :a]";
  return `defmodule Generated do\n  alias Shop.Cart\n${own}\n${written.join("\n")}\nend\n`;
}

/** Which clause the BEAM takes for each pair of arguments, and the arguments as terms. */
async function beamSays(
  source: string,
  functions: readonly { readonly args: readonly (readonly [string, string])[] }[],
): Promise<readonly (readonly Term[])[]> {
  await evaluateElixir(source, []);
  const calls = functions.map(({ args }, i) => {
    const pairs = args.map(([a, b]) => `{${a}, ${b}}`).join(", ");
    return `for {x, y} <- [${pairs}] do
      try do {elem(Generated.f${i}(x, y), 0), x, y} rescue FunctionClauseError -> {:none, x, y} end
    end`;
  });
  return itemsOf(await evaluateElixir(`[${calls.join(",\n")}]`, [])).map(itemsOf);
}

it("names the clause that the BEAM takes", async () => {
  const seen = { matched: 0, none: 0, unknown: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(fn, { minLength: 16, maxLength: 16 }), async (functions) => {
      const source = moduleOf(functions);
      const answers = await beamSays(source, functions);
      const asked: { readonly call: number; readonly chosen: Term; readonly args: Term }[] = [];
      const recording = await tell((story) => {
        tellSource(story, "lib/generated.ex", source);
        for (const [i, ofFunction] of answers.entries()) {
          for (const answer of ofFunction) {
            const [chosen, x, y] = itemsOf(answer);
            if (chosen === undefined || x === undefined || y === undefined)
              throw new Error("no answer");
            const call = story.call(
              "<0.1.0>",
              asked.length,
              asked.length,
              ["Elixir.Generated", `f${i}`, 2],
              [x, y],
            );
            asked.push({ call, chosen, args: list([x, y]) });
          }
        }
      });
      for (const { call, chosen, args } of asked) {
        const view = await viewOf(recording, call);
        const said = `${view.mfa} of ${inspect(args)}\n${JSON.stringify(view.clauses, null, 1)}`;
        const first = view.clauses.find(({ holds }) => holds !== false);
        const isOpen = first?.holds === null;
        if (isOpen) seen.unknown++;
        else if (view.chosen === null) seen.none++;
        else seen.matched++;
        // what cannot be told is bit syntax only, and then the clause that ran is not ruled out
        const ran = chosen.kind === "integer" ? view.clauses[Number(chosen.value)] : undefined;
        const isRight = isOpen
          ? (first.unknown ?? "").includes("<<") && ran?.holds !== false
          : inspect(chosen) === (view.chosen === null ? ":none" : String(view.chosen));
        expect(isRight, `${inspect(chosen)}, ${said}`).toBe(true);
      }
    }),
    { numRuns: Number(process.env["ELIXIRSCOPE_CLAUSE_RUNS"] ?? 1) },
  );
  expect(seen.matched).toBeGreaterThan(8);
  expect(seen.none).toBeGreaterThan(8);
  expect(seen.unknown).toBeLessThan(seen.matched + seen.none);
}, 300_000);

function tellSource(story: Story, path: string, text: string): void {
  story.writer.add("sources", { path, sha256: "", bytes: text.length, text });
}

async function viewOf(
  recording: Parameters<typeof clauses>[0],
  event: number,
): Promise<ClausesView> {
  const answer = await clauses(recording, event);
  if (!answer.ok) throw new Error(answer.missing.message);
  return answer.view;
}

const PRICING = `defmodule Shop.Pricing do
  @small 10
  alias Shop.Item
  def discount(sum, _customer) when sum < @small, do: 0
  def discount(sum, %{score: _}), do: div(sum, 20)
  def discount(sum, %{vip: true}), do: div(sum, 4)
  def item({:ok, %Item{price: {amount, :eur}}}), do: amount
  def item([_, {:error, reason} | _]) when is_atom(reason) and reason != :none, do: reason
end
`;
const DISCOUNT = ["Shop.Pricing", "discount", 2] as const;
const ITEM = ["Shop.Pricing", "item", 1] as const;

async function told(
  mfa: typeof DISCOUNT | typeof ITEM,
  args: readonly Plain[],
  site: { readonly kind: "function_clause" | "no_clause"; readonly clause: number } | null = null,
): Promise<ClausesView> {
  let call = 0;
  const recording = await tell((story) => {
    tellSource(story, "lib/shop/pricing.ex", PRICING);
    call = story.call("<0.1.0>", 10, 20, mfa, args);
    if (site === null) return;
    const number = story.site(mfa, site.kind, ["lib/shop/pricing.ex", 4], null, {
      clause: site.clause,
    });
    if (site.kind === "no_clause") call = story.event("no_clause", "<0.1.0>", 30, args, 0, number);
    else {
      call = story.enter("<0.1.0>", 30, mfa, args, number);
      story.leave("<0.1.0>", 40);
    }
  });
  return await viewOf(recording, call);
}

it("says what the skipped clauses refused, and which ones were shadowed", async () => {
  const view = await told(DISCOUNT, [40, { score: 7, vip: true }]);
  expect(view.values).toEqual(["40", "%{score: 7, vip: true}"]);
  expect(view.clauses.map(({ verdict, holds, line }) => [verdict, holds, line])).toEqual([
    ["skipped", false, 4],
    ["matched", true, 5],
    ["not_tried", true, 6],
  ]);
  expect(view.clauses[0]?.failure).toMatchObject({
    kind: "guard",
    expected: "sum < @small",
    values: [{ name: "sum", text: "40" }],
  });
  expect(view).toMatchObject({ chosen: 1, recorded: null, agrees: null });
});

it("goes to the innermost part that refuses", async () => {
  const price: Term = { kind: "tuple", items: [integerTerm(3), { kind: "atom", name: "usd" }] };
  const view = await told(ITEM, [
    { kind: "tuple", items: [{ kind: "atom", name: "ok" }, itemOf({ price })] },
  ]);
  expect(view.clauses[0]?.failure).toMatchObject({
    kind: "pattern",
    path: "args[0]{1}.price{1}",
    expected: ":eur",
    found: ":usd",
  });
  expect(view.clauses[1]?.failure).toMatchObject({ kind: "pattern", path: "args[0]" });
  expect(view.chosen).toBe(null);
});

function integerTerm(number: number): Term {
  return { kind: "integer", value: number };
}

function itemOf({ price }: { readonly price: Term }): Term {
  return {
    kind: "map",
    entries: [
      [
        { kind: "atom", name: "__struct__" },
        { kind: "atom", name: "Elixir.Shop.Item" },
      ],
      [{ kind: "atom", name: "price" }, price],
    ],
  };
}

it("says that a key is missing, and names the part of a guard that fails", async () => {
  const missing = await told(DISCOUNT, [40, { vip: true }]);
  expect(missing.clauses[1]?.failure).toMatchObject({ path: "args[1].score", found: null });
  expect(missing.chosen).toBe(2);
  const refused = await told(ITEM, [
    [
      1,
      {
        kind: "tuple",
        items: [
          { kind: "atom", name: "error" },
          { kind: "atom", name: "none" },
        ],
      },
    ],
  ]);
  expect(refused.clauses[1]?.failure).toMatchObject({ expected: "reason != :none" });
});

it("leaves open what was cut, and chooses none behind it", async () => {
  const cut: Term = { kind: "tuple", items: [{ kind: "atom", name: CUT_ATOM }] };
  const view = await told(DISCOUNT, [cut, { vip: true }]);
  expect(view.clauses.map(({ verdict }) => verdict)).toEqual(["unknown", "skipped", "unknown"]);
  expect(view.chosen).toBe(null);
});

it("compares with what ran", async () => {
  const args = [40, { score: 1 }];
  expect(await told(DISCOUNT, args, { kind: "function_clause", clause: 1 })).toMatchObject({
    recorded: { clause: 1 },
    agrees: true,
  });
  expect(await told(DISCOUNT, args, { kind: "function_clause", clause: 2 })).toMatchObject({
    agrees: false,
  });
  expect(await told(ITEM, [1], { kind: "no_clause", clause: 0 })).toMatchObject({
    recorded: { clause: "none" },
    chosen: null,
    agrees: true,
  });
});

const RESERVE = `defmodule Shop.Stock do
  def reserve(sku, wanted) do
    case level(sku) do
      level when level >= wanted -> {:ok, level - wanted}
      :closed -> :error
      _ -> {:error, sku}
    end
  end

  def loop(state) do
    receive do
      {:add, n} when n > 0 -> loop(state + n)
      :stop -> state
    end
  end
end
`;

/** Ids of the clauses of the file, in the order of the text. */
function clauseNodes(text: string): readonly string[] {
  const { tree } = parse(text);
  const ids = nodeIds(tree);
  const found: string[] = [];
  walk(tree, (node) => {
    if (isCall(node, "->")) found.push(ids.idOf(node) ?? "");
  });
  return found;
}

it("explains the clauses inside of a function by what was recorded", async () => {
  const nodes = clauseNodes(RESERVE);
  const place = ["lib/shop/stock.ex", 3] as const;
  const events: number[] = [];
  const recording = await tell((story) => {
    tellSource(story, "lib/shop/stock.ex", RESERVE);
    const reserve = ["Shop.Stock", "reserve", 2] as const;
    const site = story.site(reserve, "function_clause", place, ["sku", "wanted"], { clause: 0 });
    const third = { nodeId: nodes[2] ?? "", clause: 2 };
    const branch = story.site(reserve, "case_clause", place, [], third);
    story.enter("<0.1.0>", 1, reserve, ["apple", 5], site);
    story.call("<0.1.0>", 2, 3, ["Shop.Stock", "level", 1], ["apple"], 4);
    events.push(story.at("<0.1.0>", 4, branch, [], "branch"));
    story.leave("<0.1.0>", 5);
    const loop = ["Shop.Stock", "loop", 1] as const;
    const entered = story.site(loop, "function_clause", place, ["state"], { clause: 0 });
    const stop = { nodeId: nodes[4] ?? "", clause: 1 };
    const received = story.site(loop, "receive_clause", place, [], stop);
    story.enter("<0.2.0>", 10, loop, [0], entered);
    story.message([null, null], ["<0.2.0>", 11], ":stop", { match: "none" });
    events.push(story.at("<0.2.0>", 12, received, [], "branch"));
  });
  const [ofCase = 0, ofReceive = 0] = events;
  const first = await viewOf(recording, ofCase);
  expect(first).toMatchObject({
    of: "case_clause",
    values: ["4"],
    recorded: { clause: 2 },
    agrees: true,
  });
  expect(first.clauses.map(({ verdict }) => verdict)).toEqual(["skipped", "skipped", "matched"]);
  expect(first.clauses[0]?.failure).toMatchObject({
    expected: "level >= wanted",
    values: [
      { name: "level", text: "4" },
      { name: "wanted", text: "5" },
    ],
  });
  expect(first.clauses[1]?.failure).toMatchObject({
    path: "value",
    expected: ":closed",
    found: "4",
  });
  const second = await viewOf(recording, ofReceive);
  expect(second).toMatchObject({
    of: "receive_clause",
    values: [":stop"],
    chosen: 1,
    agrees: true,
  });
});

it("says why there is no answer", async () => {
  let call = 0;
  const recording = await tell((story) => {
    call = story.call("<0.1.0>", 1, 2, DISCOUNT, [1, {}]);
  });
  expect(await clauses(recording, call)).toMatchObject({ missing: { code: "no_sources" } });
  expect(await clauses(recording, 77)).toMatchObject({ missing: { code: "no_call" } });
  const files = [{ path: "lib/p.ex", text: PRICING }];
  const answer = await clauses(recording, call, { files });
  expect(answer).toMatchObject({ ok: true, view: { chosen: 0 } });
});

it("finds the clause that a more general one shadows, by what was counted and by a sample", async () => {
  const customers = [
    { score: 1, vip: true },
    { score: 2, vip: false },
    { score: 3, vip: true },
  ];
  const tale = (sites: boolean) => (story: Story) => {
    tellSource(story, "lib/shop/pricing.ex", PRICING);
    const place = ["lib/shop/pricing.ex", 5] as const;
    const [, second = 0] = sites
      ? [0, 1, 2].map((at) => story.site(DISCOUNT, "function_clause", place, null, { clause: at }))
      : [];
    for (const [i, customer] of customers.entries()) {
      story.enter("<0.1.0>", 10 * i, DISCOUNT, [20, customer], second);
      story.leave("<0.1.0>", 10 * i + 1);
    }
  };
  const counted = await neverChosen(await tell(tale(true)));
  expect(counted.clauses.map(({ clause: at, siblings }) => [at, siblings])).toEqual([
    [2, [0, 3, 0]],
    [0, [0, 3, 0]],
  ]);
  const shadowed = { sampled: 3, shadowed: 2, by: [1], isNarrower: true, unknown: 0 };
  expect(counted.clauses[0]).toMatchObject({ mfa: "Shop.Pricing.discount/2", line: 6, times: 3 });
  expect(counted.clauses[0]?.evaluation).toEqual(shadowed);
  const sampled = await neverChosen(await tell(tale(false)));
  expect(sampled.clauses.map(({ clause: at, siblings }) => [at, siblings])).toEqual([
    [2, null],
    [0, null],
  ]);
  expect(sampled.clauses[0]?.evaluation).toEqual(shadowed);
});
