// Exceptions and exit reasons in the words of Elixir's own reports.

import type { Term } from "@elixirscope/etf";
import { moduleText } from "../names.ts";
import { printTerm, type TermStyle } from "../print.ts";

/** What the VM raises by itself, as Elixir names it. */
const ERRORS: Readonly<Record<string, readonly [name: string, text: string]>> = {
  badmatch: ["MatchError", "no match of right hand side value"],
  case_clause: ["CaseClauseError", "no case clause matching"],
  with_clause: ["WithClauseError", "no with clause matching"],
  try_clause: ["TryClauseError", "no try clause matching"],
  cond_clause: ["CondClauseError", "no cond clause evaluated to a truthy value"],
  function_clause: ["FunctionClauseError", "no function clause matching"],
  badarith: ["ArithmeticError", "bad argument in arithmetic expression"],
  badarg: ["ArgumentError", "argument error"],
  undef: ["UndefinedFunctionError", "the function is undefined"],
  badkey: ["KeyError", "key not found"],
  badmap: ["BadMapError", "expected a map, got"],
  badfun: ["BadFunctionError", "expected a function, got"],
  badarity: ["BadArityError", "called with a wrong number of arguments"],
  system_limit: ["SystemLimitError", "a system limit has been reached"],
  if_clause: ["CondClauseError", "no clause evaluated to a truthy value"],
};

/** `thrown`: `{class, value}` or `{class, value, stack}`, as an exception event carries it. */
export function exceptionText(thrown: Term, style: TermStyle): string {
  const [kind, value] = thrown.kind === "tuple" ? thrown.items : [];
  if (kind?.kind !== "atom" || value === undefined) return `** ${printTerm(thrown, "line", style)}`;
  if (kind.name === "exit") return `** (exit) ${reasonText(value, style)}`;
  if (kind.name !== "error") return `** (${kind.name}) ${printTerm(value, "line", style)}`;
  return errorText(value, style) ?? `** (ErlangError) ${printTerm(value, "line", style)}`;
}

/** An exit reason; `{error, stack}` is told as that error. */
export function reasonText(reason: Term, style: TermStyle): string {
  const [inner, stack] = reason.kind === "tuple" ? reason.items : [];
  if (inner !== undefined && stack !== undefined && isStack(stack)) {
    return errorText(inner, style) ?? printTerm(inner, "line", style);
  }
  return printTerm(reason, "line", style);
}

function errorText(value: Term, style: TermStyle): string | null {
  const struct = structText(value);
  if (struct !== null) return struct;
  const [tag, detail] = value.kind === "tuple" ? value.items : [value];
  const known =
    tag?.kind === "atom" && Object.hasOwn(ERRORS, tag.name) ? ERRORS[tag.name] : undefined;
  if (known === undefined) return null;
  const [name, text] = known;
  return `** (${name}) ${text}${detail === undefined ? "" : `: ${printTerm(detail, "line", style)}`}`;
}

/** `%RuntimeError{message: "…"}` */
function structText(value: Term): string | null {
  if (value.kind !== "map") return null;
  const field = (wanted: string): Term | undefined =>
    value.entries.find(([key]) => key.kind === "atom" && key.name === wanted)?.[1];
  const name = field("__struct__");
  const message = field("message");
  if (name?.kind !== "atom" || field("__exception__") === undefined) return null;
  const said = message?.kind === "binary" ? ` ${Buffer.from(message.bytes).toString()}` : "";
  return `** (${moduleText(name.name)})${said}`;
}

/** `[{module, function, arity or arguments, location}, …]` */
export type StackEntry = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  /** null: the entry has the arity only */
  readonly args: readonly Term[] | null;
  readonly file: string | null;
  readonly line: number | null;
};

/** The innermost entry of the stack in `{class, value, stack}` or `{value, stack}`. */
export function stackTop(thrown: Term | null): StackEntry | null {
  const stack = thrown?.kind === "tuple" ? thrown.items.at(-1) : undefined;
  const entry =
    stack !== undefined && isStack(stack) && stack.kind === "list" ? stack.items[0] : undefined;
  if (entry?.kind !== "tuple") return null;
  const [module, name, third, location] = entry.items;
  if (module?.kind !== "atom" || name?.kind !== "atom" || third === undefined) return null;
  const args = third.kind === "list" ? third.items : null;
  return {
    module: module.name.replace(/^Elixir\./, ""),
    name: name.name,
    arity: third.kind === "integer" ? Number(third.value) : (args?.length ?? 0),
    args,
    file: textOf(located(location, "file")),
    line: numberOf(located(location, "line")),
  };
}

function isStack(term: Term): boolean {
  if (term.kind !== "list") return false;
  const [first] = term.items;
  return first === undefined || (first.kind === "tuple" && first.items.length === 4);
}

function located(location: Term | undefined, key: string): Term | null {
  if (location?.kind !== "list") return null;
  for (const pair of location.items) {
    if (pair.kind !== "tuple") continue;
    const [name, value] = pair.items;
    if (name?.kind === "atom" && name.name === key) return value ?? null;
  }
  return null;
}

function numberOf(term: Term | null): number | null {
  return term?.kind === "integer" ? Number(term.value) : null;
}

/** A charlist. */
function textOf(term: Term | null): string | null {
  if (term?.kind !== "list") return null;
  const codes = term.items.map(numberOf);
  return codes.every((code) => code !== null) ? String.fromCodePoint(...codes) : null;
}
