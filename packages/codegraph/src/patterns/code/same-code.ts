// Do two nodes say the same? Positions, layout and superfluous parentheses do not count.

import { children, type Node } from "@elixirscope/syntax";
import { unwrapped } from "./call.ts";

/** Equal code, decided without recursion. */
export function sameCode(left: Node, right: Node): boolean {
  const pending: [Node, Node][] = [[left, right]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const one = unwrapped(pair[0]);
    const other = unwrapped(pair[1]);
    if (one === other) continue;
    if (!sameHead(one, other)) return false;
    const below = children(one);
    const opposite = children(other);
    if (below.length !== opposite.length) return false;
    for (const [index, child] of below.entries()) {
      const counterpart = opposite[index];
      if (counterpart === undefined) return false;
      pending.push([child, counterpart]);
    }
  }
  return true;
}

/** The same kind, name and value, leaving out what is below. */
export function sameHead(one: Node, other: Node): boolean {
  switch (one.kind) {
    case "atom":
      return other.kind === "atom" && one.name === other.name;
    case "variable":
      return other.kind === "variable" && one.name === other.name;
    case "integer":
    case "float":
      return other.kind === one.kind && one.value === other.value;
    case "string":
    case "charlist":
      return other.kind === one.kind && one.value === other.value;
    case "call":
      return other.kind === "call" && calleeName(one.callee) === calleeName(other.callee);
    case "list":
    case "pair":
    case "broken":
    default:
      return other.kind === one.kind;
  }
}

function calleeName(callee: string | Node): string | null {
  return typeof callee === "string" ? callee : null;
}
