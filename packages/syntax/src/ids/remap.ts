// Where nodes went when a file was edited: by what they say, then by what they are there.
//
// Clauses are paired first: by whole content, by key, renamed ones by body, then by function in order.
// In a changed clause the largest equal subtrees are paired from the top down, then nodes at the same
// role path, then what is left below paired nodes, in order (a renamed variable changes paths too).

import type { Node } from "../ast.ts";
import { children } from "../tree.ts";
import type { Anchor } from "./anchors.ts";
import type { NodeId, NodeIds } from "../node-ids.ts";

/** Where the nodes of `before` are in `after`: id to id; what is gone is absent. */
export function remap(before: NodeIds, after: NodeIds): ReadonlyMap<NodeId, NodeId> {
  const mapped = new Map<NodeId, NodeId>();
  for (const [from, to] of pairAnchors(before, after)) {
    for (const [id, newId] of new ClausePair(before, after, from, to).pairs())
      mapped.set(id, newId);
  }
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
  by((ids, { kind, name, node }) => `${kind} ${arityOf(name)} ${ids.hashOf(bodyOf(node))}`);
  by((_, { kind, name }) => `${kind} ${name}`);
  return pairs;
}

function arityOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function bodyOf(node: Node): Node {
  return (node.kind === "call" && node.args.length > 1 ? node.args.at(-1) : undefined) ?? node;
}

/** Two versions of a clause, or of what a module holds outside of functions. */
class ClausePair {
  readonly #before: NodeIds;
  readonly #after: NodeIds;
  readonly #left: ReadonlyMap<Node, string>;
  readonly #right: ReadonlyMap<Node, string>;
  /** those that come first in the text last, to be popped */
  readonly #byHash = new Map<string, Node[]>();
  readonly #byPath = new Map<string, Node>();
  readonly #partner = new Map<Node, Node>();
  readonly #taken = new Set<Node>();

  constructor(before: NodeIds, after: NodeIds, from: Anchor, to: Anchor) {
    this.#before = before;
    this.#after = after;
    this.#left = pathsIn(before, from);
    this.#right = pathsIn(after, to);
    for (const [node, path] of [...this.#right].toReversed()) {
      this.#byPath.set(path, node);
      const hash = after.hashOf(node);
      const list = this.#byHash.get(hash);
      if (list === undefined) this.#byHash.set(hash, [node]);
      else list.push(node);
    }
  }

  pairs(): readonly (readonly [NodeId, NodeId])[] {
    this.#pairEqualTrees();
    this.#pairSamePaths();
    this.#pairChildren();
    this.#pairLeaves();
    return [...this.#partner].map(([from, to]) => [
      this.#before.idOf(from) ?? "",
      this.#after.idOf(to) ?? "",
    ]);
  }

  #waiting(): readonly (readonly [Node, string])[] {
    return [...this.#left].filter(([node]) => !this.#partner.has(node));
  }

  #pair(from: Node, to: Node): void {
    this.#partner.set(from, to);
    this.#taken.add(to);
  }

  #isFree(node: Node | undefined): node is Node {
    return node !== undefined && this.#right.has(node) && !this.#taken.has(node);
  }

  #pairEqualTrees(): void {
    for (const [node, path] of this.#left) {
      if (this.#partner.has(node) || children(node).length === 0) continue;
      const to = this.#equal(node, path);
      if (to !== undefined) this.#pairTrees(node, to);
    }
  }

  /** The equal one at the same path, else the first that is free. */
  #equal(node: Node, path: string): Node | undefined {
    const hash = this.#before.hashOf(node);
    const equal = this.#byHash.get(hash);
    if (equal === undefined) return undefined;
    const same = this.#byPath.get(path);
    if (this.#isFree(same) && this.#after.hashOf(same) === hash) return same;
    while (equal.length > 0 && !this.#isFree(equal.at(-1))) equal.pop();
    return equal.at(-1);
  }

  #pairTrees(from: Node, to: Node): void {
    const stack: (readonly [Node, Node])[] = [[from, to]];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const [x, y] = next;
      if (this.#partner.has(x) || !this.#left.has(x) || !this.#isFree(y)) continue;
      this.#pair(x, y);
      const below = children(y);
      children(x).forEach((child, i) => {
        const other = below[i];
        if (other !== undefined) stack.push([child, other]);
      });
    }
  }

  #pairSamePaths(): void {
    for (const [node, path] of this.#waiting()) {
      const to = this.#byPath.get(path);
      if (this.#isFree(to) && isAlike(node, to)) this.#pair(node, to);
    }
  }

  /** Parents come first, so that what is paired here has its own children paired after. */
  #pairChildren(): void {
    for (const node of this.#left.keys()) {
      const to = this.#partner.get(node);
      if (to === undefined) continue;
      const free = children(to).filter((child) => this.#isFree(child));
      if (free.length === 0) continue;
      for (const child of children(node)) {
        if (this.#partner.has(child) || !this.#left.has(child)) continue;
        const at = free.findIndex((candidate) => isAlike(child, candidate));
        const [found] = at < 0 ? [] : free.splice(at, 1);
        if (found !== undefined) this.#pair(child, found);
      }
    }
  }

  #pairLeaves(): void {
    for (const [node, path] of this.#waiting()) {
      const to = children(node).length === 0 ? this.#equal(node, path) : undefined;
      if (to !== undefined) this.#pair(node, to);
    }
  }
}

function isAlike(a: Node, b: Node): boolean {
  if (a.kind !== "call" || b.kind !== "call") return a.kind === b.kind;
  if (typeof a.callee !== "string") return typeof b.callee !== "string";
  return a.callee === b.callee;
}

function pathsIn(ids: NodeIds, anchor: Anchor): ReadonlyMap<Node, string> {
  const found = new Map<Node, string>();
  for (const node of ids.nodesOf(anchor)) {
    found.set(node, (ids.idOf(node) ?? "").slice(anchor.key.length + 1));
  }
  return found;
}
