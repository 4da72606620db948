// `~H`, `~L` and `~E` in Elixir: the text of the sigil becomes what the template does.
//
// The sigil stays a sigil: of `~H"<b>{@x}</b>"`, that is `sigil_H(<<"<b>{@x}</b>">>, [])`, the `<<>>`
// then holds the texts and expressions in order. Their positions are those of the file.

import { pushAll } from "@elixirscope/base";
import type { CallNode, Node } from "../ast.ts";
import type { Diagnostic, ParseOptions, Parsed } from "../parsed.ts";
import type { Source } from "../source.ts";
import { isCall, walk } from "../tree.ts";
import type { MarkupLanguage, Range } from "./markup-token.ts";
import { rebuild } from "./rebuild.ts";
import { templatePart } from "./template.ts";

const LANGUAGES: ReadonlyMap<string, MarkupLanguage> = new Map([
  ["sigil_H", "heex"],
  ["sigil_L", "eex"],
  ["sigil_E", "eex"],
]);

/** The same when there are no templates in it; otherwise nodes above them are new. */
export function withTemplates(parsed: Parsed, options: ParseOptions = {}): Parsed {
  const { source } = parsed;
  if (!/~[HLE]/.test(source.text)) return parsed;
  const filled = new Map<Node, Node>();
  const diagnostics: Diagnostic[] = [];
  walk(parsed.tree, (node) => {
    const language = languageOf(node);
    const text = language === undefined ? undefined : sigilText(node);
    if (text === undefined || language === undefined) return;
    const range = contentRange(source, node);
    if (range === null) return;
    const part = templatePart(source, range, language, options);
    pushAll(diagnostics, part.diagnostics);
    filled.set(text, { ...text, args: part.nodes });
  });
  if (filled.size === 0) return parsed;
  const tree = rebuild(parsed.tree, (node, original) => filled.get(original) ?? node);
  return { ...parsed, tree, diagnostics: [...parsed.diagnostics, ...diagnostics] };
}

function languageOf(node: Node): MarkupLanguage | undefined {
  return node.kind === "call" && typeof node.callee === "string"
    ? LANGUAGES.get(node.callee)
    : undefined;
}

/** The `<<>>` of a sigil, when it is written as one. */
function sigilText(node: Node): CallNode | undefined {
  const first = node.kind === "call" ? node.args[0] : undefined;
  const written = first !== undefined && isCall(first, "<<>>");
  return written && node.meta?.delimiter !== undefined ? first : undefined;
}

/** What stands between the delimiters, with the indentation of a heredoc. */
function contentRange(source: Source, node: Node): Range | null {
  const text = source.slice(node);
  const opened = /^\(*~[A-Z]+("""|'''|["'([{<|/])/.exec(text);
  const open = opened?.[1];
  if (opened === null || open === undefined) return null;
  const closing = { "(": ")", "[": "]", "{": "}", "<": ">" }[open] ?? open;
  const close = text.lastIndexOf(closing);
  if (close < opened[0].length) return null;
  return { start: node.start + opened[0].length, end: node.start + close };
}
