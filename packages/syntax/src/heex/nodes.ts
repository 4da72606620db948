// Makes the nodes that stand for markup: they have the positions of what they stand for.

import type { AtomNode, CallNode, ListNode, Node, PairNode, StringNode } from "../ast.ts";
import type { Range } from "./markup-token.ts";
import type { Positions } from "./positions.ts";

export class NodeMaker {
  readonly #positions: Positions;

  constructor(positions: Positions) {
    this.#positions = positions;
  }

  call(callee: string | Node, args: readonly Node[], range: Range): CallNode {
    const { start, end } = range;
    return { kind: "call", callee, args, start, end, meta: this.#positions.at(start) };
  }

  list(items: readonly Node[], { start, end }: Range): ListNode {
    return { kind: "list", items, start, end, meta: null };
  }

  pair(left: Node, right: Node, { start, end }: Range): PairNode {
    return { kind: "pair", left, right, start, end, meta: null };
  }

  atom(name: string, { start, end }: Range): AtomNode {
    return { kind: "atom", name, start, end, meta: null };
  }

  variable(name: string, { start, end }: Range): Node {
    return { kind: "variable", name, start, end, meta: this.#positions.at(start) };
  }

  text({ start, end }: Range): StringNode {
    const value = this.#positions.source.text.slice(start, end);
    return { kind: "string", value, raw: value, start, end, meta: this.#positions.at(start) };
  }

  /** `name: value` in a list of keywords, where the name has the place of `range` */
  keyword(name: string, value: Node, range: Range): PairNode {
    return this.pair(this.atom(name, range), value, {
      start: Math.min(range.start, value.start),
      end: Math.max(range.end, value.end),
    });
  }

  /** `fn pattern -> body end` */
  fn(pattern: Node, body: Node, range: Range): CallNode {
    const clause = this.call("->", [this.list([pattern], pattern), body], range);
    return this.call("fn", [clause], range);
  }
}
