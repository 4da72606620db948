// A template into the tree of what it does: a list of texts and expressions, as it would be rendered.
//
// - `<%= x %>`, `{x}` are `x`; tags that open and close a block are one expression; `@x` is `assigns.x`
// - an HTML tag is its text and the expressions of its attributes; `:if` and `:for` become `if` and `for`
// - `<.card title={t}>…</.card>` is the call `card(%{title: t, inner_block: fn _ -> … end})`,
//   `<Shop.Card.card />` is `Shop.Card.card(%{})`; a slot is a list of such maps under its name
// Built from the bottom up as tags close, so that nesting costs no stack.

import type { Node } from "../ast.ts";
import type { Diagnostic, ParseOptions, Parsed } from "../parsed.ts";
import { Source } from "../source.ts";
import { lexMarkup } from "./markup-lexer.ts";
import type { MarkupLanguage, Range } from "./markup-token.ts";
import { Positions } from "./positions.ts";
import { TemplateBuilder } from "./template-builder.ts";

/** The nodes of the markup between two offsets, in order. */
export type TemplatePart = {
  readonly nodes: readonly Node[];
  readonly diagnostics: readonly Diagnostic[];
};

/** A file that is a template as a whole: `.heex`, `.eex`, `.leex`. The tree is a list. */
export function parseTemplate(
  text: string,
  language: MarkupLanguage,
  options: ParseOptions = {},
): Parsed {
  const source = new Source(text, options.file);
  const range = { start: 0, end: text.length };
  const { nodes, diagnostics } = templatePart(source, range, language, options);
  const tree: Node = { kind: "list", items: nodes, ...range, meta: null };
  return { tree, source, diagnostics, comments: [] };
}

export function templatePart(
  source: Source,
  range: Range,
  language: MarkupLanguage,
  options: ParseOptions,
): TemplatePart {
  const { tokens, problems } = lexMarkup(source.text, range.start, range.end, language);
  const positions = new Positions(source);
  const builder = new TemplateBuilder(positions, options);
  for (const token of tokens) builder.token(token);
  const nodes = builder.finish(range.end);
  const markup = [...problems, ...builder.problems]
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, code, message }): Diagnostic => ({
      severity: "error",
      code,
      message,
      ...positions.at(start),
      start,
      end,
    }));
  const diagnostics = [...markup, ...builder.code.diagnostics];
  return { nodes, diagnostics: diagnostics.toSorted((a, b) => a.start - b.start) };
}
