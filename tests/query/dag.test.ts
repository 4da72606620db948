// The seven graphs over told recordings whose truth is known, and over generated worlds.

import { messageOf } from "@elixirscope/base";
import { topologicalOrder, Digraph } from "@elixirscope/base";
import {
  dag,
  DAG_DETAILS,
  DAG_KINDS,
  LiveDag,
  type Dag,
  type DagChange,
  type DagEdge,
  type DagNode,
  type DagParams,
  type Source,
} from "@elixirscope/query";
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { deeds, reachable, tellWorld, type World } from "./dag-world.ts";
import { recordingFolder, tell } from "./told.ts";

const [CLIENT, SERVER] = ["<0.100.0>", "<0.200.0>"] as const;
const LIMIT = 1_000;

const VARIANTS: readonly DagParams[] = [
  ...DAG_KINDS.map((kind) => ({ kind, limit: LIMIT })),
  ...DAG_DETAILS.map((detail) => ({ kind: "execution" as const, detail, limit: LIMIT })),
];

/** Another set each time; a failure names its seed. */
const SEED = Date.now() % 2 ** 31;
const WORLDS = fc.sample(deeds, { numRuns: 5, seed: SEED });
const worlds: { readonly recording: Source; readonly world: World }[] = [];

// a world is told once for all that must be true of it: files take longer than questions
beforeAll(async () => {
  for (const all of WORLDS) {
    let world: World | undefined;
    const recording = await tell((story) => {
      world = tellWorld(story, all);
    });
    if (world !== undefined) worlds.push({ recording, world });
  }
});

/** For each world. */
async function always(
  holds: (recording: Source, world: World, at: number) => Promise<void>,
): Promise<void> {
  expect(worlds).toHaveLength(WORLDS.length);
  for (const [at, { recording, world }] of worlds.entries()) {
    try {
      await holds(recording, world, at);
    } catch (error) {
      throw new Error(`in world ${at} of seed ${SEED}: ${messageOf(error)}`, { cause: error });
    }
  }
}

function isAcyclic({ nodes, edges, cycles }: Dag): boolean {
  // the nodes of a cycle are drawn together; the edges within are gone
  const place = new Map(nodes.map(({ id }, at) => [id, at]));
  for (const ids of cycles) for (const id of ids) place.set(id, place.get(ids[0] ?? id) ?? 0);
  const outer = edges
    .map(({ source, target }) => [place.get(source) ?? -1, place.get(target) ?? -1] as const)
    .filter(([source, target]) => source !== target);
  const digraph = new Digraph(
    nodes.length,
    outer.map(([source]) => source),
    outer.map(([, target]) => target),
  );
  return topologicalOrder(digraph) !== null;
}

function eventEdges(edges: readonly DagEdge[]): (readonly [number, number])[] {
  return edges.map(
    ({ source, target }) => [Number(source.slice(1)), Number(target.slice(1))] as const,
  );
}

it("has no cycles but those that it names, whatever happened", async () => {
  await always(async (recording) => {
    for (const params of VARIANTS) {
      const graph = await dag(recording, params);
      const ids = new Set(graph.nodes.map(({ id }) => id));
      expect(ids.size).toBe(graph.nodes.length);
      expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
      expect(
        graph.edges.filter(({ source, target }) => !ids.has(source) || !ids.has(target)),
      ).toEqual([]);
      expect(isAcyclic(graph)).toBe(true);
      const addsUp = params.kind === "interaction" || params.kind === "execution";
      expect(graph.cycles.length > 0 && !addsUp).toBe(false);
    }
  });
});

