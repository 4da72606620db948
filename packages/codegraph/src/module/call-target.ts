// What a call means: the function or macro, and how sure that is; and the site that is made of it.

import type { Node } from "@elixirscope/syntax";
import type { FileWalk } from "./file-walk.ts";
import { knownExport } from "./known-exports.ts";
import type { CallResolution, CallSite, FunctionKey } from "./module-data.ts";
import type { Import } from "./scope.ts";
import { rangeOf } from "./source-range.ts";
import { TAIL } from "./walk-mode.ts";

export type Target = {
  readonly target: FunctionKey | null;
  readonly resolution: CallResolution;
  readonly macro: boolean;
};

export const DYNAMIC: Target = { target: null, resolution: "dynamic", macro: false };

/** A call by name alone: the module's own functions first, then imports from the newest, then Kernel. */
export function localTarget(walk: FileWalk, name: string, arity: number): Target {
  const signature = `${name}/${arity}`;
  const own = walk.module?.name ?? "file";
  const local = walk.module?.locals.get(signature);
  if (local !== undefined) {
    return { target: `${own}.${signature}`, resolution: "exact", macro: local === "macro" };
  }
  for (const entry of walk.scope.imports) {
    const kind = importedKind(entry, name, arity, signature);
    if (kind === null) continue;
    const target = `${entry.module}.${signature}`;
    return { target, resolution: "imported", macro: kind === "macro" };
  }
  return { target: `${own}.${signature}`, resolution: "unknown", macro: false };
}

function importedKind(
  { module, only, except }: Import,
  name: string,
  arity: number,
  signature: string,
): "function" | "macro" | null {
  if (except?.has(signature) === true) return null;
  const known = knownExport(module, name, arity);
  if (only === null) return known ?? null;
  if (only === "functions") return known === "function" ? known : null;
  if (only === "macros") return known === "macro" ? known : null;
  if (only === "sigils") return name.startsWith("sigil_") ? (known ?? null) : null;
  // what `only:` lists is there: the compiler would not have it otherwise
  return only.has(signature) ? (known ?? "function") : null;
}

export function remoteTarget(module: string, name: string, arity: number): Target {
  const macro = knownExport(module, name, arity) === "macro";
  return { target: `${module}.${name}/${arity}`, resolution: "exact", macro };
}

/** Records the site of `node`; `at` is where it is looked up and told by, if that is another node. */
export function addSite(
  walk: FileWalk,
  node: Node,
  { target, resolution, macro }: Target,
  mode: number,
  kind: CallSite["kind"] = macro ? "macro" : "call",
  at: Node = node,
): void {
  const { module } = walk;
  if (module === null) return;
  const site: CallSite = {
    target,
    resolution,
    kind,
    clause: walk.clause,
    nodeId: walk.ids.idOf(at) ?? "",
    range: rangeOf(walk.source, node),
    tail: (mode & TAIL) !== 0,
  };
  module.siteAt.set(at, site);
  walk.function?.calls.push(site);
}
