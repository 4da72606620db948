import {
  answer,
  calls,
  endedStatus,
  event,
  gapsIn,
  info,
  lanes as laneColumns,
  messages,
  overview,
  processes,
  query,
  search,
  state,
  step,
} from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import type { LaneGroups, Params } from "@elixirscope/wire";
import { describe, expect, it } from "vitest";
import { laneView, type LaneView } from "../support/lane-views.ts";
import { Story, testManifest } from "../support/story.ts";
import { recordingFolder, tell } from "./told.ts";

const A = "<0.1.0>";
const B = "<0.2.0>";
const work = ["Elixir.Shop", "work", 1] as const;
const inner = ["Elixir.Shop", "inner", 0] as const;

async function lanes(
  source: Parameters<typeof laneColumns>[0],
  params: Params<"lanes">,
): Promise<{ readonly total: number; readonly lanes: readonly LaneView[] }> {
  const page = await laneColumns(source, params);
  return { ...page, lanes: page.lanes.map(laneView) };
}

describe("overview", () => {
  it("counts every event once, errors and missing events beside", async () => {
    const recording = await tell(
      (story) => {
        story.enter(A, 0, work);
        story.leave(A, 50, ":boom", "raised");
        story.call(A, 60, 99, work);
        story.call(A, 100, 100, work);
        story.gap(20, 40, "dropped", 10);
        story.gap(0, 100, "sampled", 500);
      },
      {},
      100,
    );
    const view = await overview(recording, { t0: 0, t1: 100 }, 10);
    expect(view.events).toEqual([1, 0, 0, 0, 0, 1, 1, 0, 0, 3]);
    expect(view.errors).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(view.loss.map(Math.round)).toEqual([0, 0, 5, 5, 0, 0, 0, 0, 0, 0]);
    expect((await overview(recording, { t0: 55, t1: 65 }, 2)).events).toEqual([0, 1]);
  });

  it("is all zero where nothing was recorded, also for a range turned around", async () => {
    const recording = await tell((story) => void story.call(A, 5, 6, work));
    expect((await overview(recording, { t0: 1_000, t1: 2_000 }, 3)).events).toEqual([0, 0, 0]);
    expect((await overview(recording, { t0: 10, t1: 0 }, 1)).events).toEqual([2]);
  });
});

describe("gaps", () => {
  it("come whole when few, merged but with their counts when many", async () => {
    const recording = await tell((story) => {
      story.gap(10, 20, "dropped", 3, A);
      story.gap(900, 950, "sampled");
    });
    expect(await gapsIn(recording, { t0: 0, t1: 500 })).toEqual([
      { t0: 10, t1: 20, pid: A, reason: "dropped", count: 3, detail: null },
    ]);
    const many = await tell((story) => {
      for (let i = 0; i < 5_000; i++)
        story.gap(i * 10, i * 10 + 5, "rate_limited", 2, i % 2 === 0 ? A : B);
      story.gap(0, 50_000, "dropped", 7);
    });
    const merged = await gapsIn(many, { t0: 0, t1: 50_000 });
    expect(merged.length).toBeLessThan(1_100);
    expect(merged.reduce((sum, gap) => sum + (gap.count ?? 0), 0)).toBe(10_007);
    expect(merged.find(({ reason }) => reason === "dropped")).toMatchObject({
      pid: null,
      t0: 0,
      t1: 50_000,
    });
    expect(merged.find(({ reason }) => reason === "rate_limited")?.detail).toMatch(
      /gaps in 2 processes/,
    );
  });

  it("a pause is one stretch, however often it was told of", async () => {
    const recording = await tell((story) => {
      for (const from of [100, 200, 300, 900]) story.gap(from, from + 105, "paused");
      story.gap(250, 260, "dropped", 3, A);
    });
    const pause = { pid: null, reason: "paused", count: null, detail: null };
    expect(await gapsIn(recording, { t0: 0, t1: 2_000 })).toEqual([
      { t0: 100, t1: 405, ...pause },
      { t0: 250, t1: 260, pid: A, reason: "dropped", count: 3, detail: null },
      { t0: 900, t1: 1_005, ...pause },
    ]);
    const { loss } = await overview(recording, { t0: 0, t1: 2_000 }, 20);
    // hatched from end to end
    expect(loss.slice(0, 12).map((n) => n > 0)).toEqual(
      [0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0].map((n) => n === 1),
    );
  });
});

