// `defmodule`, `defprotocol`, `defimpl`, `defstruct`, `defexception`.

import {
  blocks,
  expressions,
  isCall,
  keyword,
  walk as walkTree,
  type CallNode,
  type Node,
} from "@elixirscope/syntax";
import { localCall } from "./calls.ts";
import { localTarget } from "./call-target.ts";
import type { FileWalk } from "./file-walk.ts";
import { knownUse } from "./known-uses.ts";
import { localDefinitions } from "./local-definitions.ts";
import { ModuleBuilder, type ModuleHeader } from "./module-builder.ts";

export function moduleDefinition(
  walk: FileWalk,
  node: CallNode,
  _mode: number,
  form: string,
): void {
  if (walk.function !== null) {
    walk.excluded.push({ node, reason: `${form} inside a function` });
    return;
  }
  const body = keyword(blocks(node), "do");
  const headers = body === undefined ? [] : headersOf(walk, node);
  if (body === undefined || headers.length === 0) {
    const reason = body === undefined ? "it has no body" : "its name is computed";
    walk.excluded.push({ node, reason });
    return;
  }
  for (const header of headers) oneModule(walk, header, body);
  const [first] = isCall(node.args[0], "__aliases__") ? node.args[0].args : [];
  const parent = walk.module;
  if (node.callee === "defimpl" || parent === null || first?.kind !== "atom") return;
  const { name } = first;
  walk.run(() => walk.scope.alias(name, `${parent.name}.${name}`));
}

function oneModule(walk: FileWalk, header: ModuleHeader, body: Node): void {
  const outer = walk.module;
  const module = new ModuleBuilder(header);
  const [name] = header.node.args;
  for (const [signature, kind] of localDefinitions(body)) module.locals.set(signature, kind);
  for (const used of usedModules(walk, body)) {
    for (const signature of knownUse(used)?.defines ?? []) {
      if (!module.locals.has(signature)) module.locals.set(signature, "function");
    }
  }
  walk.run(() => {
    walk.modules.push(module);
    walk.module = module;
    if (name !== undefined) module.moduleAt.set(name, protocolOrSelf(header));
  });
  walk.openScope();
  const [first] = isCall(name, "__aliases__") ? name.args : [];
  if (outer !== null && header.kind !== "implementation" && first?.kind === "atom") {
    walk.run(() => walk.scope.alias(first.name, `${outer.name}.${first.name}`));
  }
  walk.visit(body, 0);
  walk.closeScope();
  walk.run(() => {
    walk.module = outer;
  });
}

function protocolOrSelf({ name, implementation }: ModuleHeader): string {
  return implementation?.protocol ?? name;
}

/** One for each module that is made: several for `defimpl P, for: [A, B]`. */
function headersOf(walk: FileWalk, node: CallNode): readonly ModuleHeader[] {
  const parent = walk.module?.name ?? null;
  const [named] = node.args;
  if (node.callee !== "defimpl") {
    const name = moduleName(walk, named, parent);
    const kind = node.callee === "defprotocol" ? "protocol" : "module";
    return name === null ? [] : [{ name, kind, node, parent, implementation: null }];
  }
  const protocol = walk.moduleNamed(named);
  if (protocol === null) return [];
  const option = node.args.map((arg) => keyword(arg, "for")).find((value) => value !== undefined);
  const targets =
    option === undefined
      ? [parent]
      : (option.kind === "list" ? option.items : [option]).map((item) => walk.moduleNamed(item));
  return targets.flatMap((target) =>
    target === null
      ? []
      : [
          {
            name: `${protocol}.${target}`,
            kind: "implementation" as const,
            node,
            parent,
            implementation: { protocol, target },
          },
        ],
  );
}

/** Inside a module a plain alias is nested into it; at the top aliases apply to it. */
function moduleName(walk: FileWalk, named: Node | undefined, parent: string | null): string | null {
  const resolved = walk.moduleNamed(named);
  if (parent === null || !isCall(named, "__aliases__")) return resolved;
  const names = named.args.map((arg) => (arg.kind === "atom" ? arg.name : null));
  if (names[0] === null) return resolved;
  if (names[0] === "Elixir") return names.slice(1).join(".");
  return [parent, ...names].join(".");
}

/** What stands in these is not the module's own. */
const APART: ReadonlySet<string> = new Set([
  "quote",
  "defmodule",
  "defprotocol",
  "defimpl",
  "def",
  "defp",
  "defmacro",
  "defmacrop",
]);

function usedModules(walk: FileWalk, body: Node): readonly string[] {
  const modules: string[] = [];
  walkTree(body, (node) => {
    if (isCall(node, "use")) {
      const module = walk.moduleNamed(node.args[0]);
      if (module !== null) modules.push(module);
    }
    return node.kind !== "call" || typeof node.callee !== "string" || !APART.has(node.callee);
  });
  return modules;
}

/** `defstruct [:a, b: 1]`, also from an attribute; `defexception` likewise. */
export function structure(walk: FileWalk, node: CallNode, mode: number, form: string): void {
  localCall(walk, node, mode, form);
  const { module } = walk;
  if (module === null || walk.function !== null) return;
  if (form === "defexception") module.behaviours.push("Exception");
  const [given] = node.args;
  const attribute = isCall(given, "@", 1) ? given.args[0] : undefined;
  const held = attribute?.kind === "variable" ? module.attributeNodes.get(attribute.name) : given;
  if (held?.kind !== "list") {
    module.structFields ??= [];
    return;
  }
  module.structFields = held.items.flatMap((item) => {
    const key = item.kind === "pair" ? item.left : item;
    return key.kind === "atom" ? [key.name] : [];
  });
}

/** `embed_templates "page_html/*"` */
export function embedTemplates(walk: FileWalk, node: CallNode, mode: number, form: string): void {
  localCall(walk, node, mode, form);
  const [pattern] = node.args;
  if (walk.function === null && pattern?.kind === "string") walk.module?.embeds.push(pattern.value);
}

const ASSOCIATIONS: ReadonlySet<string> = new Set([
  "belongs_to",
  "has_one",
  "has_many",
  "many_to_many",
  "embeds_one",
  "embeds_many",
]);

/** `schema "carts" do … end` of Ecto: the fields of its struct, as far as they are written out. */
export function schema(walk: FileWalk, node: CallNode, mode: number, form: string): void {
  localCall(walk, node, mode, form);
  const { module } = walk;
  const body = keyword(blocks(node), "do");
  const isEcto = localTarget(walk, form, node.args.length).target?.startsWith("Ecto.Schema.");
  if (module === null || walk.function !== null || isEcto !== true || body === undefined) return;
  const fields = ["id"];
  for (const statement of expressions(body)) {
    if (statement.kind !== "call" || typeof statement.callee !== "string") continue;
    const [name] = statement.args;
    if (statement.callee === "timestamps") fields.push("inserted_at", "updated_at");
    if (name?.kind !== "atom") continue;
    if (statement.callee === "belongs_to") fields.push(`${name.name}_id`);
    if (statement.callee === "field" || ASSOCIATIONS.has(statement.callee)) fields.push(name.name);
  }
  module.structFields = fields;
}
