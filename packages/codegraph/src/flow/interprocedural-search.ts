// Values on their way through the functions of a project.
//
// A function is searched once for each of its parameters, whoever calls it; what it gives back and where
// it leads is then used at every call (Reps, Horwitz and Sagiv, "Precise interprocedural dataflow
// analysis via graph reachability", POPL 1995). A value that begins inside a function returns to all its
// callers. What is followed is a value at a path inside another one, so that `{a, b}` does not mix the two.

import type { FlowKind } from "./dfg.ts";
import type { AccessPath, AccessPaths } from "./interprocedural-access.ts";
import { callbackFlows, type CallbackFlows } from "./interprocedural-callbacks.ts";
import {
  innermost,
  newOrigin,
  type End,
  type Exit,
  type Origin,
  type State,
  type Waiting,
} from "./interprocedural-state.ts";
import type { ProgramCall, ProgramFlow, ProgramFlowEdge } from "./interprocedural.ts";

/** Labels are bits: what a value can still do harm for, or all of them. */
export const ALL_LABELS = 0x7fffffff;

export type SearchRules = {
  readonly paths: AccessPaths;
  /** the labels that pass a flow; 0 stops there */
  passes(edge: ProgramFlowEdge, labels: number): number;
  /** the labels for which the flow into a call is an end of the search; it goes on behind it, too */
  ends(edge: ProgramFlowEdge, path: AccessPath): number;
  /** where a value goes on that its function returned to a caller outside the project */
  onward?(fn: number, path: AccessPath): readonly Onward[];
};

export type Onward = { readonly definition: number; readonly path: AccessPath };

export type SearchLimits = {
  /** states visited */
  readonly states?: number;
};

/** Ways in which a parameter is told to be in a result; beyond them all of it may be anywhere. */
const MAX_EXITS = 24;

/** Groups of seeds at most. */
const GROUPS = 64;

const DEFAULT_STATES = 5_000_000;

export class FlowSearch {
  /** false when the limit was hit: there may be more */
  complete = true;
  readonly #paths: AccessPaths;
  readonly #program: ProgramFlow;
  readonly #rules: SearchRules;
  readonly #limit: number;
  readonly #parameters = new Map<number, Origin>();
  readonly #groups = new Map<number, Origin>();
  readonly #seen = new Set<string>();
  readonly #queue: State[] = [];
  /** by origin and definition: labels for which all of the value is meant */
  readonly #covered = new Map<number, number>();
  #head = 0;
  #callbacks: CallbackFlows | null = null;
  readonly #found: End[] = [];
  readonly #results = new Map<number, number>();

