// `@name` and `@name value`: docs, specs, types, callbacks, behaviours and constants.

import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { addSite, localTarget } from "./call-target.ts";
import type { FileWalk } from "./file-walk.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import type { TypeData } from "./module-data.ts";
import { inner, TYPE } from "./walk-mode.ts";

export function attribute(walk: FileWalk, node: CallNode, mode: number): void {
  const [named] = node.args;
  addSite(walk, node, localTarget(walk, "@", 1), mode);
  const held = walk.moduleNamed(node);
  if (held !== null) walk.module?.moduleAt.set(node, held);
  const value = named?.kind === "call" ? named.args[0] : undefined;
  if (named?.kind !== "call" || typeof named.callee !== "string" || value === undefined) {
    if (named?.kind === "call" && typeof named.callee !== "string") walk.visit(named, inner(mode));
    return;
  }
  const { module } = walk;
  walk.visit(value, TYPES.has(named.callee) ? TYPE : inner(mode));
  // inside a function it would be set when the function runs, which Elixir does not allow
  if (module === null || walk.function !== null) return;
  const set = SETTERS.get(named.callee) ?? constant;
  set({ walk, module, name: named.callee, value, node });
}

type Setting = {
  readonly walk: FileWalk;
  readonly module: ModuleBuilder;
  readonly name: string;
  readonly value: Node;
  readonly node: CallNode;
};

const TYPES: ReadonlySet<string> = new Set([
  "spec",
  "type",
  "typep",
  "opaque",
  "callback",
  "macrocallback",
]);

const SETTERS: ReadonlyMap<string, (setting: Setting) => void> = new Map([
  ["moduledoc", moduleDoc],
  ["doc", doc],
  ["typedoc", () => undefined],
  ["impl", impl],
  ["behaviour", behaviour],
  ["spec", spec],
  ["type", type("type")],
  ["typep", type("typep")],
  ["opaque", type("opaque")],
  ["callback", callback],
  ["macrocallback", callback],
  ["optional_callbacks", optional],
]);

function constant({ walk, module, name, value, node }: Setting): void {
  const { line } = walk.source.positionAt(node.start);
  module.attributes.push({ name, value: walk.source.slice(value), line });
  module.attributeNodes.set(name, value);
  const held = isModuleName(value) ? walk.moduleNamed(value) : null;
  if (held === null) module.attributeModules.delete(name);
  else module.attributeModules.set(name, held);
}

function isModuleName(value: Node): boolean {
  return (
    value.kind === "atom" ||
    isCall(value, "__aliases__") ||
    isCall(value, "@") ||
    (value.kind === "variable" && value.name === "__MODULE__")
  );
}

/** Undefined for what is no text: `@doc since: "1.3"` adds to a doc and is none. */
function docText({ walk, value }: Setting): string | false | undefined {
  if (value.kind === "string") return value.value;
  if (value.kind === "atom" && value.name === "false") return false;
  if (value.kind === "list" || value.kind === "atom") return undefined;
  return walk.source.slice(value);
}

function moduleDoc(setting: Setting): void {
  const text = docText(setting);
  if (text !== undefined) setting.module.doc = text;
}

function doc(setting: Setting): void {
  const text = docText(setting);
  if (text !== undefined) setting.module.pendingDoc = text;
}

function impl({ walk, module, value }: Setting): void {
  module.pendingImpl = !(value.kind === "atom" && value.name === "false");
  const named = value.kind === "atom" && value.name === "true" ? null : walk.moduleNamed(value);
  if (named !== null && !module.behaviours.includes(named)) module.behaviours.push(named);
}

function behaviour({ walk, module, value }: Setting): void {
  const named = walk.moduleNamed(value);
  if (named !== null) module.behaviours.push(named);
}

function spec({ walk, module, value }: Setting): void {
  const signature = typeSignature(value);
  if (signature === null) return;
  const key = `${signature.name}/${signature.arity}`;
  const texts = module.specs.get(key) ?? [];
  texts.push(walk.source.slice(value));
  module.specs.set(key, texts);
}

function type(kind: TypeData["kind"]): (setting: Setting) => void {
  return ({ walk, module, value, node }) => {
    const signature = typeSignature(value);
    if (signature === null) return;
    const text = walk.source.slice(value);
    const { line } = walk.source.positionAt(node.start);
    module.types.push({ kind, ...signature, text, line });
  };
}

function callback({ walk, module, value }: Setting): void {
  const signature = typeSignature(value);
  if (signature === null) return;
  module.callbacks.push({ ...signature, optional: false, text: walk.source.slice(value) });
}

function optional({ module, value }: Setting): void {
  for (const item of value.kind === "list" ? value.items : []) {
    if (item.kind !== "pair" || item.left.kind !== "atom" || item.right.kind !== "integer")
      continue;
    module.optionalCallbacks.add(`${item.left.name}/${item.right.value}`);
  }
}

/** The name and arity before the `::` of a spec, a type or a callback. */
function typeSignature(value: Node): { readonly name: string; readonly arity: number } | null {
  const typed = isCall(value, "when", 2) ? value.args[0] : value;
  const left = isCall(typed, "::", 2) ? typed.args[0] : typed;
  if (left?.kind === "variable") return { name: left.name, arity: 0 };
  if (left?.kind !== "call" || typeof left.callee !== "string") return null;
  return { name: left.callee, arity: left.args.length };
}
