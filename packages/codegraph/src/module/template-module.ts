// A file that is a template, as a module: one function over `assigns` that does what the template does.
//
// `lib/shop_web/page_html/home.html.heex` becomes the function `home/1` of a module that is named after
// the file, `:"lib/shop_web/page_html/home.html.heex"`. Which module embeds it is known when the project
// is linked.

import {
  parseTemplate,
  type CallNode,
  type MarkupLanguage,
  type Node,
  type Parsed,
} from "@elixirscope/syntax";

/** Null for a file that is Elixir. */
export function templateLanguage(file: string): MarkupLanguage | null {
  if (file.endsWith(".heex")) return "heex";
  return file.endsWith(".eex") || file.endsWith(".leex") ? "eex" : null;
}

export function templateModule(file: string, text: string, language: MarkupLanguage): Parsed {
  const parsed = parseTemplate(text, language, { file });
  const whole = { start: 0, end: text.length };
  const place = { ...whole, meta: { line: 1, column: 1 } };
  const call = (callee: string, args: readonly Node[]): CallNode => ({
    kind: "call",
    callee,
    args,
    ...place,
  });
  const body = (node: Node): Node => {
    const pair: Node = { kind: "pair", left: atom("do"), right: node, ...whole, meta: null };
    return { kind: "list", items: [pair], ...whole, meta: null };
  };
  const assigns: Node = { kind: "variable", name: "assigns", ...place, end: 0 };
  const head = { ...call(functionName(file), [assigns]), end: 0 };
  const definition = call("def", [head, body(parsed.tree)]);
  return { ...parsed, tree: call("defmodule", [atom(file), body(definition)]) };
}

function atom(name: string): Node {
  return { kind: "atom", name, start: 0, end: 0, meta: null };
}

/** `home` of `page_html/home.html.heex` */
function functionName(file: string): string {
  const base = file.slice(file.lastIndexOf("/") + 1);
  return base.slice(0, base.indexOf("."));
}