describe("processes", () => {
  it("are grouped by application, an unknown one with its parent's, busiest first", async () => {
    const recording = await tell((story) => {
      story.process("<0.9.0>", { name: "kernel_sup", application: "kernel" });
      story.process(A, {
        name: "Shop.Cart",
        application: "shop",
        behaviour: "gen_server",
        initialCall: "Shop.Cart.init/1",
      });
      story.process(B, { parent: A, spawned: 7 });
      story.process("<0.3.0>", { parent: B });
      story.call(B, 10, 20, work);
      story.call("<0.3.0>", 10, 20, work);
      story.call("<0.3.0>", 30, 40, inner);
      story.call("<0.4.0>", 30, 40, inner);
      story.exit(B, 50, ":shutdown");
    });
    const all = await processes(recording, { offset: 0, limit: 10 });
    expect(all.total).toBe(5);
    expect(all.rows.map(({ pid, application, events }) => [pid, application, events])).toEqual([
      [A, "shop", 0],
      ["<0.3.0>", "shop", 4],
      [B, "shop", 3],
      ["<0.9.0>", "kernel", 0],
      ["<0.4.0>", null, 2],
    ]);
    expect(all.rows[2]).toMatchObject({
      parent: A,
      tSpawned: 7,
      tExited: 50,
      exitReason: ":shutdown",
    });
    expect(
      (await processes(recording, { offset: 1, limit: 2 })).rows.map(({ pid }) => pid),
    ).toEqual(["<0.3.0>", B]);
    const named = async (filter: string): Promise<readonly string[]> =>
      (await processes(recording, { filter, offset: 0, limit: 10 })).rows.map(({ pid }) => pid);
    expect(await named("cart")).toEqual([A]);
    expect(await named("Shop.inner/0")).toEqual(["<0.3.0>", "<0.4.0>"]);
    expect(await named("0.9.0")).toEqual(["<0.9.0>"]);
    expect(await named("%_\\'")).toEqual([]);
    expect(await named("  ")).toHaveLength(5);
  });
});

