// The functions and macros that a module's text defines, found before it is read: Elixir lets a body
// call what stands below it.

import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import { definitionHead, hasDefault } from "./definition-head.ts";
import type { LocalKind } from "./module-builder.ts";

const KINDS: Readonly<Record<string, LocalKind>> = {
  def: "function",
  defp: "function",
  defdelegate: "function",
  defmacro: "macro",
  defmacrop: "macro",
  defguard: "macro",
  defguardp: "macro",
};
const MODULES: ReadonlySet<string> = new Set(["defmodule", "defprotocol", "defimpl"]);
const RECORDS: ReadonlySet<string> = new Set(["defrecord", "defrecordp"]);

/** `name/arity` for every arity that default arguments allow. */
export function localDefinitions(body: Node): ReadonlyMap<string, LocalKind> {
  const found = new Map<string, LocalKind>();
  walk(body, (node) => {
    if (node.kind !== "call") return true;
    const { callee, args } = node;
    if (typeof callee !== "string") {
      if (isCall(callee, ".", 2) && callee.args[1]?.kind === "atom") {
        if (RECORDS.has(callee.args[1].name)) record(args[0], found);
      }
      return true;
    }
    if (callee === "quote" || MODULES.has(callee)) return false;
    if (RECORDS.has(callee)) record(args[0], found);
    if (callee === "defexception") found.set("exception/1", "function");
    const kind = Object.hasOwn(KINDS, callee) ? KINDS[callee] : undefined;
    if (kind === undefined || args.length === 0) return true;
    for (const signature of callee === "defdelegate" ? delegated(args[0]) : [node]) {
      const head = definitionHead(signature);
      if (head === null || head.dynamic) continue;
      const least = head.args.length - head.args.filter(hasDefault).length;
      for (let n = least; n <= head.args.length; n += 1) found.set(`${head.name}/${n}`, kind);
    }
    return false;
  });
  return found;
}

/** `defdelegate [f(x), g(y)], to: M` defines several. */
function delegated(head: Node | undefined): readonly (Node & { kind: "call" })[] {
  const heads = head?.kind === "list" ? head.items : head === undefined ? [] : [head];
  return heads.map((args) => ({
    kind: "call",
    callee: "defdelegate",
    args: [args],
    start: args.start,
    end: args.end,
    meta: null,
  }));
}

/** `defrecord(:user, …)` defines the macros `user/0`, `user/1` and `user/2`. */
function record(name: Node | undefined, found: Map<string, LocalKind>): void {
  if (name?.kind !== "atom" || keyword(name, "do") !== undefined) return;
  for (let n = 0; n <= 2; n += 1) found.set(`${name.name}/${n}`, "macro");
}
