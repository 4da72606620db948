// The tokens of a text, as columns: one typed array per property, so that a file of 200 KB makes six
// arrays and not 50,000 objects. Quoted text has a record beside, which tokens point to.

/** How quoted text is written, which decides what it is. */
export type TextSort = "string" | "charlist" | "sigil" | "atom" | "keyword" | "name";

export type QuotedText = {
  sort: TextSort;
  /** one quote, three of them, or the opening of a sigil */
  readonly delimiter: string;
  readonly interpolates: boolean;
  /** columns that a heredoc's lines are indented by; -1 for text that is no heredoc */
  indentation: number;
  /** of a sigil */
  readonly name: string;
  modifiers: string;
  /** of text without interpolation: where it stands, and `PieceFlags` of it */
  contentStart: number;
  contentEnd: number;
  flags: number;
};

/** A terminator in the text is written with a backslash, which is not part of the text. */
export const ESCAPED_TERMINATOR = 1;
/** There is a backslash. */
export const HAS_ESCAPES = 2;
/** The first piece of a heredoc: begins after the line of the opening quotes. */
export const HEREDOC_START = 4;

export type NotIn = { readonly line: number; readonly column: number; readonly newlines: number };

export class Tokens {
  count = 0;
  kind: Uint8Array;
  start: Int32Array;
  end: Int32Array;
  line: Int32Array;
  column: Int32Array;
  /**
   * By kind: newlines that an EOL, COMMA or SEMICOLON holds, or that came before an operator; the index
   * in `texts` of quoted text and atoms, of a keyword that index + 1; the index + 1 in `names` of a name
   * that is not as written, negative for a keyword; flags of a piece; for `not in` `-1 -` its index.
   */
  aux: Int32Array;
  readonly texts: QuotedText[] = [];
  /** Names that differ from their text, such as `foo."bar"`. */
  readonly names: { readonly name: string; readonly raw: string; readonly delimiter: string }[] =
    [];
  /** Where the `in` of each `not in` stands, and the newlines before its `not`. */
  readonly notIn: NotIn[] = [];

  constructor(capacity: number) {
    this.kind = new Uint8Array(capacity);
    this.start = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
    this.line = new Int32Array(capacity);
    this.column = new Int32Array(capacity);
    this.aux = new Int32Array(capacity);
  }

  push(
    kind: number,
    start: number,
    end: number,
    line: number,
    column: number,
    aux: number,
  ): number {
    const at = this.count;
    if (at === this.kind.length) this.#grow();
    this.kind[at] = kind;
    this.start[at] = start;
    this.end[at] = end;
    this.line[at] = line;
    this.column[at] = column;
    this.aux[at] = aux;
    this.count = at + 1;
    return at;
  }

  #grow(): void {
    const capacity = this.kind.length * 2;
    this.kind = copy(new Uint8Array(capacity), this.kind);
    this.start = copy(new Int32Array(capacity), this.start);
    this.end = copy(new Int32Array(capacity), this.end);
    this.line = copy(new Int32Array(capacity), this.line);
    this.column = copy(new Int32Array(capacity), this.column);
    this.aux = copy(new Int32Array(capacity), this.aux);
  }
}

function copy<T extends Uint8Array | Int32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