describe("lanes", () => {
  it("draw long calls alone, short ones of a bucket together, and say how deep it goes", async () => {
    const recording = await tell(
      (story) => {
        story.process(A, { name: "Shop.Cart", application: "shop" });
        story.enter(A, 0, work);
        story.call(A, 10, 30, inner);
        for (let i = 0; i < 5; i++) story.call(A, 50 + i, 50 + i, inner);
        story.call(A, 55, 56, work);
        story.leave(A, 80);
        story.enter(A, 90, work);
      },
      {},
      100,
    );
    const { total, lanes: found } = await lanes(recording, {
      t0: 0,
      t1: 100,
      buckets: 10,
      offset: 0,
      limit: 5,
    });
    expect(total).toBe(1);
    expect(found[0]).toMatchObject({ pid: A, name: "Shop.Cart", group: "shop", depth: 2 });
    expect(found[0]?.truncated).toBeUndefined();
    expect(found[0]?.spans).toEqual([
      { t0: 0, t1: 80, depth: 0, label: "Shop.work/1", count: 1, call: 1, outcome: "returned" },
      {
        t0: 90,
        t1: 100,
        depth: 0,
        label: "Shop.work/1",
        count: 1,
        call: expect.any(Number),
        outcome: "open",
      },
      { t0: 10, t1: 30, depth: 1, label: "Shop.inner/0", count: 1, call: 2, outcome: "returned" },
      {
        t0: 50,
        t1: 56,
        depth: 1,
        label: expect.stringMatching(/, …$/),
        count: 6,
        call: null,
        outcome: "returned",
      },
    ]);
  });

  it("stand by application, or by supervisor, the tree from the top down", async () => {
    const recording = await tell((story) => {
      const at = { application: "shop" };
      story.process("<0.1.0>", { ...at, name: "Shop.Supervisor", behaviour: "supervisor" });
      story.process("<0.2.0>", { ...at, name: "Shop.Carts", parent: "<0.1.0>" });
      story.process("<0.3.0>", { ...at, parent: "<0.2.0>" });
      story.process("<0.4.0>", { application: "bank", name: "Bank", parent: "<0.1.0>" });
      // it was there before: only OTP's own word for who started it
      story.process("<0.5.0>", {
        ...at,
        name: "Shop.Cart",
        ancestors: "Shop.Carts, Shop.Supervisor",
      });
      // nothing is known of its parent but the pid
      story.process("<0.6.0>", { ...at, name: "Script", parent: "<0.99.0>" });
      for (let t = 0; t < 5; t++) story.call("<0.4.0>", t * 10, t * 10 + 5, work);
      story.call("<0.3.0>", 1, 2, work);
    });
    const placed = async (groups: LaneGroups): Promise<readonly string[]> =>
      (
        await lanes(recording, { t0: 0, t1: 100, buckets: 10, groups, offset: 0, limit: 9 })
      ).lanes.map(({ name, pid, group }) => `${name ?? pid} in ${group}`);
    expect(await placed("application")).toEqual([
      "Bank in bank",
      "Shop.Supervisor in shop",
      "Shop.Carts in shop",
      "Shop.Cart in shop",
      "Script in shop",
      "<0.3.0> in shop",
    ]);
    expect(await placed("supervisor")).toEqual([
      "Shop.Supervisor in no parent known",
      "Bank in Shop.Supervisor",
      "Shop.Carts in Shop.Supervisor",
      "Shop.Cart in Shop.Carts",
      "<0.3.0> in Shop.Carts",
      "Script in <0.99.0>",
    ]);
    const paged = { t0: 0, t1: 100, buckets: 10, groups: "supervisor", limit: 1 } as const;
    const at = await Promise.all(
      [0, 3, 5].map(
        async (offset) => (await lanes(recording, { ...paged, offset })).lanes[0]?.name,
      ),
    );
    expect(at).toEqual(["Shop.Supervisor", "Shop.Cart", "Script"]);
  });

  it("draw a call without a known end as an instant, and one that began before the range", async () => {
    const recording = await tell(
      (story) => {
        story.enter(A, 10, work);
        story.leave(A, 900);
        story.enter(B, 500, work);
        const { calls: table } = story.writer.tables;
        story.call(B, 100, 110, inner);
        table.columns.outcome[1] = 4;
        table.columns.t_exit[1] = -1;
      },
      {},
      1_000,
    );
    const view = await lanes(recording, { t0: 400, t1: 600, buckets: 10, offset: 0, limit: 5 });
    const spans = Object.fromEntries(
      view.lanes.map(({ pid, spans: boxes }) => [
        pid,
        boxes.map(({ t0, t1, outcome }) => [t0, t1, outcome]),
      ]),
    );
    expect(spans[A]).toEqual([[10, 900, "returned"]]);
    expect(spans[B]).toEqual([[500, 1_000, "open"]]);
    const inside = await lanes(recording, { t0: 600, t1: 610, buckets: 5, offset: 0, limit: 5 });
    expect(inside.lanes.map((lane) => lane.spans.length)).toEqual([1, 1]);
    const earlier = await lanes(recording, {
      t0: 0,
      t1: 200,
      buckets: 10,
      offset: 0,
      limit: 5,
      pids: [B],
    });
    expect(earlier.lanes[0]?.spans).toEqual([
      {
        t0: 100,
        t1: 100,
        depth: 1,
        label: "Shop.inner/0",
        count: 1,
        call: expect.any(Number),
        outcome: "lost",
      },
    ]);
  });

  it("mark what happened, counted per bucket and kind", async () => {
    const recording = await tell(
      (story) => {
        const first = story.message([A, 5], [B, 6], ":hi");
        story.message([A, 7], [B, 8], ":hi");
        story.state(B, 20, { n: 1 });
        story.event("getting_linked", B, 21);
        story.event("link", B, 22);
        story.event("register", B, 23);
        story.exit(B, 50, ":normal");
        expect(first).toBe(1);
      },
      {},
      100,
    );
    const view = await lanes(recording, {
      t0: 0,
      t1: 100,
      buckets: 10,
      offset: 0,
      limit: 5,
      pids: [B, A],
    });
    const marks = Object.fromEntries(
      view.lanes.map(({ pid, marks: all }) => [
        pid,
        all.map(({ t, kind, count }) => [t, kind, count]),
      ]),
    );
    expect(marks[A]).toEqual([[5, "send", 2]]);
    expect(marks[B]).toEqual([
      [6, "receive", 2],
      [20, "state", 1],
      [21, "link", 2],
      [50, "exit", 1],
    ]);
  });

  it("count every call and mark exactly once, at any zoom", async () => {
    let seed = 42;
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % n;
    };
    const recorded: { pid: string; t0: number; t1: number }[] = [];
    const instants: { pid: string; t: number }[] = [];
    const recording = await tell((story) => {
      for (const pid of [A, B]) {
        let t = 0;
        const nest = (depth: number): void => {
          const t0 = (t += random(depth === 0 ? 5_000 : 30));
          story.enter(pid, t0, random(2) === 0 ? work : inner);
          const inside = depth < 5 ? random(4) : 0;
          for (let i = 0; i < inside; i++) nest(depth + 1);
          t += random(random(10) === 0 ? 3_000 : 20);
          if (random(3) === 0) {
            story.message([pid, t], [null, null], ":x");
            instants.push({ pid, t });
          }
          story.leave(pid, t);
          recorded.push({ pid, t0, t1: t });
        };
        for (let i = 0; i < 150; i++) nest(0);
      }
    });
    const end = recording.manifest.durationNs;
    for (const [t0, t1, buckets] of [
      [0, end, 7],
      [0, end, 300],
      [end / 3, end / 2, 50],
      [end / 3, end / 3 + 100, 400],
      [end / 2, end / 2, 10],
    ] as const) {
      const range = { t0: Math.floor(t0), t1: Math.floor(t1) };
      const width = Math.max(1, range.t1 - range.t0) / buckets;
      const view = await lanes(recording, { ...range, buckets, offset: 0, limit: 5 });
      for (const lane of view.lanes) {
        const there = recorded.filter(
          (call) => call.pid === lane.pid && call.t0 <= range.t1 && call.t1 >= range.t0,
        );
        expect(lane.spans.reduce((sum, span) => sum + span.count, 0)).toBe(there.length);
        const marked = instants.filter(
          ({ pid, t }) => pid === lane.pid && t >= range.t0 && t <= range.t1,
        );
        expect(lane.marks.reduce((sum, mark) => sum + mark.count, 0)).toBe(marked.length);
        const alone = there.filter((call) => call.t1 - call.t0 >= width * 1.02).length;
        expect(lane.spans.filter((span) => span.call !== null).length).toBeGreaterThanOrEqual(
          alone,
        );
        for (const depth of new Set(lane.spans.map((span) => span.depth))) {
          expect(lane.spans.filter((span) => span.depth === depth).length).toBeLessThanOrEqual(
            2 * buckets + 4,
          );
        }
      }
    }
  });

  it("stay bounded however much there is, without leaving calls out", async () => {
    const recording = await tell((story) => {
      for (let lane = 0; lane < 10; lane++) {
        for (let i = 0; i < 4_000; i++) story.call(`<0.${lane}.1>`, i * 100, i * 100 + 40, work);
      }
    });
    const view = await lanes(recording, {
      t0: 0,
      t1: 400_000,
      buckets: 8_192,
      offset: 0,
      limit: 10,
    });
    const spans = view.lanes.flatMap((lane) => lane.spans);
    expect(spans.length).toBeLessThanOrEqual(20_000);
    expect(spans.reduce((sum, span) => sum + span.count, 0)).toBe(40_000);
    expect(view.lanes.some((lane) => lane.truncated)).toBe(false);
  });

  it("give a busy lane among many quiet ones all it needs", async () => {
    const recording = await tell((story) => {
      for (let lane = 0; lane < 60; lane++) story.event("send", `<0.${lane}.2>`, 1);
      for (let i = 0; i < 3_000; i++) story.event("send", A, i * 100);
    });
    const params = { t0: 0, t1: 300_000, buckets: 8_000, offset: 0, limit: 60 };
    const [busy] = (await lanes(recording, params)).lanes;
    expect(busy?.marks).toHaveLength(3_000);
    expect(busy?.truncated).toBeUndefined();
  });

  it("stay bounded with more lanes than anybody looks at, and say so", async () => {
    const recording = await tell((story) => {
      for (let lane = 0; lane < 40; lane++) {
        for (let depth = 0; depth < 12; depth++) story.enter(`<0.${lane}.1>`, depth, work);
        for (let i = 0; i < 800; i++)
          story.call(`<0.${lane}.1>`, 100 + i * 10, 105 + i * 10, inner);
      }
    });
    const view = await lanes(recording, { t0: 0, t1: 8_200, buckets: 8_192, offset: 0, limit: 40 });
    const spans = view.lanes.flatMap((lane) => lane.spans);
    expect(spans.length).toBeLessThanOrEqual(20_000);
    expect(spans.length).toBeGreaterThan(2_000);
    for (const lane of view.lanes) {
      const counted = lane.spans.reduce((sum, span) => sum + span.count, 0);
      expect(counted === 812 || lane.truncated === true).toBe(true);
    }
  });

  it("know at once of what a running recording has since, and keep pages apart in a whole one", async () => {
    const folder = recordingFolder("running lanes");
    const story = await Story.begin(folder);
    const params = { t0: 0, t1: 100, buckets: 10, offset: 0, limit: 5 };
    const heights = async (source: Pick<RecordingReader, "manifest" | "query">, pids?: string[]) =>
      (await lanes(source, pids === undefined ? params : { ...params, pids })).lanes.map(
        (lane) => [lane.pid, lane.depth] as const,
      );
    story.enter(A, 0, work);
    expect(await heights(story.writer)).toEqual([[A, 1]]);
    story.enter(A, 5, inner);
    story.event("send", A, 6);
    story.call(B, 10, 20, work);
    const both = [
      [A, 2],
      [B, 1],
    ];
    expect(await heights(story.writer)).toEqual(both);
    await story.end(100);
    const recording = await RecordingReader.open(folder);
    try {
      for (let again = 0; again < 2; again++) {
        expect(await heights(recording)).toEqual(both);
        expect(await heights(recording, [B])).toEqual([[B, 1]]);
        expect(await heights(recording, [])).toEqual([]);
      }
    } finally {
      await recording.close();
    }
  });

  it("have never fewer rows than their boxes need, also when it goes deeper while they are read", async () => {
    const story = await Story.begin(recordingFolder("deeper lanes"));
    story.enter(A, 0, work);
    const { writer } = story;
    const growing: Pick<RecordingReader, "manifest" | "query"> = {
      manifest: writer.manifest,
      query: async (sql, options) => {
        // how deep it is has been asked before
        if (sql.startsWith("WITH boxes")) story.enter(A, 5, inner);
        return await writer.query(sql, options);
      },
    };
    const page = await lanes(growing, { t0: 0, t1: 100, buckets: 10, offset: 0, limit: 5 });
    expect(page.lanes).toMatchObject([{ depth: 2, spans: [{ depth: 0 }, { depth: 1 }] }]);
    await story.end(100);
  });

  it("say when they are cut because they are too deep", async () => {
    const recording = await tell((story) => {
      for (let i = 0; i < 200; i++) story.enter(A, i, work);
      for (let i = 0; i < 200; i++) story.leave(A, 300 + i);
    });
    const [lane] = (await lanes(recording, { t0: 0, t1: 500, buckets: 10, offset: 0, limit: 1 }))
      .lanes;
    expect(lane).toMatchObject({ depth: 200, truncated: true });
    expect(Math.max(...(lane?.spans ?? []).map((span) => span.depth))).toBe(63);
  });
});