it("orders events exactly as they happened, and no edge of it follows from others", async () => {
  await always(async (recording, { events, between }) => {
    const size = events.length;
    const order = events.flatMap(({ pid }, at) => {
      const next = events.findIndex((one, later) => later > at && one.pid === pid);
      return next === -1 ? [] : [[at + 1, next + 1] as const];
    });
    const graph = await dag(recording, { kind: "temporal", limit: LIMIT });
    expect(graph.nodes).toHaveLength(size);
    const edges = eventEdges(graph.edges);
    const truth = reachable(size, [...order, ...between]);
    expect(reachable(size, edges)).toEqual(truth);
    for (const edge of edges) {
      const others = edges.filter((one) => one !== edge);
      expect(reachable(size, others)[edge[0]]?.has(edge[1])).toBe(false);
    }
  });
});

function keyed<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function applied(changes: readonly DagChange[]): {
  nodes: Map<string, DagNode>;
  edges: Map<string, DagEdge>;
} {
  const [nodes, edges] = [new Map<string, DagNode>(), new Map<string, DagEdge>()];
  for (const change of changes) {
    for (const node of change.nodes) nodes.set(node.id, node);
    for (const edge of change.edges) edges.set(edge.id, edge);
    for (const id of change.removedNodes) nodes.delete(id);
    for (const id of change.removedEdges) edges.delete(id);
  }
  return { nodes, edges };
}

it("grows by what came since to the same as at once, wherever it was cut", async () => {
  await always(async (recording, { events }, at) => {
    const limit = at % 2 === 0 ? LIMIT : 5;
    // elsewhere in each world, never where the dice of small samples like it: at the very beginning
    const cuts = [1, 2, 3, 4].map((n) => Math.ceil((events.length * n) / 5) - ((SEED + at) % 7));
    for (const variant of VARIANTS) {
      const params = { ...variant, limit };
      const live = new LiveDag(recording, params);
      const changes: DagChange[] = [];
      for (const upTo of [...cuts, events.length]) changes.push(await live.next(upTo));
      const whole = await dag(recording, params);
      const { nodes, edges } = applied(changes);
      expect({ params, nodes, edges }).toEqual({
        params,
        nodes: keyed(whole.nodes),
        edges: keyed(whole.edges),
      });
      expect(changes.at(-1)).toMatchObject({ more: whole.more, cycles: whole.cycles });
      // nothing came, nothing changed
      expect(await live.next(events.length)).toMatchObject({
        nodes: [],
        edges: [],
        removedNodes: [],
      });
    }
  });
});

it("counts every message, call and nanosecond once", async () => {
  await always(async (recording, { calls, messages, states }) => {
    const interaction = await dag(recording, { kind: "interaction", limit: LIMIT });
    const sent = interaction.edges.filter(({ type }) => type === "plain");
    expect(sent.reduce((sum, { weight }) => sum + (weight?.count ?? 0), 0)).toBe(messages.length);
    for (const { source, target, weight } of sent) {
      const told = messages.filter(({ from, to }) => `p${from}` === source && `p${to}` === target);
      expect(weight?.count).toBe(told.length);
    }
    const ended = calls.reduce((sum, { selfNs }) => sum + (selfNs ?? 0), 0);
    for (const params of [
      { kind: "performance", limit: LIMIT },
      { kind: "execution", limit: LIMIT },
      { kind: "execution", detail: "call", limit: LIMIT },
    ] as const) {
      const { nodes } = await dag(recording, params);
      const count = nodes.reduce((sum, { weight }) => sum + (weight?.count ?? 0), 0);
      const self = nodes.reduce((sum, { weight }) => sum + (weight?.selfNs ?? 0), 0);
      expect({ params, count, self }).toEqual({ params, count: calls.length, self: ended });
    }
    const versions = await dag(recording, { kind: "state", limit: LIMIT });
    expect(versions.nodes.filter(({ type }) => type === "state").map(({ event }) => event)).toEqual(
      states,
    );
  });
});

