// Elixir's `for`: the compiler makes calls of `Enum.reduce/3` with funs that nobody wrote, and for
// bitstrings a named fun that is called where it is made. Such funs are part of the frame around them; a
// fun that only looks similar gets a frame of its own, which is always right.

import { list, type Term } from "@elixirscope/etf";
import type { BodyOf } from "./clauses.ts";
import { annoOf, itemsOf, kindOf, literalAtom, part, replaced, variableName } from "./forms.ts";
import { branchEvent, fork, type Frame } from "./frame.ts";
import { endsWithItsName } from "./tail-calls.ts";
import { bindPatterns } from "./variables.ts";

/** How the parts of it are transformed. */
export type Bodies = {
  readonly expression: (form: Term, frame: Frame) => Term;
  readonly body: BodyOf;
  /** statements whose values nobody uses */
  readonly unused: BodyOf;
};

/** The transformed call when it is one that `for` makes; else null. */
export function comprehensionCall(form: Term, frame: Frame, bodies: Bodies): Term | null {
  const callee = part(form, 2);
  const args = itemsOf(part(form, 3));
  if (kindOf(callee) === "named_fun" && isUnnamed(part(callee, 2))) {
    const done = args.map((arg) => bodies.expression(arg, frame));
    const clauses = steps(itemsOf(part(callee, 3)), frame, bodies);
    return replaced(form, { 2: replaced(callee, { 3: clauses }), 3: list(done) });
  }
  const [source, initial, fun] = args;
  if (!isEnumReduce(callee) || source === undefined || initial === undefined) return null;
  if (fun === undefined || args.length !== 3 || !isStepFun(fun)) return null;
  const done = [bodies.expression(source, frame), bodies.expression(initial, frame)];
  const clauses = part(fun, 2);
  const stepped = clauses.kind === "tuple" ? itemsOf(clauses.items[1] ?? clauses) : [];
  const step = replaced(fun, { 2: replaced(clauses, { 1: steps(stepped, frame, bodies) }) });
  return replaced(form, { 3: list([...done, step]) });
}

/** The first clause takes an element; those after it skip one, or end. */
function steps(clauses: readonly Term[], frame: Frame, bodies: Bodies): Term {
  const done = clauses.map((clause, index) => {
    const inner = { ...fork(frame), endsFun: false };
    const bound = bindPatterns(itemsOf(part(clause, 2)), new Set());
    for (const name of bound) inner.scope.add(name);
    if (index > 0) return clause;
    const event = branchEvent(inner, annoOf(clause), "generator", null, bound);
    const statements = keepingTailCalls(itemsOf(part(clause, 4)), inner, bodies);
    return replaced(clause, { 4: list(event === null ? statements : [event, ...statements]) });
  });
  return list(done);
}

/** No event may come behind a tail call of the fun: it would no longer be one. */
function keepingTailCalls(statements: readonly Term[], frame: Frame, bodies: Bodies): Term[] {
  if (!frame.module.tailCalls.bodyHasTailCall(statements)) return bodies.body(statements, frame);
  const count = endsWithItsName(statements) ? 2 : 1;
  return [
    ...bodies.unused(statements.slice(0, -count), frame),
    ...bodies.body(statements.slice(-count), { ...frame, endsFun: true }),
  ];
}

function isEnumReduce(callee: Term): boolean {
  if (kindOf(callee) !== "remote") return false;
  const [module, name] = [literalAtom(part(callee, 2)), literalAtom(part(callee, 3))];
  return module === "Elixir.Enum" && name === "reduce";
}

/** The accumulator of such a fun has no name, and its element is no plain variable without a name (`&1`). */
function isStepFun(fun: Term): boolean {
  if (kindOf(fun) !== "fun" || kindOf(part(fun, 2)) !== "clauses") return false;
  const clauses = part(fun, 2);
  const all = clauses.kind === "tuple" ? itemsOf(clauses.items[1] ?? clauses) : [];
  return all.every((clause) => {
    const [element, accumulator, more] = itemsOf(part(clause, 2));
    if (element === undefined || accumulator === undefined || more !== undefined) return false;
    return isUnnamed(accumulator) && !isUnnamed(element);
  });
}

function isUnnamed(form: Term): boolean {
  const name = form.kind === "atom" ? form.name : variableName(form);
  return name !== null && /^_@?\d+$/.test(name);
}
