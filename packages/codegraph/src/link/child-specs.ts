// The children of a supervisor, from the code that makes their list.
//
// Followed: literal lists, `++`, `[x | rest]`, variables, functions of the module without branches, both
// branches of if/case (children are then `conditional`), `for` and `Enum.map` over anything (`many`), and
// `Enum`/`List` functions that keep or drop elements. Anything else makes the list incomplete, and it says so.

import { pushAll } from "@elixirscope/base";
import {
  blocks,
  children,
  expressions,
  isCall,
  keyword,
  remoteCall,
  type CallNode,
  type Node,
} from "@elixirscope/syntax";
import type { ChildSpec } from "./link-facts.ts";
import { receiverOf, shortText } from "./receiver.ts";
import { printShape } from "./shape.ts";
import { receiverName } from "./spawns.ts";
import { termShape } from "./term-shape.ts";
import type { Values } from "./values.ts";

export type Children = { readonly children: readonly ChildSpec[]; readonly complete: boolean };

type How = { readonly conditional: boolean; readonly many: boolean };
type Work = How & { readonly node: Node; readonly isList: boolean };

/** Lists that are larger were not written by hand; also the end of any cycle. */
const stepBound = 2_000;

export function childrenOf(list: Node, values: Values): Children {
  const found: ChildSpec[] = [];
  let complete = true;
  const stack: Work[] = [{ node: list, isList: true, conditional: false, many: false }];
  let steps = 0;
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    if ((steps += 1) > stepBound) return { children: found, complete: false };
    const { node, isList, ...how } = work;
    const next = isList ? listParts(node, how, values) : specParts(node, how, values);
    if (next !== null) {
      pushAll(stack, next.toReversed());
      continue;
    }
    const spec = isList ? null : childSpec(node, how, values);
    if (spec !== null) found.push(spec);
    else if (!isNothing(node)) complete = false;
  }
  return { children: found, complete };
}

function isNothing(node: Node): boolean {
  return node.kind === "atom" && node.name === "nil";
}

const keepers: ReadonlySet<string> = new Set([
  "Enum.filter/2",
  "Enum.reject/2",
  "Enum.reverse/1",
  "Enum.concat/1",
  "Enum.concat/2",
  "Enum.uniq/1",
  "Enum.to_list/1",
  "List.flatten/1",
  "List.wrap/1",
  "Kernel.++/2",
]);
const makers: ReadonlySet<string> = new Set(["Enum.map/2", "Enum.flat_map/2"]);

/** The parts of an expression for a list: elements and lists; null when it cannot be followed. */
function listParts(start: Node, how: How, values: Values): readonly Work[] | null {
  const value = values.resolve(start);
  const node = value.unwrapped ? start : value.node;
  if (node.kind === "list") {
    return node.items.flatMap((item): Work[] => {
      if (!isCall(item, "|", 2)) return [{ node: item, isList: false, ...how }];
      return item.args.map((part, at) => ({ node: part, isList: at === 1, ...how }));
    });
  }
  if (isNothing(node)) return [];
  if (isCall(node, "++", 2)) return node.args.map((part) => ({ node: part, isList: true, ...how }));
  if (isCall(node, "for")) {
    const body = keyword(node.args.at(-1), "do");
    return body === undefined ? null : [{ node: last(body), isList: false, ...how, many: true }];
  }
  const branches = branchesOf(node);
  if (branches !== null) {
    return branches.map((part) => ({ node: part, isList: true, ...how, conditional: true }));
  }
  if (isCall(node, "|>", 2)) return piped(node, how, values);
  if (node.kind !== "call") return null;
  return ofCall(values.module.names.targetOf(node)?.target ?? null, node, node.args, how, values);
}

function piped(node: CallNode, how: How, values: Values): readonly Work[] | null {
  const [left, right] = node.args;
  if (left === undefined || right?.kind !== "call") return null;
  const target = values.module.names.targetOf(right)?.target ?? null;
  return ofCall(target, right, [left, ...right.args], how, values);
}

