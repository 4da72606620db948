// Callbacks of OTP behaviours as a test sees them: functions of message and state. Whoever waits for the
// reply is a process of the recorded node; the test stands in for it.

import type { Term } from "@elixirscope/etf";
import type { CallFacts } from "./call-facts.ts";

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  "handle_call/3": ["message", "from", "state"],
  "handle_cast/2": ["message", "state"],
  "handle_info/2": ["message", "state"],
  "handle_continue/2": ["continue", "state"],
  "handle_event/4": ["event", "content", "state", "data"],
};

export function isCallback({ name, arity }: Pick<CallFacts, "name" | "arity">): boolean {
  return ARGUMENTS[`${name}/${arity}`] !== undefined;
}

const VARIABLE = /^(?!arg\d)[a-z][a-z0-9_]*[?!]?$/;
/** Names that the test itself uses, and words that are no names. */
const TAKEN: readonly string[] = "from expected do end fn when and or not in nil true false".split(
  " ",
);

/** Names for the arguments of a call, one each: those of its parameters where they can be told. */
export function argumentNames(
  { name, arity, names }: Pick<CallFacts, "name" | "arity" | "names">,
  args: readonly Term[],
): readonly string[] {
  const ofCallback = ARGUMENTS[`${name}/${arity}`];
  if (ofCallback !== undefined) return ofCallback;
  return args.map((_, i) => {
    const own = names[i] ?? "";
    const isFree = VARIABLE.test(own) && !TAKEN.includes(own) && names.indexOf(own) === i;
    return isFree ? own : `arg${i + 1}`;
  });
}

/** `{pid, tag}` of a caller: the second argument of `handle_call/3`, or `{:call, from}` of `gen_statem`. */
export function callerTag(args: readonly Term[]): Term | null {
  for (const arg of args) {
    if (isTag(arg)) return arg;
    const [type, from] = arg.kind === "tuple" ? arg.items : [];
    if (type?.kind === "atom" && type.name === "call" && from !== undefined && isTag(from)) {
      return from;
    }
  }
  return null;
}

/** `{pid, reference}` or, with an alias, `{pid, [:alias | reference]}`. */
function isTag(term: Term): boolean {
  if (term.kind !== "tuple" || term.items.length !== 2) return false;
  const [pid, tag] = term.items;
  if (pid?.kind !== "pid" || tag === undefined) return false;
  return tag.kind === "reference" || (tag.kind === "list" && tag.tail?.kind === "reference");
}
