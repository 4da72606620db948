// Calls by name and remote calls, with what is known of the macros among them: which of their arguments
// are patterns, which of their blocks give the value, which name a module, function and arguments.

import {
  isCall,
  remoteCall,
  walk as walkTree,
  type CallNode,
  type Node,
  type RemoteCall,
} from "@elixirscope/syntax";
import { addSite, DYNAMIC, localTarget, remoteTarget, type Target } from "./call-target.ts";
import { blockFunction } from "./block-functions.ts";
import { blockValue, splitBlocks } from "./block-walk.ts";
import type { FileWalk } from "./file-walk.ts";
import { mfaCall } from "./mfa-calls.ts";
import { inner, PATTERN, PIPED, QUERY } from "./walk-mode.ts";

/** Macros whose `do` and `else` blocks give their value. */
const BRANCHES: ReadonlySet<string> = new Set(["Kernel.if/2", "Kernel.unless/2"]);

/** Macros whose first argument is a pattern; of the first group what it binds stays inside. */
const PATTERN_FIRST: ReadonlySet<string> = new Set([
  "match?",
  "destructure",
  "assert_receive",
  "assert_received",
  "refute_receive",
  "refute_received",
]);

/** Nodes of an argument that are looked at for names: calls in calls would else be read over and over. */
const LARGEST_PATTERN = 500;

export function localCall(walk: FileWalk, node: CallNode, mode: number, name: string): void {
  const arity = node.args.length + ((mode & PIPED) === 0 ? 0 : 1);
  const target = localTarget(walk, name, arity);
  addSite(walk, node, target, mode);
  if ((mode & PIPED) === 0) mfaCall(walk, node, target, name, node.args);
  if (blockFunction(walk, node, name, target)) return;
  if (isQuery(target)) {
    query(walk, name, node.args, mode);
    return;
  }
  if (PATTERN_FIRST.has(name) && (mode & PIPED) === 0) {
    patternFirst(walk, node, name, mode);
    return;
  }
  argumentsAndBlocks(walk, node, target, mode);
}

/** `put_in(map[key].field, x)`: what looks like reading is where to write. */
export function pathMacro(walk: FileWalk, node: CallNode, mode: number, name: string): void {
  const written = name === "pop_in" ? 1 : 2;
  if (node.args.length !== written || (mode & PIPED) !== 0) {
    localCall(walk, node, mode, name);
    return;
  }
  addSite(walk, node, localTarget(walk, name, written), mode);
  for (let path = node.args[0]; path !== undefined;) {
    const step: RemoteCall | null = remoteCall(path);
    // brackets give the module as an atom, which nobody writes
    const isRead = step?.receiver.kind === "atom" && step.receiver.name === "Elixir.Access";
    if (step === null || (!isRead && !isField(walk, step.node))) {
      walk.visit(path, inner(mode));
      break;
    }
    walk.visitAll(isRead ? step.args.slice(1) : [], inner(mode));
    path = isRead ? step.args[0] : step.receiver;
  }
  walk.visitAll(node.args.slice(1), inner(mode));
}

export function remote(walk: FileWalk, node: CallNode, mode: number): void {
  const call = remoteCall(node);
  if (call === null) {
    anonymous(walk, node, mode);
    return;
  }
  const { receiver, name, args } = call;
  const module = walk.moduleNamed(receiver);
  walk.visit(receiver, inner(mode));
  if (module === null && isField(walk, node)) return;
  const arity = args.length + ((mode & PIPED) === 0 ? 0 : 1);
  const target = module === null ? DYNAMIC : remoteTarget(module, name, arity);
  addSite(walk, node, target, mode);
  if ((mode & PIPED) === 0) mfaCall(walk, node, target, name, args);
  if (isQuery(target)) query(walk, name, args, mode);
  else argumentsAndBlocks(walk, node, target, mode);
}

/** `fun.(x)` and calls of what a call gives, `f()()`. */
function anonymous(walk: FileWalk, node: CallNode, mode: number): void {
  const { callee } = node;
  if (typeof callee === "string") return;
  const value = isCall(callee, ".", 1) ? callee.args[0] : callee;
  addSite(walk, node, DYNAMIC, mode);
  walk.visit(value, inner(mode));
  walk.visitAll(node.args, inner(mode));
}

/** `map.field` without parentheses reads a field. */
function isField(walk: FileWalk, node: CallNode): boolean {
  if (node.args.length > 0) return false;
  return node.meta?.noParens === true || walk.source.text[node.end - 1] !== ")";
}

function argumentsAndBlocks(walk: FileWalk, node: CallNode, target: Target, mode: number): void {
  const pattern = mode & PATTERN;
  const [args, list] = splitBlocks(node);
  walk.visitAll(args, inner(mode) | pattern);
  if (list === undefined) return;
  const branches = target.target !== null && BRANCHES.has(target.target);
  const body = branches ? mode & ~PIPED : inner(mode);
  const names =
    target.resolution === "imported" || target.target === null ? [] : freeNames(walk, args);
  walk.openScope();
  walk.run(() => names.forEach((name) => walk.scope.bind(name)));
  for (const item of list.items) {
    if (item.kind === "pair") blockValue(walk, item.right, inner(mode) | PATTERN, body);
    else walk.visit(item, inner(mode));
  }
  walk.closeScope();
}

/** In `test "…", %{conn: conn} do` the macro binds: names that nothing has bound yet are taken so. */
function freeNames(walk: FileWalk, args: readonly Node[]): readonly string[] {
  const names: string[] = [];
  let left = LARGEST_PATTERN;
  for (const arg of args) {
    walkTree(arg, (node) => {
      left -= 1;
      if (node.kind === "variable" && !walk.scope.isBound(node.name)) names.push(node.name);
      return left > 0;
    });
  }
  return names;
}

function patternFirst(walk: FileWalk, node: CallNode, name: string, mode: number): void {
  const [pattern, ...rest] = node.args;
  walk.visitAll(rest, inner(mode));
  if (name === "match?") walk.openScope();
  walk.visit(pattern, inner(mode) | PATTERN);
  if (name === "match?") walk.closeScope();
}

/** What a query starts from is evaluated, the rest is the query's language but for what it pins. */
function query(walk: FileWalk, name: string, args: readonly Node[], mode: number): void {
  const [source, ...rest] = args;
  const isStarted = name === "dynamic" || (mode & PIPED) !== 0;
  if (isStarted) walk.visit(source, inner(mode) | QUERY);
  else walk.visit(isCall(source, "in", 2) ? source.args[1] : source, inner(mode));
  walk.visitAll(rest, inner(mode) | QUERY);
}

function isQuery({ target, macro }: Target): boolean {
  return macro && target !== null && target.startsWith("Ecto.Query.");
}
