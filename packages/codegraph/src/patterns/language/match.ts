// Does code match a pattern? Both are compared in the normal form of `call.ts`, so pipes, aliases,
// `do:` and `do … end`, and the order of keywords make no difference.
//
// Recursion follows the pattern, whose depth is bounded when it is compiled, never the code.

import { expressions, isCall, type Node } from "@elixirscope/syntax";
import { callOf, tupleItems, unwrapped, withoutGuard, type Call } from "../code/call.ts";
import { isDefinition, type FileCode } from "../code/file-code.ts";
import { sameCode, sameHead } from "../code/same-code.ts";
import { placeholderOf } from "./placeholders.ts";

/** What a placeholder stands for: a node, or the nodes of a rest. */
export type Bound = Node | readonly Node[];

/** Placeholders bound so far. Grows while matching, shrinks when an alternative fails. */
export class Bindings {
  readonly #names: string[] = [];
  readonly #values: Bound[] = [];

  get(name: string): Bound | undefined {
    const at = this.#names.indexOf(name);
    return at < 0 ? undefined : this.#values[at];
  }

  get names(): readonly string[] {
    return this.#names;
  }

  get size(): number {
    return this.#names.length;
  }

  add(name: string, value: Bound): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  /** Forgets all but the first `size`. */
  shrinkTo(size: number): void {
    this.#names.length = size;
    this.#values.length = size;
  }
}

/** Tries `pattern` on `node`; what it binds stays in `bindings` only when it matches. */
export function matches(pattern: Node, node: Node, code: FileCode, bindings: Bindings): boolean {
  const before = bindings.size;
  if (matchNode(pattern, node, code, bindings)) return true;
  bindings.shrinkTo(before);
  return false;
}

function matchNode(pattern: Node, node: Node, code: FileCode, bindings: Bindings): boolean {
  const wanted = unwrapped(pattern);
  const given = unwrapped(node);
  if (wanted.kind === "variable") return matchVariable(wanted.name, wanted, given, code, bindings);
  if (isCall(wanted, "|", 2)) {
    return wanted.args.some((one) => matches(one, given, code, bindings));
  }
  const tuple = tupleItems(wanted);
  if (tuple !== null) return matchTuple(tuple, given, code, bindings);
  if (wanted.kind === "list") return matchList(wanted.items, given, code, bindings);
  if (wanted.kind === "call") return matchCall(wanted, given, code, bindings);
  return sameHead(wanted, given);
}

function matchVariable(
  name: string,
  wanted: Node,
  given: Node,
  code: FileCode,
  bindings: Bindings,
): boolean {
  if (name === "_") return true;
  if (name === "__MODULE__") return code.moduleNamed(given) === code.ownModule(given);
  const placeholder = placeholderOf(name);
  if (placeholder === null) return sameHead(wanted, given);
  return placeholder.name === null || bind(placeholder.name, given, bindings);
}

function bind(name: string, value: Bound, bindings: Bindings): boolean {
  const earlier = bindings.get(name);
  if (earlier === undefined) {
    bindings.add(name, value);
    return true;
  }
  return sameBound(earlier, value);
}

function sameBound(one: Bound, other: Bound): boolean {
  const left = "kind" in one ? [one] : one;
  const right = "kind" in other ? [other] : other;
  return (
    left.length === right.length &&
    left.every((node, index) => {
      const counterpart = right[index];
      return counterpart !== undefined && sameCode(node, counterpart);
    })
  );
}

function matchTuple(
  items: readonly Node[],
  given: Node,
  code: FileCode,
  bindings: Bindings,
): boolean {
  const found = tupleItems(given);
  return found !== null && matchSequence(items, found, code, bindings);
}

function matchList(
  items: readonly Node[],
  given: Node,
  code: FileCode,
  bindings: Bindings,
): boolean {
  if (given.kind !== "list") return false;
  if (isKeywords(items)) return matchKeywords(items, given.items, code, bindings);
  const cons = items.at(-1);
  if (!isCall(cons, "|", 2)) return matchSequence(items, given.items, code, bindings);
  const other = given.items.at(-1);
  return (
    isCall(other, "|", 2) &&
    matchSequence(items.slice(0, -1), given.items.slice(0, -1), code, bindings) &&
    matchSequence(cons.args, other.args, code, bindings)
  );
}

