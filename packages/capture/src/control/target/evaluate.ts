// Runs Erlang source on the target, so that many questions cost one round trip and need no module of
// ours there. Every stdlib has the interpreter; only atoms that OTP itself has may stand in the source.

import type { Connection } from "@elixirscope/dist";
import { atom, charlist, list, tuple, type Term } from "@elixirscope/etf";
import { CaptureError } from "../capture-error.ts";
import { atomOf, itemsOf } from "./read-term.ts";

export type EvaluateOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal };

/** The value of one expression. `bindings` are its variables. */
export async function evaluate(
  connection: Connection,
  source: string,
  bindings: Readonly<Record<string, Term>> = {},
  options: EvaluateOptions = {},
): Promise<Term> {
  const scanned = await connection.call("erl_scan", "string", [charlist(`${source}.`)], options);
  const tokens = okOf(scanned, source);
  const parsed = await connection.call("erl_parse", "parse_exprs", [tokens], options);
  const [expression] = itemsOf(okOf(parsed, source));
  if (expression === undefined) throw new Error("bug: no expression");
  const variables = Object.entries(bindings)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => tuple(atom(name), value));
  const none = atom("none");
  return await connection.call(
    "erl_eval",
    "expr",
    [expression, list(variables), none, none, atom("value")],
    options,
  );
}

function okOf(answer: Term, source: string): Term {
  const [tag, value] = itemsOf(answer);
  if (value !== undefined && atomOf(tag) === "ok") return value;
  throw new CaptureError("target_refused", `the target cannot read: ${source.slice(0, 80)}`);
}
