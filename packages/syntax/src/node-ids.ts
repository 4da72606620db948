// Names for nodes that survive edits: `Module.fun/arity@headHash[~dup]:rolePath`.
//
// The part before the colon is the clause (its key alone names the `def` call itself), told by the hash
// of its head and not by its place; outside of functions it is `Module` or `file`. Ids of a clause are
// made when the first of its nodes is asked for.

import type { Node } from "./ast.ts";
import { anchorsOf, type Anchor } from "./ids/anchors.ts";
import { ContentHashes, hashText } from "./ids/content-hash.ts";
import { rolePaths } from "./ids/role-path.ts";

export { remap } from "./ids/remap.ts";

export type NodeId = string;

/** Ids of all nodes of `tree`, made on demand. */
export type NodeIds = {
  /** null for a node that is not in the tree */
  idOf(node: Node): NodeId | null;
  nodeOf(id: NodeId): Node | null;
  /** a hash of what the node says, without positions: equal for equal code */
  hashOf(node: Node): string;
  /** the file, its modules and the clauses of their functions, in source order */
  readonly anchors: readonly Anchor[];
  /** the nodes that an anchor owns with their ids, parents first */
  nodesOf(anchor: Anchor): ReadonlyMap<Node, NodeId>;
};

export type { Anchor };

export function nodeIds(tree: Node): NodeIds {
  return new IdIndex(tree);
}

class IdIndex implements NodeIds {
  readonly anchors: readonly Anchor[];
  readonly #hashes = new ContentHashes();
  readonly #anchorNodes: ReadonlySet<Node>;
  readonly #byKey: ReadonlyMap<string, Anchor>;
  /** clauses do not overlap: found by where a node begins */
  readonly #clauses: readonly Anchor[];
  readonly #nodes = new Map<Anchor, Map<Node, NodeId>>();
  readonly #byId = new Map<Anchor, Map<NodeId, Node>>();
  #last: Anchor | undefined;

  constructor(tree: Node) {
    this.anchors = anchorsOf(tree, this.#hashes);
    this.#anchorNodes = new Set(this.anchors.map((anchor) => anchor.node));
    this.#byKey = new Map(this.anchors.map((anchor) => [anchor.key, anchor]));
    this.#clauses = this.anchors
      .filter((anchor) => anchor.kind === "clause")
      .toSorted((a, b) => a.node.start - b.node.start);
  }

  idOf(node: Node): NodeId | null {
    const near = this.#clauseAt(node);
    const id = near === undefined ? undefined : this.nodesOf(near).get(node);
    if (id !== undefined) return id;
    for (const anchor of this.anchors) {
      const found = anchor === near ? undefined : this.nodesOf(anchor).get(node);
      if (found !== undefined) return found;
    }
    return null;
  }

  nodeOf(id: NodeId): Node | null {
    const anchor = this.#byKey.get(anchorKey(id));
    if (anchor === undefined) return null;
    let nodes = this.#byId.get(anchor);
    if (nodes === undefined) {
      nodes = new Map();
      for (const [node, nodeId] of this.nodesOf(anchor)) nodes.set(nodeId, node);
      this.#byId.set(anchor, nodes);
    }
    return nodes.get(id) ?? null;
  }

  hashOf(node: Node): string {
    return hashText(this.#hashes.of(node));
  }

  nodesOf(anchor: Anchor): ReadonlyMap<Node, NodeId> {
    const known = this.#nodes.get(anchor);
    if (known !== undefined) return known;
    const nodes = new Map<Node, NodeId>();
    this.#nodes.set(anchor, nodes);
    // a tree that is a module and nothing else leaves the file without nodes of its own
    if (anchor.kind === "file" && this.anchors[1]?.node === anchor.node) return nodes;
    rolePaths(anchor.node, this.#anchorNodes, (node, path) => {
      nodes.set(node, path === "" ? anchor.key : `${anchor.key}:${path}`);
    });
    return nodes;
  }

  #clauseAt({ start }: Node): Anchor | undefined {
    const last = this.#last;
    if (last !== undefined && start >= last.node.start && start < last.node.end) return last;
    let low = 0;
    let high = this.#clauses.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#clauses[middle]?.node.start ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    const found = this.#clauses[low];
    if (found === undefined || start < found.node.start || start >= found.node.end) {
      return undefined;
    }
    this.#last = found;
    return found;
  }
}

/** `Shop.Cart.add/2@1x2y3z` of `Shop.Cart.add/2@1x2y3z:do.user=`; a leading colon is a module's. */
function anchorKey(id: NodeId): string {
  const hash = id.lastIndexOf("@");
  const quoted = id.startsWith(':"') ? id.indexOf('"', 2) : 1;
  const colon = id.indexOf(":", Math.max(hash, quoted));
  return colon < 0 ? id : id.slice(0, colon);
}