it("names the same event the same in every kind and every range", async () => {
  const recording = await tell((story) => {
    story.enter(CLIENT, 10, ["Elixir.Shop", "visit", 1], ["a customer"]);
    const request = story.message([CLIENT, 20], [SERVER, 30], "a request", { kind: "call" });
    story.state(SERVER, 40, { orders: 1 }, "handle_call", request);
    story.leave(CLIENT, 50, "a result");
  });
  for (const params of [
    { kind: "temporal" },
    { kind: "causality" },
    { kind: "dataflow" },
    { kind: "state" },
    { kind: "temporal", from: 15, to: 35 },
  ] as const) {
    const { nodes } = await dag(recording, { ...params, limit: LIMIT });
    expect(nodes.find(({ event }) => event === 2)).toMatchObject({ id: "e2", t: 20, pid: CLIENT });
  }
  const { nodes } = await dag(recording, { kind: "execution", detail: "call", limit: LIMIT });
  expect(nodes).toMatchObject([{ id: "e1", event: 1, label: 'Shop.visit("a customer")' }]);
});

it("shows what changed in a state and the message that it came of", async () => {
  const recording = await tell((story) => {
    story.process(SERVER, { name: "Elixir.Shop.Cart" });
    story.state(SERVER, 10, { items: 0, owner: "ann" }, "init");
    const request = story.message([CLIENT, 20], [SERVER, 30], "add", { kind: "cast" });
    story.state(SERVER, 40, { items: 1, owner: "ann" }, "handle_cast", request);
  });
  const { nodes, edges } = await dag(recording, { kind: "state", limit: LIMIT });
  expect(nodes.map(({ id, label }) => [id, label])).toEqual([
    ["e1", "Shop.Cart version 1 after init"],
    ["e4", "Shop.Cart version 2 after handle_cast"],
    ["e2", 'cast "add"'],
  ]);
  expect(edges).toMatchObject([
    { source: "e1", target: "e4", type: "change", label: "items: 0 → 1", confidence: "exact" },
    { source: "e2", target: "e4", type: "cause", confidence: "exact" },
  ]);
});

it("tells waiting from working, and puts both under the stack they were in", async () => {
  const recording = await tell((story) => {
    story.enter(CLIENT, 0, ["Elixir.Shop", "visit", 0]);
    story.enter(CLIENT, 100, ["Elixir.Shop.Cart", "items", 0]);
    const ask = story.message([CLIENT, 200], [SERVER, 250], "items", { kind: "call" });
    story.message([SERVER, 600], [CLIENT, 700], "nothing", { kind: "reply", replyTo: ask });
    story.leave(CLIENT, 800);
    // it had been there since 300: nobody waited for it
    story.message(["<0.300.0>", 300], [CLIENT, 900], "news");
    story.leave(CLIENT, 1_000);
    story.enter(SERVER, 2_000, ["Elixir.Shop.Cart", "items", 0]);
  });
  const { nodes, edges } = await dag(recording, { kind: "performance", limit: LIMIT });
  const weights = nodes.map(({ label, weight }) => [label, weight]);
  expect(weights).toEqual([
    ["Shop.visit/0", { count: 1, totalNs: 1_000, selfNs: 300, waitingNs: 0, first: 1 }],
    ["Shop.Cart.items/0", { count: 1, totalNs: 0, selfNs: 0, waitingNs: 0, open: 1, first: 11 }],
    ["Shop.Cart.items/0", { count: 1, totalNs: 700, selfNs: 700, waitingNs: 500, first: 2 }],
  ]);
  expect(edges).toMatchObject([
    { source: nodes[0]?.id, target: nodes[2]?.id, weight: { count: 1 } },
  ]);
  // the wait begins in one portion and ends in the next
  const live = new LiveDag(recording, { kind: "performance", limit: LIMIT });
  expect(applied([await live.next(3), await live.next()]).nodes).toEqual(keyed(nodes));
});

