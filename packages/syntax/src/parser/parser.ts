// The state of parsing: where it is in the tokens, what is open, and the value read last.

import type { Meta, Node, Parens, Position, Wrapper } from "../ast.ts";
import type { DiagnosticCode, Diagnostics } from "../diagnostics.ts";
import { BODY, FILE, FN_BODY, Frame, MATCHED } from "./frame.ts";
import { brokenNode, type Draft } from "./nodes.ts";
import { EXPRESSION, VALUE } from "./states.ts";
import { featuresOf, type Features } from "../releases.ts";
import {
  CLOSERS,
  EOF,
  EOL,
  KINDS,
  KW_IDENTIFIER,
  KW_OPEN,
  SEMICOLON,
} from "../lexer/token-kinds.ts";
import type { Source } from "../source.ts";
import type { Tokens } from "../lexer/tokens.ts";

export class Parser {
  readonly text: string;
  readonly tokens: Tokens;
  readonly source: Source;
  readonly diagnostics: Diagnostics;
  readonly release: number;
  readonly features: Features;
  readonly frames: Frame[] = [];
  top: Frame;
  /** index of the token to read next */
  at = 0;
  state: number = EXPRESSION;
  value: Node;
  valueClass: number = MATCHED;
  /** a `[` behind the value is an access to it */
  accessible = false;
  /** the value may be a struct's name and an entry of a map without `=>` */
  simple = false;
  /** offset at which the last token that was taken ends */
  end = 0;
  /** whether `end` is missing or too much is told by the indentation of lines */
  readonly guided: boolean;
  /** token that was last reported; what follows from one mistake is not reported again */
  reported = -1;
  /** token before which something was closed without its closing token */
  abandoned = -1;
  /** arrays in metadata that may still grow */
  readonly parens: Map<Meta, Parens[]> = new Map();
  readonly wrappers: Map<Meta, Wrapper[]> = new Map();
  /** of aliases, likewise */
  readonly segments: Map<Node, Node[]> = new Map();
  /** how many open frames each closing token would close, up to the interpolation around */
  closable: Int32Array = new Int32Array(KINDS);

  constructor(
    source: Source,
    tokens: Tokens,
    diagnostics: Diagnostics,
    release: number,
    guided: boolean,
  ) {
    this.guided = guided;
    this.source = source;
    this.text = source.text;
    this.tokens = tokens;
    this.diagnostics = diagnostics;
    this.release = release;
    this.features = featuresOf(release);
    this.value = brokenNode([], 0, 0);
    this.top = new Frame(BODY, 0, 0);
    this.top.owner = FILE;
    this.frames.push(this.top);
  }

  get kind(): number {
    return this.tokens.kind[this.at] ?? EOF;
  }

  kindAt(token: number): number {
    return this.tokens.kind[token] ?? EOF;
  }

  isKeyword(): boolean {
    const { kind } = this;
    return kind === KW_IDENTIFIER || kind === KW_OPEN;
  }

  /** Takes a token; answers its index. */
  take(): number {
    const token = this.at;
    this.end = this.tokens.end[token] ?? 0;
    this.at = token + 1;
    return token;
  }

  /** Newlines of an EOL here, which is taken; 0 when there is none. */
  skipEol(): number {
    if (this.kind !== EOL) return 0;
    const newlines = this.tokens.aux[this.at] ?? 0;
    this.at += 1;
    return newlines;
  }

  startOf(token: number): number {
    return this.tokens.start[token] ?? 0;
  }

  endOf(token: number): number {
    return this.tokens.end[token] ?? 0;
  }

  auxOf(token: number): number {
    return this.tokens.aux[token] ?? 0;
  }

  textOf(token: number): string {
    return this.text.slice(this.tokens.start[token], this.tokens.end[token]);
  }

  /** Do only blanks stand before a token on its line? */
  beginsLine(token: number): boolean {
    let at = this.startOf(token) - 1;
    while (this.text[at] === " " || this.text[at] === "\t") at -= 1;
    return this.text[at] === "\n";
  }

  /**
   * Does the line that begins here stand, by its indentation, outside of the bracket that `frame` is of?
   */
  isOutdented(frame: Frame): boolean {
    if (!this.guided || !this.beginsLine(this.at)) return false;
    const { line, column } = this.position(this.at);
    const { line: opened } = this.position(frame.token);
    return line > opened && column - 1 <= this.source.indentation(opened);
  }

  /** Indentation of the line on which the call or `fn` begins that a body belongs to. */
  anchor(body: Frame): number {
    if (body.indentation < 0) {
      const owner = body.owner === FN_BODY ? body : (this.frames.at(-2) ?? body);
      const { line } = this.source.positionAt(owner.start);
      body.indentation = this.source.indentation(line);
    }
    return body.indentation;
  }

  /** The name of an identifier or atom that is not as written. */
  nameOf(token: number): Tokens["names"][number] | undefined {
    const index = this.auxOf(token);
    return index === 0 ? undefined : this.tokens.names[Math.abs(index) - 1];
  }

  position(token: number): Position {
    return { line: this.tokens.line[token] ?? 1, column: this.tokens.column[token] ?? 1 };
  }

  /** Takes the separator at the start of a body; answers the newlines in it. */
  beginBody(frame: Frame): void {
    frame.separator = this.at;
    frame.hasSeparator = this.kind === EOL || this.kind === SEMICOLON;
    frame.newlines = this.skipSeparator();
  }

  openBody(owner: number, token: number, start: number): Frame {
    const frame = this.push(BODY, token, start);
    frame.owner = owner;
    return frame;
  }

  /** Newlines of a separator of expressions here, which is taken: EOL, `;` or both. */
  skipSeparator(): number {
    const { kind } = this;
    if (kind !== EOL && kind !== SEMICOLON) return 0;
    const newlines = this.tokens.aux[this.at] ?? 0;
    this.at += 1;
    if (kind === EOL && this.kind === SEMICOLON) this.at += 1;
    return newlines;
  }

  /** A bracket or block was opened that `closer` closes. */
  opened(closer: number): void {
    this.closable[closer] = (this.closable[closer] ?? 0) + 1;
  }

  /** Takes a closing token and answers where it is; when it is missing, where it should be. */
  closingPosition(closer: number): Position {
    this.closable[closer] = (this.closable[closer] ?? 0) - 1;
    const position = this.position(this.at);
    if (this.kind === closer) this.take();
    return position;
  }

  isCloser(kind: number): boolean {
    return CLOSERS[kind] === 1;
  }

  /** Metadata of a node that stands at a token. */
  metaAt(token: number): Draft<Meta> {
    return { line: this.tokens.line[token] ?? 1, column: this.tokens.column[token] ?? 1 };
  }

  push(kind: number, token: number, start: number): Frame {
    const frame = new Frame(kind, token, start);
    this.frames.push(frame);
    this.top = frame;
    return frame;
  }

  pop(): void {
    this.frames.pop();
    const top = this.frames.at(-1);
    if (top !== undefined) this.top = top;
  }

  setValue(node: Node, valueClass: number, accessible: boolean): void {
    this.value = node;
    this.valueClass = valueClass;
    this.accessible = accessible;
    this.simple = true;
    this.state = VALUE;
  }

  report(code: DiagnosticCode, token: number, detail = ""): void {
    if (this.reported === token) return;
    this.reported = token;
    const { start, end, line, column } = this.tokens;
    this.diagnostics.add(
      code,
      start[token] ?? 0,
      end[token] ?? 0,
      line[token] ?? 1,
      column[token] ?? 1,
      detail,
    );
  }
}
