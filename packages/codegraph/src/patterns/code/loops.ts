// What runs once per element: `for`, and functions given to Enum, Stream and their like.

import { pushAll } from "@elixirscope/base";
import { children, isCall, keyword, type Node } from "@elixirscope/syntax";
import { bindingOf } from "./bindings.ts";
import { accessOf, type Call } from "./call.ts";
import type { FileCode } from "./file-code.ts";
import { isLiteral } from "./literals.ts";
import { callGiven } from "./origins.ts";

export type Loop = {
  readonly node: Node;
  /** what is looped over; null when not seen */
  readonly over: Node | null;
  /** the function that runs for each element; null for `for` */
  readonly closure: Node | null;
  /** how to name it: `Enum.map`, `for` */
  readonly text: string;
};

/** The innermost loop around `node` inside its function, whose body the node is in. */
export function loopAround(node: Node, code: FileCode): Loop | null {
  let below = node;
  for (const at of code.ancestors(node)) {
    if (at.kind === "call" && typeof at.callee === "string" && /^defp?$/.test(at.callee))
      return null;
    const loop = loopAt(at, below, code);
    if (loop !== null) return loop;
    below = at;
  }
  return null;
}

/** All loops around it, the innermost first. */
export function loopsAround(node: Node, code: FileCode): readonly Loop[] {
  const loops: Loop[] = [];
  for (let loop = loopAround(node, code); loop !== null; loop = loopAround(loop.node, code)) {
    loops.push(loop);
  }
  return loops;
}

function loopAt(at: Node, below: Node, code: FileCode): Loop | null {
  if (isCall(at, "for")) {
    if (keyword(below, "do") === undefined) return null;
    const generator = at.args.find((arg) => isCall(arg, "<-", 2));
    const over = isCall(generator, "<-", 2) ? (generator.args[1] ?? null) : null;
    return { node: at, over, closure: null, text: "for" };
  }
  if (!isCall(at, "fn") && !isCall(at, "&", 1)) return null;
  const call = callGiven(at, code);
  if (call === null || !runsPerElement(call, code)) return null;
  const over = call.args.find((arg) => arg !== at) ?? null;
  return { node: call.node, over, closure: at, text: `${code.moduleOf(call) ?? ""}.${call.name}` };
}

const ONCE = new Set([
  "Enum.into",
  "Map.update",
  "Map.get_and_update",
  "Map.update!",
  "Map.get_lazy",
  "Map.put_new_lazy",
  "Map.pop_lazy",
  "Keyword.get_lazy",
  "Keyword.update",
  "Keyword.update!",
  "Keyword.put_new_lazy",
  "Enum.empty?",
  "Stream.resource",
]);

function runsPerElement(call: Call, code: FileCode): boolean {
  if (call.receiver === null) return false;
  const module = code.moduleOf(call);
  if (module === "Task" || module === "Task.Supervisor")
    return call.name.startsWith("async_stream");
  if (
    module === null ||
    !/^(Enum|Stream|Map|Keyword|List|MapSet|:lists|:maps|Flow|Access)$/.test(module)
  )
    return false;
  return !ONCE.has(`${module}.${call.name}`);
}

/** The elements are written in the program: a literal, a range of literals, an attribute. */
export function isFixedCollection(over: Node | null, code: FileCode): boolean {
  if (over === null) return false;
  if (isLiteral(over)) return true;
  if (isCall(over, "..", 2) || isCall(over, "..//", 3)) return over.args.every(isLiteral);
  if (accessOf(over) !== null) return false;
  const binding = bindingOf(over, code);
  return (
    binding?.kind === "match" && binding.whole && binding.value !== null && isLiteral(binding.value)
  );
}

/** Does anything in `expression` depend on the loop's element? */
export function variesWith(expression: Node, loop: Loop, code: FileCode): boolean {
  const pending = [expression];
  const seen = new Set<Node>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (isCall(node, "&", 1) && node.args[0]?.kind === "integer") return isInside(node, loop);
    if (node.kind === "variable") {
      const binding = bindingOf(node, code);
      if (binding !== null && isInside(binding.node, loop)) return true;
    }
    pushAll(pending, children(node));
  }
  return false;
}

function isInside(node: Node, loop: Loop): boolean {
  const range = loop.closure ?? loop.node;
  return range.start <= node.start && node.end <= range.end;
}
