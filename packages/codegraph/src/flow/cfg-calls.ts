// Calls: the arguments in order, then the call, which may raise.

import type { Node } from "@elixirscope/syntax";
import { keyword } from "@elixirscope/syntax";
import type { FlowBuilder, Step } from "./cfg-builder.ts";
import { importedMacro, libraryMacro } from "./cfg-libraries.ts";
import { mayBeForeign } from "./cfg-names.ts";
import { opaque } from "./cfg-opaque.ts";
import { evaluationOrder } from "./cfg-rewritten.ts";
import { parts } from "./cfg-terms.ts";
import { isTotal } from "./cfg-totals.ts";

/** A function of Kernel that is nothing special. */
export function* kernelFunction(
  b: FlowBuilder,
  node: Node,
  name: string,
  args: readonly Node[],
): Step {
  yield parts(b, evaluationOrder(b, "Kernel", name, args));
  if (!isTotal(name, args.length)) b.call(node);
}

/** A local or imported function, or a macro that nobody here knows. */
export function* localCall(b: FlowBuilder, node: Node, name: string, args: readonly Node[]): Step {
  const macro = importedMacro(b, node, name);
  if (macro !== null) yield macro(b, node, args);
  else if (hasBlocks(args)) yield opaque(b, node, args);
  else {
    const before = b.open;
    yield parts(b, args);
    // arguments that never return, of what may be a macro: it may have other plans for them
    if (b.open.length === 0 && mayBeForeign(b, node)) b.open = before;
    b.call(node);
  }
}

/** `receiver.name(args)`: the receiver, the arguments, the call. */
export function* remoteCall(
  b: FlowBuilder,
  node: Node,
  receiver: Node,
  name: string | null,
  args: readonly Node[],
): Step {
  const module = b.scope.module.names.moduleOf(receiver);
  const macro = libraryMacro(module, name ?? "");
  if (macro !== null) yield macro(b, node, args);
  else if (hasBlocks(args)) yield opaque(b, node, args);
  else {
    yield parts(b, [receiver, ...evaluationOrder(b, module, name ?? "", args)]);
    b.call(node);
  }
}

/** `fun.(args)`, and a call whose callee is itself a call. */
export function* dynamicCall(
  b: FlowBuilder,
  node: Node,
  callee: Node,
  args: readonly Node[],
): Step {
  yield parts(b, [callee, ...args]);
  b.call(node, "BadFunctionError", "BadArityError");
}

function hasBlocks(args: readonly Node[]): boolean {
  return keyword(args.at(-1), "do") !== undefined;
}
