// A position in a selector's tokens, with the few moves that its parsers need.

import { SelectorFault } from "./selector-error.ts";
import type { Token, TokenKind } from "./token.ts";

export class TokenCursor {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    const token = this.#tokens[this.#index];
    if (token === undefined) throw new Error("bug: read past the end token");
    return token;
  }

  /** The end of the token before. */
  get lastEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  /** Whether the current token touches the one before. */
  get touches(): boolean {
    return this.token.start === this.lastEnd;
  }

  peek(distance: number): Token | null {
    return this.#tokens[this.#index + distance] ?? null;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== "end") this.#index++;
    return token;
  }

  is(text: string): boolean {
    return this.token.kind === "punctuation" && this.token.text === text;
  }

  isWord(text: string): boolean {
    return this.token.kind === "identifier" && this.token.text === text;
  }

  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.next();
    return found;
  }

  acceptWord(text: string): boolean {
    const found = this.isWord(text);
    if (found) this.next();
    return found;
  }

  expect(text: string, why: string): Token {
    if (!this.is(text)) throw this.unexpected(`${text} ${why}`);
    return this.next();
  }

  expectKind(kind: TokenKind, what: string): Token {
    if (this.token.kind !== kind) throw this.unexpected(what);
    return this.next();
  }

  unexpected(wanted: string): SelectorFault {
    const { kind, text } = this.token;
    const found = kind === "end" ? "the selector ends here" : `found ${text || kind}`;
    return new SelectorFault(`expected ${wanted}, but ${found}`, this.token);
  }
}
