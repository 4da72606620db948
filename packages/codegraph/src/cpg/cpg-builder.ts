// Collects nodes by their ids, and edges once each.

import type { Cpg, CpgEdge, CpgEdgeKind, CpgNode } from "./cpg.ts";

type Place = Pick<CpgNode, "line" | "column" | "start" | "end">;

export const nowhere: Place = { line: 0, column: 0, start: -1, end: -1 };

export class CpgBuilder {
  readonly #nodes: CpgNode[] = [];
  readonly #edges: CpgEdge[] = [];
  readonly #byId = new Map<string, number>();
  readonly #seen = new Set<string>();

  /** The index of the node with that id; the first one given stays. */
  node(node: CpgNode): number {
    const known = this.#byId.get(node.id);
    if (known !== undefined) return known;
    const index = this.#nodes.length;
    this.#nodes.push(node);
    this.#byId.set(node.id, index);
    return index;
  }

  find(id: string | null): number | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  /** Nothing when an end is missing, so that layers need not know what others left out. */
  edge(
    kind: CpgEdgeKind,
    from: number | undefined,
    to: number | undefined,
    label: string | null = null,
    index = -1,
  ): void {
    if (from === undefined || to === undefined) return;
    const key = `${kind} ${from} ${to} ${label ?? ""} ${index}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#edges.push({ from, to, kind, label, index });
  }

  finish(): Cpg {
    return { nodes: this.#nodes, edges: this.#edges };
  }

  /** A function that is called or contains; it may be of another file or project. */
  function(key: string): number {
    return this.node({
      id: key,
      kind: "function",
      type: "function",
      label: key,
      function: key,
      ...nowhere,
    });
  }

  module(name: string): number {
    return this.node({
      id: name,
      kind: "module",
      type: "module",
      label: name,
      function: null,
      ...nowhere,
    });
  }
}
