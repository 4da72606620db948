import {
  executions,
  printNear,
  printsReply,
  source,
  sources,
  stack,
  variable,
} from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import type { Params, Reply } from "@elixirscope/wire";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BUYER,
  CART_FILE,
  CART_TEXT,
  OTHER,
  PRICING_FILE,
  tellCode,
  type CodeKnown,
} from "../web/code-recording.ts";
import { tell } from "./told.ts";

const MS = 1_000_000;
const ALL = { offset: 0, limit: 100 };
let recording: RecordingReader;
let known: CodeKnown;

beforeAll(async () => {
  recording = await tell(
    (story) => {
      known = tellCode(story);
    },
    {},
    500 * MS,
  );
});

describe("sources", () => {
  it("are the files with text and the modules without, with what is recorded of each", async () => {
    const all = await sources(recording, ALL);
    expect(all.texts).toBe(2);
    expect(all.files).toEqual([
      file("Shop.Client", ["Shop.Client"], { hasText: false, isInstrumented: false, calls: 4 }),
      file(CART_FILE, ["Shop.Cart"], { hasText: true, isInstrumented: true, calls: 7 }),
      file(PRICING_FILE, ["Shop.Pricing"], { hasText: true, isInstrumented: false, calls: 4 }),
    ]);
    expect((await sources(recording, { ...ALL, filter: "pric" })).files).toHaveLength(1);
    expect(await sources(recording, { offset: 1, limit: 1 })).toMatchObject({ total: 3 });
  });
});

describe("a source", () => {
  it("counts executions of lines: what was never run is 0, what is not recorded has no count", async () => {
    const view = await source(recording, { name: CART_FILE });
    expect(view?.text).toBe(CART_TEXT);
    expect(counts(view)).toEqual({ 4: 4, 5: 4, 7: 4, 8: 3, 9: 3, 15: 3, 16: 3, 20: 0 });
    expect(view?.functions.map(({ mfa, line, calls }) => [mfa, line, calls])).toEqual([
      ["Shop.Cart.add/3", 4, 4],
      ["Shop.Cart.total/2", 15, 3],
      ["Shop.Cart.remove/2", 20, 0],
    ]);
    const range = { t0: 150 * MS, t1: 350 * MS };
    expect(counts(await source(recording, { name: "Shop.Cart", range }))).toEqual({
      4: 2,
      5: 2,
      7: 2,
      8: 1,
      9: 1,
      15: 1,
      16: 1,
      20: 0,
    });
  });

  it("of which only calls were recorded has them at the heads of its functions", async () => {
    const view = await source(recording, { name: "shop/pricing.ex" });
    expect(view?.lines).toEqual([
      { line: 2, hits: 4, kind: "calls", function: "Shop.Pricing.price/1" },
    ]);
    expect(view?.functions).toMatchObject([
      { mfa: "Shop.Pricing.price/1", calls: 4, isInstrumented: false },
      { mfa: "Shop.Pricing.discount/1", calls: null },
    ]);
  });

  it("without a text says so, and is null where nothing is known", async () => {
    const view = await source(recording, { name: "Shop.Client" });
    expect(view).toMatchObject({
      text: null,
      lines: [],
      functions: [{ mfa: "Shop.Client.run/1" }],
    });
    expect(view?.why).toMatch(/text of other files, not of this one/);
    expect(await source(recording, { name: "lib/none.ex" })).toBeNull();
  });
});

describe("executions", () => {
  it("are counted up to any instant as the table counts them, in all processes and in one", async () => {
    const called = `"function" IN (SELECT id FROM base.functions WHERE module = 'Elixir.Shop.Pricing')`;
    const all = await recording.query(
      `SELECT t_enter, (SELECT text FROM base.pids WHERE id = pid) FROM raw.calls WHERE ${called}`,
    );
    const times = all.rows.map(([t]) => Number(t));
    expect(times.length).toBeGreaterThan(3);
    for (const pid of [undefined, BUYER]) {
      const own = all.rows.filter(([, who]) => pid === undefined || who === pid);
      for (const t of [0, ...times.flatMap((one) => [one - 1, one, one + 1]), 500 * MS]) {
        const reply = await executions(recording, {
          at: "Shop.Pricing.price/1",
          t,
          before: 1,
          after: 1,
          ...(pid === undefined ? {} : { pid }),
        });
        expect(reply).toMatchObject({
          total: own.length,
          before: own.filter(([at]) => Number(at) <= t).length,
        });
      }
    }
  });

  it("of a line come in their order around the instant, with the values of its variables", async () => {
    const all = await executed({});
    expect(all).toMatchObject({ total: 3, before: 3, first: 0 });
    expect(all.executions.map(({ event }) => event)).toEqual(known.items);
    expect(all.executions[0]).toMatchObject({ t: 105 * MS, pid: BUYER, mfa: "Shop.Cart.add/3" });
    expect(all.executions[0]?.values.map(({ name, text }) => `${name} = ${text}`)).toEqual([
      'sku = "apple"',
      "qty = 2",
      "price = 10",
      'item = %{sku: "apple", qty: 2, price: 10}',
    ]);
    // at the event itself it has happened, before it it has not
    const [first = 0, second = 0] = known.items;
    expect(await executed({ t: 305 * MS, event: second })).toMatchObject({ before: 2 });
    expect(await executed({ t: 305 * MS - 1 })).toMatchObject({ before: 1, total: 3 });
    const near = await executed({ t: 305 * MS, event: second, before: 1, after: 0 });
    expect([near.first, near.executions.map(({ event }) => event)]).toEqual([1, [second]]);
    const mine = await executed({ pid: BUYER, t: 200 * MS, before: 1, after: 1 });
    expect(mine).toMatchObject({ total: 2, before: 1 });
    expect(mine.executions.map(({ event }) => event)).toEqual([first, known.items[2]]);
  });

  it("of a function of which only calls were recorded are those, with their arguments", async () => {
    const all = await executed({ at: "Shop.Pricing.price/1" });
    expect(all.executions.map(({ t, values }) => [t / MS, values[0]?.text])).toEqual([
      [101, '"apple"'],
      [201, '"pear"'],
      [301, '"apple"'],
      [401, '"plum"'],
    ]);
    const event = all.executions[3]?.event ?? 0;
    expect(await variable(recording, { event, name: "arg1" })).toMatchObject({ text: '"plum"' });
    expect(await variable(recording, { event, name: "arg2" })).toBeNull();
  });

  it("of a line that nothing is recorded of are refused, not none", async () => {
    const reply = await executions(recording, {
      at: `${CART_FILE}:11`,
      t: 0,
      before: 1,
      after: 1,
    });
    expect(reply).toMatchObject({
      kind: "unknown",
      message: expect.stringContaining("line 11") as string,
    });
  });
});

