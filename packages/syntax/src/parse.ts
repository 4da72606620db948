// The entry: text in, tree and diagnostics out. Never throws on any input.
//
// A text with mistakes is read up to six times: with `end` told by indentation, and with a string that goes
// over several lines cut at the end of its first. The reading with the fewest mistakes loses least.

import type { Node } from "./ast.ts";
import { Diagnostics } from "./diagnostics.ts";
import { lexText } from "./lexer/lex-tokens.ts";
import { Lexer } from "./lexer/lexer.ts";
import { parseTokens } from "./parser/parse-tokens.ts";
import type { Diagnostic, ParseOptions, Parsed } from "./parsed.ts";
import { Parser } from "./parser/parser.ts";
import { NEWEST, releaseOf } from "./releases.ts";
import { Source } from "./source.ts";

export function parse(text: string, options: ParseOptions = {}): Parsed {
  const release = releaseOf(options.elixir ?? NEWEST);
  const source = new Source(text, options.file);
  const { tree, diagnostics, comments } = best(source, release);
  return { tree, source, diagnostics: diagnostics.toSorted(byPlace), comments };
}

/** Longer texts with mistakes are read once. */
const LONGEST_REREAD = 2_000_000;
/** Longer ones twice at most. */
const LONGEST_TRIED = 500_000;

type Reading = {
  readonly tree: Node;
  readonly diagnostics: readonly Diagnostic[];
  readonly comments: Parsed["comments"];
  readonly lexer: Lexer;
};

function read(source: Source, release: number, cut: number, guided: boolean): Reading {
  const diagnostics = new Diagnostics();
  const lexer = new Lexer(source.text, release, diagnostics, cut);
  const tokens = lexText(lexer);
  const tree = parseTokens(new Parser(source, tokens, diagnostics, release, guided));
  return { tree, diagnostics: diagnostics.list, comments: lexer.comments, lexer };
}

function best(source: Source, release: number): Reading {
  const plain = read(source, release, -1, false);
  if (plain.diagnostics.length === 0 || source.text.length > LONGEST_REREAD) return plain;
  let chosen = better(plain, read(source, release, -1, true));
  const open = plain.diagnostics.some(({ code }) => code === "missing_terminator");
  const tries = open && source.text.length < LONGEST_TRIED ? plain.lexer.multiline : [];
  for (const cut of tries) {
    chosen = better(chosen, read(source, release, cut, true));
  }
  return chosen;
}

/** Of readings with as many mistakes, the one with more guidance; one that sees none overlooks some. */
function better(before: Reading, after: Reading): Reading {
  const { length } = after.diagnostics;
  return length > 0 && length <= before.diagnostics.length ? after : before;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.start - b.start;
}
