// Outcomes of a row of clauses as a view: the first that holds is chosen, unless one before it cannot be told.

import type { Source as SourceText } from "@elixirscope/syntax";
import { printTerm, type TermStyle } from "../print.ts";
import type { ClauseOutcome, Refusal } from "./clause-test.ts";
import type { ClauseVerdict, ClauseView, GuardFailure, PatternFailure } from "@elixirscope/wire";

const MOST = 200;

export type TestedClause = {
  readonly start: number;
  readonly end: number;
  readonly outcome: ClauseOutcome;
};

export function clauseViews(
  tested: readonly TestedClause[],
  text: SourceText,
  style: TermStyle,
): { readonly views: readonly ClauseView[]; readonly chosen: number | null } {
  let chosen: number | null = null;
  let isOpen = false;
  const views = tested.map(({ start, end, outcome }, clause): ClauseView => {
    const { holds, refusal, unknown } = outcome;
    const verdict = verdictOf(holds, chosen !== null, isOpen);
    if (holds === true && chosen === null && !isOpen) chosen = clause;
    if (holds === null) isOpen = true;
    return {
      clause,
      ...text.positionAt(start),
      text: firstLine(text.text.slice(start, end)),
      verdict,
      holds,
      failure: refusal === null ? null : failureView(refusal, text, style),
      unknown: unknown === null ? null : unknownText(unknown, text),
    };
  });
  return { views, chosen };
}

function verdictOf(holds: boolean | null, isTaken: boolean, isOpen: boolean): ClauseVerdict {
  if (isTaken) return "not_tried";
  if (holds === false) return "skipped";
  return holds === true && !isOpen ? "matched" : "unknown";
}

function failureView(
  refusal: Refusal,
  text: SourceText,
  style: TermStyle,
): PatternFailure | GuardFailure {
  const { node } = refusal;
  const expected = short(text.text.slice(node.start, node.end));
  const { line, column } = text.positionAt(node.start);
  if (refusal.kind === "pattern") {
    const found = refusal.found === null ? null : short(printTerm(refusal.found, "line", style));
    return { kind: "pattern", path: refusal.path, expected, found, line, column };
  }
  const values = refusal.values.map(({ name, value }) => ({
    name,
    text: short(printTerm(value, "line", style)),
  }));
  return { kind: "guard", expected, values, raised: refusal.raised, line, column };
}

function unknownText(
  { node, why }: NonNullable<ClauseOutcome["unknown"]>,
  text: SourceText,
): string {
  if (node === null) return why;
  return `${short(text.text.slice(node.start, node.end))}: ${why}`;
}

function firstLine(text: string): string {
  return short(text.split("\n")[0] ?? "");
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MOST ? `${line.slice(0, MOST - 3)}...` : line;
}