describe("calls", () => {
  it("give the stack at an instant, the children of a call and the outermost calls around", async () => {
    const recording = await tell((story) => {
      for (let i = 0; i < 10; i++) story.call(A, i * 10, i * 10 + 5, work, [i], i * 2);
      story.enter(A, 100, work, ["apple", 1]);
      story.enter(A, 110, inner);
      for (let i = 0; i < 3; i++) story.call(A, 120 + i * 10, 125 + i * 10, work, [i]);
      story.leave(A, 160, [":error", ":nope"]);
      story.leave(A, 170, ":boom", "raised");
      story.enter(A, 200, work);
    });
    const { stack, calls: around } = await calls(recording, { pid: A, t: 122, limit: 4 });
    expect(stack.map(({ mfa, depth, childCount, t0 }) => [mfa, depth, childCount, t0])).toEqual([
      ["Shop.work/1", 0, 1, 100],
      ["Shop.inner/0", 1, 3, 110],
      ["Shop.work/1", 2, 0, 120],
    ]);
    expect(stack[0]).toMatchObject({
      args: '"apple", 1',
      result: ":boom",
      outcome: "raised",
      t1: 170,
      selfNs: 20,
    });
    expect(around.map(({ t0 }) => t0)).toEqual([80, 90, 100, 200]);
    expect(around[3]).toMatchObject({ outcome: "open", t1: null, result: null });
    const children = await calls(recording, {
      pid: A,
      t: 122,
      parent: stack[1]?.call ?? 0,
      limit: 10,
    });
    expect(children.calls.map(({ args }) => args)).toEqual(["0", "1", "2"]);
    expect((await calls(recording, { pid: A, t: 205, limit: 1 })).stack).toHaveLength(1);
    expect(await calls(recording, { pid: "<0.77.0>", t: 0, limit: 1 })).toEqual({
      stack: [],
      calls: [],
    });
  });
});

