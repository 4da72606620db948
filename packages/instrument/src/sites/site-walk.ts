// Walks a file's tree in the order in which it is evaluated and lists what may become a site.
//
// What Elixir's compiler does with each construct was read from the forms that 1.14, 1.18 and 1.20 make of it.

import { children, isCall, isDefinition, type Node } from "@elixirscope/syntax";
import {
  caseClauses,
  condClauses,
  ifBranches,
  matchTest,
  negation,
  SHORT_CIRCUITS,
  shortCircuit,
  withClauses,
} from "./branch-candidates.ts";
import type { Candidate } from "./candidate.ts";
import { comprehension } from "./comprehension-candidates.ts";
import { callInPlace, captureSite, definition, funClauses } from "./fun-candidates.ts";
import { boundVariables } from "./pattern-variables.ts";
import { type Call, type Section, sectionsOf } from "./sections.ts";
import { receiveClauses, tryClauses, trySections } from "./try-candidates.ts";
import { lineOf, Walker } from "./walker.ts";

/** Compiled elsewhere or not at all. */
const SKIPPED: ReadonlySet<string> = new Set([
  "quote",
  "@",
  "alias",
  "require",
  "import",
  "use",
  "__aliases__",
]);
/** Macros that call the fun that they are given. */
const IN_PLACE: ReadonlySet<string> = new Set(["then", "tap"]);

export function siteCandidates(tree: Node): readonly Candidate[] {
  const walker = new Walker(readNode);
  walker.read(tree);
  return walker.candidates;
}

function readNode(walker: Walker, node: Node, piped: boolean): void {
  if (node.kind !== "call") {
    walker.visitAll(children(node));
    return;
  }
  const { callee } = node;
  if (typeof callee !== "string") {
    remote(walker, node, callee, piped);
    return;
  }
  if (SKIPPED.has(callee)) return;
  if (isDefinition(node)) definition(walker, node);
  else construct(walker, callee, node, piped);
}

function construct(walker: Walker, callee: string, node: Call, piped: boolean): void {
  const { args } = node;
  const sections = sectionsOf(node);
  if (callee === "=" && args.length === 2) matchSite(walker, node);
  else if (callee === "fn") funClauses(walker, args);
  else if (callee === "&" && args.length === 1) captureSite(walker, node);
  else if (callee === "|>" && args.length === 2) pipe(walker, args);
  else if (callee === "for") comprehension(walker, node, sections);
  else if (callee === "with") withClauses(walker, node, sections);
  else if (callee === "!" && args.length === 1) negation(walker, node);
  else if (callee === "match?" && args.length === 2) matchTest(walker, node);
  else if (SHORT_CIRCUITS.has(callee) && args.length === 2) shortCircuit(walker, callee, node);
  else if (sections === null) callSite(walker, node, piped);
  else if (callee === "case") caseClauses(walker, args, sections);
  else if (callee === "cond") condClauses(walker, sections);
  else if (callee === "if" || callee === "unless") ifBranches(walker, callee, node, sections);
  else if (callee === "receive") receiveClauses(walker, node, sections);
  else if (callee === "try") tryClauses(walker, node, sections);
  else blockSite(walker, node, sections, piped);
}

/** A macro with a `do` block, which may be a function's body (`test "…" do`). */
function blockSite(walker: Walker, node: Call, sections: readonly Section[], piped: boolean): void {
  const at = node.meta;
  walker.visitAll(node.args.slice(0, -1));
  emitCall(walker, node, piped);
  trySections(walker, node, sections);
  if (at !== null && walker.owner === null) walker.frame({ class: "function", node, at }, at);
}

function matchSite(walker: Walker, node: Call): void {
  const [left, right] = node.args;
  walker.visit(right);
  const bound = boundVariables(left === undefined ? [] : [left]);
  const only = bound.length === 1 ? bound[0]?.node : undefined;
  const names = bound.map(({ name }) => name);
  walker.simple("match", "match", null, node, names, only ?? node);
}

function pipe(walker: Walker, [left, right]: readonly Node[]): void {
  walker.visit(left);
  walker.visit(right, 1, true);
}

function remote(walker: Walker, node: Call, callee: Node, piped: boolean): void {
  walker.visitAll(children(callee));
  walker.visitAll(node.args);
  emitCall(walker, node, piped);
}

function callSite(walker: Walker, node: Call, piped: boolean): void {
  if (node.args.some((arg) => isCall(arg, "->"))) {
    walker.clauses(node.args, "branch", "case_clause");
    return;
  }
  for (const arg of node.args) {
    if (isCall(arg, "fn") && typeof node.callee === "string" && IN_PLACE.has(node.callee))
      callInPlace(walker, arg);
    else walker.visit(arg);
  }
  emitCall(walker, node, piped);
}

function emitCall(walker: Walker, node: Call, piped: boolean): void {
  const at = node.meta;
  const name = calledName(node);
  if (at === null || name === null) return;
  const target = `${name}/${node.args.length + (piped ? 1 : 0)}`;
  const shape = { ...lineOf(at), generated: false, clause: null, names: [], target };
  walker.emit({ class: "call", node, at, shapes: [shape] });
}

function calledName(node: Call): string | null {
  if (typeof node.callee === "string") return node.callee;
  const name = isCall(node.callee, ".", 2) ? node.callee.args[1] : undefined;
  return name?.kind === "atom" ? name.name : null;
}
