// Which nodes reach one another.

import { Digraph, stronglyConnected } from "@elixirscope/base";
import type { Graph } from "./dag.ts";

/** Each with its nodes in their order; a node that reaches itself directly is one, too. */
export function cyclesOf({
  nodes,
  edges,
}: Pick<Graph, "nodes" | "edges">): readonly (readonly string[])[] {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const from = edges.map(({ source }) => places.get(source) ?? 0);
  const to = edges.map(({ target }) => places.get(target) ?? 0);
  const { of, count } = stronglyConnected(new Digraph(nodes.length, from, to));
  const members: string[][] = Array.from({ length: count }, () => []);
  nodes.forEach(({ id }, place) => members[of[place] ?? 0]?.push(id));
  const loops = new Set(edges.flatMap(({ source, target }) => (source === target ? [source] : [])));
  return members.filter((ids) => ids.length > 1 || loops.has(ids[0] ?? ""));
}
