// Exports of told recordings, read as the programs read them for which they are made.

import { atom, binary, map, tuple } from "@elixirscope/etf";
import { otlpLines, perfettoTrace, type ExportOptions } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import { expect, it } from "vitest";
import { tell } from "./told.ts";

const A = "<0.1.0>";
const B = "<0.2.0>";
const work = ["Elixir.Shop", "work", 0] as const;
const add = ["Elixir.Shop.Cart", "add", 3] as const;
const handle = ["Elixir.Shop.Cart", "handle_call", 3] as const;
const ERROR = tuple(
  atom("error"),
  map([
    [atom("__struct__"), atom("Elixir.ArgumentError")],
    [atom("message"), binary("no such item")],
  ]),
);

type Slice = {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args: Readonly<Record<string, unknown>>;
};

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

async function perfetto(
  recording: RecordingReader,
  options?: ExportOptions,
): Promise<readonly Slice[]> {
  const text = await textOf(perfettoTrace(recording, options));
  const { traceEvents } = JSON.parse(text) as { traceEvents: readonly Slice[] };
  return traceEvents;
}

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly { readonly name: string; readonly attributes: readonly Attribute[] }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
};
type Request = {
  readonly resourceSpans: readonly [{ readonly scopeSpans: readonly [{ readonly spans: Span[] }] }];
};

async function otlp(recording: RecordingReader, options?: ExportOptions): Promise<readonly Span[]> {
  const lines = (await textOf(otlpLines(recording, options))).trimEnd().split("\n");
  return lines.flatMap(
    (line) => (JSON.parse(line) as Request).resourceSpans[0].scopeSpans[0].spans,
  );
}

