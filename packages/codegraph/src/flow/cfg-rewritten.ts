// Functions that the compiler turns into Erlang's with the arguments in another order, in which they
// are then evaluated. Since Elixir 1.20 they are evaluated as written (measured on 1.14, 1.18 and 1.20).

import type { Node } from "@elixirscope/syntax";
import type { FlowBuilder } from "./cfg-builder.ts";

const AS_WRITTEN_SINCE = 20;

/** Which argument is evaluated first, second, … */
const ORDERS: ReadonlyMap<string, readonly number[]> = new Map([
  ["Kernel.elem/2", [1, 0]],
  ["Kernel.is_map_key/2", [1, 0]],
  ["Kernel.put_elem/3", [1, 0, 2]],
  ["Map.delete/2", [1, 0]],
  ["Map.fetch/2", [1, 0]],
  ["Map.fetch!/2", [1, 0]],
  ["Map.has_key?/2", [1, 0]],
  ["Map.replace!/3", [1, 2, 0]],
  ["Process.group_leader/2", [1, 0]],
  ["Process.send_after/3", [2, 0, 1]],
  ["Process.send_after/4", [2, 0, 1, 3]],
  ["Tuple.delete_at/2", [1, 0]],
  ["Tuple.duplicate/2", [1, 0]],
  ["Tuple.insert_at/3", [1, 0, 2]],
]);

/** The arguments of `module.name` in the order of their evaluation. */
export function evaluationOrder(
  b: FlowBuilder,
  module: string | null,
  name: string,
  args: readonly Node[],
): readonly Node[] {
  if (module === null || b.scope.elixirMinor >= AS_WRITTEN_SINCE) return args;
  const order = ORDERS.get(`${module}.${name}/${args.length}`);
  return order === undefined ? args : order.flatMap((index) => args[index] ?? []);
}
