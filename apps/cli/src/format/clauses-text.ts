// Clauses as text: one line for what was called with what, then each clause as it is written, with what became of it.

import type { ClausesView, ClauseView, NeverChosen, NeverChosenView } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled, type Style } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 140;
const STYLES: Readonly<Record<ClauseView["verdict"], Style>> = {
  matched: "green",
  skipped: "red",
  unknown: "yellow",
  not_tried: "dim",
};

export function clausesText(view: ClausesView, stream: NodeJS.WriteStream): string {
  const { mfa, of, event, pid, t, values, file, clauses, limits } = view;
  const what = of === "function" ? mfa : `${constructText(of)} in ${mfa}`;
  const head = `${what}  ${styled(stream, "dim", visible(`event ${event}, ${pid}, ${(t / 1e9).toFixed(6)} s`))}`;
  const lines = [styled(stream, "bold", visible(head)), `  ${valuesText(of, values)}`, ""];
  for (const clause of clauses) lines.push(...clauseLines(clause, file, stream));
  lines.push("", conclusion(view));
  lines.push(...noteLines(limits, stream));
  return lines.join("\n");
}

function valuesText(of: string, values: readonly string[] | null): string {
  if (of === "cond_clause") return "conditions in order";
  const noun = of === "function" || of === "fn_clause" ? "arguments" : "value";
  if (values === null) return `${noun}: not recorded`;
  return values.length === 0
    ? "no arguments"
    : `${noun}: ${clipped(values.join(", "), MOST_COLUMNS)}`;
}

/** `case_clause` → `case` */
function constructText(kind: string): string {
  return kind.replace(/_clause$/, "");
}

function clauseLines(
  { line, text, verdict, holds, failure, unknown }: ClauseView,
  file: string,
  stream: NodeJS.WriteStream,
): readonly string[] {
  const mark = styled(stream, STYLES[verdict], (verdict === "not_tried" ? "-" : verdict).padEnd(8));
  const lines = [
    `  ${mark} ${styled(stream, "dim", visible(`${file}:${line}`))}  ${clipped(text, MOST_COLUMNS)}`,
  ];
  const say = (reason: string): void => void lines.push(`           ${reason}`);
  if (verdict === "not_tried") {
    say(
      holds === true
        ? "not tried, would have matched too"
        : holds === null
          ? "not tried"
          : "not tried, would not have matched",
    );
  } else if (failure !== null) say(failureText(failure));
  else if (unknown !== null) say(`cannot be told: ${visible(unknown)}`);
  else if (verdict === "unknown")
    say("would match, if it was tried: whether a clause before it matched is not known");
  return lines;
}

function failureText(failure: NonNullable<ClauseView["failure"]>): string {
  if (failure.kind === "pattern") {
    const { path, expected, found } = failure;
    return found === null
      ? `${visible(path)}: there is no such key, the pattern wants ${visible(expected)}`
      : `${visible(path)} is ${clipped(found, MOST_COLUMNS)}, the pattern wants ${visible(expected)}`;
  }
  const { expected, values, raised } = failure;
  const known = values
    .map(({ name, text }) => `${visible(name)} = ${clipped(text, MOST_COLUMNS)}`)
    .join(", ");
  const where = known === "" ? "" : ` with ${known}`;
  return raised === null
    ? `the guard ${visible(expected)} does not hold${where}`
    : `the guard ${visible(expected)} raises${where}: ${visible(raised)}`;
}

function conclusion({ chosen, recorded, agrees, clauses }: ClausesView): string {
  const name = (clause: number): string => `the clause on line ${clauses[clause]?.line ?? "?"}`;
  const ours =
    chosen !== null
      ? `${name(chosen)} takes these values`
      : clauses.every(({ holds }) => holds === false)
        ? "no clause takes these values"
        : "which clause takes these values cannot be told";
  if (recorded === null) return `${ours}; which one ran was not recorded`;
  const theirs = recorded.clause === "none" ? "none matched" : `${name(recorded.clause)} ran`;
  if (agrees === true) return `${ours}, as recorded`;
  return agrees === null ? `${ours}; recorded: ${theirs}` : `${ours}, but recorded: ${theirs}`;
}

export function neverChosenText(view: NeverChosenView, stream: NodeJS.WriteStream): string {
  const { clauses, functions, limits } = view;
  const lines = clauses.flatMap((clause) => neverLines(clause, stream));
  lines.push(
    `${clauses.length} clauses were never taken; ${functions} functions with several clauses were looked at`,
  );
  lines.push(...noteLines(limits, stream));
  return lines.join("\n");
}

function neverLines(one: NeverChosen, stream: NodeJS.WriteStream): readonly string[] {
  const { mfa, kind, file, line, text, siblings, times, evaluation } = one;
  const of = kind === "function_clause" ? mfa : `${constructText(kind)} in ${mfa}`;
  const lines = [
    `${styled(stream, "cyan", visible(of))}  ${styled(stream, "dim", visible(`${file}:${line}`))}`,
    ...(text === null ? [] : [`    ${clipped(text, MOST_COLUMNS)}`]),
  ];
  if (siblings !== null) {
    lines.push(`    never taken; its clauses in order: ${siblings.join(", ")} times`);
  } else if (evaluation !== null) {
    lines.push(`    taken by none of ${evaluation.sampled} sampled calls of ${times}`);
  }
  if (evaluation !== null && evaluation.shadowed > 0) {
    const { shadowed, sampled, by, isNarrower } = evaluation;
    const takers = by.map((clause) => clause + 1).join(" and ");
    const said = `${shadowed} of ${sampled} calls looked at would have matched it, had clause ${takers} not taken them`;
    lines.push(
      isNarrower
        ? `    ${styled(stream, "yellow", "surprise:")} it is more special than what shadows it: ${said}`
        : `    ${said}`,
    );
  }
  return [...lines, ""];
}
