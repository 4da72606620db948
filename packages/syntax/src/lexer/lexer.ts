// The state of reading tokens: where it is in the text, and what is open.

import { CARRIAGE_RETURN, NEWLINE, isBlank } from "./characters.ts";
import type { DiagnosticCode, Diagnostics } from "../diagnostics.ts";
import type { OpenText } from "./open-text.ts";
import type { Comment } from "../parsed.ts";
import { COMMA, EOF, EOL, INTERPOLATION_OPEN, INVALID, SEMICOLON } from "./token-kinds.ts";
import { Tokens } from "./tokens.ts";

export class Lexer {
  readonly text: string;
  /** the minor of the Elixir release whose tokens to make: 14 to 20 */
  readonly release: number;
  readonly tokens: Tokens;
  readonly diagnostics: Diagnostics;
  readonly comments: Comment[] = [];
  at = 0;
  line = 1;
  /** what to subtract from an offset to get its column */
  columnOffset = -1;
  /** texts whose interpolation is being read, innermost last */
  readonly open: OpenText[] = [];
  /** `{` open in the innermost interpolation */
  braces = 0;
  /** which `#{` open an interpolation: all, those with a `}` on their line, none; see `dropInterpolation` */
  interpolations: "all" | "on one line" | "none" = "all";
  /** offset of the opening of a text to cut at the end of its line, -1 for none */
  readonly cut: number;
  /** openings of the first strings and charlists that go over several lines */
  readonly multiline: number[] = [];
  /** terminators that were searched in vain up to the end, with the offset searched from */
  readonly missing: Map<string, number> = new Map();

  constructor(text: string, release: number, diagnostics: Diagnostics, cut = -1) {
    this.text = text;
    this.cut = cut;
    this.release = release;
    this.diagnostics = diagnostics;
    this.tokens = new Tokens(64 + (text.length >> 2));
  }

  /** A token from here to `end`, which becomes the place to go on from. */
  push(kind: number, end: number, aux: number): number {
    const start = this.at;
    this.at = end;
    return this.tokens.push(kind, start, end, this.line, start - this.columnOffset, aux);
  }

  get column(): number {
    return this.at - this.columnOffset;
  }

  /** Kind of the last token; an interpolation begins without one, as a text does. */
  get previous(): number {
    const { tokens } = this;
    return tokens.count === 0 ? INTERPOLATION_OPEN : (tokens.kind[tokens.count - 1] ?? EOF);
  }

  /** Newlines since the last token that is something. */
  newlinesBefore(): number {
    const { previous, tokens } = this;
    if (previous !== EOL && previous !== COMMA && previous !== SEMICOLON) return 0;
    return tokens.aux[tokens.count - 1] ?? 0;
  }

  /** The line goes on: what comes next takes back the end of line before it. */
  dropEol(): void {
    if (this.previous === EOL) this.tokens.count -= 1;
  }

  newline(end: number): void {
    this.at = end;
    this.line += 1;
    this.columnOffset = end - 1;
  }

  skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text.charCodeAt(at))) at += 1;
    return at;
  }

  /** Length of the end of line at `at`: 0, 1 or 2. */
  lineEnd(at: number): number {
    const code = this.text.charCodeAt(at);
    if (code === NEWLINE) return 1;
    return code === CARRIAGE_RETURN && this.text.charCodeAt(at + 1) === NEWLINE ? 2 : 0;
  }

  report(code: DiagnosticCode, start: number, end: number, detail = ""): void {
    this.diagnostics.add(code, start, end, this.line, start - this.columnOffset, detail);
  }

  /** Skips what is no token; characters in a row are one report. */
  invalid(code: DiagnosticCode, end: number, detail = ""): void {
    const { tokens } = this;
    const last = tokens.count - 1;
    if (this.previous === INVALID && tokens.end[last] === this.at) {
      tokens.end[last] = end;
      this.at = end;
      return;
    }
    this.report(code, this.at, end, detail);
    this.push(INVALID, end, 0);
  }

  treacherous(at: number, code: number): void {
    this.report("invalid_character", at, at + 1, `U+${code.toString(16).toUpperCase()}`);
  }
}
