// Closures that are passed to functions of the project and called there: what the callee passes to its
// function goes to the closure, and what the closure returns visits the callee. These ways are the same
// for all callers, so that only values that began somewhere take them, and not parameters; a visitor does
// not return to callers, of which only the closure's maker is meant, who knows already.

import type { ProgramFlow } from "./interprocedural.ts";

export type CallbackFlow = { readonly to: number; readonly visiting: boolean };

/** From a definition to definitions in other functions. */
export type CallbackFlows = ReadonlyMap<number, readonly CallbackFlow[]>;

export function callbackFlows(program: ProgramFlow): CallbackFlows {
  const flows = new Map<number, CallbackFlow[]>();
  const add = (from: number, to: number | undefined, visiting: boolean): void => {
    if (to === undefined) return;
    const list = flows.get(from);
    if (list === undefined) flows.set(from, [{ to, visiting }]);
    else list.push({ to, visiting });
  };
  const called = calledParameters(program);
  for (const call of program.calls) {
    for (const callee of call.callees) {
      const own = called.get(callee);
      if (own === undefined || call.applied) continue;
      for (const flow of program.graph.inEdges(call.definition)) {
        const { from, index, kind } = program.edge(flow);
        if (index < 0 || (kind !== "argument" && kind !== "pipe")) continue;
        const closure = program.closureAt(wholeOf(program, from, (at) => isClosure(program, at)));
        const parameter = program.parameter(callee, index, call.arity);
        if (closure === undefined || parameter === undefined) continue;
        for (const inside of own.get(parameter) ?? []) {
          add(closure.result, inside, true);
          for (const given of program.graph.inEdges(inside)) {
            const argument = program.edge(given);
            if (argument.index < 0) continue;
            add(argument.from, closure.parameters[argument.index], false);
          }
        }
      }
    }
  }
  return flows;
}

/** By function, by parameter: the calls of the function that the parameter is. */
function calledParameters(
  program: ProgramFlow,
): ReadonlyMap<number, ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, Map<number, number[]>>();
  for (const { caller, definition, target } of program.calls) {
    const parameters = program.functions[caller]?.parameters ?? [];
    if (target !== null || parameters.length === 0) continue;
    for (const flow of program.graph.inEdges(definition)) {
      const { from, index, kind } = program.edge(flow);
      if (kind !== "argument" || index >= 0) continue;
      const parameter = wholeOf(program, from, (at) => parameters.includes(at));
      if (!parameters.includes(parameter)) continue;
      const own = found.get(caller) ?? new Map<number, number[]>();
      found.set(caller, own);
      own.set(parameter, [...(own.get(parameter) ?? []), definition]);
    }
  }
  return found;
}

function isClosure(program: ProgramFlow, definition: number): boolean {
  return program.closureAt(definition) !== undefined;
}

/** How far a value is followed back through names. */
const MAX_COPIES = 20;

/** Back through copies and captures, to the first definition that is one. */
function wholeOf(
  program: ProgramFlow,
  definition: number,
  isOne: (definition: number) => boolean,
): number {
  let at = definition;
  for (let left = MAX_COPIES; left > 0 && !isOne(at); left -= 1) {
    let before: number | undefined;
    for (const flow of program.graph.inEdges(at)) {
      const { from, kind, path } = program.edge(flow);
      if ((kind === "copy" || kind === "capture") && path === null) before = from;
    }
    if (before === undefined) return at;
    at = before;
  }
  return at;
}
