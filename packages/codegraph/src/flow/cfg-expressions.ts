// What evaluating an expression does: its parts first, in Elixir's order, then itself. Expressions that
// do nothing but hold their parts (literals, variables, containers) have no node of their own here;
// `statement` gives them one where their value is a step of the program.

import type { Node, VariableNode } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import { caseOf, cond, ifElse, unless, withElse } from "./cfg-branching.ts";
import type { Construct, FlowBuilder, Step } from "./cfg-builder.ts";
import { dynamicCall, kernelFunction, localCall, remoteCall } from "./cfg-calls.ts";
import { isIrrefutable } from "./cfg-clauses.ts";
import { capture, fn } from "./cfg-closures.ts";
import { comprehension } from "./cfg-comprehension.ts";
import { matchValue, shortCircuit } from "./cfg-conditions.ts";
import { destructure, lastFirst, leave, member, not, range, sigil } from "./cfg-kernel.ts";
import { isKernel, isKernelModule } from "./cfg-names.ts";
import { opaque } from "./cfg-opaque.ts";
import { pathFunction, pathUpdate } from "./cfg-paths.ts";
import { quote } from "./cfg-quote.ts";
import { receive } from "./cfg-receive.ts";
import { binary, concatenation, interpolation, map, parts, struct } from "./cfg-terms.ts";
import { isSignedNumber } from "./cfg-totals.ts";
import { tryRescue } from "./cfg-try.ts";

export function visit(b: FlowBuilder, node: Node): Step {
  switch (node.kind) {
    case "variable":
      return variable(b, node);
    case "list":
      return parts(b, node.items);
    case "pair":
      return parts(b, [node.left, node.right]);
    case "broken":
      return opaque(b, node, node.children);
    case "call":
      return isSignedNumber(node) ? NOTHING : call(b, node, node.callee, node.args);
    case "atom":
    case "integer":
    case "float":
    case "string":
    case "charlist":
      break;
  }
  return NOTHING;
}

/** A generator at its end: it can be yielded any number of times. */
const NOTHING: Step = (function* () {})();
NOTHING.next();

/** A name without parentheses is a call when no variable has it. */
function variable(b: FlowBuilder, node: VariableNode): Step {
  return b.scope.module.names.targetOf(node) === null ? NOTHING : named(b, node, node.name, []);
}

function call(b: FlowBuilder, node: Node, callee: string | Node, args: readonly Node[]): Step {
  if (typeof callee === "string") return named(b, node, callee, args);
  if (!isCall(callee, ".")) return dynamicCall(b, node, callee, args);
  const [receiver, member_] = callee.args;
  if (receiver === undefined) return opaque(b, node, args);
  if (member_ === undefined) return dynamicCall(b, node, receiver, args);
  const name = member_.kind === "atom" ? member_.name : null;
  if (name === "unquote") return NOTHING;
  // written out it would be an alias
  if (name === "to_string" && receiver.kind === "atom" && receiver.name === "Elixir.Kernel") {
    return interpolation(b, node, args);
  }
  if (name !== null && isKernelModule(receiver)) return kernelCall(b, node, name, args);
  if (receiver.kind === "atom" && receiver.name === "erlang" && leaves(name, args.length)) {
    return leave(b, node, args);
  }
  return remoteCall(b, node, receiver, name, args);
}

function named(b: FlowBuilder, node: Node, name: string, args: readonly Node[]): Step {
  const special = SPECIAL_FORMS.get(name);
  if (special !== undefined) return special(b, node, args);
  return isKernel(b, node) ? kernelCall(b, node, name, args) : localCall(b, node, name, args);
}

function kernelCall(b: FlowBuilder, node: Node, name: string, args: readonly Node[]): Step {
  const construct = kernelConstruct(name, args.length);
  if (construct !== undefined) return construct(b, node, args);
  return kernelFunction(b, node, name, args);
}

function kernelConstruct(name: string, arity: number): Construct | undefined {
  if (name.startsWith("sigil_")) return name.length === 7 ? sigil : undefined;
  if (DEFINITIONS.test(name)) return (b, node) => kernelFunction(b, node, name, []);
  return KERNEL.get(`${name}/${arity}`) ?? KERNEL.get(name);
}

/** `:erlang.error(reason)` and the like */
function leaves(name: string | null, arity: number): boolean {
  return (
    name === "error" ||
    (name === "raise" && arity === 3) ||
    (arity === 1 && (name === "throw" || name === "exit"))
  );
}

function* block(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  for (const expression of args) yield b.statement(expression);
  if (args.length > 0) b.settle(node);
}

/** The value, then the pattern. */
function* match(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [left, right] = args;
  if (left === undefined || right === undefined) return;
  const before = b.size;
  yield parts(b, [right]);
  // a value that has no node is told with the pattern
  const at = b.place("pattern", left, b.size === before ? b.text(node) : undefined);
  b.open = [{ from: at, kind: "match" }];
  if (!isIrrefutable([left])) b.unmatched([{ from: at, kind: "no_match" }], left, "MatchError");
  b.settle(node);
}

/** `left |> f(x)` is `f(left, x)`, and is evaluated as that. */
function* pipe(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [left, right] = args;
  if (left === undefined || right === undefined) return;
  if (right.kind === "call") yield call(b, right, right.callee, [left, ...right.args]);
  else if (right.kind === "variable") yield named(b, right, right.name, [left]);
  else yield opaque(b, node, args);
  b.settle(node);
}

const data: Construct = () => NOTHING;

/** What no module can define anew. */
const SPECIAL_FORMS: ReadonlyMap<string, Construct> = new Map<string, Construct>([
  ["__block__", block],
  ["=", match],
  ["case", caseOf],
  ["cond", cond],
  ["with", withElse],
  ["try", tryRescue],
  ["receive", receive],
  ["for", comprehension],
  ["fn", fn],
  ["&", capture],
  ["quote", quote],
  ["unquote", data],
  ["unquote_splicing", data],
  ["%", struct],
  ["%{}", map],
  ["{}", (b, _node, args) => parts(b, args)],
  ["<<>>", binary],
  ["|", (b, _node, args) => parts(b, args)],
  ["::", (b, _node, args) => parts(b, args)],
  ["^", (b, _node, args) => parts(b, args)],
  ["__aliases__", data],
  ["alias", data],
  ["import", data],
  ["require", data],
]);

/** A module or function defined inside a function: what is in it is not this function's. */
const DEFINITIONS =
  /^def(p|macrop?|guardp?|delegate|module|protocol|impl|struct|exception|overridable)?$/;

const KERNEL: ReadonlyMap<string, Construct> = new Map<string, Construct>([
  ["if/2", ifElse],
  ["unless/2", unless],
  ["&&/2", shortCircuit("&&")],
  ["||/2", shortCircuit("||")],
  ["and/2", shortCircuit("and")],
  ["or/2", shortCircuit("or")],
  ["not/1", not],
  ["in/2", member],
  ["|>/2", pipe],
  ["../2", range],
  ["..///3", range],
  ["<>/2", concatenation],
  ["@/1", data],
  ["match?/2", matchValue],
  ["destructure/2", destructure],
  ["then/2", lastFirst],
  ["tap/2", lastFirst],
  ["is_struct/2", lastFirst],
  ["is_exception/2", lastFirst],
  ["put_in/2", pathUpdate],
  ["update_in/2", pathFunction],
  ["pop_in/1", pathUpdate],
  ["get_and_update_in/2", pathFunction],
  ["raise", leave],
  ["reraise", leave],
  ["throw/1", leave],
  ["exit/1", leave],
  ["var!", data],
  ["alias!/1", data],
]);
