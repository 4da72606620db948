// What is fixed when the code is written: literals and module attributes.

import { isCall, remoteCall, walk, type Node, type RemoteCall } from "@elixirscope/syntax";
import { bindingOf } from "./bindings.ts";
import type { FileCode } from "./file-code.ts";

const CONSTRUCTORS = new Set([
  "{}",
  "%{}",
  "%",
  "<<>>",
  "__aliases__",
  "-",
  "+",
  "<>",
  "::",
  "@",
  "|",
]);

/** Without variables and calls; attributes count as fixed. Sigils without interpolation too. */
export function isLiteral(node: Node): boolean {
  let fixed = true;
  walk(node, (at) => {
    if (!fixed) return false;
    if (isCall(at, "@", 1)) return false;
    if (isCall(at, "::", 2)) {
      fixed &&= at.args[0]?.kind === "string";
      return false;
    }
    if (at.kind === "variable" || at.kind === "broken") fixed = false;
    if (at.kind === "call") {
      const name = typeof at.callee === "string" ? at.callee : "";
      fixed = CONSTRUCTORS.has(name) || name.startsWith("sigil_");
    }
    return fixed;
  });
  return fixed;
}

/** A string, charlist, sigil or heredoc with `#{…}` in it. */
export function isInterpolated(node: Node): boolean {
  return interpolations(node).length > 0;
}

/** The expressions in the `#{…}` of a string, charlist, sigil or quoted atom. */
export function interpolations(node: Node): readonly Node[] {
  return partsOf(node).flatMap((part) => {
    const hole = isCall(part, "::", 2) ? part.args[0] : part;
    const call = hole === undefined ? null : remoteCall(hole);
    return call !== null && isImplicit(call, "Elixir.Kernel", "to_string") ? call.args : [];
  });
}

/** The pieces of a string with interpolation: a binary, or a list where it is a charlist. */
function partsOf(node: Node): readonly Node[] {
  if (isCall(node, "<<>>")) return node.args;
  if (node.kind !== "call") return [];
  if (typeof node.callee === "string") {
    const content = node.callee.startsWith("sigil_") ? node.args[0] : undefined;
    return content === undefined || !isCall(content, "<<>>") ? [] : content.args;
  }
  const call = remoteCall(node);
  const first = node.args[0];
  if (call === null || first === undefined) return [];
  if (isImplicit(call, "Elixir.List", "to_charlist") && first.kind === "list") return first.items;
  return isQuotedAtom(call) && isCall(first, "<<>>") ? first.args : [];
}

/** `:"name_#{x}"`, for which the parser writes `:erlang.binary_to_atom(…, :utf8)`. */
export function isInterpolatedAtom(node: Node): boolean {
  const call = remoteCall(node);
  return call !== null && isQuotedAtom(call) && isInterpolated(node);
}

function isQuotedAtom({ node, receiver, name }: RemoteCall): boolean {
  const made = name === "binary_to_atom" || name === "binary_to_existing_atom";
  return made && receiver.kind === "atom" && node.meta?.delimiter !== undefined;
}

/** Calls that the parser writes for interpolation name modules by atoms, which people do not. */
function isImplicit(call: RemoteCall, module: string, name: string): boolean {
  return call.name === name && call.receiver.kind === "atom" && call.receiver.name === module;
}

/** The variable is a parameter of its function, whole or in part. */
export function isParameter(node: Node, code: FileCode): boolean {
  return bindingOf(node, code)?.kind === "parameter";
}