describe("messages", () => {
  it("are those in and out around an instant, with what is known of each", async () => {
    const recording = await tell((story) => {
      const call = story.message([A, 10], [B, 30], { add: "apple" }, { kind: "call" });
      story.message([B, 40], [A, 45], ":ok", { kind: "reply", replyTo: call });
      story.message([null, null], [A, 50], ":tick", { match: "none" });
      story.message([A, 60], [null, null], ":lost", { match: "none" });
      story.message([B, 1_000], [A, 1_001], ":late");
    });
    const found = await messages(recording, { pid: A, t: 46, limit: 4 });
    expect(
      found.map(({ direction, body, dwellNs, match }) => [direction, body, dwellNs, match]),
    ).toEqual([
      ["out", '%{add: "apple"}', 20, "exact"],
      ["in", ":ok", 5, "exact"],
      ["in", ":tick", null, "none"],
      ["out", ":lost", null, "none"],
    ]);
    expect(found[1]).toMatchObject({
      kind: "reply",
      replyTo: found[0]?.message,
      from: B,
      to: A,
      tSent: 40,
      tReceived: 45,
    });
    expect(found[2]).toMatchObject({ from: null, tSent: null, tReceived: 50 });
    expect(await messages(recording, { pid: "<0.77.0>", t: 0, limit: 1 })).toEqual([]);
  });
});

