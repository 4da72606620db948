// Functions of Elixir of which it is known what they do with a part of their argument: they read or write
// one key. With a literal key their arguments flow like those of `map.key` and `%{map | key: value}`.

import type { FlowKind } from "./dfg.ts";
import { keySelector } from "./dfg-paths.ts";
import { nodeOf, type Operand } from "./dfg-walker.ts";

export type Transfer = { readonly kind: FlowKind; readonly path: string | null };

const READS: ReadonlySet<string> = new Set([
  "Access.get/2",
  "Access.get/3",
  "Keyword.fetch!/2",
  "Keyword.get/2",
  "Keyword.get/3",
  "Map.fetch!/2",
  "Map.get/2",
  "Map.get/3",
]);

const WRITES: ReadonlySet<string> = new Set([
  "Keyword.put/3",
  "Keyword.put_new/3",
  "Map.put/3",
  "Map.put_new/3",
  "Map.replace/3",
  "Map.replace!/3",
]);

/** Behind these keys of the first argument: of a socket `.assigns.user`, of assigns themselves `.user`. */
const WRITES_BEHIND: ReadonlyMap<string, readonly string[]> = new Map([
  ["Phoenix.Component.assign/3", [".assigns", ""]],
  ["Phoenix.LiveView.assign/3", [".assigns", ""]],
  ["Plug.Conn.assign/3", [".assigns"]],
  ["Plug.Conn.put_private/3", [".private"]],
]);

const ITSELF: readonly string[] = [""];

type Transfers = readonly (readonly Transfer[] | null)[];

/** How each operand flows to the result; null where nothing is known. */
export function transfersOf(target: string | null, operands: readonly Operand[]): Transfers | null {
  if (target === null) return null;
  const [, key] = operands.map(nodeOf);
  const whole = [{ kind: "copy", path: null }] as const;
  switch (target) {
    case "Kernel.hd/1":
      return [[{ kind: "component", path: "[0]" }]];
    case "Kernel.tl/1":
      return [[{ kind: "component", path: "[1..]" }]];
    case "Kernel.elem/2":
      if (key?.kind !== "integer") return null;
      return [[{ kind: "component", path: `{${key.value}}` }], null];
    case "Kernel.put_elem/3":
      if (key?.kind !== "integer") return null;
      return [whole, null, [{ kind: "construct", path: `{${key.value}}` }]];
    default:
  }
  if (key?.kind !== "atom" && key?.kind !== "string") return null;
  const selector = keySelector(key);
  if (READS.has(target)) return [[{ kind: "component", path: selector }], null, null];
  const behind = WRITES_BEHIND.get(target) ?? (WRITES.has(target) ? ITSELF : null);
  if (behind === null) return null;
  return [whole, null, behind.map((keys) => ({ kind: "construct", path: keys + selector }))];
}

/** Modules whose functions call the function that is their last argument, and do not keep it. */
const CALLING: ReadonlySet<string> = new Set(["Enum", "List", "Regex", "String"]);

const CALLING_FUNCTIONS: ReadonlySet<string> = new Set(
  ["Keyword", "Map"].flatMap((module) =>
    ["filter", "get_and_update", "get_lazy", "map", "merge", "new", "pop_lazy", "put_new_lazy"]
      .concat("reject", "update", "update!")
      .map((name) => `${module}.${name}`),
  ),
);

/** Is the last argument of the function, if it is one itself, called and then forgotten? */
export function callsLast(target: string | null): boolean {
  if (target === null) return false;
  const name = target.slice(0, target.lastIndexOf("/"));
  return CALLING.has(name.slice(0, name.lastIndexOf("."))) || CALLING_FUNCTIONS.has(name);
}
