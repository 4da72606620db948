// `fn` and `&`: a closure is a value of the function that makes it and has arguments and a result of
// its own. Where it is called is found when the whole function is known (`dfg-closure-calls.ts`).

import { pushAll } from "@elixirscope/base";
import { isCall, walk, type CallNode, type Node } from "@elixirscope/syntax";
import { clauseBody, clauseOf } from "./dfg-clauses.ts";
import { bindPatterns } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { emptyJoin, type DfgWalker } from "./dfg-walker.ts";

type Closure = {
  readonly definition: number;
  readonly index: number;
  readonly entry: number;
  /** back to what is around it */
  leave(result: number): void;
};

function open(walker: DfgWalker, node: CallNode): Closure {
  const { draft } = walker;
  const definition = draft.define("value", null, node);
  const index = draft.closures.length;
  const parent = draft.closure;
  const { clause } = draft;
  const { start, end } = node;
  draft.closures.push({ definition, parent, parameters: [], result: -1, start, end });
  const leaveScope = walker.enter(node);
  const leaveGraph = draft.enterGraph(node);
  walker.closurePlaces.push({ node, scope: draft.scope });
  draft.closure = index;
  draft.clause = -1;
  return {
    definition,
    index,
    entry: draft.places.ends(node).entry,
    leave(result) {
      const made = draft.closures[index];
      if (made !== undefined) made.result = result;
      leaveScope();
      draft.closure = parent;
      draft.clause = clause;
      leaveGraph();
    },
  };
}

function addParameter(
  walker: DfgWalker,
  closure: Closure,
  name: string | null,
  node: Node,
): number {
  const parameter = walker.draft.define("argument", name, node, closure.entry);
  const made = walker.draft.closures[closure.index];
  if (made !== undefined) made.parameters = [...made.parameters, parameter];
  return parameter;
}

export function* fn(walker: DfgWalker, node: CallNode): Steps {
  const closure = open(walker, node);
  const clauses = node.args.filter((arg) => isCall(arg, "->", 2)).map(clauseOf);
  const parameters = (clauses[0]?.patterns ?? []).map((pattern) =>
    addParameter(walker, closure, null, pattern),
  );
  const join = emptyJoin();
  for (const [index, clause] of clauses.entries()) {
    walker.draft.clause = index;
    const leave = walker.enter(clause.node);
    const matches = clause.patterns.map((pattern, i) => ({
      pattern,
      from: { value: parameters[i] ?? CONSTANT, node: pattern },
    }));
    const matched = bindPatterns(walker, matches);
    pushAll(join.conditions, matched.conditions);
    if (clauses.length > 1 && matched.refutable) {
      pushAll(
        join.conditions,
        matches.map((match) => match.from),
      );
    }
    yield* clauseBody(walker, clause, join);
    leave();
  }
  walker.draft.clause = -1;
  closure.leave(walker.returned(join, node, walker.draft.places.ends(node).exit));
  return closure.definition;
}

/** `&1` is an argument, `&f/1` a function by name, anything else a body with `&1`, `&2`, … in it. */
export function* capture(walker: DfgWalker, node: CallNode): Steps {
  const [body] = node.args;
  if (body === undefined) return CONSTANT;
  if (body.kind === "integer") return placeholder(walker, node, `&${body.value}`);
  const closure = open(walker, node);
  const arity = namedArity(body) ?? highestPlaceholder(body);
  const parameters: number[] = [];
  for (let i = 1; i <= arity; i += 1) {
    const parameter = addParameter(walker, closure, `&${i}`, node);
    walker.bindings.set(`&${i}`, parameter);
    parameters.push(parameter);
  }
  const join = emptyJoin();
  if (namedArity(body) === null) {
    const value = walker.leaf(body) ?? (yield walker.steps(body));
    walker.give(join, value, body);
  } else {
    yield* namedCall(walker, body, parameters);
    walker.give(join, walker.draft.definitions.length - 1, body);
  }
  closure.leave(walker.returned(join, node, walker.draft.places.ends(node).exit));
  return closure.definition;
}

function placeholder(walker: DfgWalker, node: CallNode, name: string): number {
  const parameter = walker.find(name);
  if (parameter === undefined) return CONSTANT;
  walker.draft.use(parameter, node);
  return parameter;
}

/** `f/1`, `Mod.f/1`: the arity; null for any other body. */
function namedArity(body: Node): number | null {
  if (!isCall(body, "/", 2)) return null;
  const [name, arity] = body.args;
  if (arity?.kind !== "integer" || name === undefined) return null;
  const named = name.kind === "variable" || (name.kind === "call" && name.args.length === 0);
  return named ? Number(arity.value) : null;
}

/** The call that `&f/1` stands for; the receiver of `&mod.f/1` is a value, too. */
function* namedCall(walker: DfgWalker, body: Node, parameters: readonly number[]): Steps {
  const name = isCall(body, "/", 2) ? body.args[0] : undefined;
  const dot = name?.kind === "call" && typeof name.callee !== "string" ? name.callee : null;
  const receiver = dot !== null && isCall(dot, ".") ? dot.args[0] : undefined;
  const module =
    receiver === undefined ? CONSTANT : (walker.leaf(receiver) ?? (yield walker.steps(receiver)));
  const value = walker.called(body);
  if (receiver !== undefined) walker.draft.flow("argument", module, value, receiver, null, -1);
  for (const [i, parameter] of parameters.entries()) {
    walker.draft.flow("argument", parameter, value, body, null, i);
  }
  return value;
}

function highestPlaceholder(body: Node): number {
  let highest = 0;
  walk(body, (node) => {
    if (!isCall(node, "&", 1)) return true;
    const [number] = node.args;
    if (number?.kind === "integer") highest = Math.max(highest, Number(number.value));
    return false;
  });
  return Math.min(highest, MAX_ARITY);
}

/** Of a function on the BEAM. */
const MAX_ARITY = 255;
