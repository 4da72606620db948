// A 53-bit hash of what a node says: kinds, names, values and structure, never positions or layout.
//
// Merkle style: a node's hash mixes those of its children, so equal code has equal hashes wherever it
// stands. Not cryptographic; with 10^6 different subtrees the chance of any collision is about 6e-5.

import type { Node, NodeKind } from "../ast.ts";
import { children } from "../tree.ts";

const KIND_SEED: Readonly<Record<NodeKind, number>> = {
  atom: 0x1f3d5b79,
  integer: 0x2a4c6e81,
  float: 0x3b5d7f93,
  string: 0x4c6e90a5,
  charlist: 0x5d7fa1b7,
  list: 0x6e80b2c9,
  pair: 0x7f91c3db,
  variable: 0x10a2d4ed,
  call: 0x21b3e5ff,
  broken: 0x32c4f611,
};

/** Hashes of subtrees, each computed once. */
export class ContentHashes {
  readonly #known = new Map<Node, number>();

  /** An integer below 2^53. */
  of(root: Node): number {
    const done = this.#known.get(root);
    if (done !== undefined) return done;
    const stack: Node[] = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (this.#known.has(node)) {
        stack.pop();
        continue;
      }
      const below = children(node);
      const waiting = stack.length;
      for (const child of below) if (!this.#known.has(child)) stack.push(child);
      if (stack.length > waiting) continue;
      this.#known.set(node, this.#combine(node, below));
      stack.pop();
    }
    return this.#known.get(root) ?? 0;
  }

  #combine(node: Node, below: readonly Node[]): number {
    let low = KIND_SEED[node.kind] ^ below.length;
    let high = 0x41c6ce57 ^ low;
    const text = says(node);
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      low = Math.imul(low ^ unit, 0x9e3779b1);
      high = Math.imul(high ^ unit, 0x5f356495);
    }
    for (const child of below) {
      const hash = this.#known.get(child) ?? 0;
      low = Math.imul(low ^ hash, 0x85ebca77) ^ (low >>> 13);
      high = Math.imul(high ^ (hash / 0x1_0000_0000), 0xc2b2ae3d) ^ (high >>> 15) ^ low;
    }
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
  }
}

/** Of a text, as it stands in ids. */
export function textHash(text: string): string {
  const node: Node = { kind: "atom", name: text, start: 0, end: 0, meta: null };
  return hashText(new ContentHashes().of(node));
}

/** As it stands in ids: base 36, at most 11 characters. */
export function hashText(hash: number): string {
  return hash.toString(36);
}

function says(node: Node): string {
  if (node.kind === "atom" || node.kind === "variable") return node.name;
  if (node.kind === "call") return typeof node.callee === "string" ? node.callee : "";
  return "value" in node ? String(node.value) : "";
}
