// A quoted text while it is read.

import type { QuotedText, TextSort } from "./tokens.ts";

export type OpenText = {
  readonly record: QuotedText;
  /** the quote or bracket that ends it, three times in a heredoc */
  readonly terminator: number;
  readonly heredoc: boolean;
  /** of its opening */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** where its first character stands */
  readonly contentStart: number;
  /** index of its TEXT_OPEN, -1 until the first interpolation */
  token: number;
  pieceStart: number;
  flags: number;
  /** `{` that were open around it */
  readonly braces: number;
  /** to go back to when it does not end */
  readonly marks: Marks;
};

/** How much there was of everything, to go back to when the text does not end. */
type Marks = { tokens: number; comments: number; diagnostics: number; texts: number };

export function newRecord(
  sort: TextSort,
  delimiter: string,
  interpolates: boolean,
  name: string,
): QuotedText {
  return {
    sort,
    delimiter,
    interpolates,
    indentation: -1,
    name,
    modifiers: "",
    contentStart: 0,
    contentEnd: 0,
    flags: 0,
  };
}
