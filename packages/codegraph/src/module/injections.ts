// What a function that answers a `quote` brings into a module that uses it: `use MyAppWeb, :controller`.
//
// Read where the quote stands, so that its aliases mean what they mean there; applied to the modules
// that use it when the project is linked (link-module.ts).

import { pushAll } from "@elixirscope/base";
import { expressions, isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { definitionHead, hasDefault } from "./definition-head.ts";
import type { FileWalk } from "./file-walk.ts";
import type { UseSite } from "./module-data.ts";

/** An Injection while its quotes are read. */
export type InjectionDraft = {
  readonly function: string;
  dispatches: boolean;
  readonly uses: UseSite[];
  readonly imports: string[];
  readonly aliases: { as: string; module: string }[];
  readonly behaviours: string[];
  readonly defines: string[];
  readonly includes: string[];
};

/** Adds what the statements of a quote bring to what the function that is being read brings. */
export function collectInjection(walk: FileWalk, body: Node): void {
  const { module, function: builder } = walk;
  if (module === null || builder === null) return;
  const key = `${builder.name}/${builder.arity}`;
  const injection = module.injections.get(key) ?? emptyInjection(key);
  module.injections.set(key, injection);
  const waiting = expressions(body).toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind !== "call") continue;
    if (isCall(node, "__block__")) pushAll(waiting, node.args.toReversed());
    else statement(walk, node, injection);
  }
}

/** `apply(__MODULE__, which, [])` in `__using__`: the option of the `use` names the function. */
export function collectDispatch(walk: FileWalk, args: readonly Node[]): void {
  const { module, function: builder } = walk;
  if (module === null || builder?.name !== "__using__") return;
  if (walk.moduleNamed(args[0]) !== module.name || args[1]?.kind !== "variable") return;
  const key = `__using__/${builder.arity}`;
  const injection = module.injections.get(key) ?? emptyInjection(key);
  injection.dispatches = true;
  module.injections.set(key, injection);
}

function emptyInjection(function_: string): InjectionDraft {
  return {
    function: function_,
    dispatches: false,
    uses: [],
    imports: [],
    aliases: [],
    behaviours: [],
    defines: [],
    includes: [],
  };
}

function statement(walk: FileWalk, node: CallNode, injection: InjectionDraft): void {
  const [what, options] = node.args;
  const { line } = walk.source.positionAt(node.start);
  const module = walk.moduleNamed(what);
  switch (node.callee) {
    case "use":
      if (module === null) return;
      injection.uses.push({ module, options: textOf(walk, options), line });
      return;
    case "import":
      if (module !== null) injection.imports.push(module);
      return;
    case "alias": {
      if (module === null) return;
      const as = keyword(options, "as");
      const named = isCall(as, "__aliases__") ? as.args[0] : undefined;
      const last = module.slice(module.lastIndexOf(".") + 1);
      injection.aliases.push({ as: named?.kind === "atom" ? named.name : last, module });
      return;
    }
    case "@": {
      const value = isCall(what, "behaviour", 1) ? walk.moduleNamed(what.args[0]) : null;
      if (value !== null) injection.behaviours.push(value);
      return;
    }
    case "unquote":
      if (what?.kind === "variable") injection.includes.push(`${what.name}/0`);
      else if (what?.kind === "call" && typeof what.callee === "string") {
        injection.includes.push(`${what.callee}/${what.args.length}`);
      }
      return;
    case "def":
    case "defp":
    case "defmacro":
    case "defdelegate": {
      const head = definitionHead(node);
      if (head === null || head.dynamic) return;
      const least = head.args.length - head.args.filter(hasDefault).length;
      for (let n = least; n <= head.args.length; n += 1)
        injection.defines.push(`${head.name}/${n}`);
      return;
    }
    default:
  }
}

function textOf(walk: FileWalk, node: Node | undefined): string | null {
  return node === undefined ? null : walk.source.slice(node);
}
