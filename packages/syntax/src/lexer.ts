// Text to tokens, as Elixir's tokenizer makes them: what a token is depends on the one before it (`foo -1`,
// `foo do`, `not in`, a line that goes on), so tokens already made are changed. Quoted text with
// interpolation lies flat among the other tokens; a stack of open texts takes the place of recursion.

import {
  BACKSLASH,
  BRACE_LEFT,
  BRACE_RIGHT,
  BRACKET_LEFT,
  BRACKET_RIGHT,
  CARRIAGE_RETURN,
  COLON,
  COMMA_SIGN,
  DOUBLE_QUOTE,
  HASH,
  LESS,
  MINUS,
  NEWLINE,
  PAREN_LEFT,
  PAREN_RIGHT,
  PERCENT,
  PERIOD,
  PLUS,
  QUESTION,
  SEMI,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  TILDE,
  isBlank,
  isDigit,
  isNameStart,
  isSpace,
  isTreacherous,
} from "./characters.ts";
import { Diagnostics, type DiagnosticCode } from "./diagnostics.ts";
import { lexAtom, lexName } from "./lex-name.ts";
import { lexCharacter, lexNumber } from "./lex-number.ts";
import { isOperatorStart, lexDot, lexOperator, opensKeyword } from "./lex-operator.ts";
import { dropInterpolation, lexQuotes, lexSigil, resumeText, type OpenText } from "./lex-text.ts";
import type { Comment } from "./parsed.ts";
import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COMMA,
  CURLY_CLOSE,
  CURLY_OPEN,
  DUAL_OP,
  EOF,
  EOL,
  IDENTIFIER,
  INTERPOLATION_CLOSE,
  INTERPOLATION_OPEN,
  INVALID,
  MAP_OP,
  OP_IDENTIFIER,
  PAREN_CLOSE,
  PAREN_OPEN,
  SEMICOLON,
  STRUCT_OP,
} from "./token-kinds.ts";
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
  /** terminators that were searched in vain up to the end, with the offset searched from */
  readonly missing: Map<string, number> = new Map();

  constructor(text: string, release: number, diagnostics: Diagnostics) {
    this.text = text;
    this.release = release;
    this.diagnostics = diagnostics;
    this.tokens = new Tokens(64 + (text.length >> 2));
  }

  run(): Tokens {
    const { text } = this;
    if (text.charCodeAt(0) === 0xfeff) this.#byteOrderMark();
    for (;;) {
      while (this.at < text.length) this.#token(text.charCodeAt(this.at));
      if (this.open.length === 0) break;
      dropInterpolation(this);
    }
    this.push(EOF, this.at, 0);
    return this.tokens;
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

  /** Over white space, line ends and comments, to the name that a dot calls. */
  skipToName(): void {
    for (;;) {
      this.at = this.#skipContinued(this.at);
      if (this.text.charCodeAt(this.at) === HASH) this.#comment();
      const length = this.lineEnd(this.at);
      if (length === 0) return;
      this.newline(this.at + length);
    }
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

  #token(code: number): void {
    if (code === SPACE || code === TAB) return this.#blanks();
    if (isNameStart(code)) return lexName(this);
    if (isDigit(code)) return lexNumber(this);
    switch (code) {
      case NEWLINE:
      case CARRIAGE_RETURN:
        return this.#endOfLine();
      case HASH:
        return this.#comment();
      case COMMA_SIGN:
        this.push(COMMA, this.at + 1, 0);
        return;
      case PAREN_LEFT:
        this.push(PAREN_OPEN, this.at + 1, 0);
        return;
      case PAREN_RIGHT:
        this.push(PAREN_CLOSE, this.at + 1, 0);
        return;
      case BRACKET_LEFT:
        this.push(BRACKET_OPEN, this.at + 1, 0);
        return;
      case BRACKET_RIGHT:
        this.push(BRACKET_CLOSE, this.at + 1, 0);
        return;
      case BRACE_LEFT:
        return this.#openBrace();
      case BRACE_RIGHT:
        return this.#closeBrace();
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE:
        return lexQuotes(this, code);
      case TILDE:
        if (lexSigil(this)) return;
        break;
      case COLON:
        if (lexAtom(this)) return;
        break;
      case PERIOD:
        return lexDot(this);
      case QUESTION:
        return lexCharacter(this);
      case SEMI:
        return this.#semicolon();
      case BACKSLASH:
        if (this.#continuation()) return;
        break;
      case PERCENT:
        return this.#percent();
      case LESS:
        if (this.#versionControlMarker()) return;
        break;
    }
    if (isOperatorStart(code)) return lexOperator(this, code);
    if (code > 127) return lexName(this);
    this.invalid("unexpected_character", this.at + 1);
  }

  /** Blanks; after a name, a sign that follows them and has none behind it begins an argument. */
  #blanks(): void {
    const { text, tokens } = this;
    const at = this.#skipContinued(this.at + 1);
    this.at = at;
    if (this.previous !== IDENTIFIER) return;
    const sign = text.charCodeAt(at);
    if (sign !== PLUS && sign !== MINUS) return;
    if (!this.#isSignOfArgument(sign, text.charCodeAt(at + 1), text.charCodeAt(at + 2))) return;
    tokens.kind[tokens.count - 1] = OP_IDENTIFIER;
    this.push(DUAL_OP, at + 1, 0);
  }

  #isSignOfArgument(sign: number, next: number, afterNext: number): boolean {
    if (Number.isNaN(next) || isSpace(next)) return false;
    if (next === COLON && isSpace(afterNext)) return false;
    const marker = String.fromCharCode(next);
    if (this.release < 15) return !"([<{%+-/>:".includes(marker);
    if (next === BACKSLASH) return this.release < 19;
    return next !== sign && marker !== "/" && marker !== ">";
  }

  /** Blanks from `from` on; since 1.19 a backslash at the end of a line counts as one. */
  #skipContinued(from: number): number {
    let at = this.skipBlanks(from);
    while (this.release >= 19 && this.text.charCodeAt(at) === BACKSLASH) {
      const length = this.lineEnd(at + 1);
      if (length === 0 || at + 1 + length >= this.text.length) break;
      this.newline(at + 1 + length);
      at = this.skipBlanks(this.at);
    }
    return at;
  }

  #endOfLine(): void {
    const length = this.lineEnd(this.at);
    if (length === 0) return this.invalid("unexpected_character", this.at + 1);
    const { previous, tokens } = this;
    const end = this.at + length;
    if (previous === EOL || previous === COMMA || previous === SEMICOLON) {
      const last = tokens.count - 1;
      tokens.aux[last] = (tokens.aux[last] ?? 0) + 1;
    } else {
      this.push(EOL, end, 1);
    }
    this.newline(end);
  }

  /** An end of line after a comment stands, for Elixir, at the column where the comment begins. */
  #comment(): void {
    const { text, tokens, at } = this;
    if (this.previous === EOL) tokens.aux[tokens.count - 1] = 0;
    const end = this.#endOfComment();
    this.comments.push({
      text: text.slice(at, end),
      start: at,
      end,
      line: this.line,
      column: this.column,
    });
    this.at = end;
    this.columnOffset += end - at;
  }

  #endOfComment(): number {
    const { text } = this;
    const newline = text.indexOf("\n", this.at);
    let end = newline < 0 ? text.length : newline;
    if (newline > 0 && text.charCodeAt(newline - 1) === CARRIAGE_RETURN) end -= 1;
    for (let at = this.at; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (isTreacherous(code, this.release)) this.treacherous(at, code);
    }
    return end;
  }

  #semicolon(): void {
    if (this.previous === SEMICOLON) return this.invalid("unexpected_character", this.at + 1, ";");
    this.push(SEMICOLON, this.at + 1, 0);
  }

  #continuation(): boolean {
    const length = this.lineEnd(this.at + 1);
    const end = this.at + 1 + length;
    if (length > 0 && end < this.text.length) {
      this.newline(end);
      return true;
    }
    if (length === 0 && end < this.text.length) return false;
    this.invalid("invalid_escape", this.at + 1, "\\ at the end of the file");
    return true;
  }

  #openBrace(): void {
    if (opensKeyword(this, "{}", 2)) return;
    this.braces += 1;
    this.push(CURLY_OPEN, this.at + 1, 0);
  }

  #closeBrace(): void {
    if (this.braces === 0 && this.open.length > 0) {
      this.push(INTERPOLATION_CLOSE, this.at + 1, 0);
      return resumeText(this);
    }
    if (this.braces > 0) this.braces -= 1;
    this.push(CURLY_CLOSE, this.at + 1, 0);
  }

  /** `%{` are two tokens, which since 1.15 stand in one place. */
  #percent(): void {
    if (opensKeyword(this, "%{}", 3) || opensKeyword(this, "%", 1)) return;
    if (this.text.charCodeAt(this.at + 1) !== BRACE_LEFT) {
      this.push(STRUCT_OP, this.at + 1, 0);
      return;
    }
    const start = this.at;
    this.push(MAP_OP, start + 1, 0);
    this.braces += 1;
    const open = this.push(CURLY_OPEN, start + 2, 0);
    if (this.release < 15) return;
    const { column } = this.tokens;
    column[open] = (column[open] ?? 1) - 1;
  }

  #versionControlMarker(): boolean {
    if (this.column !== 1 || !this.text.startsWith("<<<<<<<", this.at)) return false;
    const newline = this.text.indexOf("\n", this.at);
    this.invalid("version_control_marker", newline < 0 ? this.text.length : newline);
    return true;
  }

  /** Elixir knows none; what follows is read all the same. */
  #byteOrderMark(): void {
    this.report("unexpected_character", 0, 1, "a byte order mark");
    this.at = 1;
    this.columnOffset = 0;
  }
}
