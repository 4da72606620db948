// A clause's patterns and guard with the names of its module put in: aliases, attributes with a literal
// value, guards that the module defines. What a condition cannot match (bit syntax, macros) becomes an
// open place: it is neither matched nor refused.

import type { ModuleSyntax } from "@elixirscope/codegraph";
import { aliasSegments, isCall, keyword, expressions, type Node } from "@elixirscope/syntax";
import { ConditionFault } from "../condition/condition-error.ts";

const MAX_DEPTH = 100;
const IN_PATTERNS = new Set(["{}", "%{}", "%", "=", "^", "<>", "++", "|", "__block__"]);
/** A number's sign; between two values they compute, which no pattern does. */
const SIGNS = new Set(["-", "+"]);

export type Resolved = {
  readonly node: Node;
  /** source ranges that are not evaluated */
  readonly open: readonly Node[];
};

type Context = {
  readonly module: ModuleSyntax | null;
  readonly open: Node[];
  readonly isPattern: boolean;
  /** arguments of the guard that is being put in */
  readonly given: ReadonlyMap<string, Node> | null;
};

export function resolvedPattern(node: Node, module: ModuleSyntax | null): Resolved {
  const open: Node[] = [];
  return { node: resolve(node, { module, open, isPattern: true, given: null }, 0), open };
}

export function resolvedGuard(node: Node, module: ModuleSyntax | null): Node {
  return resolve(node, { module, open: [], isPattern: false, given: null }, 0);
}

/** Recursion follows the source, not deeper than conditions may be. */
function resolve(node: Node, context: Context, depth: number): Node {
  if (depth > MAX_DEPTH) throw new ConditionFault("it is nested too deeply", node);
  const inner = (child: Node): Node => resolve(child, context, depth + 1);
  switch (node.kind) {
    case "list":
      return { ...node, items: node.items.map(inner) };
    case "pair":
      return { ...node, left: inner(node.left), right: inner(node.right) };
    case "variable":
      if (node.name === "__MODULE__") return moduleAtom(node, context.module?.data.name ?? null);
      return context.given?.get(node.name) ?? node;
    case "call":
      break;
    case "atom":
    case "integer":
    case "float":
    case "string":
    case "charlist":
    case "broken":
      return node;
    default:
      return node satisfies never;
  }
  if (aliasSegments(node) !== null || isCall(node, "__aliases__")) {
    return moduleAtom(node, context.module?.names.moduleOf(node) ?? null);
  }
  if (isCall(node, "@", 1)) {
    const value = attributeValue(node.args[0], node.start, context.module);
    // a place in the attribute's value would be a place elsewhere: the use of it is what is shown
    if (value !== null)
      return { ...resolve(value, context, depth + 1), start: node.start, end: node.end };
    return unresolved(node, context);
  }
  if (context.isPattern) {
    const { callee: name } = node;
    const isKnown =
      typeof name === "string" &&
      (IN_PATTERNS.has(name) || (SIGNS.has(name) && node.args.length === 1));
    return isKnown ? { ...node, args: node.args.map(inner) } : unresolved(node, context);
  }
  const expanded = ownGuard(node, context);
  if (expanded !== null) {
    const given = new Map(
      expanded.parameters.map((name, i) => [name, inner(node.args[i] ?? node)]),
    );
    const body = resolve(expanded.body, { ...context, given }, depth + 1);
    return { ...body, start: node.start, end: node.end };
  }
  const callee = typeof node.callee === "string" ? node.callee : inner(node.callee);
  return { ...node, callee, args: node.args.map(inner) };
}

function moduleAtom(node: Node, module: string | null): Node {
  if (module === null) return node;
  const name = module.startsWith(":") ? module.slice(1) : `Elixir.${module}`;
  return { kind: "atom", name, start: node.start, end: node.end, meta: null };
}

function unresolved(node: Node, { open, isPattern }: Context): Node {
  if (!isPattern) throw new ConditionFault("its value is not written out", node);
  open.push(node);
  const { start, end } = node;
  return { kind: "variable", name: "_", start, end, meta: null };
}

/** The latest `@name value` before a place, directly in the module. */
function attributeValue(
  name: Node | undefined,
  at: number,
  module: ModuleSyntax | null,
): Node | null {
  if (name?.kind !== "variable" || module === null) return null;
  const body = keyword(module.node.args.at(-1), "do");
  if (body === undefined) return null;
  let found: Node | null = null;
  for (const expression of expressions(body)) {
    if (expression.start >= at) break;
    const [set] = isCall(expression, "@", 1) ? expression.args : [];
    if (set !== undefined && isCall(set, name.name, 1)) found = set.args[0] ?? null;
  }
  return found;
}

type OwnGuard = { readonly parameters: readonly string[]; readonly body: Node };

function ownGuard(node: Node, { module }: Context): OwnGuard | null {
  if (node.kind !== "call" || typeof node.callee !== "string" || module === null) return null;
  const { callee, args } = node;
  const guard = module.functions.find(
    ({ data }) =>
      data.name === callee && data.arity === args.length && data.kind.startsWith("defguard"),
  );
  const [clause] = guard?.clauses ?? [];
  if (clause === undefined || clause.guard === null) return null;
  const parameters = clause.patterns.map((pattern) =>
    pattern.kind === "variable" ? pattern.name : "_",
  );
  return { parameters, body: clause.guard };
}
