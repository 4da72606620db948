// Source text with its lines: offsets to positions and bytes, and back.

import type { Position } from "./ast.ts";

export class Source {
  readonly text: string;
  readonly file: string;
  #lineStarts: Int32Array | null = null;

  constructor(text: string, file = "nofile") {
    this.text = text;
    this.file = file;
  }

  /** Offsets at which lines begin; a line ends at \n. */
  get lineStarts(): Int32Array {
    this.#lineStarts ??= lineStarts(this.text);
    return this.#lineStarts;
  }

  /** Line and column (1-based, UTF-16 units) of an offset. */
  positionAt(offset: number): Position {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** The text of a line (1-based), without its end. */
  line(line: number): string {
    const start = this.lineStarts[line - 1];
    if (start === undefined) return "";
    const end = this.lineStarts[line] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, "");
  }

  /** Blanks at the beginning of a line (1-based); more than 200 count as 200. */
  indentation(line: number): number {
    const start = this.lineStarts[line - 1] ?? 0;
    let at = start;
    while (at < start + 200 && (this.text[at] === " " || this.text[at] === "\t")) at += 1;
    return at - start;
  }

  slice(range: { readonly start: number; readonly end: number }): string {
    return this.text.slice(range.start, range.end);
  }

  /** The range in bytes of the text's UTF-8 form. */
  byteRange(range: { readonly start: number; readonly end: number }): {
    start: number;
    end: number;
  } {
    const start = Buffer.byteLength(this.text.slice(0, range.start));
    return { start, end: start + Buffer.byteLength(this.slice(range)) };
  }
}

function lineStarts(text: string): Int32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Int32Array.from(starts);
}
