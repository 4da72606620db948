// `def`, `defp`, `defmacro`, `defmacrop`, `defguard`, `defguardp`, `defdelegate`: a clause of a function.

import { keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { tryBlocks } from "./block-walk.ts";
import { addSite, remoteTarget } from "./call-target.ts";
import { localCall } from "./calls.ts";
import {
  definitionHead,
  definitionPart,
  hasDefault,
  type DefinitionHead,
} from "./definition-head.ts";
import type { FileWalk } from "./file-walk.ts";
import type { FunctionBuilder, ModuleBuilder } from "./module-builder.ts";
import type { FunctionKind } from "./module-data.ts";
import type { ClauseSyntax } from "./module-syntax.ts";
import { inner, PATTERN, TAIL } from "./walk-mode.ts";

const KINDS: ReadonlyMap<string, FunctionKind> = new Map(
  (["def", "defp", "defmacro", "defmacrop", "defguard", "defguardp", "defdelegate"] as const).map(
    (kind) => [kind, kind],
  ),
);

export function definition(walk: FileWalk, node: CallNode, mode: number, form: string): void {
  const { module } = walk;
  const kind = KINDS.get(form);
  if (module === null || walk.function !== null || kind === undefined || node.args.length === 0) {
    localCall(walk, node, mode, form);
    return;
  }
  const [first] = node.args;
  if (kind === "defdelegate" && first?.kind === "list") {
    for (const head of first.items) oneDefinition(walk, module, node, kind, headOf(head));
  } else oneDefinition(walk, module, node, kind, definitionHead(node));
}

function headOf(node: Node): DefinitionHead | null {
  return definitionHead({ ...node, kind: "call", callee: "defdelegate", args: [node] });
}

function oneDefinition(
  walk: FileWalk,
  module: ModuleBuilder,
  node: CallNode,
  kind: FunctionKind,
  head: DefinitionHead | null,
): void {
  if (head === null) {
    walk.excluded.push({ node, reason: "its head is no name with arguments" });
    walk.visitAll(node.args, 0);
    return;
  }
  const builder = functionBuilder(module, head, kind);
  builder.nodes.push(node);
  const clause = clauseOf(node, head, kind);
  if (clause !== null) builder.clauses.push(clause);
  for (const arg of head.args) if (hasDefault(arg)) builder.defaults.push(arg);
  const index = clause === null ? -1 : builder.clauses.length - 1;
  walk.run(() => {
    walk.function = builder;
    walk.clause = index;
  });
  walk.openScope();
  if (head.dynamic) walk.visit(computedName(node), 0);
  walk.visitAll(head.args, PATTERN);
  walk.visit(head.guard ?? undefined, 0);
  if (kind === "defdelegate") walk.run(() => delegate(walk, node, head));
  else tryBlocks(walk, (key) => definitionPart(node, key), TAIL);
  walk.closeScope();
  walk.run(() => {
    walk.function = null;
    walk.clause = -1;
  });
}

function computedName(node: CallNode): Node | undefined {
  const [first] = node.args;
  const head = first?.kind === "call" && first.callee === "when" ? first.args[0] : first;
  if (head?.kind !== "call") return undefined;
  return typeof head.callee === "string" ? head : head.callee;
}

function functionBuilder(
  module: ModuleBuilder,
  { name, dynamic, args }: DefinitionHead,
  kind: FunctionKind,
): FunctionBuilder {
  const arity = args.length;
  const minArity = arity - args.filter(hasDefault).length;
  // those with computed names are each their own, also where the text of the name is the same
  const known = dynamic ? undefined : module.functions.get(`${name}/${arity}`);
  const builder =
    known ??
    module.addFunction({
      name,
      arity,
      minArity,
      kind,
      dynamic,
      nodes: [],
      clauses: [],
      defaults: [],
    });
  builder.minArity = Math.min(builder.minArity, minArity);
  if (module.pendingDoc !== null) builder.doc = module.pendingDoc;
  if (module.pendingImpl) builder.impl = true;
  module.pendingDoc = null;
  module.pendingImpl = false;
  return builder;
}

/** Null for a head without a body, which only declares. */
function clauseOf(node: CallNode, head: DefinitionHead, kind: FunctionKind): ClauseSyntax | null {
  const part = (key: string): Node | null => definitionPart(node, key) ?? null;
  const body = part("do");
  const bodiless = node.args.length < 2 && kind !== "defguard" && kind !== "defguardp";
  if (bodiless && kind !== "defdelegate") return null;
  return {
    node,
    patterns: head.args.map((arg) => (hasDefault(arg) ? (arg.args[0] ?? arg) : arg)),
    guard: head.guard,
    body,
    rescue: part("rescue"),
    catch: part("catch"),
    else: part("else"),
    after: part("after"),
  };
}

function delegate(walk: FileWalk, node: CallNode, head: DefinitionHead): void {
  const options = node.args.at(-1);
  const to = keyword(options, "to");
  const as = keyword(options, "as");
  walk.visit(to, inner(0));
  const module = walk.moduleNamed(to);
  if (module === null) return;
  const name = as?.kind === "atom" ? as.name : head.name;
  addSite(walk, node, remoteTarget(module, name, head.args.length), TAIL);
}
