// Lines and columns of offsets in a file, with columns in code points as Elixir counts them.

import type { Position } from "../ast.ts";
import type { Source } from "../source.ts";

export class Positions {
  readonly source: Source;
  /** the text has characters of two units, whose columns must be counted */
  readonly #isWide: boolean;
  /** where the last count ended: most questions come in the order of the text, also on long lines */
  #counted = { lineStart: -1, offset: 0, column: 1 };

  constructor(source: Source) {
    this.source = source;
    this.#isWide = /[\ud800-\udbff]/.test(source.text);
  }

  at(offset: number): Position {
    const position = this.source.positionAt(offset);
    if (!this.#isWide) return position;
    const lineStart = offset - position.column + 1;
    let { offset: from, column } = this.#counted;
    if (this.#counted.lineStart !== lineStart || from > offset) [from, column] = [lineStart, 1];
    const { text } = this.source;
    for (; from < offset; column += 1) from += (text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1;
    this.#counted = { lineStart, offset: from, column };
    return { line: position.line, column };
  }

  /** The offset of a place, the other way round. */
  offsetOf({ line, column }: Position): number {
    let offset = this.source.lineStarts[line - 1] ?? 0;
    if (!this.#isWide) return offset + column - 1;
    for (let left = column - 1; left > 0; left -= 1) {
      offset += (this.source.text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
    }
    return offset;
  }
}
