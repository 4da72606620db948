// Blocks at the top of a module that a macro makes functions of: `test "adds" do`, `get "/:id" do`.
//
// They are functions of the kind `block`, named as they are written: `test cart adds/0` inside of
// `describe "cart"`, `get /items/:id/1`. A route's `conn` and the parts of its path are bound in it.

import { blocks, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { blockValue, splitBlocks } from "./block-walk.ts";
import type { Target } from "./call-target.ts";
import type { FileWalk } from "./file-walk.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import type { ClauseSyntax } from "./module-syntax.ts";
import { PATTERN, TAIL } from "./walk-mode.ts";

const TESTS =
  /^(?:ExUnit\.Case\.test|ExUnit\.Callbacks\.setup(?:_all)?|ExUnitProperties\.property)\//;
/** As they are called where the project's own `use MyApp.DataCase` brings them. */
const TEST_NAMES: ReadonlySet<string> = new Set(["test", "setup", "setup_all", "property"]);

/** Reads the block as a function; false when the call is no such macro. */
export function blockFunction(
  walk: FileWalk,
  node: CallNode,
  name: string,
  { target, resolution }: Target,
): boolean {
  const { module } = walk;
  if (module === null || walk.function !== null || target === null) return false;
  const body = keyword(blocks(node), "do");
  if (body === undefined) return false;
  const [args] = splitBlocks(node);
  const isBrought = resolution === "unknown";
  if (target === "ExUnit.Case.describe/2" || (isBrought && name === "describe")) {
    walk.run(() => (module.describing = textOf(walk, args[0])));
    blockValue(walk, body, 0, 0);
    walk.run(() => (module.describing = ""));
    return true;
  }
  if (TESTS.test(target) || (isBrought && TEST_NAMES.has(name))) {
    const isNamed = !name.startsWith("setup");
    const words = [name, module.describing, isNamed ? textOf(walk, args[0]) : ""];
    const patterns = isNamed ? args.slice(1) : args;
    addFunction(walk, module, node, words, patterns, []);
    return true;
  }
  if (!/^Plug\.Router\.(?!forward|plug)/.test(target)) return false;
  const path = args[0]?.kind === "string" ? args[0].value : "";
  const conn: Node = {
    kind: "variable",
    name: "conn",
    start: node.start,
    end: node.start,
    meta: node.meta,
  };
  const bound = [...path.matchAll(/[:*](\w+)/g)].map(([, part]) => part ?? "");
  addFunction(walk, module, node, [name, textOf(walk, args[0])], [conn], bound);
  return true;
}

function textOf(walk: FileWalk, node: Node | undefined): string {
  if (node === undefined) return "";
  return node.kind === "string" ? node.value : walk.source.slice(node);
}

function addFunction(
  walk: FileWalk,
  module: ModuleBuilder,
  node: CallNode,
  words: readonly string[],
  patterns: readonly Node[],
  bound: readonly string[],
): void {
  const list = blocks(node);
  const part = (key: string): Node | null => keyword(list, key) ?? null;
  const clause: ClauseSyntax = {
    node,
    patterns,
    guard: null,
    body: part("do"),
    rescue: part("rescue"),
    catch: part("catch"),
    else: part("else"),
    after: part("after"),
  };
  const name = words.filter((word) => word !== "").join(" ");
  const builder = module.addFunction({
    name,
    arity: patterns.length,
    minArity: patterns.length,
    kind: "block",
    dynamic: false,
    nodes: [node],
    clauses: [clause],
    defaults: [],
  });
  walk.run(() => {
    walk.function = builder;
    walk.clause = 0;
  });
  walk.openScope();
  walk.visitAll(patterns, PATTERN);
  walk.run(() => bound.forEach((variable) => walk.scope.bind(variable)));
  blockValue(walk, clause.body ?? undefined, 0, TAIL);
  walk.closeScope();
  walk.run(() => {
    walk.function = null;
    walk.clause = -1;
  });
}
