// The entry: text in, tree and diagnostics out. Never throws on any input.

import { Diagnostics } from "./diagnostics.ts";
import { Lexer } from "./lexer.ts";
import type { ParseOptions, Parsed } from "./parsed.ts";
import { parseTokens } from "./parse-tokens.ts";
import { Parser } from "./parser.ts";
import { NEWEST, releaseOf } from "./releases.ts";
import { Source } from "./source.ts";

export function parse(text: string, options: ParseOptions = {}): Parsed {
  const release = releaseOf(options.elixir ?? NEWEST);
  const source = new Source(text, options.file);
  const diagnostics = new Diagnostics();
  const lexer = new Lexer(text, release, diagnostics);
  const tokens = lexer.run();
  const tree = parseTokens(new Parser(source, tokens, diagnostics, release));
  return { tree, source, diagnostics: diagnostics.list, comments: lexer.comments };
}
