// `alias`, `import`, `require` and `use`: what they bring is in force from there to the end of the scope.

import { isCall, keyword, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import { localCall } from "./calls.ts";
import type { FileWalk } from "./file-walk.ts";
import { knownUse } from "./known-uses.ts";
import type { ImportSite } from "./module-data.ts";
import { inner } from "./walk-mode.ts";

export function directive(walk: FileWalk, node: CallNode, mode: number, form: string): void {
  const [what, ...options] = node.args;
  if (what === undefined || options.length > 1) {
    // a function of the module may have the name, with more arguments
    localCall(walk, node, mode, form);
    return;
  }
  const modules = namedModules(walk, what);
  walk.visitAll(options, inner(mode));
  if (modules === null) {
    walk.visit(what, inner(mode));
    return;
  }
  for (const { node: at, module } of modules) walk.module?.moduleAt.set(at, module);
  const single = modules[0]?.node === what;
  const brace = remoteCall(what);
  if (!single && brace !== null) walk.visit(brace.receiver, inner(mode));
  const { line } = walk.source.positionAt(node.start);
  const list = options.at(-1);
  walk.run(() => {
    for (const { module } of modules) apply(walk, node, module, list, line, single);
  });
}

type NamedModule = { readonly node: Node; readonly module: string };

/** `Shop.Cart`, `Shop.{Cart, Item}`; null when it is a value. */
function namedModules(walk: FileWalk, what: Node): readonly NamedModule[] | null {
  const several = remoteCall(what);
  if (several === null || several.name !== "{}") {
    const module = walk.moduleNamed(what);
    return module === null ? null : [{ node: what, module }];
  }
  const base = walk.moduleNamed(several.receiver);
  if (base === null) return null;
  const modules: NamedModule[] = [];
  for (const arg of several.args) {
    const segments = isCall(arg, "__aliases__") ? arg.args : [arg];
    const names = segments.map((segment) => (segment.kind === "atom" ? segment.name : "?"));
    modules.push({ node: arg, module: [base, ...names].join(".") });
  }
  return modules;
}

function apply(
  walk: FileWalk,
  { callee }: CallNode,
  module: string,
  options: Node | undefined,
  line: number,
  single: boolean,
): void {
  switch (callee) {
    case "alias":
      aliasModule(walk, module, single ? keyword(options, "as") : undefined, line);
      return;
    case "require":
      walk.module?.requires.push(module);
      if (single && keyword(options, "as") !== undefined) {
        aliasModule(walk, module, keyword(options, "as"), line);
      }
      return;
    case "import":
      importModule(walk, module, options, line);
      return;
    default:
      useModule(walk, module, options, line);
  }
}

function aliasModule(walk: FileWalk, module: string, as: Node | undefined, line: number): void {
  const first = isCall(as, "__aliases__") ? as.args[0] : undefined;
  const name = first?.kind === "atom" ? first.name : (module.split(".").at(-1) ?? module);
  if (as?.kind === "atom" && as.name === "false") return;
  walk.scope.alias(name, module);
  walk.module?.aliases.push({ as: name, module, line });
}

function importModule(
  walk: FileWalk,
  module: string,
  options: Node | undefined,
  line: number,
): void {
  const only = listed(keyword(options, "only"));
  const except = listed(keyword(options, "except"));
  const names = except === null || typeof except === "string" ? null : except;
  walk.scope.import({
    module,
    only: only === null || typeof only === "string" ? only : new Set(only),
    except: names === null ? null : new Set(names),
  });
  const site: ImportSite = { module, only, except: names, line };
  walk.module?.imports.push(site);
}

type Listed = readonly string[] | "functions" | "macros" | "sigils" | null;

function listed(node: Node | undefined): Listed {
  if (node?.kind === "atom") {
    const { name } = node;
    return name === "functions" || name === "macros" || name === "sigils" ? name : null;
  }
  if (node?.kind !== "list") return null;
  return node.items.flatMap((item) =>
    item.kind === "pair" && item.left.kind === "atom" && item.right.kind === "integer"
      ? [`${item.left.name}/${item.right.value}`]
      : [],
  );
}

function useModule(walk: FileWalk, module: string, options: Node | undefined, line: number): void {
  const owner = walk.module;
  owner?.uses.push({
    module,
    options: options === undefined ? null : walk.source.slice(options),
    line,
  });
  owner?.requires.push(module);
  const known = knownUse(module);
  if (known === undefined) return;
  owner?.behaviours.push(...known.behaviours);
  for (const brought of known.imports) {
    walk.scope.import({ module: brought, only: null, except: null });
  }
}