it("the stack says on which line each variable was bound, and a variable is given in full", async () => {
  const view = await stack(recording, BUYER, { kind: "time", t: 105 * MS });
  const locals = view?.frames.at(-1)?.locals ?? [];
  expect(locals.map(({ name, line }) => [name, line])).toEqual([
    ...["cart", "sku", "qty"].map((name) => [name, 4]),
    ["price", 5],
    ["item", 8],
  ]);
  const event = locals.at(-1)?.event ?? 0;
  expect(await variable(recording, { event, name: "item" })).toMatchObject({
    term: { kind: "map", children: [{ key: "price:" }, { key: "qty:" }, { key: "sku:" }] },
  });
});

describe("prints", () => {
  const at = `${CART_FILE}:8`;
  const expression = "qty * price";

  it("are made over a range, and only where a condition holds", async () => {
    const all = await printsReply(recording, { at, expression, limit: 10 });
    expect(shown(all)).toEqual([
      [105, "20"],
      [305, "10"],
      [405, "45"],
    ]);
    const some = await printsReply(recording, { at, expression, when: "qty > 1", limit: 10 });
    expect(shown(some)).toEqual([
      [105, "20"],
      [405, "45"],
    ]);
    const range = { t0: 200 * MS, t1: 350 * MS };
    expect(shown(await printsReply(recording, { at, expression, range, limit: 10 }))).toEqual([
      [305, "10"],
    ]);
    // a line that only hands over to another function is reached, too
    const handed = await printsReply(recording, { at: `${CART_FILE}:9`, expression, limit: 10 });
    expect(shown(handed)).toHaveLength(3);
  });

  it("are found near an instant, in one process or in all", async () => {
    const near = async (params: Partial<Params<"printNear">>): Promise<unknown> => {
      const reply = await printNear(recording, {
        at,
        expression,
        t: 305 * MS,
        direction: "at",
        ...params,
      });
      return reply.kind === "print" ? (reply.print?.t ?? null) : reply;
    };
    const event = known.items[1] ?? 0;
    expect(await near({ event })).toBe(305 * MS);
    expect(await near({ event, direction: "previous" })).toBe(105 * MS);
    expect(await near({ event, direction: "next" })).toBe(405 * MS);
    expect(await near({ pid: BUYER })).toBe(105 * MS);
    expect(await near({ pid: OTHER })).toBe(305 * MS);
    expect(await near({ t: 50 * MS })).toBeNull();
    expect(await near({ when: "price > 10", direction: "next" })).toBe(405 * MS);
  });

  it("that cannot be made say in which text and where, or which names are near", async () => {
    const asked = { at, expression, limit: 1 };
    expect(await printsReply(recording, { ...asked, expression: "qty * f(1)" })).toMatchObject({
      kind: "unreadable",
      part: "expression",
      start: 6,
    });
    expect(await printsReply(recording, { ...asked, when: "qty >" })).toMatchObject({
      kind: "unreadable",
      part: "when",
    });
    expect(await printsReply(recording, { ...asked, expression: "qtty" })).toMatchObject({
      kind: "unknown",
      nearest: ["qty"],
    });
  });
});

function shown(reply: Reply<"prints">): readonly unknown[] {
  if (reply.kind !== "prints") throw new Error(reply.message);
  return reply.prints.map(({ t, printed }) => [
    t / MS,
    printed.kind === "value" ? printed.text : printed.kind,
  ]);
}

function counts(view: Reply<"source">): Record<number, number> {
  return Object.fromEntries(view?.lines.map(({ line, hits }) => [line, hits]) ?? []);
}

function file(name: string, modules: readonly string[], rest: object): object {
  return { name, modules, ...rest };
}

async function executed(
  params: Partial<Params<"executions">>,
): Promise<Extract<Reply<"executions">, { kind: "executions" }>> {
  const reply = await executions(recording, {
    at: `${CART_FILE}:8`,
    t: 500 * MS,
    before: 50,
    after: 50,
    ...params,
  });
  if (reply.kind !== "executions") throw new Error(reply.message);
  return reply;
}
