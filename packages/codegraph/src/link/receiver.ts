// Who a message is for, as far as the text of the sending function says.

import { isCall, remoteCall, type Node } from "@elixirscope/syntax";
import type { Receiver } from "./link-facts.ts";
import { printShape } from "./shape.ts";
import { termShape } from "./term-shape.ts";
import type { Value, Values } from "./values.ts";

/** Names inside names are followed so far: `{:local, {name, node}}` is as deep as it gets. */
const depthBound = 4;

/** The receiver of an expression for it: a pid, a name, `{name, node}`, `{:via, module, name}`. */
export function receiverOf(node: Node, values: Values, depth = 0): Receiver {
  const value = values.resolve(node);
  const found =
    named(value, values, depth) ?? (depth < depthBound ? started(value.node, values, depth) : null);
  return found ?? { kind: "unknown", text: shortText(node, values) };
}

/** The text of a node on one line, shortened. */
export function shortText(node: Node, values: Values, bound = 60): string {
  const text = values.module.source.slice(node).replace(/\s+/g, " ");
  return text.length > bound ? `${text.slice(0, bound - 1)}…` : text;
}

function named(value: Value, values: Values, depth: number): Receiver | null {
  const { node } = value;
  if (value.unwrapped) return null;
  if (node.kind === "atom") {
    return node.name === "nil" ? null : { kind: "name", name: node.name };
  }
  const module = values.module.names.moduleOf(node);
  if (module !== null) return { kind: "module", module };
  if (node.kind === "variable") return null;
  if (isCall(node, "self", 0)) return { kind: "self" };
  if (node.kind === "pair" || isCall(node, "{}"))
    return depth < depthBound ? tuple(node, values, depth + 1) : null;
  return null;
}

/** `{:via, …}` and `{:global, …}` are names, `{name, node}` is the name on another node. */
function tuple(node: Node, values: Values, depth: number): Receiver | null {
  const first = node.kind === "pair" ? node.left : node.kind === "call" ? node.args[0] : undefined;
  const tag = first?.kind === "atom" ? first.name : null;
  if (tag === "via" || tag === "global") {
    return { kind: "via", text: printShape(termShape(node, values)) };
  }
  if (tag === "local" && node.kind === "pair") return receiverOf(node.right, values, depth);
  return node.kind === "pair" ? named(values.resolve(node.left), values, depth) : null;
}

/** A pid that this function got by starting a process or by looking up a name. */
function started(whole: Node, values: Values, depth: number): Receiver | null {
  const { names } = values.module;
  const [left, right] = isCall(whole, "|>", 2) ? whole.args : [undefined, whole];
  const node = right ?? whole;
  const key = names.targetOf(node)?.target ?? null;
  if (node.kind !== "call" || key === null) return null;
  const first = left ?? node.args[0];
  if (first !== undefined && lookups.has(key)) return receiverOf(first, values, depth + 1);
  if (first !== undefined && starters.test(key)) {
    const module = names.moduleOf(values.resolve(first).node);
    return module === null ? null : { kind: "process", module };
  }
  const remote = remoteCall(node);
  const module = remote === null ? null : names.moduleOf(remote.receiver);
  if (module !== null && remote !== null && /^start(?:_link)?!?$/.test(remote.name)) {
    return /^(?:GenServer|Agent|Task|Supervisor|DynamicSupervisor|:\w+)$/.test(module)
      ? null
      : { kind: "process", module };
  }
  if (/^start_supervised!?$/.test(nameOf(node)) && first !== undefined) {
    return startedSpecification(first, values);
  }
  return null;
}

const lookups: ReadonlySet<string> = new Set([
  "Process.whereis/1",
  "GenServer.whereis/1",
  ":erlang.whereis/1",
  ":global.whereis_name/1",
]);

const starters =
  /^(?:GenServer\.start(?:_link)?|:gen_server\.start(?:_link)?|:gen_statem\.start(?:_link)?)\/[23]$/;

function nameOf(node: Node): string {
  const remote = remoteCall(node);
  if (remote !== null) return remote.name;
  return node.kind === "call" && typeof node.callee === "string" ? node.callee : "";
}

/** The module of `Mod` or `{Mod, arg}`. */
function startedSpecification(node: Node, values: Values): Receiver | null {
  const value = values.resolve(node).node;
  const module = values.module.names.moduleOf(value.kind === "pair" ? value.left : value);
  return module === null ? null : { kind: "process", module };
}