function named(spans: readonly Span[], name: string): Span {
  const span = spans.find((one) => one.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
}

function ids(spans: readonly Span[]): readonly string[] {
  return spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`);
}

/** A asks B, whose handler raises; A's outermost call never ends. */
async function asked(): Promise<RecordingReader> {
  return await tell(
    (story) => {
      story.process(B, { name: "Shop.Cart" });
      story.enter(A, 1_000, work);
      const message = story.message([A, 2_000], [B, 3_000], ":request", { kind: "call" });
      story.handle(B, 4_000, message);
      story.enter(B, 5_500, handle);
      story.call(B, 6_000, 7_250, add, ["c1", 2, "tea"], ":ok");
      story.leave(B, 8_000, ERROR, "raised");
      story.message([B, 8_500], [A, 9_000], ":reply", { kind: "reply" });
    },
    { id: "3f0c" },
  );
}

it("shows calls as slices in microseconds, and one that did not end as begun only", async () => {
  const events = await perfetto(await asked());
  const calls = events.filter(({ ph, name }) => (ph === "X" || ph === "B") && name.includes("."));
  expect(calls.map(({ ph, name, ts, dur, args }) => [ph, name, ts, dur, args["outcome"]])).toEqual([
    ["B", "Shop.work/0", 1, undefined, "open"],
    ["X", "Shop.Cart.handle_call/3", 5.5, 2.5, "raised"],
    ["X", "Shop.Cart.add/3", 6, 1.25, "returned"],
  ]);
  expect(String(calls[1]?.args["exception"])).toContain("no such item");
});

it("names threads after processes, nodes as processes", async () => {
  const events = await perfetto(await asked());
  const names = events.filter(({ ph }) => ph === "M").map(({ name, args }) => [name, args["name"]]);
  expect(names).toContainEqual(["thread_name", "Shop.Cart <0.2.0>"]);
  expect(names).toContainEqual(["thread_name", "<0.1.0>"]);
  expect(names).toContainEqual(["process_name", "shop@127.0.0.1"]);
});

it("draws an arrow from the send to the receive, each within a slice of its own", async () => {
  const events = await perfetto(await asked());
  const arrows = events.filter(({ ph, name }) => (ph === "s" || ph === "f") && name === "call");
  expect(arrows.map(({ ph, ts }) => [ph, ts])).toEqual([
    ["s", 2],
    ["f", 3],
  ]);
  expect(arrows[0]?.id).toBe(arrows[1]?.id);
  for (const { tid, ts } of arrows) {
    expect(events.some((one) => one.ph === "X" && one.tid === tid && one.ts === ts)).toBe(true);
  }
});

it("counts what waits in the mailbox of a behaviour", async () => {
  const recording = await tell((story) => {
    const first = story.message([A, 10], [B, 20], ":one", { kind: "cast" });
    const second = story.message([A, 30], [B, 40], ":two", { kind: "cast" });
    story.handle(B, 50, first);
    story.handle(B, 60, second);
  });
  const counters = (await perfetto(recording)).filter(({ ph }) => ph === "C");
  expect(counters.map(({ ts, args }) => [ts, args["messages"]])).toEqual([
    [0.02, 1],
    [0.04, 2],
    [0.05, 1],
    [0.06, 0],
  ]);
});

it("has each call once and in order, however many there are", async () => {
  const count = 22_000;
  const recording = await tell((story) => {
    for (let i = 0; i < count; i++) story.call(i % 2 === 0 ? A : B, i * 7, i * 7 + 5, add);
  });
  const calls = (await perfetto(recording)).filter(({ ph }) => ph === "X");
  expect(calls).toHaveLength(count);
  expect(calls.every(({ ts }, i) => ts === (i * 7) / 1_000)).toBe(true);
  const spans = await otlp(recording);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(count);
});

it("keeps to the time asked for, with the calls that were running when it began", async () => {
  const recording = await tell((story) => {
    story.call(A, 0, 100, add);
    story.enter(A, 200, work);
    story.call(A, 300, 400, add);
    story.leave(A, 500);
    story.call(A, 600, 700, add);
  });
  const calls = (await perfetto(recording, { from: 250, to: 550 })).filter(({ ph }) => ph === "X");
  expect(calls.map(({ ts }) => ts)).toEqual([0.2, 0.3]);
  expect((await otlp(recording, { from: 250, to: 550 })).length).toBe(2);
});

it("prints arguments, results and messages where values are asked for, else not", async () => {
  const recording = await asked();
  const [without] = (await perfetto(recording)).filter(({ name }) => name === "Shop.Cart.add/3");
  expect(without?.args).not.toHaveProperty("arguments");
  const events = await perfetto(recording, { values: true });
  const [call] = events.filter(({ name }) => name === "Shop.Cart.add/3");
  expect(call?.args).toMatchObject({ arguments: '"c1", 2, "tea"', result: ":ok" });
  const [send] = events.filter(({ name }) => name === "send");
  expect(send?.args).toMatchObject({ body: ":request" });
});

it("makes calls spans of one trace across processes, with parent, link, times and failure", async () => {
  const spans = await otlp(await asked());
  const outer = named(spans, "Shop.work/0");
  const handler = named(spans, "Shop.Cart.handle_call/3");
  const inner = named(spans, "Shop.Cart.add/3");
  expect(outer.parentSpanId).toBeUndefined();
  expect(handler).toMatchObject({
    traceId: outer.traceId,
    parentSpanId: outer.spanId,
    kind: 2,
    links: [{ traceId: outer.traceId, spanId: outer.spanId }],
    startTimeUnixNano: "1700000000000005500",
    endTimeUnixNano: "1700000000000008000",
    status: { code: 2, message: "no such item" },
  });
  expect(inner).toMatchObject({ traceId: outer.traceId, parentSpanId: handler.spanId, kind: 1 });
  expect(inner.links).toBeUndefined();
  expect(handler.events?.[0]).toMatchObject({
    name: "exception",
    attributes: [
      { key: "exception.type", value: { stringValue: "ArgumentError" } },
      { key: "exception.message", value: { stringValue: "no such item" } },
    ],
  });
  expect(outer.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(outer.spanId).toMatch(/^[0-9a-f]{16}$/);
});

it("says of a span without an end that it is open, and ends it with the export", async () => {
  const outer = named(await otlp(await asked()), "Shop.work/0");
  expect(outer.attributes).toContainEqual({ key: "elixirscope.open", value: { boolValue: true } });
  expect(outer.endTimeUnixNano).toBe("1700000000000009000");
});

it("links what a cast caused without making it a child, and nothing to a reply", async () => {
  const recording = await tell((story) => {
    story.enter(A, 0, work);
    const message = story.message([A, 10], [B, 20], ":go", { kind: "cast" });
    story.leave(A, 30);
    story.handle(B, 40, message);
    story.call(B, 50, 60, handle);
    story.message([A, 70], [B, 80], ":answer", { kind: "reply" });
  });
  const spans = await otlp(recording);
  const handler = named(spans, "Shop.Cart.handle_call/3");
  expect(handler.parentSpanId).toBeUndefined();
  expect(handler.kind).toBe(5);
  expect(handler.links?.map(({ spanId }) => spanId)).toEqual([named(spans, "Shop.work/0").spanId]);
});

it("gives the same call the same ids each time, and other recordings others", async () => {
  const recording = await asked();
  const first = ids(await otlp(recording));
  expect(ids(await otlp(recording, { values: true }))).toEqual(first);
  const other = await tell((story) => story.call(A, 1_000, 2_000, work), { id: "another" });
  expect(first).not.toContain(ids(await otlp(other))[0]);
});
