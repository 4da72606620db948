// Where a form stands: an annotation is a line, `{Line, Column}`, or a keyword list with `location`,
// `file`, `generated` and others. Lines and files make stack traces, so they are kept on what was there.

import { integer, type Term } from "@elixirscope/etf";
import { atomName } from "./forms.ts";

export type Place = {
  /** 0: unknown */
  readonly line: number;
  /** from 1; null: known to the line only */
  readonly column: number | null;
  /** another file than the module's, as `location: :keep` gives it */
  readonly file: string | null;
  readonly generated: boolean;
};

export function placeOf(anno: Term): Place {
  if (anno.kind !== "list") return { ...location(anno), file: null, generated: false };
  const place = location(entry(anno, "location") ?? integer(0));
  const file = entry(anno, "file");
  return {
    ...place,
    file: file === null ? null : textOf(file),
    generated: atomName(entry(anno, "generated") ?? undefined) === "true",
  };
}

/** A character list or binary as text. */
export function textOf(term: Term): string {
  if (term.kind === "binary") return new TextDecoder().decode(term.bytes);
  if (term.kind !== "list") return "";
  return term.items
    .map((item) => (item.kind === "integer" ? String.fromCodePoint(Number(item.value)) : ""))
    .join("");
}

function location(term: Term): { line: number; column: number | null } {
  if (term.kind === "tuple") {
    const [line, column] = term.items;
    return { line: numberOf(line) ?? 0, column: numberOf(column) };
  }
  return { line: numberOf(term) ?? 0, column: null };
}

function numberOf(term: Term | undefined): number | null {
  return term?.kind === "integer" ? Number(term.value) : null;
}

function entry(anno: Term, key: string): Term | null {
  if (anno.kind !== "list") return null;
  for (const item of anno.items) {
    if (item.kind === "tuple" && atomName(item.items[0]) === key) return item.items[1] ?? null;
  }
  return null;
}
