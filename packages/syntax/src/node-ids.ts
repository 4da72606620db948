// Names for nodes that survive edits: `Module.fun/arity@headHash[~dup]:rolePath`.

import type { Node } from "./ast.ts";

export type NodeId = string;

/** Ids of all nodes in functions of `tree`, made on demand. */
export type NodeIds = {
  /** null for a node outside any function clause and module body */
  idOf(node: Node): NodeId | null;
  nodeOf(id: NodeId): Node | null;
  /** a hash of what the node says, without positions: equal for equal code */
  hashOf(node: Node): string;
};

export function nodeIds(tree: Node): NodeIds {
  void tree;
  throw new Error("being written");
}

/** Where the nodes of `before` are in `after`: id to id; what is gone is absent. */
export function remap(before: NodeIds, after: NodeIds): ReadonlyMap<NodeId, NodeId> {
  void before;
  void after;
  throw new Error("being written");
}
