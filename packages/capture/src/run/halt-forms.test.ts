import { atom, inspect, integer, list, tuple, type Term } from "@elixirscope/etf";
import { expect, test } from "vitest";
import { drainingHalt } from "./halt-forms.ts";

const LINE = integer(7);
const named = (name: string): Term => tuple(atom("atom"), LINE, atom(name));

function calling(name: string, module: string, fn: string): Term {
  const callee = tuple(atom("remote"), LINE, named(module), named(fn));
  const call = tuple(atom("call"), LINE, callee, list([tuple(atom("var"), LINE, atom("S"))]));
  const clause = tuple(atom("clause"), LINE, list([]), list([]), list([call]));
  return tuple(atom("function"), LINE, atom(name), integer(1), list([clause]));
}

test("halt drains first, and nothing else is changed", () => {
  const stop = calling("stop", "init", "stop");
  const other = calling("abort", "erlang", "halt");
  const done = drainingHalt(list([stop, calling("halt", "erlang", "halt"), other]));
  expect(inspect(done)).toBe(
    inspect(list([stop, calling("halt", "elixir_scope_boot", "halt"), other])),
  );
});