function ofCall(
  target: string | null,
  node: Node,
  args: readonly Node[],
  how: How,
  values: Values,
): readonly Work[] | null {
  const [first, second] = args;
  if (target !== null && first !== undefined && keepers.has(target)) {
    const conditional = how.conditional || /filter|reject/.test(target);
    const lists = target === "Enum.concat/2" || target === "Kernel.++/2" ? args : [first];
    return lists.map((part) => ({ node: part, isList: true, ...how, conditional }));
  }
  if (target !== null && second !== undefined && makers.has(target)) {
    const made = closureResult(values.resolve(second).node);
    return made === null
      ? null
      : [{ node: made, isList: target.startsWith("Enum.flat"), ...how, many: true }];
  }
  const called = values.functionCalled(node);
  const bodies = called?.clauses.map((clause) => clause.body) ?? [];
  if (bodies.length === 0) return null;
  const conditional = how.conditional || bodies.length > 1;
  return bodies.flatMap((body) =>
    body === null ? [] : [{ node: last(body), isList: true, ...how, conditional }],
  );
}

/** What a `fn` with one clause, or a `&`, gives. */
function closureResult(node: Node): Node | null {
  if (isCall(node, "&", 1)) return node.args[0] ?? null;
  if (!isCall(node, "fn", 1)) return null;
  const [clause] = node.args;
  const body = isCall(clause, "->", 2) ? clause.args[1] : undefined;
  return body === undefined ? null : last(body);
}

function last(body: Node): Node {
  return expressions(body).at(-1) ?? body;
}

/** What the branches of if, unless, case and cond give; null for anything else. */
function branchesOf(node: Node): readonly Node[] | null {
  if (node.kind !== "call" || typeof node.callee !== "string") return null;
  if (!/^(?:if|unless|case|cond)$/.test(node.callee)) return null;
  const block = blocks(node);
  if (block === undefined) return null;
  return children(block).flatMap((entry) => {
    const body = entry.kind === "pair" ? entry.right : entry;
    const clauses = body.kind === "list" ? body.items : [];
    if (clauses.length === 0 || !clauses.every((clause) => isCall(clause, "->", 2)))
      return [last(body)];
    return clauses.flatMap((clause) => {
      const result = isCall(clause, "->", 2) ? clause.args[1] : undefined;
      return result === undefined ? [] : [last(result)];
    });
  });
}

/** An element that is an if or a variable for one; null when it is a specification itself. */
function specParts(node: Node, how: How, values: Values): readonly Work[] | null {
  const value = values.resolve(node).node;
  // a list in a list is for List.flatten
  if (value.kind === "list") return [{ node: value, isList: true, ...how }];
  const branches = branchesOf(value);
  if (branches !== null) {
    return branches.map((part) => ({ node: part, isList: false, ...how, conditional: true }));
  }
  return isCall(value, "&&", 2) && value.args[1] !== undefined
    ? [{ node: value.args[1], isList: false, ...how, conditional: true }]
    : null;
}

const supervisorModules: ReadonlySet<string> = new Set([
  "Supervisor",
  "DynamicSupervisor",
  "Task.Supervisor",
  "PartitionSupervisor",
  "Registry",
  "Phoenix.PubSub",
]);

/** One child; null when the code does not say which. */
function childSpec(written: Node, how: How, values: Values): ChildSpec | null {
  const node = values.resolve(written).node;
  const known = specification(node, values);
  if (known === null) return null;
  const { module, options } = known;
  const name = options === undefined ? undefined : values.option(options, "name");
  const isSupervisor = module !== null && supervisorModules.has(module);
  return {
    module,
    id: known.id,
    name: name === undefined ? null : receiverName(receiverOf(name, values)),
    restart: known.restart,
    type: known.type ?? (isSupervisor ? "supervisor" : "worker"),
    ...how,
    text: shortText(written, values),
    line: values.module.source.positionAt(written.start).line,
  };
}

type Specification = {
  readonly module: string | null;
  readonly id: string | null;
  readonly restart: string | null;
  readonly type: "worker" | "supervisor" | null;
  /** the argument that the child is started with */
  readonly options: Node | undefined;
};

