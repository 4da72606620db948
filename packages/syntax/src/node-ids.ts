// Names for nodes that survive edits: `Module.fun/arity@headHash[~dup]:rolePath`.
//
// The part before the colon is the clause (its key alone names the `def` call itself), told by the hash
// of its head and not by its place; outside of functions it is `Module` or `file`. Places of a clause are
// found when the first of its nodes is asked for, an id is written when it is asked for.

import type { Node } from "./ast.ts";
import { anchorsOf, type Anchor } from "./ids/anchors.ts";
import { ContentHashes, hashText, textHash } from "./ids/content-hash.ts";
import { places, type Place } from "./ids/role-path.ts";

export { remap } from "./ids/remap.ts";

export type NodeId = string;

const LONGEST_PATH = 256;

/** Ids of all nodes of `tree`, made on demand. */
export type NodeIds = {
  /** null for a node that is not in the tree */
  idOf(node: Node): NodeId | null;
  nodeOf(id: NodeId): Node | null;
  /** a hash of what the node says, without positions: equal for equal code */
  hashOf(node: Node): string;
  /** the file, its modules and the clauses of their functions, in source order */
  readonly anchors: readonly Anchor[];
  /** the nodes that an anchor owns, parents first */
  nodesOf(anchor: Anchor): Iterable<Node>;
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
  /** the others first: what is in no clause by its place is most likely theirs */
  readonly #inOrder: readonly Anchor[];
  readonly #owned = new Map<Anchor, Owned>();
  #last: Anchor | undefined;

  constructor(tree: Node) {
    this.anchors = anchorsOf(tree, this.#hashes);
    this.#anchorNodes = new Set(this.anchors.map((anchor) => anchor.node));
    this.#byKey = new Map(this.anchors.map((anchor) => [anchor.key, anchor]));
    this.#clauses = this.anchors
      .filter((anchor) => anchor.kind === "clause")
      .toSorted((a, b) => a.node.start - b.node.start);
    this.#inOrder = [
      ...this.anchors.filter((anchor) => anchor.kind !== "clause"),
      ...this.#clauses,
    ];
  }

  idOf(node: Node): NodeId | null {
    const near = this.#clauseAt(node);
    const id = near === undefined ? null : this.#owns(near).idOf(node);
    if (id !== null) return id;
    for (const anchor of this.#inOrder) {
      const found = anchor === near ? null : this.#owns(anchor).idOf(node);
      if (found !== null) return found;
    }
    return null;
  }

  nodeOf(id: NodeId): Node | null {
    const anchor = this.#byKey.get(anchorKey(id));
    return anchor === undefined ? null : this.#owns(anchor).nodeOf(id);
  }

  hashOf(node: Node): string {
    return hashText(this.#hashes.of(node));
  }

  nodesOf(anchor: Anchor): Iterable<Node> {
    return this.#owns(anchor).nodes();
  }

  #owns(anchor: Anchor): Owned {
    let owned = this.#owned.get(anchor);
    if (owned === undefined) {
      // a tree that is a module and nothing else leaves the file without nodes of its own
      const isBare = anchor.kind === "file" && this.anchors[1]?.node === anchor.node;
      owned = new Owned(anchor.key, isBare ? new Map() : places(anchor.node, this.#anchorNodes));
      this.#owned.set(anchor, owned);
    }
    return owned;
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

/** The nodes of one anchor. */
class Owned {
  readonly #key: string;
  readonly #places: ReadonlyMap<Node, Place>;
  #byId: Map<NodeId, Node> | null = null;

  constructor(key: string, found: ReadonlyMap<Node, Place>) {
    this.#key = key;
    this.#places = found;
  }

  nodes(): Iterable<Node> {
    return this.#places.keys();
  }

  idOf(node: Node): NodeId | null {
    const place = this.#places.get(node);
    return place === undefined ? null : this.#idAt(place);
  }

  nodeOf(id: NodeId): Node | null {
    if (this.#byId === null) {
      this.#byId = new Map();
      for (const place of this.#places.values()) this.#byId.set(this.#idAt(place), place.node);
    }
    return this.#byId.get(id) ?? null;
  }

  #idAt(place: Place): NodeId {
    if (place.id !== null) return place.id;
    const waiting: Place[] = [];
    let id = "";
    for (let at: Place | null = place; at !== null; at = at.above) {
      if (at.id !== null) {
        id = at.id;
        break;
      }
      waiting.push(at);
    }
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at.above === null) id = this.#key;
      else id = `${this.#short(id)}${at.above.above === null ? ":" : "."}${at.role}`;
      at.id = id;
    }
    return id;
  }

  /** What nests deeply has its path's beginning as a hash: `f/1@h:#k2j…`, or ids would fill the memory. */
  #short(id: NodeId): NodeId {
    if (id.length - this.#key.length < LONGEST_PATH) return id;
    return `${this.#key}:#${textHash(id.slice(this.#key.length + 1))}`;
  }
}

/** `Shop.Cart.add/2@1x2y3z` of `Shop.Cart.add/2@1x2y3z:do.user=`; a leading colon is a module's. */
function anchorKey(id: NodeId): string {
  const hash = id.lastIndexOf("@");
  const quoted = id.startsWith(':"') ? id.indexOf('"', 2) : 1;
  const colon = id.indexOf(":", Math.max(hash, quoted));
  return colon < 0 ? id : id.slice(0, colon);
}
