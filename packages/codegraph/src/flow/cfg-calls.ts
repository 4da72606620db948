// Calls of functions, and the macros of libraries that do not evaluate their arguments as calls do.

import type { Node } from "@elixirscope/syntax";
import { isCall, keyword } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { pattern } from "./cfg-clauses.ts";
import { imports, mayBeForeign } from "./cfg-names.ts";
import { opaque } from "./cfg-opaque.ts";
import { evaluationOrder } from "./cfg-rewritten.ts";
import { parts } from "./cfg-terms.ts";
import { isTotal } from "./cfg-totals.ts";

/** A local or imported function, or a macro that nobody here knows. */
export function* localCall(
  b: FlowBuilder,
  node: Node,
  name: string,
  args: readonly Node[],
  isKernels: boolean,
): Step {
  if (DEFINITIONS.has(name)) {
    b.call(node);
    return;
  }
  if (keyword(args.at(-1), "do") !== undefined) {
    yield opaque(b, node, args);
    return;
  }
  if (QUERIES.has(name) && imports(b, "Ecto.Query") && mayBeForeign(b, node)) {
    yield parts(b, ofQuery(args));
    b.call(node);
    return;
  }
  if (!isKernels && ASSERTIONS.test(name) && mayBeForeign(b, node)) {
    yield assertion(b, node, name, args);
    return;
  }
  yield parts(b, evaluationOrder(b, isKernels ? "Kernel" : null, name, args));
  if (isKernels && isTotal(name, args.length)) return;
  b.call(node);
}

/** `receiver.name(args)`: the receiver, the arguments, the call. */
export function* remoteCall(
  b: FlowBuilder,
  node: Node,
  receiver: Node,
  name: string | null,
  args: readonly Node[],
): Step {
  const module = b.scope.module.names.moduleOf(receiver);
  if (module === "Logger" && name !== null && LOGGING.has(name)) {
    yield log(b, node, args);
    return;
  }
  if (keyword(args.at(-1), "do") !== undefined) {
    yield opaque(b, node, args);
    return;
  }
  if (module === "Ecto.Query" && name !== null && QUERIES.has(name)) yield parts(b, ofQuery(args));
  else yield parts(b, [receiver, ...evaluationOrder(b, module, name ?? "", args)]);
  b.call(node);
}

/** `fun.(args)`, and a call whose callee is itself a call. */
export function* dynamicCall(
  b: FlowBuilder,
  node: Node,
  callee: Node,
  args: readonly Node[],
): Step {
  yield parts(b, [callee, ...args]);
  b.call(node, "BadFunctionError", "BadArityError");
}

/** The macros of Ecto.Query. */
const QUERIES: ReadonlySet<string> = new Set([
  "distinct",
  "dynamic",
  "from",
  "group_by",
  "having",
  "join",
  "limit",
  "lock",
  "offset",
  "or_having",
  "or_where",
  "order_by",
  "preload",
  "prepend_order_by",
  "select",
  "select_merge",
  "update",
  "where",
  "windows",
  "with_cte",
]);

/** What an Ecto query evaluates: what it begins with, then what is pinned with `^`. */
function ofQuery([first, ...others]: readonly Node[]): readonly Node[] {
  if (first === undefined) return [];
  const source = isCall(first, "in", 2) ? first.args.slice(1) : [first];
  return [...source, ...others.flatMap(pinned)];
}

function pinned(query: Node): readonly Node[] {
  const found: Node[] = [];
  const stack: Node[] = [query];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "^", 1)) found.push(...node.args);
    else if (isCall(node, "subquery")) found.push(node);
    else if (node.kind === "list") stack.push(...node.items.toReversed());
    else if (node.kind === "pair") stack.push(node.right, node.left);
    else if (node.kind === "call") stack.push(...node.args.toReversed());
  }
  return found;
}

/** A module or function defined inside a function: its body is not this function's. */
const DEFINITIONS: ReadonlySet<string> = new Set([
  "def",
  "defdelegate",
  "defexception",
  "defguard",
  "defguardp",
  "defimpl",
  "defmacro",
  "defmacrop",
  "defmodule",
  "defoverridable",
  "defp",
  "defprotocol",
  "defstruct",
]);

const LOGGING: ReadonlySet<string> = new Set([
  "alert",
  "critical",
  "debug",
  "emergency",
  "error",
  "info",
  "log",
  "notice",
  "warn",
  "warning",
]);

/** Logger's macros evaluate the message only when its level is on. */
function* log(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const enabled = b.place("branch", node);
  b.open = [{ from: enabled, kind: "true" }];
  yield parts(b, args);
  b.call(node);
  b.open.push({ from: enabled, kind: "false" });
  b.join(node, "Logger");
}

const ASSERTIONS = /^(assert|assert_receive|assert_received|refute_receive|refute_received)$/;

/** `assert pattern = value` and `assert_receive pattern` of ExUnit match, and raise an error of its own. */
function* assertion(b: FlowBuilder, node: Node, name: string, args: readonly Node[]): Step {
  const [tested, ...others] = args;
  if (name !== "assert") {
    yield parts(b, others);
    b.call(node, "ExUnit.AssertionError");
    return;
  }
  const [left, right] = tested !== undefined && isCall(tested, "=", 2) ? tested.args : [];
  if (left === undefined || right === undefined) {
    yield parts(b, args);
    b.call(node, "ExUnit.AssertionError");
    return;
  }
  yield parts(b, [right, ...others]);
  const missed: Open[] = [];
  pattern(b, left, [left], missed);
  b.unmatched(missed, node, "ExUnit.AssertionError");
  b.settle(node);
}
