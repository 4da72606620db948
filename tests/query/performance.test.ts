// Where time went, in told recordings of which every duration is known.

import {
  bottlenecks,
  boundedRange,
  callsByDuration,
  compare,
  compareCalls,
  type CallsSide,
  criticalPath,
  durationHistogram,
  flame,
  flameChart,
  latency,
  namedFunctions,
  parseWhere,
  queues,
  slowCalls,
  slowRequests,
  times,
  type Where,
} from "@elixirscope/query";
import { describe, expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const [CLIENT, SERVER] = ["<0.10.0>", "<0.20.0>"];
const VISIT = ["Elixir.Shop", "visit", 1] as const;
const HANDLE = ["Elixir.Shop.Cart", "handle_call", 3] as const;
const RANGE = { t0: 0, t1: 10_000 };

/** The client asks at 1,000; the server takes it at 1,500, works until 4,000; the reply is there at 4,300. */
function request(story: Story): { readonly visit: number } {
  story.process(CLIENT, { name: "Elixir.Shop.Client" });
  story.process(SERVER, { name: "Elixir.Shop.Cart" });
  const visit = story.enter(CLIENT, 200, VISIT, [1]);
  const ask = story.message([CLIENT, 1_000], [SERVER, 1_400], { call: 1 }, { kind: "call" });
  story.enter(SERVER, 1_500, HANDLE, [1]);
  story.leave(SERVER, 3_900);
  story.message([SERVER, 4_000], [CLIENT, 4_300], ":ok", { kind: "reply", replyTo: ask });
  story.leave(CLIENT, 5_000);
  return { visit };
}

describe("times", () => {
  it("tells waiting for a reply from running, exactly", async () => {
    const recording = await tell(request);
    const { functions, sums, limits } = await times(recording, RANGE, { limit: 10 });
    expect(functions.find(({ mfa }) => mfa === "Shop.visit/1")).toMatchObject({
      calls: 1,
      totalNs: 4_800,
      selfWaitingNs: 3_300,
      selfRunningNs: 1_500,
      waitingNs: 3_300,
    });
    expect(sums).toEqual({ runningNs: 1_500 + 2_400, waitingNs: 3_300, exactWaitingNs: 3_300 });
    expect(limits).toEqual([]);
  });

  it("does not count as waiting what was in the mailbox already, and marks what is inferred", async () => {
    const recording = await tell((story) => {
      story.enter(CLIENT, 100, VISIT);
      story.enter(CLIENT, 200, HANDLE);
      story.message([SERVER, 150], [CLIENT, 900], ":early");
      story.message([SERVER, 1_200], [CLIENT, 1_500], ":late");
      story.message([null, null], [CLIENT, 2_500], ":timeout");
      story.leave(CLIENT, 3_000);
      story.leave(CLIENT, 3_100);
    });
    const { processes } = await times(recording, RANGE, { limit: 10 });
    expect(processes).toMatchObject([
      {
        pid: CLIENT,
        inCallsNs: 3_000,
        waitingFor: { reply: 0, message: 600, timer: 1_000 },
        exactWaitingNs: 0,
        runningNs: 1_400,
      },
    ]);
  });

  it("cuts calls that reach over the range to it", async () => {
    const recording = await tell(request);
    const { functions } = await times(recording, { t0: 4_500, t1: 4_600 }, { limit: 10 });
    expect(functions).toMatchObject([{ mfa: "Shop.visit/1", totalNs: 100, selfRunningNs: 100 }]);
  });

  it("adds up the same however it is sliced", async () => {
    const recording = await tell((story) => {
      request(story);
      adds(story, 6_000, 20, "durian");
    });
    const range = { t0: 300, t1: 300_000 };
    const [whole, sliced] = await Promise.all(
      [80_000, 3].map(async (sliceRows) => await times(recording, range, { limit: 10, sliceRows })),
    );
    expect(whole?.sums).toMatchObject({ waitingNs: 3_300, exactWaitingNs: 3_300 });
    expect(sliced).toEqual(whole);
  });

  it("puts processes that ran the same together, named ones not", async () => {
    const recording = await tell((story) => {
      for (const pid of ["<0.31.0>", "<0.32.0>"]) {
        story.process(pid, { initialCall: "Elixir.Shop.Load.run/0" });
        story.call(pid, 100, 300, VISIT);
      }
      story.process(SERVER, { name: "Elixir.Shop.Cart", initialCall: "Elixir.Shop.Load.run/0" });
      story.call(SERVER, 100, 200, VISIT);
    });
    const { processes } = await times(recording, RANGE, { limit: 10 });
    expect(processes).toMatchObject([
      { name: "Shop.Load.run/0", processes: 2, runningNs: 400 },
      { name: "Shop.Cart", processes: 1, runningNs: 100 },
    ]);
  });

  it("says what is missing", async () => {
    const recording = await tell((story) => {
      story.call(CLIENT, 100, 300, VISIT);
      story.gap(150, 200, "dropped", 12);
    });
    const { limits } = await times(recording, RANGE, { limit: 10 });
    expect(limits.join("\n")).toContain("dropped (12 events)");
  });
});

/** Handles `count` casts that came at once at 1,000, 1,000 ns each, one after the other from 2,000 on. */
function pileUp(story: Story, count: number, sender = CLIENT): void {
  const messages = Array.from({ length: count }, (_, i) =>
    story.message([sender, 1_000], [SERVER, 1_900], { cast: i }, { kind: "cast" }),
  );
  for (const [i, message] of messages.entries()) {
    story.handle(SERVER, 2_000 + i * 1_000, message);
    story.state(SERVER, 2_900 + i * 1_000, i, "handle_cast");
  }
}

describe("queues", () => {
  it("has the exact length over time, and Little's law where all that came has gone", async () => {
    const recording = await tell((story) => {
      story.process(SERVER, { name: "Elixir.Shop.Notifier" });
      pileUp(story, 3);
    });
    const { mailboxes } = await queues(recording, { t0: 0, t1: 10_000 }, { limit: 5, buckets: 10 });
    // the three lay 1,000, 2,000 and 3,000 ns, and were worked on for 900 each
    expect(mailboxes).toMatchObject([
      {
        pid: SERVER,
        name: "Shop.Notifier",
        arrivals: 3,
        departures: 3,
        longest: 3,
        lengths: [0, 3, 2, 1, 0, 0, 0, 0, 0, 0],
        dwell: { mean: 2_000, p50: 2_000, p95: 3_000, max: 3_000 },
        dwellEnds: "handled",
        serviceRate: 1e9 / 900,
        busy: 0.27,
      },
    ]);
    expect(mailboxes[0]?.meanLength).toBeCloseTo(0.6);
    expect(mailboxes[0]?.littleLength).toBeCloseTo(0.6);
  });

  it("knows what lies in a mailbox still, and that Little's law does not hold then", async () => {
    const recording = await tell((story) => {
      pileUp(story, 1);
      story.message([CLIENT, 3_000], [SERVER, 3_100], { cast: 7 }, { kind: "cast" });
      story.message([CLIENT, 3_000], [SERVER, 3_100], { cast: 8 }, { kind: "cast" });
    });
    const { mailboxes } = await queues(recording, { t0: 0, t1: 10_000 }, { limit: 5, buckets: 10 });
    expect(mailboxes).toMatchObject([
      { arrivals: 3, departures: 1, longest: 2, lengths: [0, 1, 0, 2, 2, 2, 2, 2, 2, 2] },
    ]);
    expect(mailboxes[0]?.meanLength).toBeCloseTo(1.5);
    expect(mailboxes[0]?.littleLength).toBeCloseTo(0.3);
  });

  it("counts receives that timed out as no message, and says how many messages have one end only", async () => {
    const recording = await tell((story) => {
      story.message([null, null], [SERVER, 500], ":timeout");
      story.message([CLIENT, 600], [SERVER, null], ":lost");
      story.message([CLIENT, 700], [SERVER, 900], ":plain");
    });
    const { mailboxes, limits } = await queues(recording, RANGE, { limit: 5, buckets: 10 });
    expect(mailboxes).toMatchObject([{ arrivals: 1, dwellEnds: "received", dwell: { mean: 200 } }]);
    expect(limits.join("\n")).toContain(
      "1 messages were sent, and no receive of them was recorded",
    );
  });
});

it("names the first of the messages that waited longest", async () => {
  const recording = await tell((story) => {
    for (let t = 9_000; t >= 1_000; t -= 100) {
      story.message([CLIENT, t], [SERVER, t + 200], t, { kind: "cast" });
    }
  });
  const { rows } = await recording.query("SELECT min(receive_event) FROM raw.messages");
  const { mailboxes } = await queues(recording, RANGE, { limit: 5, buckets: 10 });
  expect(mailboxes[0]?.longestDwell).toBe(Number(rows[0]?.[0]));
});

describe("bottlenecks", () => {
  it("puts the busy process that others wait for above one that only has mail", async () => {
    const idle = "<0.40.0>";
    const recording = await tell((story) => {
      pileUp(story, 3);
      request(story);
      story.message([CLIENT, 1_000], [idle, 9_000], ":late");
    });
    const { bottlenecks: found, limits } = await bottlenecks(recording, RANGE, { limit: 5 });
    expect(limits.join("\n")).toContain("report no handling");
    expect(found).toMatchObject([{ pid: SERVER, share: 1, callers: 1 }]);
    expect(found[0]?.meanCallers).toBeCloseTo(0.33);
  });
});

describe("flame", () => {
  it("adds up to the time in calls, divided into running and waiting", async () => {
    const recording = await tell(request);
    const widths = await Promise.all(
      (["all", "running", "waiting"] as const).map(async (time) => {
        const { total, nodes } = await flame(recording, RANGE, { time, nodes: 100 });
        return { total, nodes: nodes.map(({ name, self }) => [name, self]) };
      }),
    );
    expect(widths).toEqual([
      {
        total: 7_200,
        nodes: [
          ["Shop.visit/1", 4_800],
          ["Shop.Cart.handle_call/3", 2_400],
        ],
      },
      {
        total: 3_900,
        nodes: [
          ["Shop.Cart.handle_call/3", 2_400],
          ["Shop.visit/1", 1_500],
        ],
      },
      { total: 3_300, nodes: [["Shop.visit/1", 3_300]] },
    ]);
  });
});

/** `[kind, from, to, pid, function]` */
async function pathOf(tale: (story: Story) => number): Promise<{
  readonly pieces: readonly unknown[];
  readonly sum: number;
  readonly shares: number;
  readonly limits: readonly string[];
}> {
  let event = 0;
  const recording = await tell((story) => {
    event = tale(story);
  });
  const path = await criticalPath(recording, event, { limit: 100 });
  if (path === null) throw new Error("no path");
  return {
    pieces: path.pieces.map(({ kind, t0, t1, pid, mfa }) => [kind, t0, t1, pid, mfa]),
    sum: path.byKind.reduce((sum, { ns }) => sum + ns, 0),
    shares: path.shares.reduce((sum, { ns }) => sum + ns, 0),
    limits: path.limits,
  };
}

describe("criticalPath", () => {
  it("goes through the server that was asked, and sums to the whole", async () => {
    const { pieces, sum, shares, limits } = await pathOf((story) => request(story).visit);
    expect(pieces).toEqual([
      ["run", 200, 1_000, CLIENT, "Shop.visit/1"],
      ["deliver", 1_000, 1_400, SERVER, null],
      ["run", 1_400, 4_000, SERVER, "Shop.Cart.handle_call/3"],
      ["deliver", 4_000, 4_300, CLIENT, null],
      ["run", 4_300, 5_000, CLIENT, "Shop.visit/1"],
    ]);
    expect([sum, shares]).toEqual([4_800, 4_800]);
    expect(limits).toEqual([]);
  });

  it("tells lying in a busy server's mailbox from delivery", async () => {
    const { pieces } = await pathOf((story) => {
      const visit = story.enter(CLIENT, 0, VISIT);
      const ask = story.message([CLIENT, 1_000], [SERVER, 3_000], ":ask", { kind: "call" });
      story.call(SERVER, 500, 2_900, HANDLE);
      story.handle(SERVER, 3_100, ask);
      story.message([SERVER, 4_000], [CLIENT, 4_100], ":ok", { kind: "reply", replyTo: ask });
      story.leave(CLIENT, 4_500);
      return visit;
    });
    expect(pieces).toEqual([
      ["run", 0, 1_000, CLIENT, "Shop.visit/1"],
      ["queue", 1_000, 2_900, SERVER, null],
      ["deliver", 2_900, 3_100, SERVER, null],
      ["run", 3_100, 4_000, SERVER, null],
      ["deliver", 4_000, 4_100, CLIENT, null],
      ["run", 4_100, 4_500, CLIENT, "Shop.visit/1"],
    ]);
  });

  it("follows a task to its spawn, a timeout to the event before, and the end of another to itself", async () => {
    const task = "<0.60.0>";
    const { pieces } = await pathOf((story) => {
      const visit = story.enter(CLIENT, 0, VISIT);
      story.process(task, { parent: CLIENT, spawned: 1_000 });
      story.event("spawn", CLIENT, 1_000);
      story.call(task, 1_100, 2_000, HANDLE);
      story.message([task, 2_000], [CLIENT, 2_300], ":result");
      story.message([null, null], [CLIENT, 4_000], ":timeout");
      story.message([CLIENT, 4_100], [SERVER, 4_200], ":stop");
      story.exit(SERVER, 4_600, ":normal");
      story.message([SERVER, null], [CLIENT, 4_700], ":down", { kind: "down", match: "none" });
      story.leave(CLIENT, 5_000);
      return visit;
    });
    expect(pieces).toEqual([
      ["run", 0, 1_000, CLIENT, "Shop.visit/1"],
      ["run", 1_000, 2_000, task, "Shop.Cart.handle_call/3"],
      ["deliver", 2_000, 2_300, CLIENT, null],
      ["wait", 2_300, 4_000, CLIENT, null],
      ["run", 4_000, 4_100, CLIENT, "Shop.visit/1"],
      ["deliver", 4_100, 4_200, SERVER, null],
      ["run", 4_200, 4_600, SERVER, null],
      ["deliver", 4_600, 4_700, CLIENT, null],
      ["run", 4_700, 5_000, CLIENT, "Shop.visit/1"],
    ]);
  });

  it("does not follow what was in the mailbox already, and says where a server was not recorded", async () => {
    const { pieces, limits } = await pathOf((story) => {
      const visit = story.enter(CLIENT, 0, VISIT);
      const ask = story.message([CLIENT, 1_000], [SERVER, null], ":ask", {
        kind: "call",
        match: "none",
      });
      story.message([SERVER, null], [CLIENT, 2_000], ":ok", {
        kind: "reply",
        replyTo: ask,
        match: "none",
      });
      story.event("state", CLIENT, 2_500);
      story.message(["<0.70.0>", 2_200], [CLIENT, 2_700], ":early");
      story.leave(CLIENT, 3_000);
      return visit;
    });
    expect(pieces).toEqual([
      ["run", 0, 1_000, CLIENT, "Shop.visit/1"],
      ["serve", 1_000, 2_000, SERVER, null],
      ["run", 2_000, 3_000, CLIENT, "Shop.visit/1"],
    ]);
    expect(limits.join("\n")).toContain("was not recorded");
  });

  it("goes on before the wait where it is not known what made a sender send", async () => {
    const { pieces } = await pathOf((story) => {
      const visit = story.enter(CLIENT, 0, VISIT);
      story.event("state", CLIENT, 1_000);
      story.message(["<0.70.0>", 3_000], [CLIENT, 3_200], ":news");
      story.leave(CLIENT, 4_000);
      return visit;
    });
    expect(pieces).toEqual([
      ["run", 0, 1_000, CLIENT, "Shop.visit/1"],
      ["unknown", 1_000, 3_000, "<0.70.0>", null],
      ["deliver", 3_000, 3_200, CLIENT, null],
      ["run", 3_200, 4_000, CLIENT, "Shop.visit/1"],
    ]);
  });

  it("takes a request from its send, its handling, or anything inside of a call", async () => {
    let [send, inside] = [0, 0];
    const recording = await tell((story) => {
      story.enter(CLIENT, 0, VISIT);
      inside = story.event("spawn", CLIENT, 500);
      send = story.message([CLIENT, 1_000], [SERVER, 1_200], ":ask", { kind: "call" });
      story.message([SERVER, 2_000], [CLIENT, 2_200], ":ok", { kind: "reply", replyTo: send });
      story.leave(CLIENT, 3_000);
    });
    const [exchange, call, none] = await Promise.all(
      [send, inside, 999].map(async (event) => await criticalPath(recording, event, { limit: 9 })),
    );
    expect(exchange).toMatchObject({ t0: 1_000, t1: 2_200, pid: CLIENT });
    expect(exchange?.pieces.map(({ kind }) => kind)).toEqual(["deliver", "run", "deliver"]);
    expect(call).toMatchObject({ t0: 0, t1: 3_000, title: "Shop.visit/1" });
    expect(none).toBeNull();
  });
});

const ADD = ["Elixir.Shop.Cart", "add", 2] as const;

function where(text: string): Where {
  const parsed = parseWhere(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** Calls each 10,000 ns from `from` on, of one of four skus: `slow` takes 900 ns, the others 100. */
function adds(story: Story, from: number, count: number, slow: string | null): void {
  for (let i = 0; i < count; i++) {
    const sku = ["apple", "banana", "cherry", "durian"][i % 4] ?? "";
    const t = from + i * 10_000;
    story.call(CLIENT, t, t + (sku === slow ? 900 : 100 + (i % 7)), ADD, [sku, i % 5]);
  }
}

describe("slowCalls", () => {
  it("finds the argument that makes calls slow, and the slowest of them", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 100, "durian");
    });
    const answer = await slowCalls(recording, { t0: 0, t1: 1e9 }, where("Shop.Cart.add/2"), 500);
    expect(answer).toMatchObject({
      ok: true,
      result: {
        calls: 100,
        slow: 25,
        explanations: [
          { dimension: "arg1", value: '"durian"', slowWith: 25, slow: 25, restWith: 0, rest: 75 },
        ],
      },
    });
  });

  it("names what is near when there is no such function", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 1, null);
    });
    const answer = await slowCalls(recording, RANGE, where("Shop.Cart.ad/2"), null);
    expect(answer).toMatchObject({ ok: false, missing: { nearest: ["Shop.Cart.add/2"] } });
  });
});

