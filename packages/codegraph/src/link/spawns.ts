// Process starts of a module, and the names that processes register under.

import { assertNever } from "@elixirscope/base";
import { children, isCall, type Node } from "@elixirscope/syntax";
import { splitFunctionKey } from "./function-key.ts";
import type { Receiver, RegisteredName, SpawnSite, Subscription } from "./link-facts.ts";
import { receiverOf } from "./receiver.ts";
import { atomText, printShape } from "./shape.ts";
import type { SiteOf } from "./sites.ts";
import { spawnFunction, type SpawnFunction } from "./spawn-functions.ts";
import { termShape } from "./term-shape.ts";
import type { Values } from "./values.ts";
import type { Visited } from "./walk-calls.ts";

type Target = Pick<SpawnSite, "target" | "targetKind">;

const unknownTarget: Target = { target: null, targetKind: "unknown" };

/** The process that a call starts, null when it starts none. */
export function spawnSite(call: Visited, values: Values, siteOf: SiteOf): SpawnSite | null {
  const known = call.target === null ? undefined : spawnFunction(call.target);
  if (known === undefined) return null;
  const supervisor = call.args[known.under];
  return {
    ...siteOf(call.node, call),
    kind: known.kind,
    ...targetOf(call, known, values),
    linked: known.linked,
    under: supervisor === undefined ? null : receiverOf(supervisor, values),
  };
}

function targetOf(call: Visited, known: SpawnFunction, values: Values): Target {
  const argument = call.args[known.at];
  if (argument === undefined) return known.runs === "module" ? calledModule(call) : unknownTarget;
  switch (known.runs) {
    case "fun":
      return functionTarget(argument, values);
    case "mfa":
      return mfaTarget(call.args.slice(known.at, known.at + 3), values);
    case "module": {
      const target = moduleTarget(argument, values);
      const isList = target.target === null && values.resolve(argument).node.kind !== "variable";
      return isList ? calledModule(call) : target;
    }
    case "child": {
      const value = values.resolve(argument).node;
      return moduleTarget(
        value.kind === "pair" ? value.left : (startModule(value, values) ?? value),
        values,
      );
    }
    default:
      return assertNever(known.runs);
  }
}

function moduleTarget(node: Node, values: Values): Target {
  const module = values.module.names.moduleOf(values.resolve(node).node);
  return module === null ? unknownTarget : { target: module, targetKind: "module" };
}

/** `DynamicSupervisor.start_link(options)`, `Supervisor.start_link([child], options)`: its own module runs. */
function calledModule({ target }: Visited): Target {
  if (target === null) return unknownTarget;
  return { target: splitFunctionKey(target).module, targetKind: "module" };
}

/** The module of `%{start: {Mod, …}}`, also inside `Supervisor.child_spec`. */
function startModule(node: Node, values: Values): Node | null {
  if (isCall(node, "%{}")) {
    const start = node.args.find(
      (entry) => entry.kind === "pair" && entry.left.kind === "atom" && entry.left.name === "start",
    );
    const mfa = start?.kind === "pair" ? values.resolve(start.right).node : null;
    return mfa?.kind === "call" ? (mfa.args[0] ?? null) : null;
  }
  if (
    values.module.names.targetOf(node)?.target !== "Supervisor.child_spec/2" ||
    node.kind !== "call"
  )
    return null;
  const [inner] = node.args;
  if (inner === undefined) return null;
  const value = values.resolve(inner).node;
  return value.kind === "pair" ? value.left : value;
}

function functionTarget(node: Node, values: Values): Target {
  const value = values.resolve(node).node;
  const captured = values.module.names.targetOf(value)?.target ?? null;
  if (isCall(value, "&", 1) && captured !== null)
    return { target: captured, targetKind: "function" };
  if (!isCall(value, "fn") && !isCall(value, "&")) return unknownTarget;
  const only = onlyCall(value, values);
  return { target: only, targetKind: only === null ? "closure" : "function" };
}

/** The function of `fn -> f(x) end` and `&f(&1, x)`: a closure that does nothing else. */
function onlyCall(closure: Node, values: Values): string | null {
  const clauses = children(closure);
  const [clause] = clauses;
  if (clause === undefined || clauses.length !== 1) return null;
  const body = isCall(clause, "->", 2) ? clause.args[1] : clause;
  return body === undefined ? null : (values.module.names.targetOf(body)?.target ?? null);
}

function mfaTarget(mfa: readonly Node[], values: Values): Target {
  const [moduleNode, name, args] = mfa;
  if (moduleNode === undefined || name === undefined) return unknownTarget;
  const module = values.module.names.moduleOf(values.resolve(moduleNode).node);
  const list = args === undefined ? undefined : values.resolve(args).node;
  if (module === null || name.kind !== "atom" || list?.kind !== "list") return unknownTarget;
  return { target: `${module}.${name.name}/${list.items.length}`, targetKind: "function" };
}

/** The name that a process gets by this call, null when it gets none. */
export function registeredBy(call: Visited, values: Values): RegisteredName | null {
  const key = call.target;
  if (key === null) return null;
  const own = values.module.data.name;
  if (key === "Process.register/2" || key === ":erlang.register/2") {
    const name = call.args[key.startsWith("Process") ? 1 : 0];
    return name === undefined ? null : nameOf(name, own, values);
  }
  if (key === "Registry.register/3") {
    const parts = call.args.slice(0, 2).map((part) => printShape(termShape(part, values)));
    return { module: own, name: `{:via, Registry, {${parts.join(", ")}}}` };
  }
  const known = spawnFunction(key);
  const options = known === undefined ? undefined : call.args[known.options];
  if (known === undefined || options === undefined) return null;
  const name = known.named ? options : values.option(options, "name");
  if (name === undefined) return null;
  const { target, targetKind } = targetOf(call, known, values);
  return nameOf(name, targetKind === "module" && target !== null ? target : own, values);
}

/** A name as the shape under which `linkProject` looks it up; null for one that is not known. */
export function nameOf(node: Node, module: string, values: Values): RegisteredName | null {
  const name = receiverName(receiverOf(node, values));
  return name === null ? null : { module, name };
}

/** The shape of a registered name that a receiver stands for. */
export function receiverName(receiver: Receiver): string | null {
  switch (receiver.kind) {
    case "module":
      return receiver.module;
    case "name":
      return atomText(receiver.name);
    case "via":
      return receiver.text;
    case "process":
    case "self":
    case "topic":
    case "unknown":
      return null;
    default:
      return assertNever(receiver);
  }
}

const subscribers: ReadonlySet<string> = new Set([
  "Phoenix.PubSub.subscribe/2",
  "Phoenix.PubSub.subscribe/3",
]);

export function subscription(call: Visited, values: Values): Subscription | null {
  const [pubsub, topic] = call.args;
  if (call.target === null || !subscribers.has(call.target)) return null;
  if (pubsub === undefined || topic === undefined) return null;
  return {
    module: values.module.data.name,
    function: call.fun.data.key,
    pubsub: printShape(termShape(pubsub, values)),
    topic: printShape(termShape(topic, values)),
  };
}
