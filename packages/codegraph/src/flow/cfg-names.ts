// What a name means where it stands: Kernel's own, or one that the module defines or imports instead.

import type { Node } from "@elixirscope/syntax";
import { aliasSegments } from "@elixirscope/syntax";
import type { FlowBuilder } from "./cfg-builder.ts";

/** Is the call or operator Kernel's (or a special form), not shadowed? */
export function isKernel(b: FlowBuilder, node: Node): boolean {
  const found = b.scope.module.names.targetOf(node);
  return found?.target == null || found.target.startsWith("Kernel.");
}

/** Does the module import `name`, here or elsewhere in it? */
export function imports(b: FlowBuilder, name: string): boolean {
  return b.scope.module.data.imports.some(({ module }) => module === name);
}

/** Can the name be one that a `use` or an unknown import brings? */
export function mayBeForeign(b: FlowBuilder, node: Node): boolean {
  return b.scope.module.names.targetOf(node)?.resolution !== "exact";
}

/** Does `receiver` of a remote call mean Kernel? */
export function isKernelModule(receiver: Node): boolean {
  if (receiver.kind === "atom") return receiver.name === "Elixir.Kernel";
  const segments = aliasSegments(receiver);
  return segments?.length === 1 && segments[0] === "Kernel";
}
