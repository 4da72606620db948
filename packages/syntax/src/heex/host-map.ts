// Elixir that was put together from pieces of a file, back to where the pieces stand.
//
// The code of a template is parsed as a text of its own (`if x do` … `end` from three tags); each piece
// knows its offset there and in the file, and every node parsed from it gets the file's positions.

import type { Meta, Node, Position } from "../ast.ts";
import type { Diagnostic } from "../parsed.ts";
import type { Source } from "../source.ts";
import { Positions } from "./positions.ts";
import { rebuild } from "./rebuild.ts";

/** Offset in the joined text to offset in the file, for `length` units. */
type Piece = { readonly joined: number; readonly host: number; readonly length: number };

export class HostMap {
  readonly #host: Positions;
  readonly #pieces: Piece[] = [];
  #text = "";

  constructor(host: Positions) {
    this.#host = host;
  }

  get text(): string {
    return this.#text;
  }

  /** Adds code of the file. */
  add(start: number, end: number): void {
    this.#pieces.push({ joined: this.#text.length, host: start, length: end - start });
    this.#text += this.#host.source.text.slice(start, end);
  }

  /** Adds what is not in the file, to stand for the place `at`; answers its offset in the joined text. */
  insert(text: string, at: number): number {
    const joined = this.#text.length;
    this.#pieces.push({ joined, host: at, length: 0 });
    this.#text += text;
    return joined;
  }

  offset(joined: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.joined ?? 0) <= joined) low = middle;
      else high = middle - 1;
    }
    const piece = this.#pieces[low];
    if (piece === undefined) return 0;
    return piece.host + Math.min(Math.max(joined - piece.joined, 0), piece.length);
  }

  /**
   * The tree with positions of the file. `replace` gives other nodes for some, by where they begin in the
   * joined text; `change` may put another node for one that has its place.
   */
  relocate(
    tree: Node,
    joined: Source,
    replace: ReadonlyMap<number, Node>,
    change: (node: Node) => Node,
  ): Node {
    const positions = new Positions(joined);
    return rebuild(tree, (node, original) => {
      const other = original.kind === "variable" ? replace.get(original.start) : undefined;
      if (other !== undefined) return other;
      const start = this.offset(original.start);
      const end = Math.max(this.offset(original.end), start);
      const { meta } = original;
      const moved = meta === null ? null : { ...meta, ...this.#moved(meta, positions) };
      return change({ ...node, start, end, meta: moved });
    });
  }

  diagnostic(diagnostic: Diagnostic): Diagnostic {
    const start = this.offset(diagnostic.start);
    const end = Math.max(this.offset(diagnostic.end), start);
    return { ...diagnostic, ...this.#host.at(start), start, end };
  }

  /** Of metadata, what is or holds a position. */
  #moved(meta: Meta, joined: Positions): Record<string, unknown> {
    const moved: Record<string, unknown> = { ...this.#position(meta, joined) };
    for (const [key, value] of Object.entries(meta)) {
      if (typeof value === "object") moved[key] = this.#movedPart(value, joined);
    }
    return moved;
  }

  #movedPart(value: unknown, joined: Positions): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#movedPart(item, joined));
    if (typeof value !== "object" || value === null) return value;
    const moved: Record<string, unknown> = { ...value };
    for (const [key, part] of Object.entries(value)) moved[key] = this.#movedPart(part, joined);
    return isPosition(value) ? { ...moved, ...this.#position(value, joined) } : moved;
  }

  #position(position: Position, joined: Positions): Position {
    return this.#host.at(this.offset(joined.offsetOf(position)));
  }
}

function isPosition(value: object): value is Position {
  return "line" in value && "column" in value;
}
