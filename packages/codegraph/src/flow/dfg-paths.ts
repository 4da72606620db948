// Paths into values, as `Flow.path` writes them: selectors, outermost first.

import type { Node } from "@elixirscope/syntax";

/** Selectors that a path holds before it ends in `…`: deep data would cost its depth squared. */
const MAX_SELECTORS = 8;

/** A path under construction; null is the whole value. */
export type Path = { readonly text: string; readonly length: number } | null;

export function extend(path: Path, selector: string): Path {
  if (path === null) return { text: selector, length: 1 };
  if (path.length > MAX_SELECTORS || path.text.endsWith("…")) return path;
  const next = path.length === MAX_SELECTORS ? "…" : selector;
  return { text: path.text + next, length: path.length + 1 };
}

const PLAIN = /^[\p{L}_][\p{L}\p{N}_@]*[?!]?$/u;

/** How a key of a map or keyword list is selected: `.name`, `["k"]`, `[1]`; `[_]` when it is computed. */
export function keySelector(key: Node | undefined): string {
  if (key?.kind === "atom") return `.${PLAIN.test(key.name) ? key.name : JSON.stringify(key.name)}`;
  if (key?.kind === "string") return `[${JSON.stringify(key.value)}]`;
  return key?.kind === "integer" ? `[${key.value}]` : "[_]";
}

const SELECTOR =
  /\{\d+\}|<<\d+>>|\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|\."(?:[^"\\]|\\.)*"|\.[^.{[<…]+|…/gu;

/** The selectors of a `Flow.path`, outermost first. */
export function selectorsOf(path: string): readonly string[] {
  return path.match(SELECTOR) ?? [];
}