describe("state", () => {
  it("is the last one before the instant, with what changed and its neighbours", async () => {
    const recording = await tell((story) => {
      story.process(A, { behaviour: "gen_server" });
      story.state(A, 10, { items: [], total: 0 }, "init");
      const cause = story.message([B, 15], [A, 18], { add: "apple" });
      story.state(A, 20, { items: ["apple"], total: 3 }, "handle_call", cause);
      story.state(A, 30, { items: ["apple"], total: 3 }, "handle_info");
    });
    const at = await state(recording, { pid: A, t: 25 });
    expect(at.state).toMatchObject({
      version: 2,
      t: 20,
      text: '%{items: ["apple"], total: 3}',
      callback: "handle_call",
    });
    expect(at.state?.causeMessage).toBeGreaterThan(0);
    expect(at).toMatchObject({
      previous: { version: 1, t: 10 },
      next: { version: 3, t: 30 },
      versions: 3,
      why: null,
    });
    expect(at.diff).toEqual([
      { path: ".items[0]", kind: "added", before: null, after: '"apple"' },
      { path: ".total", kind: "changed", before: "0", after: "3" },
    ]);
    expect((await state(recording, { pid: A, t: 30 })).diff).toEqual([]);
    expect(await state(recording, { pid: A, t: 10 })).toMatchObject({ previous: null, diff: [] });
  });

  it("says why there is none", async () => {
    const recording = await tell((story) => {
      story.process(A, { behaviour: "gen_server", spawned: 100 });
      story.state(A, 150, 1, "init");
      story.process(B, { behaviour: "gen_server" });
      story.call(B, 1, 2, work);
      story.call("<0.3.0>", 1, 2, work);
      story.gap(200, 300, "dropped", 9);
    });
    const why = async (pid: string, t: number): Promise<string | null> =>
      (await state(recording, { pid, t })).why;
    expect(await why("<0.77.0>", 1)).toContain("not seen");
    expect(await why(A, 50)).toContain("did not exist yet");
    expect(await why(A, 120)).toContain("first state of this process was recorded at 0.000000 s");
    expect(await why(B, 10)).toMatch(/gen_server.*not among the traced/);
    expect(await why("<0.3.0>", 10)).toContain("no OTP process");
    expect(await why(B, 250)).toContain("dropped (9 events)");
    expect((await state(recording, { pid: A, t: 120 })).next).toEqual({ version: 1, t: 150 });
  });

  it("says when it may be old, last, or cut", async () => {
    const recording = await tell((story) => {
      story.state(A, 10, 1);
      story.gap(20, 30, "rate_limited", 5, A);
      story.gap(20, 30, "truncated", 5, A);
      story.exit(A, 50, ":normal");
      story.state(B, 10, { log: [":$elixir_scope_cut"] });
    });
    expect((await state(recording, { pid: A, t: 15 })).why).toBeNull();
    expect((await state(recording, { pid: A, t: 40 })).why).toBe(
      "changes after 0.000000 s may be missing: rate_limited (5 events)",
    );
    expect((await state(recording, { pid: A, t: 60 })).why).toContain("the process exited");
    expect((await state(recording, { pid: B, t: 60 })).why).toContain(
      "larger than the recording's limits",
    );
  });

  it("says that states were not asked for", async () => {
    const plan = { ...testManifest().plan, state: false };
    const recording = await tell((story) => void story.call(A, 1, 2, work), { plan });
    expect((await state(recording, { pid: A, t: 2 })).why).toContain("without states");
  });
});

