// Where a variable gets its value, by Elixir's scoping: the last binding before the use whose scope
// holds the use. Rules ask this of single variables; the SSA graph of `flow/` answers it for all.

import { pushAll } from "@elixirscope/base";
import { children, isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { callOf, withoutGuard } from "./call.ts";
import type { FileCode } from "./file-code.ts";

export type BindingKind =
  /** an argument of the function */
  | "parameter"
  /** by `=`, or `<-` of a `with` */
  | "match"
  /** an element, by `<-` of a `for` */
  | "element"
  /** by a clause of `case` or a `with`'s `else`; `value` is what is matched */
  | "clause"
  /** an argument of a `fn`; `value` is the `fn` */
  | "closure"
  /** by a clause of `receive` */
  | "message"
  /** by `rescue`, `catch` or the `else` of a `try` */
  | "caught";

export type Binding = {
  readonly name: string;
  readonly kind: BindingKind;
  /** the variable in the pattern */
  readonly node: Node;
  /** what the pattern is matched with; null for parameters, messages and what is caught */
  readonly value: Node | null;
  /** the variable is the whole pattern, not a part of it */
  readonly whole: boolean;
  /** of a parameter or closure argument; else -1 */
  readonly index: number;
  /** offsets between which it can be used */
  readonly from: number;
  readonly to: number;
};

/** Bindings of one definition (a `def …` node), by name, in the order of the text. */
export type BindingTable = ReadonlyMap<string, readonly Binding[]>;

/** The binding that a variable refers to; null when it is none of its function's. */
export function bindingOf(variable: Node, code: FileCode): Binding | null {
  if (variable.kind !== "variable") return null;
  const clause = code.placeOf(variable)?.clause;
  if (clause === undefined || clause === null) return null;
  let found: Binding | null = null;
  for (const binding of code.bindingsIn(clause.node).get(variable.name) ?? []) {
    if (binding.node === variable) return binding;
    if (binding.from <= variable.start && variable.end <= binding.to) {
      if (found === null || binding.from >= found.from) found = binding;
    }
  }
  return found;
}

/** All bindings of the definition `definition`. */
export function collectBindings(definition: CallNode): BindingTable {
  const table = new Map<string, Binding[]>();
  const add = (binding: Binding): void => {
    const same = table.get(binding.name);
    if (same === undefined) table.set(binding.name, [binding]);
    else same.push(binding);
  };
  collectParameters(definition, add);
  collectClauses(definition, add);
  type Entry = { readonly node: Node; readonly scope: Node };
  const stack: Entry[] = definition.args.slice(1).map((node) => ({ node, scope: definition }));
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node } = entry;
    collectAt(node, entry.scope, add);
    const scope = opensScope(node) ? node : entry.scope;
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push({ node: child, scope });
    }
  }
  return table;
}

type Add = (binding: Binding) => void;

function collectParameters(definition: CallNode, add: Add): void {
  const head = definition.args[0];
  if (head === undefined) return;
  const bare = withoutGuard(head);
  if (bare.kind !== "call") return;
  for (const [index, pattern] of bare.args.entries()) {
    const inside = isCall(pattern, "\\\\", 2) ? (pattern.args[0] ?? pattern) : pattern;
    bind(
      inside,
      { kind: "parameter", value: null, index, from: bare.start, to: definition.end },
      add,
    );
  }
}

/** A pair `do: …`, a clause, a comprehension: what is bound inside is not seen outside. */
function opensScope(node: Node): boolean {
  if (node.kind === "pair") {
    return node.left.kind === "atom" && /^(do|else|rescue|catch|after)$/.test(node.left.name);
  }
  return (
    node.kind === "call" &&
    (node.callee === "->" || node.callee === "for" || node.callee === "with")
  );
}

function collectAt(node: Node, scope: Node, add: Add): void {
  if (node.kind !== "call") return;
  if (isCall(node, "=", 2)) {
    const [pattern, value] = node.args;
    if (pattern === undefined || value === undefined) return;
    bind(pattern, { kind: "match", value, index: -1, from: node.end, to: scope.end }, add);
  } else if (isCall(node, "<-", 2)) {
    const [pattern, value] = node.args;
    if (pattern === undefined || value === undefined) return;
    const kind = isCall(scope, "with") ? "match" : "element";
    const bare = withoutGuard(pattern);
    bind(bare, { kind, value, index: -1, from: pattern.start, to: scope.end }, add);
  } else {
    collectClauses(node, add);
  }
}

function collectClauses(node: CallNode, add: Add): void {
  if (node.callee === "fn") {
    for (const clause of node.args) bindClause(clause, "closure", node, add);
    return;
  }
  const call = callOf(node);
  const last = call?.args.at(-1);
  if (call === null || call.receiver !== null || last?.kind !== "list") return;
  for (const block of last.items) {
    if (block.kind !== "pair" || block.left.kind !== "atom" || block.right.kind !== "list")
      continue;
    const kind = clauseKind(call.name, block.left.name);
    if (kind === null) continue;
    const value = kind === "clause" && call.args.length > 1 ? (call.args[0] ?? null) : null;
    for (const clause of block.right.items) bindClause(clause, kind, value, add);
  }
}

function clauseKind(construct: string, block: string): BindingKind | null {
  if (construct === "case" && block === "do") return "clause";
  if (construct === "with" && block === "else") return "clause";
  if (construct === "receive" && block === "do") return "message";
  if (block === "rescue" || block === "catch") return "caught";
  return construct === "try" && block === "else" ? "clause" : null;
}

function bindClause(clause: Node, kind: BindingKind, value: Node | null, add: Add): void {
  if (!isCall(clause, "->", 2)) return;
  const [patterns] = clause.args;
  if (patterns?.kind !== "list") return;
  const guarded = patterns.items[0];
  const parts = isCall(guarded, "when") ? guarded.args.slice(0, -1) : patterns.items;
  for (const [index, pattern] of parts.entries()) {
    bind(pattern, { kind, value, index, from: pattern.start, to: clause.end }, add);
  }
}

/** Adds every variable that `pattern` binds; pinned ones and sizes in binaries are uses. */
function bind(pattern: Node, about: Omit<Binding, "name" | "node" | "whole">, add: Add): void {
  const stack = [pattern];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "variable") {
      if (node.name !== "_")
        add({ ...about, name: node.name, node, whole: isWhole(node, pattern) });
    } else if (isCall(node, "^") || isCall(node, "@")) {
      continue;
    } else if (isCall(node, "::", 2)) {
      const [value] = node.args;
      if (value !== undefined) stack.push(value);
    } else {
      pushAll(stack, children(node));
    }
  }
}

/** Also in `%User{} = user` and `user = %User{}`. */
function isWhole(node: Node, pattern: Node): boolean {
  return node === pattern || (isCall(pattern, "=", 2) && pattern.args.includes(node));
}
