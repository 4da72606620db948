// The head of a `def …` call: name, arguments, guard.

import { isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";

export type DefinitionHead = {
  readonly name: string;
  /** the name is computed: `def unquote(name)(x)` */
  readonly dynamic: boolean;
  readonly args: readonly Node[];
  readonly guard: Node | null;
};

export function definitionHead(node: CallNode): DefinitionHead | null {
  const first = node.args[0];
  const guarded = isCall(first, "when", 2);
  const guard = guarded ? (first.args[1] ?? null) : null;
  const head = guarded ? first.args[0] : first;
  if (head === undefined) return null;
  if (head.kind === "variable") return { name: head.name, dynamic: false, args: [], guard };
  if (head.kind !== "call") return null;
  if (isCall(head, "unquote")) return { ...computed(head), args: [], guard };
  if (typeof head.callee === "string") {
    return { name: head.callee, dynamic: false, args: head.args, guard };
  }
  return { ...computed(head.callee), args: head.args, guard };
}

/** `unquote(:name)` is no secret. */
function computed(node: Node): { readonly name: string; readonly dynamic: boolean } {
  const value = isCall(node, "unquote", 1) ? node.args[0] : undefined;
  if (value?.kind === "atom") return { name: value.name, dynamic: false };
  return { name: value?.kind === "variable" ? `unquote(${value.name})` : "unquote", dynamic: true };
}

/** `do`, `rescue` … of a definition, also of `def f(x), do: x`. */
export function definitionPart(node: CallNode, key: string): Node | undefined {
  return node.args.length < 2 ? undefined : keyword(node.args.at(-1), key);
}

export function hasDefault(arg: Node): arg is CallNode {
  return isCall(arg, "\\\\", 2);
}