describe("event", () => {
  it("tells what it is, and its causes and effects", async () => {
    const ids: Record<string, number> = {};
    const recording = await tell((story) => {
      ids["outer"] = story.enter(A, 10, work, [1]);
      ids["inner"] = story.enter(A, 20, inner);
      ids["send"] = story.message([A, 30], [B, 40], { hello: "you" });
      ids["receive"] = ids["send"] + 1;
      ids["raise"] = story.leave(A, 50, [":error", ":boom"], "raised");
      ids["return"] = story.leave(A, 60, 42);
      ids["exit"] = story.exit(B, 70, ":killed");
      story.link(ids["receive"], ids["exit"], "exit");
    });
    const get = async (name: string) => {
      const view = await event(recording, ids[name] ?? 0);
      return {
        ...view,
        links: view?.links.map(({ direction, type, event: other }) => [direction, type, other]),
      };
    };
    expect(await get("outer")).toMatchObject({
      kind: "call",
      title: "Shop.work/1",
      mfa: "Shop.work/1",
      payloadText: "[1]",
      links: [["effect", "return", ids["return"]]],
    });
    expect((await get("inner")).links).toEqual([
      ["cause", "call", ids["outer"]],
      ["effect", "return", ids["raise"]],
    ]);
    expect(await get("send")).toMatchObject({
      title: `send to ${B}`,
      links: [
        ["effect", "message", ids["receive"]],
        ["cause", "call", ids["inner"]],
      ],
    });
    expect(await get("receive")).toMatchObject({
      title: `receive from ${A}`,
      links: [
        ["effect", "exit", ids["exit"]],
        ["cause", "message", ids["send"]],
      ],
    });
    expect(await get("raise")).toMatchObject({
      title: "exception in Shop.inner/0",
      links: [["cause", "return", ids["inner"]]],
    });
    expect(await get("return")).toMatchObject({
      title: "return from Shop.work/1",
      payloadText: "42",
      truncated: false,
    });
    const exit = await event(recording, ids["exit"] ?? 0);
    expect(exit?.title).toBe("exit: :killed");
    expect(exit?.links).toEqual([
      {
        event: ids["receive"],
        direction: "cause",
        type: "exit",
        confidence: "exact",
        title: `receive from ${A} (${B})`,
      },
    ]);
    expect(await event(recording, 999)).toBeNull();
  });
});

describe("step", () => {
  it("visits every event once in order of time, forwards and back", async () => {
    const recording = await tell((story) => {
      for (const t of [5, 5, 5, 1, 9, 9, 3]) story.event("send", t === 9 ? B : A, t);
    });
    const walk = async (direction: "next" | "previous", start: number): Promise<number[]> => {
      const seen: number[] = [];
      let at: { t: number; event?: number } = { t: start };
      for (;;) {
        const found = await step(recording, { ...at, direction });
        if (found === null) return seen;
        seen.push(found.event);
        at = { t: found.t, event: found.event };
      }
    };
    const forwards = await walk("next", -1);
    expect(forwards).toEqual([4, 7, 1, 2, 3, 5, 6]);
    expect(await walk("previous", 100)).toEqual(forwards.toReversed());
  });

  it("keeps to a process and to kinds", async () => {
    const recording = await tell((story) => {
      story.event("send", A, 1);
      story.event("exception", B, 2);
      story.event("send", B, 3);
    });
    expect(await step(recording, { t: 0, direction: "next", pid: B })).toEqual({
      event: 2,
      t: 2,
      pid: B,
    });
    expect(await step(recording, { t: 2, direction: "next", kinds: ["send"] })).toEqual({
      event: 3,
      t: 3,
      pid: B,
    });
    expect(await step(recording, { t: 2, direction: "previous", pid: B })).toBeNull();
    expect(await step(recording, { t: 0, direction: "next", kinds: [] })).toBeNull();
    expect(await step(recording, { t: 0, direction: "next", pid: "<0.77.0>" })).toBeNull();
  });
});