describe("latency", () => {
  it("has exact percentiles per bucket, and says when they are from a histogram", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 10, null);
      story.call(CLIENT, 500_000, 502_000, ADD, ["durian", 1]);
    });
    const range = { t0: 0, t1: 999_999 };
    const exact = await latency(recording, range, where("Shop.Cart.add"), 2);
    expect(exact).toMatchObject({
      result: {
        buckets: [
          { t: 0, count: 10, p50: 102, p99: 106, max: 106, precision: "exact" },
          { t: 500_000, count: 1, p50: 2_000, max: 2_000 },
        ],
      },
    });
    const rough = await latency(recording, range, where("Shop.Cart.add"), 2, 5);
    expect(rough).toMatchObject({
      result: { buckets: [{ count: 10, max: 106, precision: "histogram" }, { p50: 2_000 }] },
    });
    const p50 = rough.ok ? (rough.result.buckets[0]?.p50 ?? 0) : 0;
    expect(p50 / 102).toBeGreaterThanOrEqual(1);
    expect(p50 / 102).toBeLessThan(1.0906);
  });
});

describe("compare", () => {
  it("finds the function that takes longer, and the value that goes with it", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 100, null);
      adds(story, 2_000_000, 100, "cherry");
    });
    const { functions } = await compare(
      { source: recording, range: { t0: 0, t1: 1_000_000 } },
      { source: recording, range: { t0: 2_000_000, t1: 3_000_000 } },
      { limit: 5 },
    );
    expect(functions).toMatchObject([
      {
        mfa: "Shop.Cart.add/2",
        before: { calls: 100 },
        after: { calls: 100 },
        byCalls: 0,
        slow: [{ dimension: "arg1", value: '"cherry"', slowWith: 25, slow: 25, restWith: 0 }],
        more: [],
      },
    ]);
    // 25 calls of 900 ns instead of about 103, in 1 ms
    expect(functions[0]?.change).toBeCloseTo((25 * 797 * 1e9) / 1e6, -8);
    expect(functions[0]?.byDuration).toBe(functions[0]?.change);
    expect(functions[0]?.z).toBeGreaterThan(3);
  });

  it("tells more calls from longer ones, across recordings", async () => {
    const few = await tell((story) => {
      adds(story, 0, 25, null);
    });
    const many = await tell((story) => {
      adds(story, 0, 100, null);
    });
    const range = { t0: 0, t1: 1_000_000 };
    const { functions } = await compare(
      { source: few, range },
      { source: many, range },
      { limit: 5 },
    );
    expect(functions[0]).toMatchObject({ before: { calls: 25 }, after: { calls: 100 }, slow: [] });
    expect((functions[0]?.byCalls ?? 0) / (functions[0]?.change ?? 1)).toBeCloseTo(1, 1);
  });
});

