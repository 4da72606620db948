// What a node does in an expression, as the metrics that count operators and operands see it.

import { isCall, keyword, remoteCall, type Node } from "@elixirscope/syntax";

/** Constructs that choose or repeat, with a `do` block. */
export const CONTROL: ReadonlySet<string> = new Set([
  "if",
  "unless",
  "case",
  "cond",
  "with",
  "for",
  "receive",
  "try",
]);

const COMPARISON = new Set(["==", "!=", "===", "!==", "<", ">", "<=", ">=", "=~", "in", "not in"]);
const BOOLEAN = new Set(["and", "or", "not", "&&", "||", "!"]);
const ARITHMETIC = new Set([
  "+",
  "-",
  "*",
  "/",
  "++",
  "--",
  "<>",
  "..",
  "..//",
  "**",
  "+++",
  "---",
]);
const BITWISE = new Set([
  "<<<",
  ">>>",
  "&&&",
  "|||",
  "^^^",
  "~~~",
  "<~",
  "~>",
  "<<~",
  "~>>",
  "<~>",
]);
const BINDING = new Set(["=", "<-"]);
const STRUCTURE = new Set([
  "__block__",
  "__aliases__",
  "{}",
  "%{}",
  "%",
  "<<>>",
  "->",
  "fn",
  "&",
  ".",
  "^",
  "@",
  "::",
  "when",
  "|",
  "|>",
  "\\\\",
  "=>",
  "unquote",
  "unquote_splicing",
  "quote",
]);

export type Role =
  | "comparison"
  | "boolean"
  | "arithmetic"
  | "binding"
  | "control"
  /** brackets, arrows, pipes, pins and the other marks of syntax */
  | "structure"
  /** a call of a function or of a macro that is none of the above */
  | "call"
  /** `user.name`, `map[key]` */
  | "read"
  /** a variable or a literal */
  | "operand";

export function roleOf(node: Node): Role {
  if (node.kind === "list" || node.kind === "pair") return "structure";
  if (node.kind !== "call") return "operand";
  const { callee } = node;
  if (typeof callee === "string") return localRole(callee, node);
  if (node.meta?.fromBrackets === true) return "read";
  const remote = remoteCall(node);
  if (remote === null || remote.args.length > 0 || node.meta?.noParens !== true) return "call";
  return remote.receiver.kind === "variable" || remoteCall(remote.receiver) !== null
    ? "read"
    : "call";
}

function localRole(name: string, node: Node): Role {
  if (COMPARISON.has(name)) return "comparison";
  if (BOOLEAN.has(name)) return "boolean";
  if (ARITHMETIC.has(name) || BITWISE.has(name)) return "arithmetic";
  if (BINDING.has(name)) return "binding";
  if (STRUCTURE.has(name)) return "structure";
  return CONTROL.has(name) && hasBlock(node) ? "control" : "call";
}

function hasBlock(node: Node): boolean {
  return node.kind === "call" && keyword(node.args.at(-1), "do") !== undefined;
}

/** `&name/1`, `&Mod.name/1`; false for `&(&1 + 1)`. */
export function isNamedCapture(node: Node): boolean {
  if (!isCall(node, "&", 1)) return false;
  const inner = node.args[0];
  if (!isCall(inner, "/", 2) || inner.args[1]?.kind !== "integer") return false;
  const name = inner.args[0];
  return name?.kind === "variable" || (name !== undefined && remoteCall(name)?.args.length === 0);
}

/** A closure: `fn`, or `&` around an expression. */
export function isClosure(node: Node): boolean {
  if (isCall(node, "fn")) return true;
  return isCall(node, "&", 1) && node.args[0]?.kind !== "integer" && !isNamedCapture(node);
}