/** Calls, operators and special forms. */
function matchCall(wanted: Node, given: Node, code: FileCode, bindings: Bindings): boolean {
  if (isCall(wanted, "__aliases__")) return matchAlias(wanted, given, code);
  if (isCall(wanted, "%{}")) return matchMap(wanted.args, given, code, bindings);
  if (isCall(wanted, "__block__")) {
    return matchSequence(wanted.args, expressions(given), code, bindings);
  }
  const pattern = callOf(wanted);
  const call = callOf(given);
  if (pattern === null || call === null) {
    return pattern === null && call === null && matchShape(wanted, given, code, bindings);
  }
  if (!matchName(pattern, call, bindings)) return false;
  if (!matchReceiver(pattern, call, code, bindings)) return false;
  if (isDefinition(wanted)) return matchDefinition(pattern, call, code, bindings);
  return matchSequence(pattern.args, call.args, code, bindings);
}

/** `fun.(x)`, `user.name`: callee and arguments one by one. */
function matchShape(wanted: Node, given: Node, code: FileCode, bindings: Bindings): boolean {
  if (wanted.kind !== "call" || given.kind !== "call") return false;
  if (typeof wanted.callee === "string" || typeof given.callee === "string") return false;
  const callee = wanted.callee;
  const other = given.callee;
  if (callee.kind !== "call" || other.kind !== "call" || !sameHead(callee, other)) return false;
  return (
    matchSequence(callee.args.map(fieldName), other.args, code, bindings) &&
    matchSequence(wanted.args, given.args, code, bindings)
  );
}

/** The name after a dot may be a placeholder, which the parser gives as an atom. */
function fieldName(node: Node): Node {
  if (node.kind !== "atom" || placeholderOf(node.name) === null) return node;
  return { kind: "variable", name: node.name, start: node.start, end: node.end, meta: node.meta };
}

function matchName(pattern: Call, call: Call, bindings: Bindings): boolean {
  const placeholder = placeholderOf(pattern.name);
  if (placeholder === null) return pattern.name === call.name;
  if (placeholder.name === null) return true;
  return bind(placeholder.name, nameNode(call), bindings);
}

function nameNode({ name, inner }: Call): Node {
  return { kind: "atom", name, start: inner.start, end: inner.end, meta: null };
}

function matchReceiver(pattern: Call, call: Call, code: FileCode, bindings: Bindings): boolean {
  if (pattern.receiver === null) {
    return call.receiver === null || code.moduleOf(call) === "Kernel";
  }
  const module = moduleName(pattern.receiver);
  if (module !== null) return code.isIn(call, module);
  if (isOwnModule(pattern.receiver)) {
    const own = code.ownModule(call.node);
    return own !== null && code.moduleOf(call) === own;
  }
  return call.receiver !== null && matchNode(pattern.receiver, call.receiver, code, bindings);
}

function isOwnModule(node: Node): boolean {
  return node.kind === "variable" && node.name === "__MODULE__";
}

/** `Shop.Cart` and `:ets` of a pattern, in which names are always written in full. */
export function moduleName(node: Node): string | null {
  if (node.kind === "atom") return `:${node.name}`;
  if (!isCall(node, "__aliases__")) return null;
  const names = node.args.map((arg) => (arg.kind === "atom" ? arg.name : ""));
  return names.includes("") ? null : names.join(".");
}

function matchAlias(wanted: Node, given: Node, code: FileCode): boolean {
  const module = moduleName(wanted);
  if (module === null) return sameCode(wanted, given);
  return given.kind !== "atom" && code.moduleNamed(given) === module;
}

