// Where time went, in told recordings of which every duration is known.

import { bottlenecks, flame, queues, times } from "@elixirscope/query";
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
  const bodies = Array.from({ length: count }, (_, i) => ({ cast: i }));
  const refs = bodies.map((body) => {
    story.message([sender, 1_000], [SERVER, 1_900], body, { kind: "cast" });
    return story.lastPayload;
  });
  for (const [i, ref] of refs.entries()) {
    story.handle(SERVER, 2_000 + i * 1_000, ref);
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

describe("bottlenecks", () => {
  it("puts the busy process that others wait for above one that only has mail", async () => {
    const idle = "<0.40.0>";
    const recording = await tell((story) => {
      pileUp(story, 3);
      request(story);
      story.message([CLIENT, 1_000], [idle, 9_000], ":late");
    });
    const { bottlenecks: found } = await bottlenecks(recording, RANGE, { limit: 5 });
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
