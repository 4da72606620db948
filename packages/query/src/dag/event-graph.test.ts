import { expect, it } from "vitest";
import { EventGraph, type EventEdge } from "./event-graph.ts";

function edge(source: number, target: number): EventEdge {
  return { source, target, type: "message", confidence: "exact" };
}

function graphOf(ids: readonly number[], edges: readonly EventEdge[], limit = 100): EventGraph {
  const graph = new EventGraph(limit);
  for (const id of ids) graph.add({ id, t: id, pid: 1, kind: 0 });
  for (const one of edges) graph.connect(one);
  return graph;
}

it("leaves out of a cycle what points against the order of events, and counts it", () => {
  const { edges, contradicting } = graphOf(
    [1, 2, 3, 4],
    [edge(1, 2), edge(2, 3), edge(3, 1), edge(3, 4)],
  ).view();
  expect(edges).toEqual([edge(1, 2), edge(2, 3), edge(3, 4)]);
  expect(contradicting).toBe(1);
});

it("keeps an edge against the order of events that closes no cycle", () => {
  const { edges, contradicting } = graphOf([1, 2, 3], [edge(2, 1), edge(2, 3)]).view();
  expect(edges).toEqual([edge(2, 1), edge(2, 3)]);
  expect(contradicting).toBe(0);
});

it("shows an edge once, and only when both of its ends are there", () => {
  const graph = graphOf([1, 2], [edge(1, 2), edge(1, 2), edge(2, 3), edge(2, 2)]);
  expect(graph.view()).toMatchObject({ edges: [edge(1, 2)], dangling: 1 });
  graph.add({ id: 3, t: 3, pid: 1, kind: 0 });
  expect(graph.view()).toMatchObject({ edges: [edge(1, 2), edge(2, 3)], dangling: 0 });
});

it("counts what finds no room", () => {
  const graph = graphOf([1, 2, 3], [], 2);
  expect(graph.view().points.map(({ id }) => id)).toEqual([1, 2]);
  expect(graph.more).toBe(1);
});
