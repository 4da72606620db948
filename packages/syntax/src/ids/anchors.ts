// The fixed points that ids are told from: the file, its modules and the clauses of their functions.
//
// An anchor owns the nodes below it that no inner anchor owns. What stands inside a function (also
// modules and functions that it quotes or makes) belongs to that function's clause.

import type { CallNode, Node } from "../ast.ts";
import { aliasSegments, children, isCall, keyword } from "../tree.ts";
import { hashText, type ContentHashes } from "./content-hash.ts";

export type Anchor = {
  readonly kind: "file" | "module" | "clause";
  /** `Shop.Cart.add/2@1x2y3z`, `Shop.Cart`, `file` */
  readonly key: string;
  /** `Shop.Cart.add/2` of a clause, otherwise as `key` */
  readonly name: string;
  readonly node: Node;
};

const DEFINITIONS: ReadonlySet<string> = new Set([
  "def",
  "defp",
  "defmacro",
  "defmacrop",
  "defguard",
  "defguardp",
  "defdelegate",
]);

const MODULES: ReadonlySet<string> = new Set(["defmodule", "defprotocol", "defimpl"]);

/** `def`, `defmacro` and their like, with something that they define. */
export function isDefinition(node: Node): node is CallNode & { readonly callee: string } {
  return (
    node.kind === "call" &&
    typeof node.callee === "string" &&
    DEFINITIONS.has(node.callee) &&
    node.args.length > 0
  );
}

export function isModule(
  node: Node,
): node is CallNode & { readonly callee: "defmodule" | "defprotocol" | "defimpl" } {
  return (
    node.kind === "call" &&
    typeof node.callee === "string" &&
    MODULES.has(node.callee) &&
    node.args.length > 1
  );
}

/** In source order, the file first. */
export function anchorsOf(tree: Node, hashes: ContentHashes): readonly Anchor[] {
  const anchors: Anchor[] = [{ kind: "file", key: "file", name: "file", node: tree }];
  const taken = new Map<string, number>();
  const unique = (key: string): string => {
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return count === 1 ? key : `${key}~${count}`;
  };
  const stack: { node: Node; module: string | null }[] = [{ node: tree, module: null }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node } = next;
    let { module } = next;
    if (isModule(node)) {
      module = moduleName(node, module);
      anchors.push({ kind: "module", key: unique(module), name: module, node });
    } else if (isDefinition(node)) {
      const head = headOf(node);
      const name = `${module ?? "file"}.${head.name}/${head.arity}`;
      const key = unique(`${name}@${hashText(hashes.of(node.args[0] ?? node))}`);
      anchors.push({ kind: "clause", key, name, node });
      continue;
    } else if (isCall(node, "quote")) {
      continue;
    }
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push({ node: child, module });
    }
  }
  return anchors;
}

/** The name and arity that a `def …` call defines; `unquote` where the name is computed. */
export function headOf(definition: CallNode): { name: string; arity: number } {
  const first = definition.args[0];
  const head = isCall(first, "when") ? first.args[0] : first;
  if (head?.kind === "variable") return { name: head.name, arity: 0 };
  if (head?.kind !== "call") return { name: "unquote", arity: 0 };
  if (typeof head.callee === "string") return { name: head.callee, arity: head.args.length };
  return { name: "unquote", arity: head.args.length };
}

/** What the text says, without resolving aliases: only their own file's `alias` could change it. */
function moduleName(node: CallNode, outer: string | null): string {
  const name = spelledModule(node.args[0], outer);
  if (node.callee !== "defimpl") {
    const absolute = outer === null || name.startsWith(":") || isSelf(node.args[0]);
    if (absolute) return name;
    return name.startsWith("Elixir.") ? name.slice(7) : `${outer}.${name}`;
  }
  const options = node.args.find((arg) => keyword(arg, "for") !== undefined);
  const target = keyword(options, "for");
  const first = target?.kind === "list" ? target.items[0] : target;
  const targetName = first === undefined ? (outer ?? "nil") : spelledModule(first, outer);
  return `${name}.${targetName}`;
}

function spelledModule(node: Node | undefined, outer: string | null): string {
  if (node === undefined) return "nil";
  if (node.kind === "atom") {
    const { name } = node;
    if (name.startsWith("Elixir.")) return name.slice(7);
    return /^[\p{L}_][\p{L}\p{N}_@]*[?!]?$/u.test(name) ? `:${name}` : `:${JSON.stringify(name)}`;
  }
  if (node.kind === "variable") {
    return node.name === "__MODULE__" ? (outer ?? "nil") : "unquote";
  }
  if (!isCall(node, "__aliases__")) return "unquote";
  const segments = aliasSegments(node);
  if (segments !== null) return segments.join(".");
  const names = node.args.map((arg) => {
    if (arg.kind === "atom") return arg.name;
    return arg.kind === "variable" && arg.name === "__MODULE__" ? (outer ?? "nil") : "unquote";
  });
  return names.join(".");
}

function isSelf(node: Node | undefined): boolean {
  if (!isCall(node, "__aliases__")) return false;
  const first = node.args[0];
  return first?.kind === "variable" && first.name === "__MODULE__";
}
