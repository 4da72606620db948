// Paths into terms, as `term_get` takes them: `.items["a"].qty`, `[0]`, `{1}`.
//
// `.key` is an atom key of a map or keyword list (`."odd key"` when it is no plain name), `["text"]` a
// binary key, `[:key]` an atom key, `[n]` a list index (from the end when negative) or an integer key
// of a map, `{n}` a tuple element counted from 0 as in Elixir's `elem/2`.

import { err, ok, type Result } from "@elixirscope/base";
import { atom, binary, integer, type LazyTerm, type Term, view } from "@elixirscope/etf";

export type TermStep =
  | { readonly kind: "key"; readonly key: Term }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "element"; readonly index: number };

export type TermPath = readonly TermStep[];

export type PathError = {
  readonly code: "bad_path";
  readonly offset: number;
  readonly message: string;
};

const STEP =
  /(?:^|\.)([\p{L}_][\p{L}\p{N}_@]*[?!]?)|\."((?:[^"\\]|\\.)*)"|\["((?:[^"\\]|\\.)*)"\]|\[:([\p{L}_][\p{L}\p{N}_@]*[?!]?)\]|\[(-?\d{1,15})\]|\{(\d{1,9})\}/uy;

export function parseTermPath(text: string): Result<TermPath, PathError> {
  const steps: TermStep[] = [];
  let offset = 0;
  while (offset < text.length) {
    STEP.lastIndex = offset;
    const match = STEP.exec(text);
    if (match === null) {
      const message = `bad term path at ${offset}: ${JSON.stringify(text.slice(offset, offset + 20))}; write .key ["key"] [0] {1}`;
      return err({ code: "bad_path", offset, message });
    }
    steps.push(stepOf(match));
    offset = STEP.lastIndex;
  }
  return ok(steps);
}

function stepOf(match: RegExpExecArray): TermStep {
  const [, name, quotedName, text, atomKey, index, element] = match;
  if (text !== undefined) return { kind: "key", key: binary(unescaped(text)) };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (element !== undefined) return { kind: "element", index: Number(element) };
  return { kind: "key", key: atom(name ?? atomKey ?? unescaped(quotedName ?? "")) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}

/** The term at the path as external term format, or null when there is none (or no term at all). */
export function termAt(bytes: Uint8Array, path: TermPath): Uint8Array | null {
  const whole = view(bytes);
  if (!whole.ok) return null;
  let term: LazyTerm | undefined = whole.value;
  for (const step of path) {
    term = follow(term, step);
    if (term === undefined) return null;
  }
  const inner = term.bytes;
  const external = new Uint8Array(inner.length + 1);
  external[0] = 131;
  external.set(inner, 1);
  return external;
}

function follow(term: LazyTerm, step: TermStep): LazyTerm | undefined {
  switch (step.kind) {
    case "element":
      return term.kind === "tuple" ? term.at(step.index) : undefined;
    case "index":
      if (term.kind === "map") return term.get(integer(step.index));
      if (term.kind !== "list") return undefined;
      return term.at(step.index < 0 ? term.size + step.index : step.index);
    case "key":
      return term.kind === "list" ? keywordValue(term, step.key) : term.get(step.key);
    default:
      return step satisfies never;
  }
}

function keywordValue(list: LazyTerm, key: Term): LazyTerm | undefined {
  if (key.kind !== "atom") return undefined;
  for (const item of list.items()) {
    if (item.kind !== "tuple" || item.size !== 2) continue;
    const candidate = item.at(0);
    if (candidate?.kind !== "atom") continue;
    const name = candidate.toTerm();
    if (name.kind === "atom" && name.name === key.name) return item.at(1);
  }
  return undefined;
}