function specification(node: Node, values: Values): Specification | null {
  const plain = { id: null, restart: null, type: null, options: undefined };
  const { names } = values.module;
  const module =
    node.kind === "variable" && node.name !== "__MODULE__" ? null : names.moduleOf(node);
  if (module !== null) return { ...plain, module };
  if (node.kind === "pair") {
    const of = names.moduleOf(values.resolve(node.left).node);
    return of === null ? null : { ...plain, module: of, options: node.right };
  }
  if (isCall(node, "%{}")) return fromMap(node, values);
  if (isCall(node, "{}", 6)) return fromTuple(node, values);
  return node.kind === "call" ? fromCall(node, values) : null;
}

/** `%{id: …, start: {Mod, :fun, args}, restart: …}`. */
function fromMap(node: CallNode, values: Values): Specification | null {
  const entry = (key: string): Node | undefined => {
    for (const item of node.args) {
      if (item.kind === "pair" && item.left.kind === "atom" && item.left.name === key)
        return item.right;
    }
    return undefined;
  };
  const start = entry("start");
  return start === undefined
    ? null
    : started(start, { id: entry("id"), restart: entry("restart"), type: entry("type") }, values);
}

/** Erlang's `{id, {Mod, fun, args}, restart, shutdown, type, modules}`. */
function fromTuple(node: CallNode, values: Values): Specification | null {
  const [id, start, restart, , type] = node.args;
  return start === undefined ? null : started(start, { id, restart, type }, values);
}

function started(
  start: Node,
  parts: {
    readonly id: Node | undefined;
    readonly restart: Node | undefined;
    readonly type: Node | undefined;
  },
  values: Values,
): Specification | null {
  const mfa = values.resolve(start).node;
  const [moduleNode, , args] = isCall(mfa, "{}", 3) ? mfa.args : [];
  const module =
    moduleNode === undefined ? null : values.module.names.moduleOf(values.resolve(moduleNode).node);
  if (module === null) return null;
  const list = args === undefined ? undefined : values.resolve(args).node;
  const options =
    list?.kind === "list" ? list.items.findLast((item) => item.kind === "list") : undefined;
  return { module, options, ...overrides(parts, values) };
}

function overrides(
  parts: {
    readonly id: Node | undefined;
    readonly restart: Node | undefined;
    readonly type: Node | undefined;
  },
  values: Values,
): Pick<Specification, "id" | "restart" | "type"> {
  const { id, restart, type } = parts;
  return {
    id: id === undefined ? null : printShape(termShape(id, values)),
    restart: restart?.kind === "atom" ? restart.name : null,
    type:
      type?.kind === "atom" && (type.name === "supervisor" || type.name === "worker")
        ? type.name
        : null,
  };
}

/** `Supervisor.child_spec(spec, overrides)`, `Mod.child_spec(arg)`, `worker(Mod, args, options)`. */
function fromCall(node: CallNode, values: Values): Specification | null {
  const remote = remoteCall(node);
  const name = remote?.name ?? (typeof node.callee === "string" ? node.callee : "");
  const [first, second, third] = node.args;
  const receiver = remote === null ? null : values.module.names.moduleOf(remote.receiver);
  if (name === "child_spec" && receiver !== null && receiver !== "Supervisor") {
    return { module: receiver, id: null, restart: null, type: null, options: first };
  }
  const isOwnSpec = remote === null || receiver === "Supervisor.Spec";
  if (first !== undefined && isOwnSpec && (name === "worker" || name === "supervisor")) {
    const module = values.module.names.moduleOf(values.resolve(first).node);
    return module === null
      ? null
      : { module, options: undefined, ...fromOptions(third, values), type: name };
  }
  if (name !== "child_spec" || receiver !== "Supervisor" || first === undefined) return null;
  const inner = values.resolve(first).node;
  // one level: nobody writes child_spec(child_spec(…))
  const known =
    isCall(inner, "%{}") || inner.kind === "pair" || values.module.names.moduleOf(inner) !== null
      ? specification(inner, values)
      : null;
  if (known === null) return null;
  const changed = fromOptions(second, values);
  return {
    ...known,
    id: changed.id ?? known.id,
    restart: changed.restart ?? known.restart,
    type: changed.type ?? known.type,
  };
}

function fromOptions(
  options: Node | undefined,
  values: Values,
): Pick<Specification, "id" | "restart" | "type"> {
  const of = (key: string): Node | undefined => values.option(options, key);
  return overrides({ id: of("id"), restart: of("restart"), type: of("type") }, values);
}
