// Where the functions of a source file stand, read from its text alone: which calls they are, not what they mean.
// Each file is parsed once.

import {
  aliasSegments,
  isCall,
  keyword,
  parse,
  walk,
  type CallNode,
  type Node,
} from "@elixirscope/syntax";
import { Kept } from "../kept.ts";
import { mfaText } from "../names.ts";
import type { Source } from "../sql.ts";

export type OutlineFunction = {
  readonly mfa: string;
  /** by its default arguments it has these names, too */
  readonly others: readonly string[];
  readonly line: number;
  readonly endLine: number;
};

const DEFINITIONS = new Set(["def", "defp", "defmacro", "defmacrop"]);
const MODULES = new Set(["defmodule", "defimpl", "defprotocol"]);
const kept = new Kept<string, readonly OutlineFunction[]>(50);

export function sourceOutline(
  source: Source,
  file: string,
  text: string,
): readonly OutlineFunction[] {
  if (!/\.exs?$/.test(file)) return [];
  const key = `${file}\n${text}`;
  const known = kept.get(source, key);
  if (known !== undefined) return known;
  const outline = outlineOf(text);
  kept.set(source, key, outline);
  return outline;
}

type Module = { readonly name: string; readonly start: number; readonly end: number };

function outlineOf(text: string): readonly OutlineFunction[] {
  const { tree, source } = parse(text);
  const modules: Module[] = [];
  const found = new Map<string, { others: string[]; line: number; endLine: number }>();
  const around = ({ start }: Node): Module | undefined =>
    modules.findLast((module) => start >= module.start && start < module.end);
  // what is around something is walked before it
  walk(tree, (node) => {
    if (node.kind !== "call" || typeof node.callee !== "string") return true;
    // what is quoted becomes code of other modules
    if (node.callee === "quote") return false;
    const { start, end } = node;
    if (MODULES.has(node.callee)) {
      const name = moduleName(node, around(node)?.name ?? null);
      if (name !== null) modules.push({ name, start, end });
      return true;
    }
    const module = around(node);
    if (!DEFINITIONS.has(node.callee) || module === undefined) return true;
    const head = headOf(node);
    if (head === null) return true;
    const { name, arity, defaults } = head;
    const one = found.get(mfaText(module.name, name, arity));
    const endLine = source.positionAt(Math.max(start, end - 1)).line;
    if (one !== undefined) {
      one.endLine = endLine;
      return true;
    }
    found.set(mfaText(module.name, name, arity), {
      others: Array.from({ length: defaults }, (_, i) => mfaText(module.name, name, arity - 1 - i)),
      line: source.positionAt(start).line,
      endLine,
    });
    return true;
  });
  return [...found].map(([mfa, rest]) => ({ mfa, ...rest })).toSorted((a, b) => a.line - b.line);
}

/** `Shop.Cart`; of an implementation `Enumerable.Shop.Cart`. */
function moduleName({ callee, args }: CallNode, outer: string | null): string | null {
  const name = aliasText(args[0]);
  if (name === null) return null;
  if (callee !== "defimpl") return outer === null ? name : `${outer}.${name}`;
  const target = args.flatMap((arg) => keyword(arg, "for") ?? [])[0];
  const of = target === undefined ? outer : aliasText(target);
  return of === null ? null : `${name}.${of}`;
}

function aliasText(node: Node | undefined): string | null {
  return node === undefined ? null : (aliasSegments(node)?.join(".") ?? null);
}

type Head = { readonly name: string; readonly arity: number; readonly defaults: number };

/** Null: its name is computed. */
function headOf({ args: [first] }: CallNode): Head | null {
  const head = isCall(first, "when", 2) ? first.args[0] : first;
  if (head?.kind === "variable") return { name: head.name, arity: 0, defaults: 0 };
  if (head?.kind !== "call" || typeof head.callee !== "string" || head.callee === "unquote") {
    return null;
  }
  const defaults = head.args.filter((arg) => isCall(arg, "\\\\", 2)).length;
  return { name: head.callee, arity: head.args.length, defaults };
}