describe("what the page asks besides", () => {
  it("cuts a range with more events than are added up, and says so", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 100, null);
    });
    const whole = { t0: 0, t1: 1_000_000 };
    expect(await boundedRange(recording, whole)).toEqual({ range: whole, limits: [] });
    const { range, limits } = await boundedRange(recording, whole, 50);
    // a call each 10,000 ns, of two events
    expect(range.t1).toBeGreaterThan(230_000);
    expect(range.t1).toBeLessThanOrEqual(251_000);
    expect(limits.join()).toMatch(/only the first 2[345] % .* 200 events, and at most 50/);
  });

  it("spreads durations over bins, and lists the calls of some of them", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 40, "durian");
      story.enter(CLIENT, 500_000, ADD, ["apple", 1]);
      story.leave(CLIENT, 500_050, ":error", "raised");
      story.enter(SERVER, 600_000, ADD, ["apple", 1]);
    });
    const found = await namedFunctions(recording, "Shop.Cart.add/2");
    const functions = found.ok ? found.functions : { name: "?", ids: [] };
    const histogram = await durationHistogram(recording, { t0: 0, t1: 1e6 }, functions);
    expect(histogram).toMatchObject({ calls: 41, unknown: 1, percentiles: { p50: 104, max: 900 } });
    const inBins = histogram.bins.map(({ calls }) => calls);
    expect(inBins.reduce((sum, calls) => sum + calls, 0)).toBe(41);
    const last = histogram.bins.at(-1);
    expect(last).toMatchObject({ calls: 10, errors: 0 });
    expect(last?.fromNs).toBeLessThanOrEqual(900);
    expect(last?.toNs).toBeGreaterThan(900);
    expect(histogram.bins[0]).toMatchObject({ calls: 1, errors: 1 });
    const which = { fromNs: last?.fromNs ?? 0, toNs: last?.toNs ?? 0, limit: 3 };
    const { total, calls } = await callsByDuration(recording, { t0: 0, t1: 1e6 }, functions, which);
    expect(total).toBe(10);
    expect(calls.map(({ ns, args, pid }) => [ns, args, pid])).toEqual([
      [900, '"durian", 3', CLIENT],
      [900, '"durian", 2', CLIENT],
      [900, '"durian", 1', CLIENT],
    ]);
    expect(await namedFunctions(recording, "Shop.Cart.ad/2")).toMatchObject({
      ok: false,
      missing: { nearest: ["Shop.Cart.add/2"] },
    });
  });

  it("has the calls of a process in the order of time, and where they waited", async () => {
    const recording = await tell(request);
    const { processes, more } = await flameChart(recording, RANGE, { buckets: 1_000, limit: 1 });
    expect(more).toBe(1);
    expect(processes).toMatchObject([
      {
        pid: CLIENT,
        name: "Shop.Client",
        depth: 1,
        spans: [{ t0: 200, t1: 5_000, label: "Shop.visit/1" }],
        waits: [{ t0: 1_000, t1: 4_300 }],
        truncated: false,
      },
    ]);
  });

  it("lists requests by how long they took: calls, and call messages until their reply", async () => {
    const recording = await tell(request);
    const { requests } = await slowRequests(recording, RANGE, { limit: 10 });
    expect(requests.map(({ kind, ns, name, to }) => [kind, ns, name, to?.name])).toEqual([
      ["call", 4_800, "Shop.Client", undefined],
      ["request", 3_300, "Shop.Client", "Shop.Cart"],
      ["call", 2_400, "Shop.Cart", undefined],
    ]);
  });

  it("has the values of a function's calls on two sides, next to what chance would make", async () => {
    const recording = await tell((story) => {
      adds(story, 0, 100, null);
      for (let i = 0; i < 50; i++) {
        const t = 2_000_000 + i * 10_000;
        story.call(CLIENT, t, t + 800, ADD, ["durian", i % 5]);
      }
    });
    const answer = await compareCalls(
      "Shop.Cart.add/2",
      { source: recording, range: { t0: 0, t1: 1_000_000 }, functions: await idsOf(recording) },
      {
        source: recording,
        range: { t0: 2_000_000, t1: 3_000_000 },
        functions: await idsOf(recording),
      },
    );
    expect(answer).toMatchObject({ calls: [100, 50], sampled: [100, 50] });
    expect(answer.dimensions[0]).toMatchObject({
      dimension: "arg1",
      distance: 0.75,
      values: [{ value: '"durian"', a: 0.25, b: 1 }, {}, {}, {}],
    });
    const count = answer.dimensions.find(({ dimension }) => dimension === "arg2");
    expect(count?.distance).toBeLessThanOrEqual(count?.byChance ?? 0);
    const inBins = answer.durations.reduce((sum, { a, b }) => sum + a + b, 0);
    expect(inBins).toBe(150);
  });

  it("compares processes of one recording by their pids, of two by their names only", async () => {
    const [one, other] = [
      await tell((story) => adds(story, 0, 20, null)),
      await tell((story) => adds(story, 0, 20, null)),
    ];
    const range = { t0: 0, t1: 1_000_000 };
    const side = async (source: typeof one): Promise<CallsSide> => ({
      source,
      range,
      functions: await idsOf(source),
    });
    const dimensions = async (a: typeof one, b: typeof one): Promise<readonly string[]> => {
      const answer = await compareCalls("Shop.Cart.add/2", await side(a), await side(b));
      return answer.dimensions.map(({ dimension }) => dimension);
    };
    const within = await dimensions(one, one);
    expect(within).toContain("pid");
    expect([...(await dimensions(one, other))].toSorted()).toEqual(
      within.filter((dimension) => dimension !== "pid").toSorted(),
    );
  });
});

async function idsOf(recording: Parameters<typeof namedFunctions>[0]): Promise<readonly number[]> {
  const found = await namedFunctions(recording, "Shop.Cart.add/2");
  return found.ok ? found.functions.ids : [];
}