describe("search", () => {
  it("finds processes, functions, and text in messages and failures", async () => {
    const recording = await tell((story) => {
      story.process(A, { name: "Shop.Größe", spawned: 3 });
      story.call(A, 10, 20, ["Elixir.Shop.Apple", "peel", 1]);
      story.message([B, 30], [A, 40], { order: "Apple Größe 7" });
      story.enter(B, 50, work);
      story.leave(B, 60, [":error", "no apple left"], "raised");
    });
    const found = async (text: string) =>
      (await search(recording, { text, limit: 10 })).map(({ kind, title, t, pid }) => [
        kind,
        title,
        t,
        pid,
      ]);
    expect(await found("apple")).toEqual([
      ["function", "Shop.Apple.peel/1", 10, A],
      ["event", '[:error, "no apple left"]', 60, B],
      ["message", '%{order: "Apple Größe 7"}', 40, A],
    ]);
    expect((await found("größe")).map(([kind]) => kind)).toEqual(["process", "message"]);
    expect(await found("' OR 1=1 --")).toEqual([]);
    expect(await found(" ")).toEqual([]);
    expect(await search(recording, { text: "apple", limit: 1 })).toHaveLength(1);
  });
});

describe("a recording as a whole", () => {
  it("answers any request by its method", async () => {
    const recording = await tell((story) => void story.call(A, 1, 2, work));
    expect(await answer(recording, { method: "gaps", params: { t0: 0, t1: 1 } })).toEqual([]);
    const result = await query(recording, {
      sql: "select pid, count(*) n from events group by pid",
      limit: 5,
    });
    expect(result).toMatchObject({
      columns: [{ name: "pid" }, { name: "n" }],
      rows: [[A, 2]],
      truncated: false,
    });
    expect((await query(recording, { sql: "from range(10)", limit: 3 })).truncated).toBe(true);
  });

  it("that is empty answers everything with nothing", async () => {
    const recording = await tell(() => undefined);
    const range = { t0: 0, t1: 1 };
    expect((await info(recording)).range).toEqual({ t0: 0, t1: 1 });
    expect((await overview(recording, range, 2)).events).toEqual([0, 0]);
    expect(await lanes(recording, { ...range, buckets: 1, offset: 0, limit: 1 })).toEqual({
      total: 0,
      lanes: [],
    });
    expect(await processes(recording, { offset: 0, limit: 1 })).toEqual({ total: 0, rows: [] });
    expect(await step(recording, { t: 0, direction: "next" })).toBeNull();
    expect(await search(recording, { text: "x", limit: 1 })).toEqual([]);
  });

  it("says what was lost, but not what was left out on purpose", async () => {
    const loss = { dropped: 5, rate_limited: 2, sampled: 100, truncated: 9 };
    const recording = await tell((story) => void story.call(A, 1, 2, work), { loss });
    expect(endedStatus(recording)).toMatchObject({
      state: "closed",
      events: 2,
      lost: 7,
      durationNs: 2,
      message: "the time asked for is over",
    });
  });

  it("knows how far a running one has come", async () => {
    const story = await Story.begin(recordingFolder("running"));
    story.call(A, 10, 500, work);
    expect((await info(story.writer)).range).toEqual({ t0: 0, t1: 500 });
    story.enter(A, 900, work);
    const { lanes: found } = await lanes(story.writer, {
      t0: 0,
      t1: 1_000,
      buckets: 100,
      offset: 0,
      limit: 1,
    });
    expect(found[0]?.spans.map(({ t0, t1, outcome }) => [t0, t1, outcome])).toEqual([
      [10, 500, "returned"],
      [900, 900, "open"],
    ]);
    await story.end();
  });
});
