// How Elixir's constructs are read: which parts are patterns, where scopes begin and end, in which
// order parts are expanded, and which part's value is the construct's.

import { blocks, isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { attribute } from "./attributes.ts";
import { arrow, blockValue, splitBlocks, tryBlocks } from "./block-walk.ts";
import { addSite, localTarget } from "./call-target.ts";
import { capture } from "./captures.ts";
import { definition } from "./definitions.ts";
import { directive } from "./directives.ts";
import { collectInjection } from "./injections.ts";
import type { Constructs, FileWalk } from "./file-walk.ts";
import { localCall, pathMacro, remote } from "./calls.ts";
import { embedTemplates, moduleDefinition, schema, structure } from "./module-forms.ts";
import { inner, NO_UNQUOTE, PATTERN, PIPED, QUOTED, TAIL, TYPE } from "./walk-mode.ts";

type Read = (walk: FileWalk, node: CallNode, mode: number, name: string) => void;

const NO_VALUE: ReadonlySet<string> = new Set([
  "__ENV__",
  "__DIR__",
  "__CALLER__",
  "__STACKTRACE__",
]);

export const constructs: Constructs = { variable, call };

function variable(walk: FileWalk, node: Node & { kind: "variable" }, mode: number): void {
  const { name } = node;
  if ((mode & PATTERN) !== 0) {
    if (name !== "_") walk.scope.bind(name);
    return;
  }
  if (NO_VALUE.has(name)) return;
  const arity = (mode & PIPED) === 0 ? 0 : 1;
  if (arity === 0 && walk.scope.isBound(name)) return;
  const target = localTarget(walk, name, arity);
  // a name that nothing defines is more likely bound by a macro than a function brought by one
  if (target.resolution !== "unknown" || arity === 1) addSite(walk, node, target, mode);
}

function call(walk: FileWalk, node: CallNode, mode: number): void {
  const { callee } = node;
  if (typeof callee !== "string") {
    remote(walk, node, mode);
    return;
  }
  const read = SPECIAL.get(callee);
  if (read === undefined) localCall(walk, node, mode, callee);
  else read(walk, node, mode, callee);
}

const parts: Read = (walk, node, mode) => {
  walk.visitAll(node.args, inner(mode) | (mode & PATTERN));
};

const block: Read = (walk, { args }, mode) => {
  args.forEach((arg, i) => walk.visit(arg, i === args.length - 1 ? mode : mode & ~TAIL));
};

const match: Read = (walk, { args: [left, right] }, mode) => {
  if ((mode & PATTERN) !== 0) {
    walk.visit(left, mode);
    walk.visit(right, mode);
    return;
  }
  // a match against a variable cannot fail, so that nothing is left to do after the right side
  walk.visit(right, inner(mode) | (left?.kind === "variable" ? mode & TAIL : 0));
  walk.visit(left, inner(mode) | PATTERN);
};

/** `<-` of `for`, `with` and of macros like `check all`. */
const generator: Read = (walk, { args: [left, right] }, mode) => {
  walk.visit(right, inner(mode));
  walk.visit(left, inner(mode) | PATTERN);
};

const pin: Read = (walk, node, mode) => walk.visitAll(node.args, inner(mode));

/** `patterns when guard`, and `when` anywhere else */
const when: Read = (walk, { args }, mode) => {
  args.forEach((arg, i) => {
    walk.visit(arg, i === args.length - 1 ? inner(mode) : mode);
  });
};

const defaultArgument: Read = (walk, { args: [left, right] }, mode) => {
  walk.visit(left, mode);
  walk.visit(right, inner(mode));
};

const map: Read = (walk, { args }, mode) => {
  const value = inner(mode) | (mode & PATTERN);
  for (const arg of args) {
    if (arg.kind === "pair") {
      walk.visit(arg.left, inner(mode));
      walk.visit(arg.right, value);
    } else walk.visit(arg, value);
  }
};

const bitstring: Read = (walk, { args }, mode) => {
  const last = args.at(-1);
  if (isCall(last, "<-", 2)) {
    walk.visit(last.args[1], inner(mode));
    for (const segment of [...args.slice(0, -1), last.args[0]]) {
      bitSegment(walk, segment, inner(mode) | PATTERN);
    }
    return;
  }
  for (const segment of args) bitSegment(walk, segment, inner(mode) | (mode & PATTERN));
};

function bitSegment(walk: FileWalk, node: Node | undefined, mode: number): void {
  if (!isCall(node, "::", 2)) {
    walk.visit(node, mode);
    return;
  }
  walk.visit(node.args[0], mode);
  for (let spec = node.args[1]; spec !== undefined;) {
    let next: Node | undefined;
    if (isCall(spec, "-", 2) || isCall(spec, "*", 2)) {
      bitOption(walk, spec.args[1], mode);
      next = spec.args[0];
    } else bitOption(walk, spec, mode);
    spec = next;
  }
}

function bitOption(walk: FileWalk, node: Node | undefined, mode: number): void {
  if (isCall(node, "size", 1) || isCall(node, "unit", 1)) walk.visit(node.args[0], inner(mode));
  else if (isCall(node, "unquote")) walk.visit(node, inner(mode));
}

const typed: Read = (walk, { args }, mode) => {
  walk.visit(args[0], mode);
  walk.visit(args[1], inner(mode) | TYPE);
};

const lonelyArrow: Read = (walk, node, mode) => {
  arrow(walk, node, inner(mode) | PATTERN, inner(mode));
};

const readCase: Read = (walk, node, mode) => {
  const [subject, list] = splitBlocks(node);
  walk.visitAll(subject, inner(mode));
  blockValue(walk, keyword(list, "do"), inner(mode) | PATTERN, mode & ~PIPED);
};

const cond: Read = (walk, node, mode) => {
  blockValue(walk, keyword(blocks(node), "do"), inner(mode), mode & ~PIPED);
};

const receive: Read = (walk, node, mode) => {
  const list = blocks(node) ?? node.args.at(-1);
  blockValue(walk, keyword(list, "do"), inner(mode) | PATTERN, mode);
  blockValue(walk, keyword(list, "after"), inner(mode), mode);
};

const readTry: Read = (walk, node, mode) => {
  const list = blocks(node);
  tryBlocks(walk, (key) => keyword(list, key), mode & ~PIPED);
};

const readWith: Read = (walk, node, mode) => {
  const [clauses, list] = splitBlocks(node);
  walk.openScope();
  walk.visitAll(clauses, inner(mode));
  blockValue(walk, keyword(list, "do"), inner(mode), mode);
  walk.closeScope();
  blockValue(walk, keyword(list, "else"), inner(mode) | PATTERN, mode);
};

const readFor: Read = (walk, node, mode) => {
  const [generators, list] = splitBlocks(node);
  walk.openScope();
  walk.visitAll(generators, inner(mode));
  for (const item of list?.items ?? []) {
    const body = item.kind === "pair" && item.left.kind === "atom" && item.left.name === "do";
    if (item.kind === "pair" && !body) walk.visit(item.right, inner(mode));
  }
  blockValue(walk, keyword(list, "do"), inner(mode) | PATTERN, inner(mode));
  walk.closeScope();
};

const fn: Read = (walk, { args }, mode) => {
  for (const clause of args) arrow(walk, clause, inner(mode) | PATTERN, inner(mode));
};

const quote: Read = (walk, node, mode) => {
  const [options, list] = splitBlocks(node);
  const all = [...options, ...(list === undefined ? [] : [list])];
  const off = all.some((option) => {
    const unquote = keyword(option, "unquote");
    return unquote?.kind === "atom" && unquote.name === "false";
  });
  const bound = all.some((option) => keyword(option, "bind_quoted") !== undefined);
  walk.visitAll(options, inner(mode));
  for (const item of list?.items ?? []) {
    const body = item.kind === "pair" && item.left.kind === "atom" && item.left.name === "do";
    if (item.kind === "pair" && !body) walk.visit(item.right, inner(mode));
  }
  const body = keyword(list, "do");
  if (body !== undefined) collectInjection(walk, body);
  walk.visit(body, inner(mode) | QUOTED | (off || bound ? NO_UNQUOTE : 0));
};

/** `and`, `or`, `&&`, `||`: the right side's value is the whole's. */
const shortCircuit: Read = (walk, node, mode, name) => {
  addSite(walk, node, localTarget(walk, name, node.args.length), mode);
  walk.visit(node.args[0], inner(mode) | (mode & PATTERN));
  walk.visit(node.args[1], mode & ~PIPED);
};

const pipe: Read = (walk, node, mode) => {
  addSite(walk, node, localTarget(walk, "|>", 2), mode);
  walk.visit(node.args[0], inner(mode));
  walk.visit(node.args[1], (mode & ~PATTERN) | PIPED);
};

/** `!!x` and `a <> b <> c` are expanded at once: those inside are no calls of their own. */
const merged: Read = (walk, node, mode, name) => {
  addSite(walk, node, localTarget(walk, name, node.args.length), mode);
  for (const arg of node.args) {
    const rest = inner(mode) | (mode & PATTERN);
    if (isCall(arg, name, node.args.length)) walk.run(() => walk.visitAll(arg.args, rest));
    else walk.visit(arg, rest);
  }
};

/** In a `rescue` clause `e in Error` is no call. */
const readIn: Read = (walk, node, mode) => {
  if ((mode & PATTERN) === 0) localCall(walk, node, mode, "in");
  else {
    walk.visit(node.args[0], mode);
    walk.visit(node.args[1], inner(mode));
  }
};

const SPECIAL: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["__block__", block],
  ["=", match],
  ["<-", generator],
  ["^", pin],
  ["when", when],
  ["\\\\", defaultArgument],
  ["%{}", map],
  ["%", parts],
  ["{}", parts],
  ["|", parts],
  [".", parts],
  ["super", parts],
  ["unquote", pin],
  ["unquote_splicing", pin],
  ["<<>>", bitstring],
  ["::", typed],
  ["->", lonelyArrow],
  ["case", readCase],
  ["cond", cond],
  ["receive", receive],
  ["try", readTry],
  ["with", readWith],
  ["for", readFor],
  ["fn", fn],
  ["quote", quote],
  ["&", capture],
  ["and", shortCircuit],
  ["or", shortCircuit],
  ["&&", shortCircuit],
  ["||", shortCircuit],
  ["|>", pipe],
  ["!", merged],
  ["<>", merged],
  ["put_in", pathMacro],
  ["update_in", pathMacro],
  ["pop_in", pathMacro],
  ["get_and_update_in", pathMacro],
  ["in", readIn],
  ["@", attribute],
  ["alias", directive],
  ["import", directive],
  ["require", directive],
  ["use", directive],
  ["defmodule", moduleDefinition],
  ["defprotocol", moduleDefinition],
  ["defimpl", moduleDefinition],
  ["embed_templates", embedTemplates],
  ["schema", schema],
  ["embedded_schema", schema],
  ["defstruct", structure],
  ["defexception", structure],
  ["def", definition],
  ["defp", definition],
  ["defmacro", definition],
  ["defmacrop", definition],
  ["defguard", definition],
  ["defguardp", definition],
  ["defdelegate", definition],
]);
