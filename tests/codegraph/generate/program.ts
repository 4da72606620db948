// A module of functions that call each other, written from a seed.

import { Random } from "./random.ts";
import { indented, line, render, tagged, type Text } from "./text.ts";
import { guard, guardedHead, variable } from "./patterns.ts";
import { branches } from "./branches.ts";
import { failures, protectedBody } from "./failures.ts";
import { calls } from "./calls.ts";
import { containers } from "./containers.ts";
import { loops } from "./loops.ts";
import { operators, tests } from "./operators.ts";
import { statements } from "./statements.ts";
import { Writer, type Callee, type Makers, type Name } from "./writer.ts";

export type Program = {
  readonly seed: number;
  readonly source: string;
  readonly functions: readonly Callee[];
};

/** constructs in a function */
const BUDGET = 10;

export const makers: Makers = {
  expressions: [...calls, ...containers, ...operators, ...branches, ...failures, ...loops],
  tests,
  statements,
};

/** The same seed writes the same program. `depth` is how deep expressions nest. */
export function program(seed: number, depth = 4): Program {
  const random = new Random(seed);
  const counter = { names: 0, tokens: 0 };
  const callees: Callee[] = random.several(2, 4, (index) => ({
    name: `f${String(index + 1)}`,
    arity: random.between(0, 3),
  }));
  const texts = callees.map((self, index) =>
    definition(
      new Writer(random, self, callees.slice(index + 1), makers, counter, BUDGET),
      index,
      depth,
    ),
  );
  const body = texts.flatMap((text) => [...text, ...line("")]);
  const source = render([
    ...line("defmodule Program do"),
    ...indented(line("@limit 1_000_000")),
    ...indented(body.slice(0, -1)),
    ...line("end"),
  ]);
  return { seed, source, functions: callees };
}

function definition(w: Writer, index: number, depth: number): Text {
  const { random, self } = w;
  const keyword = index === 0 || random.chance(90) ? "def" : "defp";
  const defaults = self.arity > 0 && random.chance(15);
  const clauses =
    defaults || self.arity === 0
      ? [true]
      : [...random.several(0, 2, () => false), random.chance(80)];
  return clauses.flatMap((last) => {
    const { head, names, tags } = header(w, last, defaults);
    const body = random.chance(20)
      ? tagged(protectedBody(w, names, depth), "def.try", ...tags)
      : indented(tagged(w.block(names, depth), "def", ...tags));
    return [...line(`${keyword} ${self.name}${head} do`), ...body, ...line("end")];
  });
}

/** What follows a clause's name: arguments and guard. */
function header(
  w: Writer,
  last: boolean,
  defaults: boolean,
): { readonly head: string; readonly names: readonly Name[]; readonly tags: readonly string[] } {
  const { arity } = w.self;
  if (arity === 0) return { head: "", names: [], tags: [] };
  if (!last) {
    const { head, scope, tags } = guardedHead(w, [], 2, arity, 0);
    if (!w.random.chance(40) || scope.length === 0)
      return { head: `(${head})`, names: scope, tags };
    const test = guard(w, scope);
    return { head: `(${head}) when ${test.text}`, names: scope, tags: [...tags, test.tag] };
  }
  let names: readonly Name[] = [];
  const texts: string[] = [];
  for (let i = 0; i < arity; i += 1) {
    const made = variable(w, [], names, "any");
    names = [...names, ...made.names];
    texts.push(defaults && i === arity - 1 ? `${made.text} \\\\ Some.fresh()` : made.text);
  }
  return { head: `(${texts.join(", ")})`, names, tags: defaults ? ["def.default"] : [] };
}
