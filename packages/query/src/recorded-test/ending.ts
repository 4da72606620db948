// How a recorded call ended, as an assertion: its result, an exception with its message, or what was raised,
// thrown or exited with.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { CallFacts } from "./call-facts.ts";
import { atomSource, isAlias } from "./name-source.ts";
import { termSource, type Irreproducible, type SourceOptions } from "./term-source.ts";
import type { Ending } from "./test-source.ts";

const CLASSES = ["error", "exit", "throw"] as const;

/** `result`: what came back, or `{class, reason}`, with the stack trace behind it where that was recorded. */
export function endingOf(
  { outcome }: Pick<CallFacts, "outcome">,
  result: Term,
  options: SourceOptions,
): Result<Ending, Irreproducible> {
  if (outcome !== "raised") {
    const value = termSource(result, options);
    return value.ok ? ok({ kind: "returned", value: value.value }) : value;
  }
  const [kind, reason] = result.kind === "tuple" ? result.items : [];
  const raised = CLASSES.find((name) => kind?.kind === "atom" && kind.name === name);
  if (raised === undefined || reason === undefined) {
    return err({ reason: "what was raised was not recorded", way: "" });
  }
  const simple = raised === "error" ? messageOnly(reason) : null;
  if (simple !== null) return ok({ kind: "raised", ...simple });
  const source = termSource(reason, options);
  return source.ok ? ok({ kind: "caught", class: raised, reason: source.value }) : source;
}

/** An exception that is its message: `%ArgumentError{message: "…"}`. */
function messageOnly(
  reason: Term,
): { readonly exception: string; readonly message: string } | null {
  if (reason.kind !== "map" || reason.entries.length !== 3) return null;
  const field = (name: string): Term | undefined =>
    reason.entries.find(([key]) => key.kind === "atom" && key.name === name)?.[1];
  const [struct, message] = [field("__struct__"), field("message")];
  if (struct?.kind !== "atom" || !isAlias(struct.name) || message?.kind !== "binary") return null;
  if (field("__exception__") === undefined) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(message.bytes);
    return { exception: atomSource(struct.name), message: text };
  } catch {
    return null;
  }
}
