// The data flow of one function in SSA form, its closures included. Plain data; definitions are indexes.
//
// Elixir rebinds and never assigns: each binding of a name is a new version, `^x` is a use, and φ is
// needed only where branches give a value (`case`, `if`, …), in accumulators and for clauses. Closures
// share the function's index space (`Definition.closure`), so that a path crosses them like any flow.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey } from "../module/module-data.ts";

export type DefinitionKind =
  /** a whole argument of the function, a `fn` or a `&`, before a pattern takes it apart */
  | "argument"
  /** a name bound by a pattern */
  | "pattern"
  /** the result of an expression: calls, operators, constructors; literals only where they are bound, chosen or returned */
  | "value"
  /** the value where branches meet, an accumulator, what a function or closure returns */
  | "phi"
  /** a variable of an enclosing function, seen inside a closure: same name and version */
  | "capture"
  /** what a received message is */
  | "message"
  /** the exception, throw or exit that a rescue/catch clause takes */
  | "exception";

export type Definition = {
  readonly kind: DefinitionKind;
  /** the source name (`x`, `@limit`, `&1`), null for values without one */
  readonly name: string | null;
  /** 0, 1, 2 … for each binding of the same name in the function; 0 for the unnamed */
  readonly version: number;
  readonly nodeId: NodeId | null;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  /** the node of the CFG at which it is made, -1 when not reached by it; in the closure's own CFG (`closureCfg`) */
  readonly cfgNode: number;
  /** of the function or, inside a closure, of the closure; -1 for what belongs to all */
  readonly clause: number;
  /** index into `closures` of the innermost closure around it, -1 for the function itself */
  readonly closure: number;
  /** where its name is visible unless rebound: index into `scopes` */
  readonly scope: number;
};

export type FlowKind =
  /** the value itself */
  | "copy"
  /** a part of it: `path` says which */
  | "component"
  /** it becomes a part of a new value: `path` says where */
  | "construct"
  /**
   * argument `index` of a call; -1 is the function or module that is called. Where it is known that a
   * function takes or sets one key (`Map.get`, `elem`, `Map.put`), its arguments are component, copy
   * and construct, with their index.
   */
  | "argument"
  /** of an operator or comparison */
  | "operand"
  | "phi"
  | "capture"
  /** passed on by `|>` as the first argument */
  | "pipe"
  /** pinned, compared or tested: decides what happens but is no part of a value */
  | "condition"
  /** the function or the closure returns it */
  | "return"
  /** may be raised or thrown where a rescue/catch clause takes it; may be in the mailbox when received */
  | "exception"
  | "message"
  /** argument `index` of a call to a closure (here) or to a function of the project (linked) flows to its parameter, its result back */
  | "call_argument"
  | "call_return";

export type Flow = {
  /** index of the definition that is used */
  readonly from: number;
  /** index of the definition that is made of it */
  readonly to: number;
  readonly kind: FlowKind;
  /**
   * Where in the value, outermost first; null when the whole. Selectors: `{0}` of a tuple, `[0]` of a
   * list, `[1..]` the tail after one element, `[*]` some element, `.name` an atom key, `["k"]` another
   * literal key, `[_]` a key that is not known, `<<0>>` a binary segment, `…` unknown or too deep.
   */
  readonly path: string | null;
  /** argument position, -1 when it is none */
  readonly index: number;
  /** the place of the use: the variable or the expression that gives the value */
  readonly nodeId: NodeId | null;
  readonly start: number;
  readonly end: number;
};

/** A variable is read: `x`, `^x`, `size(x)`. Each has one definition, the reaching one. */
export type Use = {
  readonly definition: number;
  readonly nodeId: NodeId | null;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  readonly cfgNode: number;
};

export type DfgClosure = {
  /** the definition of the closure's value, in the function or closure that makes it */
  readonly definition: number;
  readonly parent: number;
  /** definitions of its arguments, in order */
  readonly parameters: readonly number[];
  /** what it returns */
  readonly result: number;
  readonly start: number;
  readonly end: number;
};

/** Lexical scope: a clause, branch or closure, as offsets. Scope 0 is the function. */
export type DfgScope = { readonly parent: number; readonly start: number; readonly end: number };

/** Between the offsets the definition has passed a test: `in` a list of literals, `==` a literal, or a guard such as `is_integer`. */
export type Check = {
  readonly definition: number;
  readonly test: string;
  readonly start: number;
  readonly end: number;
};

export type Dfg = {
  readonly function: FunctionKey;
  readonly definitions: readonly Definition[];
  readonly flows: readonly Flow[];
  readonly uses: readonly Use[];
  /** the definitions of the arguments, in order */
  readonly parameters: readonly number[];
  /** positions of the parameters that have a default */
  readonly defaults: readonly number[];
  /** what the function returns: `return` flows lead to it */
  readonly result: number;
  readonly closures: readonly DfgClosure[];
  readonly scopes: readonly DfgScope[];
  readonly checks: readonly Check[];
};
