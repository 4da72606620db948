// Markup into tokens. Tolerant: what is no tag is text, what does not end ends with the markup.
//
// `{` begins an expression in a body and an attribute, but not in `<script>`, `<style>`, comments and
// below `phx-no-curly-interpolation`. As in HEEx, `%>` ends an expression wherever it stands, and `}`
// when braces are balanced.

import { closingBrace, readAttributes } from "./attribute-lexer.ts";
import type { MarkupLanguage, MarkupProblem, MarkupToken, TagKind } from "./markup-token.ts";

const TAG_NAME = /(?:\.[a-z_][\w?!]*|:[a-z_]\w*|[A-Z]\w*(?:\.\w+[?!]?)*|[a-z][^\s/>{}"'<=]*)/y;
const RAW_TAGS: ReadonlySet<string> = new Set(["script", "style"]);

export type LexedMarkup = {
  readonly tokens: readonly MarkupToken[];
  readonly problems: readonly MarkupProblem[];
};

export function lexMarkup(
  text: string,
  start: number,
  end: number,
  language: MarkupLanguage,
): LexedMarkup {
  return new MarkupLexer(text, start, end, language).run();
}

class MarkupLexer {
  readonly #text: string;
  readonly #end: number;
  readonly #isHeex: boolean;
  readonly #tokens: MarkupToken[] = [];
  readonly #problems: MarkupProblem[] = [];
  #at: number;
  #textStart: number;
  /** how many open tags ask for braces to be text; counted by name, as tags nest */
  #literal: { readonly name: string; depth: number } | null = null;

  constructor(text: string, start: number, end: number, language: MarkupLanguage) {
    this.#text = text;
    this.#end = end;
    this.#isHeex = language === "heex";
    this.#at = start;
    this.#textStart = start;
  }

  run(): LexedMarkup {
    const special = this.#isHeex ? /<%|<|\{/g : /<%/g;
    while (this.#at < this.#end) {
      special.lastIndex = this.#at;
      const found = special.exec(this.#text);
      if (found === null || found.index >= this.#end) break;
      this.#at = found.index;
      if (found[0] === "<%") this.#code();
      else if (found[0] === "{") this.#brace();
      else this.#angle();
    }
    this.#flush(this.#end);
    return { tokens: this.#tokens, problems: this.#problems };
  }

  #flush(end: number): void {
    if (end > this.#textStart) {
      this.#tokens.push({ kind: "text", start: this.#textStart, end });
    }
  }

  #resume(at: number): void {
    this.#at = at;
    this.#textStart = at;
  }

  /** Where `needle` begins, or the end of the markup. */
  #find(needle: string, from: number): number {
    const found = this.#text.indexOf(needle, from);
    return found < 0 || found + needle.length > this.#end ? this.#end : found;
  }

  #problem(start: number, end: number, code: string, message: string): void {
    this.#problems.push({ start, end, code, message });
  }

  #code(): void {
    const start = this.#at;
    const mark = this.#text[start + 2] ?? "";
    if (this.#text.startsWith("!--", start + 2)) {
      this.#skipComment(start, "--%>");
      return;
    }
    if (mark === "#") {
      this.#skipComment(start, "%>");
      return;
    }
    if (mark === "%") {
      // `<%%= %>` stands for the text `<%= %>`
      this.#at = Math.min(this.#find("%>", start) + 2, this.#end);
      return;
    }
    const codeStart = /[=/|]/.test(mark) ? start + 3 : start + 2;
    const close = this.#find("%>", codeStart);
    if (close === this.#end) {
      this.#problem(start, start + 2, "unclosed_expression", "`<%` without `%>`");
    }
    this.#flush(start);
    const end = Math.min(close + 2, this.#end);
    const code = { start: Math.min(codeStart, close), end: close };
    this.#tokens.push({ kind: "code", output: mark === "=", code, start, end });
    this.#resume(end);
  }

  #skipComment(start: number, close: string): void {
    const at = this.#find(close, start + 2);
    if (at === this.#end) {
      this.#problem(start, start + 2, "unclosed_comment", `a comment without \`${close}\``);
    }
    this.#flush(start);
    this.#resume(Math.min(at + close.length, this.#end));
  }

  #brace(): void {
    const start = this.#at;
    if (this.#literal !== null) {
      this.#at = start + 1;
      return;
    }
    const close = closingBrace(this.#text, start + 1, this.#end);
    if (close === null) {
      this.#problem(start, start + 1, "unclosed_expression", "`{` without `}`");
      this.#at = start + 1;
      return;
    }
    this.#flush(start);
    const code = { start: start + 1, end: close };
    this.#tokens.push({ kind: "interpolation", code, start, end: close + 1 });
    this.#resume(close + 1);
  }

  #angle(): void {
    const start = this.#at;
    const text = this.#text;
    if (text.startsWith("<!--", start)) {
      this.#htmlComment(start);
      return;
    }
    const isClose = text[start + 1] === "/";
    TAG_NAME.lastIndex = start + (isClose ? 2 : 1);
    const name = TAG_NAME.exec(text)?.[0];
    if (name === undefined || TAG_NAME.lastIndex > this.#end) this.#at = start + 1;
    else if (isClose) this.#closeTag(start, name);
    else this.#openTag(start, name);
  }

  /** Stays text, but for the code in it. */
  #htmlComment(start: number): void {
    const close = Math.min(this.#find("-->", start) + 3, this.#end);
    for (this.#at = start; ;) {
      const code = this.#find("<%", this.#at);
      if (code >= close) break;
      this.#at = code;
      this.#code();
    }
    this.#at = Math.max(this.#at, close);
  }

  #closeTag(start: number, name: string): void {
    const end = Math.min(this.#find(">", start) + 1, this.#end);
    const kind = tagKind(name);
    this.#flush(start);
    this.#tokens.push({ kind: "close", tag: kind, name: bareName(name, kind), start, end });
    this.#resume(end);
    if (this.#literal?.name !== name) return;
    this.#literal.depth -= 1;
    if (this.#literal.depth === 0) this.#literal = null;
  }

  #openTag(start: number, name: string): void {
    const nameEnd = start + 1 + name.length;
    const read = readAttributes(this.#text, nameEnd, this.#end, this.#problems);
    const kind = tagKind(name);
    const bare = bareName(name, kind);
    this.#flush(start);
    this.#tokens.push({
      kind: "open",
      tag: kind,
      name: bare,
      nameRange: { start: nameEnd - bare.length, end: nameEnd },
      attributes: read.attributes,
      selfClosing: read.selfClosing,
      start,
      end: read.end,
    });
    this.#resume(read.end);
    if (read.selfClosing) return;
    if (RAW_TAGS.has(name)) this.#rawText(name);
    else if (this.#literal?.name === name) this.#literal.depth += 1;
    else if (this.#literal === null && read.attributes.some(isLiteral)) {
      this.#literal = { name, depth: 1 };
    }
  }

  /** To `</script>`: no tags and no braces, but code. */
  #rawText(name: string): void {
    const close = this.#find(`</${name}`, this.#at);
    for (;;) {
      const code = this.#find("<%", this.#at);
      if (code >= close) break;
      this.#at = code;
      this.#code();
    }
    this.#at = Math.max(this.#at, close);
  }
}

function isLiteral({ name }: { readonly name: string }): boolean {
  return name === "phx-no-curly-interpolation";
}

function tagKind(name: string): TagKind {
  if (name.startsWith(".")) return "local";
  if (name.startsWith(":")) return "slot";
  return /^[A-Z]/.test(name) ? "remote" : "html";
}

function bareName(name: string, kind: TagKind): string {
  return kind === "local" || kind === "slot" ? name.slice(1) : name;
}
