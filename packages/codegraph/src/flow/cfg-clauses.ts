// Clauses: pattern, guard, body; what does not match goes on to the next clause.

import { pushAll } from "@elixirscope/base";
import type { CallNode, Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Span, Step } from "./cfg-builder.ts";
import { guard } from "./cfg-guards.ts";

export type Clause = {
  /** the whole clause */
  readonly node: Node;
  readonly patterns: readonly Node[];
  readonly guard: Node | null;
  readonly body: Node;
};

/** The `->` clauses of a block, null when it holds anything else. */
export function stabClauses(block: Node | readonly Node[] | undefined): readonly Clause[] | null {
  if (block === undefined) return null;
  const items = isNodes(block) ? block : block.kind === "list" ? block.items : null;
  if (items === null || items.length === 0) return null;
  const found = items.map(stabClause);
  return found.every((clause) => clause !== null) ? found : null;
}

function isNodes(block: Node | readonly Node[]): block is readonly Node[] {
  return Array.isArray(block);
}

function stabClause(node: Node): Clause | null {
  if (!isCall(node, "->", 2)) return null;
  const [left, body] = node.args;
  if (left?.kind !== "list" || body === undefined) return null;
  const [only] = left.items;
  if (left.items.length === 1 && only !== undefined && isCall(only, "when")) {
    return { node, ...guarded(only), body };
  }
  return { node, patterns: left.items, guard: null, body };
}

/** `p when g`, also `p, q when g` in one: all arguments but the last are patterns. */
export function guarded(node: CallNode): { patterns: readonly Node[]; guard: Node | null } {
  return { patterns: node.args.slice(0, -1), guard: node.args.at(-1) ?? null };
}

/** `pattern` or `pattern when guard`. */
export function patternAndGuard(node: Node): { patterns: readonly Node[]; guard: Node | null } {
  return isCall(node, "when", 2) ? guarded(node) : { patterns: [node], guard: null };
}

/** How the patterns of one construct's clauses are taken. */
export type Matching = "by_value" | "rescue" | "catch";

/**
 * Places the clauses one after the other. Afterwards the open edges are those of the bodies that ended;
 * `missed` has those of values that no clause takes.
 */
export function* clauses(
  b: FlowBuilder,
  list: readonly Clause[],
  missed: Open[],
  matching: Matching = "by_value",
): Step {
  const ended: Open[] = [];
  for (const clause of list) {
    const rest: Open[] = [];
    yield head(b, clause, rest, matching);
    yield b.statement(clause.body);
    pushAll(ended, b.open);
    b.open = rest;
  }
  pushAll(missed, b.open);
  b.open = ended;
}

/** The pattern and guard of a clause: goes on where they match; `missed` takes the rest. */
export function* head(
  b: FlowBuilder,
  clause: Omit<Clause, "body">,
  missed: Open[],
  matching: Matching = "by_value",
): Step {
  pattern(b, clause.node, clause.patterns, missed, matching);
  if (clause.guard !== null) yield guard(b, clause.guard, missed);
}

/** A node that branches on the match of `patterns`; `owner` names it when there is none. */
export function pattern(
  b: FlowBuilder,
  owner: Node,
  patterns: readonly Node[],
  missed: Open[],
  matching: Matching = "by_value",
): number {
  const [first] = patterns;
  const at =
    first === undefined
      ? b.place("pattern", owner, "()", { start: owner.start, end: owner.start })
      : patterns.length === 1
        ? b.place("pattern", first)
        : b.place("pattern", first, patterns.map((one) => b.text(one)).join(", "), span(patterns));
  if (!alwaysMatches(patterns, matching)) missed.push({ from: at, kind: "no_match" });
  b.open = [{ from: at, kind: "match" }];
  return at;
}

/** Of throws, exits and errors, a rescue takes errors, and a catch without a kind takes throws. */
function alwaysMatches(patterns: readonly Node[], matching: Matching): boolean {
  if (matching === "rescue" || (matching === "catch" && patterns.length < 2)) return false;
  return isIrrefutable(patterns);
}

export function span(nodes: readonly Node[]): Span {
  return { start: nodes[0]?.start ?? 0, end: nodes.at(-1)?.end ?? 0 };
}

/** Do the patterns, taken together, match whatever comes? A name that occurs twice is a test. */
export function isIrrefutable(patterns: readonly Node[]): boolean {
  const names = new Set<string>();
  const stack = [...patterns];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "=", 2)) {
      pushAll(stack, node.args);
      continue;
    }
    if (node.kind !== "variable" || names.has(node.name) || node.name.startsWith("__")) {
      return false;
    }
    if (node.name !== "_") names.add(node.name);
  }
  return true;
}
