// The data flow of one function in SSA form. Plain data; definitions and uses are indexes.
//
// Elixir rebinds and never assigns: each binding of a name is a new version, `^x` is a use, and φ is
// needed only where branches give a value (`case`, `if`, …), in accumulators, and for clause arguments.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey } from "../module/module-data.ts";

export type DefinitionKind =
  /** a whole argument, before its pattern takes it apart */
  | "argument"
  /** a name bound by a pattern */
  | "pattern"
  /** the result of an expression: calls, operators, constructors, literals */
  | "value"
  /** the value where branches meet */
  | "phi"
  /** a variable of the enclosing function, seen inside a closure */
  | "capture"
  /** what a received message is */
  | "message"
  /** the exception, throw or exit that a rescue/catch clause takes */
  | "exception";

export type Definition = {
  readonly kind: DefinitionKind;
  /** the source name, null for values without one */
  readonly name: string | null;
  /** 0, 1, 2 … for each binding of the same name in the function; 0 for the unnamed */
  readonly version: number;
  readonly nodeId: NodeId | null;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  /** the node of the CFG at which it is made, -1 when not reached by it */
  readonly cfgNode: number;
  readonly clause: number;
};

export type FlowKind =
  /** the value itself */
  | "copy"
  /** a part of it: `path` says which */
  | "component"
  /** it becomes a part of a new value */
  | "construct"
  /** argument `index` of a call */
  | "argument"
  /** of an operator, comparison or guard */
  | "operand"
  | "phi"
  | "capture"
  /** passed on by `|>` as the first argument */
  | "pipe"
  /** pinned, compared or tested: decides what happens but is no part of a value */
  | "condition"
  /** the function returns it */
  | "return"
  /** an argument of a call to a function of the project flows to its parameter, its result back */
  | "call_argument"
  | "call_return";

export type Flow = {
  /** index of the definition that is used */
  readonly from: number;
  /** index of the definition that is made of it */
  readonly to: number;
  readonly kind: FlowKind;
  /** where in the value: `{0}`, `.name`, `[head]`, `[tail]`, `<<0>>`; null when the whole */
  readonly path: string | null;
  /** argument position, -1 when it is none */
  readonly index: number;
  readonly nodeId: NodeId | null;
};

export type Dfg = {
  readonly function: FunctionKey;
  readonly definitions: readonly Definition[];
  readonly flows: readonly Flow[];
  /** the definitions of the arguments, in order */
  readonly parameters: readonly number[];
  /** the definition whose value is returned */
  readonly result: number;
  readonly closures: readonly { readonly at: number; readonly dfg: Dfg }[];
};