/** Without a guard or a body in the pattern, any guard and body will do. */
function matchDefinition(pattern: Call, call: Call, code: FileCode, bindings: Bindings): boolean {
  const [wantedHead, ...wantedBody] = pattern.args;
  const [head, ...body] = call.args;
  if (wantedHead === undefined || head === undefined)
    return pattern.args.length === call.args.length;
  const bare = isCall(wantedHead, "when") ? head : withoutGuard(head);
  return (
    matchNode(wantedHead, bare, code, bindings) &&
    (wantedBody.length === 0 || matchSequence(wantedBody, body, code, bindings))
  );
}

/** `%{}` entries in any order, all of them unless there is a rest; `%{m | k: v}` as written. */
function matchMap(
  entries: readonly Node[],
  given: Node,
  code: FileCode,
  bindings: Bindings,
): boolean {
  if (!isCall(given, "%{}")) return false;
  const [update] = entries;
  const [other] = given.args;
  if (!isCall(update, "|", 2)) return matchKeywords(entries, given.args, code, bindings);
  if (!isCall(other, "|", 2)) return false;
  return matchSequence(update.args, other.args, code, bindings);
}

function isKeywords(items: readonly Node[]): boolean {
  return (
    items.some((item) => item.kind === "pair") &&
    items.every((item) => item.kind === "pair" || restName(item) !== undefined)
  );
}

/** Pairs in any order; those that the pattern does not name go to its rest, if it has one. */
function matchKeywords(
  wanted: readonly Node[],
  given: readonly Node[],
  code: FileCode,
  bindings: Bindings,
): boolean {
  const left = [...given];
  let rest: string | null | undefined;
  for (const entry of wanted) {
    const name = restName(entry);
    if (name !== undefined) {
      rest = name;
      continue;
    }
    const at = left.findIndex((candidate) => matchEntry(entry, candidate, code, bindings));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  if (rest === undefined) return left.length === 0;
  return rest === null || bind(rest, left, bindings);
}

/** One `key: value`; a body that is a block is matched expression by expression. */
function matchEntry(wanted: Node, given: Node, code: FileCode, bindings: Bindings): boolean {
  if (wanted.kind !== "pair" || given.kind !== "pair") return false;
  const before = bindings.size;
  const matched =
    matchNode(keyNode(wanted.left), given.left, code, bindings) &&
    matchBody(wanted.right, given.right, code, bindings);
  if (!matched) bindings.shrinkTo(before);
  return matched;
}

/** `$key: value` parses as the atom `þkey`. */
function keyNode(node: Node): Node {
  return fieldName(node);
}

function matchBody(wanted: Node, given: Node, code: FileCode, bindings: Bindings): boolean {
  if (restName(wanted) === undefined) return matchNode(wanted, given, code, bindings);
  return matchSequence([wanted], expressions(given), code, bindings);
}

/** The name of a rest placeholder, null for one without; undefined for anything else. */
function restName(node: Node): string | null | undefined {
  if (node.kind !== "variable") return undefined;
  const placeholder = placeholderOf(node.name);
  return placeholder?.kind === "rest" ? placeholder.name : undefined;
}

/** Nodes in order, where a rest stands for any number of them, as few as possible. */
function matchSequence(
  wanted: readonly Node[],
  given: readonly Node[],
  code: FileCode,
  bindings: Bindings,
): boolean {
  return matchFrom(wanted, 0, given, 0, code, bindings);
}

function matchFrom(
  wanted: readonly Node[],
  wantedAt: number,
  given: readonly Node[],
  givenAt: number,
  code: FileCode,
  bindings: Bindings,
): boolean {
  const first = wanted[wantedAt];
  if (first === undefined) return givenAt === given.length;
  const rest = restName(first);
  if (rest === undefined) {
    const node = given[givenAt];
    if (node === undefined || !matchNode(first, node, code, bindings)) return false;
    return matchFrom(wanted, wantedAt + 1, given, givenAt + 1, code, bindings);
  }
  const last = wantedAt === wanted.length - 1;
  const before = bindings.size;
  for (let end = last ? given.length : givenAt; end <= given.length; end += 1) {
    if (rest === null || bind(rest, given.slice(givenAt, end), bindings)) {
      if (matchFrom(wanted, wantedAt + 1, given, end, code, bindings)) return true;
    }
    bindings.shrinkTo(before);
  }
  return false;
}
