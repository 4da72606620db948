// Elixir that was put together from pieces of a file, back to where the pieces stand.
//
// The code of a template is parsed as a text of its own (`if x do` … `end` from three tags); each piece
// knows its offset there and in the file, and every node parsed from it gets the file's positions.

import type { Diagnostic } from "../parsed.ts";
import type { Meta, Node, Position } from "../ast.ts";
import type { Source } from "../source.ts";
import { rebuild } from "./rebuild.ts";

/** Offset in the joined text to offset in the file, for `length` units. */
type Piece = { readonly joined: number; readonly host: number; readonly length: number };

const WIDE = /[\ud800-\udbff]/;

export class HostMap {
  readonly #host: Source;
  readonly #pieces: Piece[] = [];
  #text = "";
  /** the joined text has characters of two units */
  #isWide = false;

  constructor(host: Source) {
    this.#host = host;
  }

  get text(): string {
    return this.#text;
  }

  /** Adds code of the file. */
  add(start: number, end: number): void {
    const piece = this.#host.text.slice(start, end);
    this.#isWide ||= WIDE.test(piece);
    this.#pieces.push({ joined: this.#text.length, host: start, length: end - start });
    this.#text += piece;
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

  /** The tree with positions of the file; `replace` gives other nodes for some, by where they begin. */
  relocate(tree: Node, joined: Source, replace: ReadonlyMap<number, Node>): Node {
    return rebuild(tree, (node, original) => {
      const other = original.kind === "variable" ? replace.get(original.start) : undefined;
      if (other !== undefined) return other;
      const start = this.offset(original.start);
      const end = Math.max(this.offset(original.end), start);
      return { ...node, start, end, meta: this.#meta(original.meta, joined) };
    });
  }

  diagnostic(diagnostic: Diagnostic): Diagnostic {
    const start = this.offset(diagnostic.start);
    const end = Math.max(this.offset(diagnostic.end), start);
    return { ...diagnostic, ...positionAt(this.#host, start), start, end };
  }

  #meta(meta: Meta | null, joined: Source): Meta | null {
    if (meta === null) return null;
    return { ...meta, ...this.#positions(meta, joined) };
  }

  /** Of metadata, all entries that are or hold positions. */
  #positions(meta: Meta, joined: Source): Meta {
    const moved: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(meta)) {
      if (Array.isArray(value)) moved[key] = value.map((item) => this.#moved(item, joined));
      else if (typeof value === "object" && value !== null) moved[key] = this.#moved(value, joined);
    }
    return { ...meta, ...moved, ...this.#position(meta, joined) };
  }

  #moved(value: unknown, joined: Source): unknown {
    if (typeof value !== "object" || value === null) return value;
    const moved: Record<string, unknown> = { ...value };
    for (const [key, part] of Object.entries(value)) moved[key] = this.#moved(part, joined);
    if (isPosition(value)) Object.assign(moved, this.#position(value, joined));
    return moved;
  }

  #position({ line, column }: Position, joined: Source): Position {
    const start = joined.lineStarts[line - 1] ?? 0;
    const offset = this.#isWide ? offsetAt(joined.text, start, column) : start + column - 1;
    return positionAt(this.#host, this.offset(offset));
  }
}

function isPosition(value: object): value is Position {
  return "line" in value && "column" in value;
}

/** Columns count code points, offsets UTF-16 units. */
function offsetAt(text: string, lineStart: number, column: number): number {
  let offset = lineStart;
  for (let left = column - 1; left > 0; left -= 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** Line and column of an offset, columns in code points as Elixir counts. */
export function positionAt(source: Source, offset: number): Position {
  const { line, column } = source.positionAt(offset);
  const before = source.text.slice(offset - column + 1, offset);
  return { line, column: WIDE.test(before) ? Array.from(before).length + 1 : column };
}
