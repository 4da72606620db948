// Where nodes went when a file was edited: by what they say, then by what they are there.
//
// Clauses are paired first: by key, by whole content (moved or renamed), by function in order. In a
// changed clause the largest equal subtrees are paired from the top down, the rest by role path.

import type { Node } from "../ast.ts";
import { children } from "../tree.ts";
import type { Anchor } from "./anchors.ts";
import type { NodeId, NodeIds } from "../node-ids.ts";

/** Where the nodes of `before` are in `after`: id to id; what is gone is absent. */
export function remap(before: NodeIds, after: NodeIds): ReadonlyMap<NodeId, NodeId> {
  const mapped = new Map<NodeId, NodeId>();
  for (const [from, to] of pairAnchors(before, after)) pairNodes(before, after, from, to, mapped);
  return mapped;
}

function pairAnchors(before: NodeIds, after: NodeIds): readonly (readonly [Anchor, Anchor])[] {
  const pairs: (readonly [Anchor, Anchor])[] = [];
  let left: readonly Anchor[] = before.anchors;
  let right: readonly Anchor[] = after.anchors;
  const by = (keyOf: (ids: NodeIds, anchor: Anchor) => string): void => {
    const waiting = new Map<string, Anchor[]>();
    for (const anchor of right) {
      const key = keyOf(after, anchor);
      const list = waiting.get(key);
      if (list === undefined) waiting.set(key, [anchor]);
      else list.push(anchor);
    }
    left = left.filter((anchor) => {
      const partner = waiting.get(keyOf(before, anchor))?.shift();
      if (partner !== undefined) pairs.push([anchor, partner]);
      return partner === undefined;
    });
    right = [...waiting.values()].flat();
  };
  by((ids, { kind, name, key, node }) =>
    kind === "clause" ? `${name} ${ids.hashOf(node)}` : `${kind} ${key}`,
  );
  by((_, { key }) => key);
  by((ids, { kind, node }) => `${kind} ${ids.hashOf(node)}`);
  by((_, { kind, name }) => `${kind} ${name}`);
  return pairs;
}

function pairNodes(
  before: NodeIds,
  after: NodeIds,
  from: Anchor,
  to: Anchor,
  mapped: Map<NodeId, NodeId>,
): void {
  const left = before.nodesOf(from);
  const right = after.nodesOf(to);
  const taken = new Set<Node>();
  const equal = new Map<string, Node[]>();
  const byPath = new Map<string, Node>();
  for (const [node, id] of right) {
    byPath.set(pathOf(id, to), node);
    const hash = after.hashOf(node);
    const list = equal.get(hash);
    if (list === undefined) equal.set(hash, [node]);
    else list.push(node);
  }
  const pair = (a: Node, b: Node): void => {
    const stack: (readonly [Node, Node])[] = [[a, b]];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const [x, y] = next;
      const idX = left.get(x);
      const idY = right.get(y);
      if (idX === undefined || idY === undefined) continue;
      mapped.set(idX, idY);
      taken.add(y);
      const belowX = children(x);
      const belowY = children(y);
      for (let i = 0; i < belowX.length; i += 1) {
        const [p, q] = [belowX[i], belowY[i]];
        if (p !== undefined && q !== undefined) stack.push([p, q]);
      }
    }
  };
  const rest: (readonly [Node, NodeId])[] = [];
  const leaves: (readonly [Node, NodeId])[] = [];
  for (const [node, id] of left) {
    if (mapped.has(id)) continue;
    if (children(node).length === 0) {
      leaves.push([node, id]);
      continue;
    }
    const partner = choose(equal.get(before.hashOf(node)), byPath.get(pathOf(id, from)), taken);
    if (partner === undefined) rest.push([node, id]);
    else pair(node, partner);
  }
  for (const [node, id] of [...rest, ...leaves]) {
    if (mapped.has(id)) continue;
    const partner = byPath.get(pathOf(id, from));
    if (partner === undefined || taken.has(partner) || partner.kind !== node.kind) continue;
    const partnerId = right.get(partner);
    if (partnerId === undefined) continue;
    mapped.set(id, partnerId);
    taken.add(partner);
  }
  for (const [node, id] of leaves) {
    if (mapped.has(id)) continue;
    const partner = choose(equal.get(before.hashOf(node)), undefined, taken);
    if (partner !== undefined) pair(node, partner);
  }
}

/** The one at the same path if it says the same, else the first that is free. */
function choose(
  equal: readonly Node[] | undefined,
  samePath: Node | undefined,
  taken: ReadonlySet<Node>,
): Node | undefined {
  if (equal === undefined) return undefined;
  if (samePath !== undefined && !taken.has(samePath) && equal.includes(samePath)) return samePath;
  return equal.find((node) => !taken.has(node));
}

function pathOf(id: NodeId, anchor: Anchor): string {
  return id.slice(anchor.key.length + 1);
}