it("follows a value across processes, and guesses nothing from a common one", async () => {
  const recording = await tell((story) => {
    story.enter(CLIENT, 10, ["Elixir.Shop", "visit", 2], ["customer-17", 1]);
    story.message([CLIENT, 20], [SERVER, 30], { name: "customer-17", count: 1 });
    story.enter(SERVER, 40, ["Elixir.Shop.Cart", "greet", 1], ["customer-17"]);
    story.enter(SERVER, 50, ["Elixir.Shop.Cart", "count", 1], [1]);
  });
  const { edges, limits } = await dag(recording, { kind: "dataflow", limit: LIMIT });
  expect(
    edges.map(({ source, target, type, confidence }) => [source, target, type, confidence]),
  ).toEqual([
    ["e1", "e2", "value", "inferred"],
    ["e2", "e3", "message", "exact"],
    ["e3", "e4", "value", "inferred"],
  ]);
  expect(limits.join()).toContain("not analysed");
});

it("keeps to what is connected with an event, to a depth and a limit", async () => {
  const recording = await tell((story) => {
    story.message([CLIENT, 10], [SERVER, 20], "one");
    story.message([SERVER, 30], ["<0.300.0>", 40], "two");
    story.event("register", "<0.999.0>", 50, ":alone");
  });
  const around = async (more: Partial<DagParams>): Promise<unknown> => {
    const {
      nodes,
      focus,
      more: left,
    } = await dag(recording, { kind: "temporal", event: 2, limit: LIMIT, ...more });
    return [focus, nodes.map(({ id }) => id), left];
  };
  expect(await around({})).toEqual(["e2", ["e1", "e2", "e3", "e4"], 0]);
  expect(await around({ depth: 1 })).toEqual(["e2", ["e1", "e2", "e3"], 1]);
  expect(await around({ limit: 2 })).toEqual(["e2", ["e1", "e2"], 2]);
  expect(await dag(recording, { kind: "causality", event: 2, limit: LIMIT })).toMatchObject({
    edges: [
      { source: "e1", target: "e2", type: "message" },
      { source: "e2", target: "e3" },
      { source: "e3", target: "e4", type: "message" },
    ],
  });
  await expect(dag(recording, { kind: "temporal", event: 99, limit: 9 })).rejects.toThrow(
    "no event 99",
  );
});

it("says what is missing", async () => {
  const recording = await tell((story) => {
    story.call(CLIENT, 10, 20, ["Elixir.Shop", "visit", 0]);
    story.gap(12, 15, "dropped", 7);
  });
  const { limits } = await dag(recording, { kind: "temporal", limit: LIMIT });
  expect(limits.join()).toContain("dropped (7 events)");
});

it("takes what came while a recording is being written", async () => {
  const story = await Story.begin(recordingFolder("live-dag"));
  const source: Source = {
    manifest: story.writer.manifest,
    query: async (sql, options) => await story.writer.query(sql, options),
  };
  const calls = new LiveDag(source, { kind: "execution", limit: LIMIT });
  story.enter(CLIENT, 10, ["Elixir.Shop", "visit", 0]);
  const first = await calls.next();
  expect(first.nodes).toMatchObject([{ label: "Shop.visit/0", weight: { count: 1, open: 1 } }]);
  story.call(CLIENT, 20, 30, ["Elixir.Shop", "total", 0]);
  story.leave(CLIENT, 50);
  const second = await calls.next();
  expect(second.nodes.map(({ label, weight }) => [label, weight])).toEqual([
    ["Shop.visit/0", { count: 1, selfNs: 30, first: 1, last: 1 }],
    ["Shop.total/0", { count: 1, selfNs: 10, first: 2, last: 2 }],
  ]);
  expect(second.edges).toMatchObject([{ weight: { count: 1, totalNs: 10 } }]);
  story.enter(CLIENT, 60, ["Elixir.Shop", "visit", 0]);
  story.call(CLIENT, 70, 85, ["Elixir.Shop", "total", 0]);
  const third = await calls.next();
  expect(third.edges).toMatchObject([{ weight: { count: 2, totalNs: 25 } }]);
  expect(third.nodes.map(({ weight }) => weight)).toMatchObject([
    { count: 2, selfNs: 30, open: 1 },
    { count: 2, selfNs: 25 },
  ]);
  await story.end();
});
