// Where a search stands: values at places, where they began, where they arrived.

import type { AccessPath } from "./interprocedural-access.ts";
import type { ProgramCall, ProgramFlowEdge } from "./interprocedural.ts";

/** A value is here: at `path` inside `definition`. */
export type State = {
  readonly origin: Origin;
  readonly definition: number;
  readonly path: AccessPath;
  /** the part of the origin that it is; to be trusted while it is `exact`, not remade by a call */
  readonly part: AccessPath;
  readonly exact: boolean;
  readonly labels: number;
  readonly before: State | null;
  /** a closure's value in the function that called it: the closure's maker knows what comes of it */
  readonly visiting: boolean;
  /** the call that it went through, came back from or by whose argument it came in */
  readonly call: ProgramCall | null;
};

/** Where a search began: all seeds of one group, or a parameter for all who call its function. */
export type Origin = {
  /** of a parameter; of seeds their group, below 0 */
  readonly key: number;
  readonly isParameter: boolean;
  readonly exits: Map<string, Exit>;
  readonly ends: Map<string, End>;
  readonly waiting: Waiting[];
};

export type Exit = Pick<State, "path" | "part" | "exact" | "labels">;

/** It arrived: at argument of `flow.to`, or inside a function that it went into by `state.call`. */
export type End = {
  readonly state: State;
  readonly flow: ProgramFlowEdge;
  readonly labels: number;
  /** in the called function: from its parameter on */
  readonly inner: End | null;
};

/** A caller that is to know of exits and ends of a parameter. */
export type Waiting = {
  readonly state: State;
  readonly call: ProgramCall;
  readonly path: AccessPath;
};

export function newOrigin(key: number, isParameter: boolean): Origin {
  return { key, isParameter, exits: new Map(), ends: new Map(), waiting: [] };
}

/** Where the value that is in `state` began. */
export function rootOf(state: State): number {
  let at = state;
  while (at.before !== null) at = at.before;
  return at.definition;
}

export function innermost(end: End): End {
  let at = end;
  while (at.inner !== null) at = at.inner;
  return at;
}
