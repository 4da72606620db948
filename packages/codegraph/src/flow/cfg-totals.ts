// What certainly does not raise, and what certainly answers a boolean: the few names of Kernel for
// which that holds whatever the arguments. Everything else may raise.

import type { CallNode, Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";

const COMPARISONS: ReadonlySet<string> = new Set(
  ["==", "!=", "===", "!==", "<", ">", "<=", ">="].map((name) => `${name}/2`),
);

const TYPE_TESTS: ReadonlySet<string> = new Set(
  [
    "is_atom",
    "is_binary",
    "is_bitstring",
    "is_boolean",
    "is_exception",
    "is_float",
    "is_function",
    "is_integer",
    "is_list",
    "is_map",
    "is_nil",
    "is_non_struct_map",
    "is_number",
    "is_pid",
    "is_port",
    "is_reference",
    "is_struct",
    "is_tuple",
  ].map((name) => `${name}/1`),
);

const OTHER_TOTAL: ReadonlySet<string> = new Set([
  "!/1",
  "binding/0",
  "make_ref/0",
  "max/2",
  "min/2",
  "node/0",
  "self/0",
  "__CALLER__/0",
  "__DIR__/0",
  "__ENV__/0",
  "__MODULE__/0",
  "__STACKTRACE__/0",
]);

/** A function or operator of Kernel that never raises. */
export function isTotal(name: string, arity: number): boolean {
  const key = `${name}/${arity}`;
  return COMPARISONS.has(key) || TYPE_TESTS.has(key) || OTHER_TOTAL.has(key);
}

const LITERALS: ReadonlySet<string> = new Set(["atom", "integer", "float", "string", "charlist"]);

/** Values that are there without anything being done. */
export function isLiteral(node: Node): boolean {
  if (node.kind === "call") return isSignedNumber(node) || node.callee === "__aliases__";
  return LITERALS.has(node.kind) || (node.kind === "list" && node.items.length === 0);
}

/** `-1`, `+1`: calls in the tree, literals in the language. */
export function isSignedNumber(node: CallNode): boolean {
  const [number] = node.args;
  return (
    (isCall(node, "-", 1) || isCall(node, "+", 1)) &&
    (number?.kind === "integer" || number?.kind === "float")
  );
}

/** The literal's truth, null when only running can tell. */
export function literalTruth(node: Node): boolean | null {
  if (node.kind === "atom") return node.name !== "false" && node.name !== "nil";
  return isLiteral(node) ? true : null;
}

/** A test that answers true or false, whatever its operands. */
export function isBoolean(node: Node): boolean {
  if (node.kind === "atom") return node.name === "true" || node.name === "false";
  if (node.kind !== "call" || typeof node.callee !== "string") return false;
  const key = `${node.callee}/${node.args.length}`;
  if (COMPARISONS.has(key) || TYPE_TESTS.has(key)) return true;
  return key === "!/1" || key === "not/1" || key === "in/2" || key === "match?/2";
}
