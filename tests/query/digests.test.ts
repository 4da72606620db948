// A timeline read from the digests of partitions says the same as one read from the rows.

import { lanes, overview, processes } from "@elixirscope/query";
import { RecordingReader, RecordingWriter } from "@elixirscope/store";
import { CALL_OUTCOMES, EVENT_KINDS } from "@elixirscope/trace";
import type { LaneColumns } from "@elixirscope/wire";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laneView } from "../support/lane-views.ts";
import { testManifest } from "../support/story.ts";
import { recordingFolder } from "./told.ts";

const PROCESSES = 2;
const CALLS = 40_000;
const SPAN_NS = 2 ** 32;
const STOPPED = { code: "user", message: "" } as const;
const KINDS = ["call", "return", "exception", "send", "receive", "state", "link", "unlink", "exit"];

let digested: RecordingReader;
let plain: RecordingReader;
let growing: RecordingWriter;

beforeAll(async () => {
  digested = await written("digested", 1);
  plain = await written("plain", Number.MAX_SAFE_INTEGER);
  growing = await writing("growing", 1);
});

afterAll(async () => {
  await digested?.close();
  await plain?.close();
  await growing?.close(STOPPED);
});

async function written(name: string, digestEvents: number): Promise<RecordingReader> {
  const writer = await writing(name, digestEvents);
  await writer.close(STOPPED);
  return await RecordingReader.open(writer.path);
}

/** Calls of every length and outcome and instants of every kind, in five partitions; the same each time. */
async function writing(name: string, digestEvents: number): Promise<RecordingWriter> {
  const folder = recordingFolder(name);
  const writer = await RecordingWriter.create(folder, testManifest(), {
    digestEvents,
    rotation: { rows: 40_000 },
  });
  const pids = Array.from({ length: PROCESSES }, (_, i) => writer.pids.intern(`<0.${i}.0>`, "a@b"));
  const work = [0, 1, 2].map((i) => writer.functions.intern("Elixir.Shop", `work${i}`, 0));
  const chance = random();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] ?? never();
  const { events, calls, open_calls } = writer.tables;
  const rows: { readonly t: number; readonly add: () => void }[] = [];
  for (let n = 1; n <= CALLS; n += 1) {
    const t = Math.floor(((n - 1) / CALLS) * SPAN_NS);
    const pid = pick(pids);
    for (const kind of [pick(KINDS), pick(KINDS)]) {
      const add = (): void => {
        const i = events.next();
        events.columns.id[i] = 2 * n + (kind === "call" ? 0 : 1);
        events.columns.t[i] = t;
        events.columns.pid[i] = pid;
        events.columns.kind[i] = EVENT_KINDS.findIndex((one) => one === kind);
      };
      rows.push({ t, add });
    }
    const took = Math.floor(chance() < 0.02 ? chance() * SPAN_NS * 0.2 : chance() * 20_000);
    const ends = chance() < 0.98 && t + took < SPAN_NS;
    const [fun, depth] = [pick(work), Math.floor(chance() * 3)];
    const outcome = ends ? pick(["returned", "raised"] as const) : "lost";
    const add = (): void => {
      const i = calls.next();
      calls.columns.call[i] = 2 * n;
      calls.columns.pid[i] = pid;
      calls.columns.function[i] = fun;
      calls.columns.t_enter[i] = t;
      calls.columns.t_exit[i] = ends ? t + took : -1;
      calls.columns.depth[i] = depth;
      calls.columns.outcome[i] = CALL_OUTCOMES.indexOf(outcome);
    };
    // a call is written when it ends, beside the event of its end
    rows.push({ t: ends ? t + took : t, add });
    if (ends) {
      const returns = (): void => {
        const i = events.next();
        events.columns.id[i] = 2 * CALLS + n;
        events.columns.t[i] = t + took;
        events.columns.pid[i] = pid;
        events.columns.kind[i] = EVENT_KINDS.indexOf("return");
      };
      rows.push({ t: t + took, add: returns });
    }
  }
  for (const [n, { add }] of rows.toSorted((x, y) => x.t - y.t).entries()) {
    add();
    if (n % 16_000 === 0) await writer.flush();
  }
  writer.setOpenRows(() => {
    const i = open_calls.next();
    open_calls.columns.call[i] = 7;
    open_calls.columns.pid[i] = pids[0] ?? never();
    open_calls.columns.t_enter[i] = SPAN_NS / 3;
    open_calls.columns.t_exit[i] = -1;
    open_calls.columns.outcome[i] = CALL_OUTCOMES.indexOf("open");
  });
  const i = events.next();
  events.columns.id[i] = 4 * CALLS;
  events.columns.t[i] = SPAN_NS;
  events.columns.pid[i] = pids[0] ?? never();
  await writer.updateManifest({ durationNs: SPAN_NS });
  await writer.flush();
  return writer;
}

