// Patterns and guards to an Erlang match specification, with Elixir's meaning kept exactly.
//
// What differs between the two: a map pattern in Elixir accepts more keys at every level, so values in
// it become variables with guards; a failing guard expression fails the whole guard in both; the VM
// lets `{caller}` stand only in a body, so the caller decides there whether the message is sent.

import { err, ok, type Result } from "@elixirscope/base";
import { atom, list, tuple, type Term } from "@elixirscope/etf";
import { GuardCompiler } from "./guard.ts";
import { PatternCompiler } from "./pattern.ts";
import type { Caller, Selector } from "./selector.ts";
import { selectorErrorOf, type SelectorError } from "./selector-error.ts";

/** One clause: arguments that fit it, and what the caller must be. Clauses of several selectors join. */
export type MatchClause = {
  readonly head: Term;
  readonly guards: readonly Term[];
  readonly caller: Caller | null;
};

/** The clauses of a selector; null: any call. */
export function compileSelector(
  selector: Selector,
): Result<readonly MatchClause[] | null, SelectorError> {
  try {
    return ok(compile(selector));
  } catch (thrown) {
    return err(selectorErrorOf(selector.text, thrown));
  }
}

function compile(selector: Selector): readonly MatchClause[] | null {
  const { patterns, guards, caller } = selector;
  if (patterns === null) {
    return caller === null ? null : [{ head: atom("_"), guards: [], caller }];
  }
  const compiler = new PatternCompiler();
  const head = list(patterns.map((pattern) => compiler.head(pattern)));
  const fixed = compiler.guards;
  if (guards.length === 0) return [{ head, guards: fixed, caller }];
  return guards.map((guard) => ({
    head,
    guards: [...fixed, new GuardCompiler(compiler.variables).condition(guard)],
    caller,
  }));
}

/**
 * The match specification of a function. `onMatch` are actions to run for each call that is sent
 * (`{exception_trace}`): with a caller condition they run under it.
 */
export function matchSpec(clauses: readonly MatchClause[], onMatch: readonly Term[] = []): Term {
  return list(
    clauses.map(({ head, guards, caller }) => {
      const body = caller === null ? onMatch : callerBody(caller, onMatch);
      return tuple(head, list(guards), list(body));
    }),
  );
}

function callerBody(caller: Caller, onMatch: readonly Term[]): readonly Term[] {
  const condition = callerCondition(caller);
  const actions = onMatch.map((action) => tuple(atom("andalso"), condition, action));
  return [...actions, tuple(atom("message"), condition)];
}

/** In a body a failing expression counts as not true: `{caller}` is `undefined` below the first call. */
function callerCondition({ module, function: name, arity }: Caller): Term {
  const caller = tuple(atom("caller"));
  const part = (index: number, value: Term): Term =>
    tuple(atom("=:="), tuple(atom("element"), { kind: "integer", value: index }, caller), value);
  const parts = [part(1, tuple(atom("const"), atom(module)))];
  if (name !== null) parts.push(part(2, tuple(atom("const"), atom(name))));
  if (arity !== null) parts.push(part(3, { kind: "integer", value: arity }));
  return parts.reduceRight((rest, first) => tuple(atom("andalso"), first, rest));
}
