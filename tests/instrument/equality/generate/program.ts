// Programs over everything that instrumentation could disturb, written from a seed: the constructs of
// the data-flow tests, and calls of all kinds, processes, failures with their stack traces.

import { line, indented, render, tagged, type Text } from "../../../codegraph/generate/text.ts";
import { makers } from "../../../codegraph/generate/program.ts";
import { protectedBody } from "../../../codegraph/generate/failures.ts";
import { guard, guardedHead, variable } from "../../../codegraph/generate/patterns.ts";
import { Random } from "../../../codegraph/generate/random.ts";
import { Writer, type Callee, type Makers, type Name } from "../../../codegraph/generate/writer.ts";
import { processes, seen } from "./processes.ts";
import { helpers, tailCalls } from "./tail-calls.ts";

export type Program = {
  readonly seed: number;
  readonly source: string;
  /** public, callable from outside */
  readonly functions: readonly Callee[];
};

/** constructs in a function */
const BUDGET = 12;

/** The same seed writes the same program. */
export function program(seed: number, depth = 4): Program {
  const random = new Random(seed);
  const counter = { names: 0, tokens: 0 };
  const functions: Callee[] = random.several(2, 4, (index) => ({
    name: `f${String(index + 1)}`,
    arity: random.between(0, 3),
  }));
  const all: Makers = {
    expressions: [...makers.expressions, ...processes, ...tailCalls(functions)],
    tests: makers.tests,
    statements: [...makers.statements, seen],
  };
  const texts = functions.map((self, index) =>
    definition(new Writer(random, self, functions.slice(index + 1), all, counter, BUDGET), depth),
  );
  const served = new Writer(random, { name: "handle_call", arity: 3 }, functions, all, counter, 5);
  return {
    seed,
    functions,
    source: render([
      ...line("defmodule Program do"),
      ...indented(line("@limit 1_000_000")),
      ...indented(helpers),
      ...indented(
        child(new Writer(random, { name: "child", arity: 1 }, [], all, counter, 4), depth),
      ),
      ...indented(texts.flatMap((text) => [...text, ...line("")])),
      ...line("end"),
      ...others(served, depth),
    ]),
  };
}

function definition(w: Writer, depth: number): Text {
  const { random, self } = w;
  const defaults = self.arity > 0 && random.chance(15);
  const rounds =
    defaults || self.arity === 0
      ? [true]
      : [...random.several(0, 2, () => false), random.chance(80)];
  return rounds.flatMap((last) => {
    const { head, names } = last ? takesAll(w, defaults) : takesSome(w);
    const first = names[0] === undefined ? [] : seen.make(w, names, 0).text;
    const body = random.chance(20)
      ? protectedBody(w, names, depth)
      : indented(
          random.chance(4) ? line("raise ArgumentError") : [...first, ...w.block(names, depth)],
        );
    return [...line(`def ${self.name}${head} do`), ...body, ...line("end")];
  });
}

function takesSome(w: Writer): { readonly head: string; readonly names: readonly Name[] } {
  const { head, scope } = guardedHead(w, [], 2, w.self.arity, 0);
  if (!w.random.chance(40) || scope.length === 0) return { head: `(${head})`, names: scope };
  return { head: `(${head}) when ${guard(w, scope).text}`, names: scope };
}

function takesAll(
  w: Writer,
  defaults: boolean,
): { readonly head: string; readonly names: readonly Name[] } {
  let names: readonly Name[] = [];
  const texts: string[] = [];
  for (let i = 0; i < w.self.arity; i += 1) {
    const made = variable(w, [], names, "any");
    names = [...names, ...made.names];
    texts.push(defaults && i === w.self.arity - 1 ? `${made.text} \\\\ Some.fresh()` : made.text);
  }
  return { head: `(${texts.join(", ")})`, names };
}

function child(w: Writer, depth: number): Text {
  const scope: readonly Name[] = [{ name: "given", kind: "any" }];
  return [
    ...line("def child(given) do"),
    ...indented(line("Some.seed(11)")),
    ...indented(tagged(w.block(scope, depth - 1), "child")),
    ...line("end"),
  ];
}

/** A server and an implementation of a protocol, in modules of their own. */
function others(w: Writer, depth: number): Text {
  const scope: readonly Name[] = [
    { name: "request", kind: "any" },
    { name: "state", kind: "any" },
  ];
  return [
    ...line("defmodule Program.Server do"),
    ...indented(line("use GenServer")),
    ...indented(line("import Program")),
    ...indented(line("@impl true")),
    ...indented(line("def init(state), do: {:ok, Some.id(state)}")),
    ...indented(line("@impl true")),
    ...indented(line("def handle_call(request, _from, state) do")),
    ...indented(line("Some.seed(12)"), 2),
    ...indented(line("reply ="), 2),
    ...indented([...line("("), ...indented(w.block(scope, depth - 1)), ...line(")")], 3),
    ...indented(line("{:reply, reply, [state]}"), 2),
    ...indented(line("end")),
    ...indented(line("@impl true")),
    ...indented(line("def terminate(reason, state), do: Some.pair(reason, state)")),
    ...line("end"),
    ...line("defimpl Speaks, for: Thing do"),
    ...indented(line("def speak(%{says: says}), do: Some.risky(says)")),
    ...line("end"),
  ];
}