  constructor(program: ProgramFlow, rules: SearchRules, limits: SearchLimits = {}) {
    this.#paths = rules.paths;
    this.#program = program;
    this.#rules = rules;
    this.#limit = limits.states ?? DEFAULT_STATES;
    program.functions.forEach(({ result }, number) => this.#results.set(result, number));
  }

  /**
   * Begins at a definition. Seeds of one group are searched together: each end is found once, from the
   * nearest of them (`rootOf`).
   */
  begin(definition: number, group: number): void {
    let origin = this.#groups.get(group);
    if (origin === undefined) {
      origin = newOrigin(-1 - group, false);
      this.#groups.set(group, origin);
    }
    this.#start(origin, definition);
  }

  /** Begins at a parameter, for its summary. */
  parameter(definition: number): Origin {
    let origin = this.#parameters.get(definition);
    if (origin === undefined) {
      origin = newOrigin(definition, true);
      this.#parameters.set(definition, origin);
      this.#start(origin, definition);
    }
    return origin;
  }

  /** Searches on until there is nothing left; answers the ends of seeds, nearest first. */
  run(): readonly End[] {
    for (; this.#head < this.#queue.length; this.#head += 1) {
      if (this.#head >= this.#limit) {
        this.complete = false;
        break;
      }
      const state = this.#queue[this.#head];
      if (state !== undefined) this.#visit(state);
    }
    return this.#found;
  }

  #start(origin: Origin, definition: number): void {
    this.#push({
      origin,
      definition,
      path: this.#paths.whole,
      part: this.#paths.whole,
      exact: true,
      labels: ALL_LABELS,
      visiting: false,
      before: null,
      call: null,
    });
  }

  #push(state: State): void {
    const { origin, definition, path, part, exact, labels, visiting } = state;
    if (labels === 0 || this.#isCovered(state)) return;
    const key = `${origin.key} ${definition} ${path.number} ${part.number} ${exact} ${labels} ${visiting}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#queue.push(state);
  }

  /** Of a value that is all meant already, parts need no search of their own. */
  #isCovered({ origin, definition, path, part, exact, labels, visiting }: State): boolean {
    const key = (origin.key + GROUPS) * this.#program.definitionCount + definition;
    const covered = this.#covered.get(key) ?? 0;
    if ((labels & ~covered) === 0) return true;
    const { whole } = this.#paths;
    if (visiting) return false;
    if (path === whole && part === whole && (!exact || !origin.isParameter)) {
      this.#covered.set(key, covered | labels);
    }
    return false;
  }

  #visit(state: State): void {
    const fn = this.#results.get(state.definition);
    if (fn !== undefined) this.#returns(state, fn);
    if (!state.origin.isParameter && !state.visiting) {
      this.#callbacks ??= callbackFlows(this.#program);
      for (const { to, visiting } of this.#callbacks.get(state.definition) ?? []) {
        this.#push({ ...state, definition: to, visiting, before: state, call: null });
      }
    }
    for (const index of this.#program.graph.outEdges(state.definition)) {
      const edge = this.#program.edge(index);
      if (edge.kind === "condition") continue;
      const isArgument = edge.kind === "argument" || edge.kind === "pipe";
      if (isArgument) this.#ends(state, edge);
      const labels = this.#rules.passes(edge, state.labels);
      if (labels === 0) continue;
      if (isArgument && this.#enters(state, edge, labels)) continue;
      this.#follow(state, edge, labels);
    }
  }

  #follow(state: State, edge: ProgramFlowEdge, labels: number): void {
    const selectors = edge.path ?? "";
    const next = { ...state, definition: edge.to, labels, before: state, call: null };
    const paths = this.#paths;
    if (REMAKES.has(edge.kind) || selectors.endsWith("…")) {
      if (edge.kind !== "component" || paths.taken(state.path, selectors) !== null) {
        this.#push({ ...next, path: paths.whole, exact: !state.origin.isParameter });
      }
    } else if (edge.kind === "component") {
      const path = paths.taken(state.path, selectors);
      if (path === null) return;
      // of a whole value a part of it is taken: that part of the origin
      const whole = state.path === paths.whole && state.exact && state.origin.isParameter;
      const part = whole ? this.#deeper(state.part, selectors) : state.part;
      this.#push({ ...next, path, part });
    } else if (edge.kind === "construct") {
      this.#push({ ...next, path: paths.within(selectors, state.path) });
    } else {
      this.#push(next);
    }
  }

  #deeper(part: AccessPath, selectors: string): AccessPath {
    return this.#paths.within(part.text + selectors, this.#paths.whole);
  }

  /** Into the functions that the call of `edge` may call; false when nothing of the project is called. */
  #enters(state: State, edge: ProgramFlowEdge, labels: number): boolean {
    let known = false;
    const calls = this.#program.callsAt(edge.to);
    for (const call of calls) {
      for (const callee of call.callees) {
        if (!call.applied || calls.some(isApply)) known = true;
        if (edge.index < 0) continue;
        for (const [parameter, path] of this.#parametersOf(call, callee, edge, state.path)) {
          this.#wait(parameter, { state: { ...state, labels }, call, path });
        }
      }
    }
    return known;
  }

  /** The parameters that take the argument of `edge`, and where in them the value is. */
  #parametersOf(
    call: ProgramCall,
    callee: number,
    edge: ProgramFlowEdge,
    path: AccessPath,
  ): readonly (readonly [number, AccessPath])[] {
    const { arity } = call;
    if (!call.applied) {
      const parameter = this.#program.parameter(callee, edge.index, arity);
      return parameter === undefined ? [] : [[parameter, path]];
    }
    const elements: (readonly [number, AccessPath])[] = [];
    for (let i = 0; i < arity; i += 1) {
      const parameter = this.#program.parameter(callee, i, arity);
      const element = this.#paths.taken(path, `[${i}]`);
      if (parameter !== undefined && element !== null) elements.push([parameter, element]);
    }
    return elements;
  }

  #wait(parameter: number, waiting: Waiting): void {
    const origin = this.parameter(parameter);
    origin.waiting.push(waiting);
    for (const exit of origin.exits.values()) this.#comesBack(waiting, exit);
    for (const end of origin.ends.values()) this.#arrivesInside(waiting, end);
  }

  /** A value reaches the result of its function. */
  #returns(state: State, fn: number): void {
    const { origin, path, part, exact, labels } = state;
    if (state.visiting) return;
    if (!origin.isParameter) {
      for (const call of this.#program.callersOf(fn)) {
        this.#push({ ...state, definition: call.definition, before: state, call });
      }
      for (const next of this.#rules.onward?.(fn, path) ?? []) {
        this.#push({ ...state, ...next, before: state, call: null });
      }
      return;
    }
    const { whole } = this.#paths;
    const exit =
      origin.exits.size < MAX_EXITS
        ? { path, part, exact, labels }
        : { path: whole, part: whole, exact: false, labels };
    const key = `${exit.path.number} ${exit.part.number} ${exit.exact} ${labels}`;
    if (origin.exits.has(key)) return;
    origin.exits.set(key, exit);
    for (const waiting of origin.waiting) this.#comesBack(waiting, exit);
  }

  #comesBack({ state, call, path }: Waiting, exit: Exit): void {
    const rest = this.#paths.taken(path, exit.part.text);
    if (rest === null) return;
    this.#push({
      ...state,
      definition: call.definition,
      path: exit.exact ? this.#paths.within(exit.path.text, rest) : exit.path,
      exact: !state.origin.isParameter || (state.exact && exit.exact),
      labels: state.labels & exit.labels,
      before: state,
      call,
    });
  }

  #ends(state: State, flow: ProgramFlowEdge): void {
    const labels = this.#rules.ends(flow, state.path) & state.labels;
    if (labels !== 0) this.#arrives({ state, flow, labels, inner: null });
  }

  #arrives(end: End): void {
    const { origin } = end.state;
    const sink = innermost(end).flow;
    const key = `${sink.to} ${sink.index} ${end.labels} ${end.state.part.number}`;
    if (origin.ends.has(key)) return;
    origin.ends.set(key, end);
    if (!origin.isParameter) this.#found.push(end);
    for (const waiting of origin.waiting) this.#arrivesInside(waiting, end);
  }

  #arrivesInside({ state, call, path }: Waiting, inner: End): void {
    const labels = inner.labels & state.labels;
    if (labels === 0 || this.#paths.taken(path, inner.state.part.text) === null) return;
    this.#arrives({ state: { ...state, call }, flow: inner.flow, labels, inner });
  }
}

/** Flows that make a new value of what they take: where it was inside is lost. */
const REMAKES: ReadonlySet<FlowKind> = new Set<FlowKind>(["argument", "pipe", "operand"]);

/** Its result is what the function that it names returns; of a `spawn` it is not. */
function isApply({ target }: ProgramCall): boolean {
  return target === "Kernel.apply/3" || target === ":erlang.apply/3";
}