/** Numerical Recipes' linear congruential generator: the same numbers for both recordings. */
function random(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function total(of: readonly number[]): number {
  return of.reduce((sum, n) => sum + n, 0);
}

function never(): never {
  throw new Error("nothing to pick from");
}

const RANGE = fc
  .tuple(fc.integer({ min: 0, max: SPAN_NS }), fc.integer({ min: 1, max: SPAN_NS }))
  .map(([from, length]) => ({ t0: from, t1: Math.min(SPAN_NS, from + length) }));

/** What does not depend on where boxes end. */
function sums(lane: LaneColumns, longNs: number): unknown {
  const { pid, depth, spans, marks } = laneView(lane);
  const rows = [0, 1, 2].map((at) => {
    const there = spans.filter((span) => span.depth === at);
    return {
      count: there.reduce((sum, { count }) => sum + count, 0),
      first: Math.min(...there.map(({ t0 }) => t0)),
      last: Math.max(...there.map(({ t1 }) => t1)),
      long: there
        .filter(({ t0, t1, count }) => count === 1 && t1 - t0 >= longNs)
        .map(({ t0, t1, call, label, outcome }) => ({ t0, t1, call, label, outcome })),
    };
  });
  const counted = [...new Set(marks.map(({ kind }) => kind))].map((kind) => {
    const of = marks.filter((mark) => mark.kind === kind);
    return [kind, of.reduce((sum, { count }) => sum + count, 0), Math.min(...of.map(({ t }) => t))];
  });
  return { pid, depth, rows, marks: new Set(counted) };
}

describe("digests", () => {
  it("are there, of several levels, and only where asked for", async () => {
    const { rows } = await digested.query(
      "SELECT database_name FROM duckdb_tables() WHERE table_name = 'digest'",
    );
    expect(rows.length).toBeGreaterThan(3);
    const levels = await digested.query(
      "SELECT (SELECT count(DISTINCT level) FROM p2.call_cells), (SELECT count(DISTINCT level) FROM p2.mark_cells), (SELECT count(*) FROM p2.pulse), (SELECT count(*) FROM p2.long_calls)",
    );
    for (const number of levels.rows[0] ?? []) expect(Number(number)).toBeGreaterThan(1);
    await expect(plain.query("FROM p2.digest")).rejects.toThrow(/digest/);
  });

  it("give the same calls and marks at any zoom, each once", async () => {
    await fc.assert(
      fc.asyncProperty(RANGE, fc.constantFrom(40, 300, 2_000), async (range, buckets) => {
        const asked = { ...range, buckets, offset: 0, limit: PROCESSES };
        const [one, other] = await Promise.all([lanes(digested, asked), lanes(plain, asked)]);
        // no box is wider than so much, so that what took longer is drawn by itself by both
        const longNs = Math.max(1, range.t1 - range.t0) / 10;
        expect(one.lanes.map((lane) => sums(lane, longNs))).toEqual(
          other.lanes.map((lane) => sums(lane, longNs)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("are read of a recording that goes on, as far as they are written", async () => {
    const count = async (): Promise<unknown> =>
      (await growing.query("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'digest'"))
        .rows[0]?.[0];
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(2);
    await fc.assert(
      fc.asyncProperty(RANGE, async (range) => {
        const asked = { ...range, buckets: 300, offset: 0, limit: PROCESSES };
        const [one, other] = await Promise.all([lanes(growing, asked), lanes(plain, asked)]);
        const longNs = Math.max(1, range.t1 - range.t0) / 10;
        expect(one.lanes.map((lane) => sums(lane, longNs))).toEqual(
          other.lanes.map((lane) => sums(lane, longNs)),
        );
      }),
      { numRuns: 15 },
    );
    const asked = { offset: 0, limit: 10 };
    expect(await processes(growing, asked)).toEqual(await processes(plain, asked));
  });

  it("are fewer boxes than calls, none wider than the level of detail allows", async () => {
    const whole = { t0: 0, t1: SPAN_NS, buckets: 300, offset: 0, limit: PROCESSES };
    const { lanes: drawn } = await lanes(digested, whole);
    const boxes = drawn.flatMap((lane) => laneView(lane).spans);
    expect(boxes.length).toBeLessThan(CALLS / 4);
    const merged = boxes.filter(({ count }) => count > 1);
    expect(merged.length).toBeGreaterThan(PROCESSES * 100);
    expect(Math.max(...merged.map(({ t0, t1 }) => t1 - t0))).toBeLessThan((4 * SPAN_NS) / 300);
  });

  it("give the same overview, to a hundredth of a bucket, and the same processes", async () => {
    await fc.assert(
      fc.asyncProperty(RANGE, fc.constantFrom(1, 7, 100), async (range, buckets) => {
        const [one, other] = await Promise.all([
          overview(digested, range, buckets),
          overview(plain, range, buckets),
        ]);
        expect(total(one.events)).toBe(total(other.events));
        expect(total(one.errors)).toBe(total(other.errors));
        for (const [i, count] of one.events.entries()) {
          expect(Math.abs(count - (other.events[i] ?? 0))).toBeLessThanOrEqual(
            4 + (other.events[i] ?? 0) / 16,
          );
        }
      }),
      { numRuns: 30 },
    );
    const asked = { offset: 0, limit: 10 };
    expect(await processes(digested, asked)).toEqual(await processes(plain, asked));
  });
});
