// Drawings of a project: calls, messages, supervision, modules.

import { reach } from "../graph/reachability.ts";
import type { FunctionKey } from "../module/module-data.ts";
import type { MessageEdge, ProjectGraphs } from "../link/project-graphs.ts";
import {
  groupsOf,
  type Drawing,
  type DrawnEdge,
  type DrawnKind,
  type DrawnNode,
} from "./drawing.ts";

export type CallsDrawingOptions = {
  /** only what is near it; the whole project when absent */
  readonly function?: FunctionKey;
  /** calls away, in both directions; 2 */
  readonly depth?: number;
  /** also functions that the project only calls */
  readonly outside?: boolean;
};

/** Null when the function is not in the project. */
export function callsDrawing(
  { calls }: ProjectGraphs,
  options: CallsDrawingOptions = {},
): Drawing | null {
  const { depth = 2, outside = false } = options;
  const size = calls.functions.length;
  const start = options.function === undefined ? -1 : calls.indexOf(options.function);
  if (start === undefined) return null;
  const near =
    start < 0
      ? new Set(calls.keys.keys())
      : new Set([
          ...reach(calls.graph, [start], { depth }).order,
          ...reach(calls.graph, [start], { depth, backward: true }).order,
        ]);
  const counts = new Map<string, { from: number; to: number; sites: number; certain: boolean }>();
  calls.graph.from.forEach((from, edge) => {
    const to = calls.graph.to[edge] ?? 0;
    if (!near.has(from) || !near.has(to) || (!outside && to >= size && to !== start)) return;
    const certain = calls.bindings[edge] !== "protocol" && calls.bindings[edge] !== "unresolved";
    const key = `${from} ${to}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { from, to, sites: 1, certain });
    else known.sites += 1;
  });
  const shown = new Set([...counts.values()].flatMap(({ from, to }) => [from, to]));
  if (start >= 0) shown.add(start);
  const order = [...shown].toSorted((a, b) => a - b);
  const numbers = new Map(order.map((node, number) => [node, number]));
  const nodes = order.map((node): DrawnNode => ({
    id: calls.keys[node] ?? "",
    lines: [calls.keys[node] ?? ""],
    kind: node < size ? "function" : "outside",
    group: node < size ? (calls.modules[node] ?? null) : null,
    ...(node === start ? { focus: true as const } : {}),
  }));
  return {
    title: options.function === undefined ? "Calls" : `Calls around ${options.function}`,
    note: outside ? null : "calls of functions outside the project are not drawn",
    direction: "right",
    nodes,
    edges: [...counts.values()].map(({ from, to, sites, certain }) => ({
      from: numbers.get(from) ?? 0,
      to: numbers.get(to) ?? 0,
      label: sites > 1 ? `${sites} times` : null,
      line: certain ? "solid" : "dashed",
      tone: "normal",
    })),
    groups: groupsOf(nodes),
  };
}

export type MessagesDrawingOptions = {
  /** only messages from or to it */
  readonly module?: string;
  readonly function?: FunctionKey;
};

const lineOf = { exact: "solid", inferred: "dashed", possible: "dotted" } as const;

/** Senders to the functions with the clauses that may take what they send. */
export function messagesDrawing(
  { messages }: ProjectGraphs,
  options: MessagesDrawingOptions = {},
): Drawing {
  const nodes: DrawnNode[] = [];
  const byId = new Map<string, number>();
  const node = (id: string, module: string, kind: DrawnKind): number => {
    const known = byId.get(id);
    if (known !== undefined) return known;
    byId.set(id, nodes.length);
    const focus = id === options.function ? { focus: true as const } : {};
    nodes.push({ id, lines: [id], kind, group: module, ...focus });
    return nodes.length - 1;
  };
  const handlers = new Set(messages.handlers.map((handler) => handler.function));
  const edges = new Map<string, DrawnEdge>();
  for (const edge of messages.edges) {
    const send = messages.sends[edge.send];
    const handler = messages.handlers[edge.handler];
    if (send === undefined || !isWanted(edge, send, handler?.function, options)) continue;
    const isBoth = handlers.has(send.function);
    const from = node(send.function, send.module, isBoth ? "handler" : "function");
    const to =
      handler === undefined
        ? node(`${edge.module} (agent)`, edge.module, "handler")
        : node(handler.function, handler.module, "handler");
    const label = `${send.kind} ${send.shape}`.replaceAll("_after", " after");
    const key = `${from} ${to} ${label}`;
    const line = lineOf[edge.confidence];
    if (!edges.has(key) || line === "solid") {
      edges.set(key, { from, to, label, line, tone: send.kind === "call" ? "normal" : "good" });
    }
  }
  const about = options.function ?? options.module;
  return {
    title: about === undefined ? "Messages" : `Messages of ${about}`,
    note: "solid: certain; dashed: the sender's own module is assumed to receive; dotted: possible",
    direction: "right",
    nodes,
    edges: [...edges.values()],
    groups: groupsOf(nodes),
  };
}

function isWanted(
  edge: MessageEdge,
  send: { readonly module: string; readonly function: FunctionKey },
  handler: FunctionKey | undefined,
  options: MessagesDrawingOptions,
): boolean {
  const { module, function: key } = options;
  if (module !== undefined && send.module !== module && edge.module !== module) return false;
  return key === undefined || send.function === key || handler === key;
}

export function supervisionDrawing({ supervision }: ProjectGraphs): Drawing {
  const { processes, edges } = supervision;
  const nodes = processes.map(({ id, module, type, strategy }): DrawnNode => {
    const more = [module === null || module === id ? "" : module, strategy ?? ""];
    return {
      id,
      lines: [id, ...more.filter((part) => part !== "")],
      kind: type,
      group: null,
    };
  });
  return {
    title: "Supervision tree",
    note: "dashed: started later, as many as needed; dotted: only in some cases",
    direction: "right",
    nodes,
    edges: edges.map(({ parent, child, restart, dynamic, conditional }) => ({
      from: parent,
      to: child,
      label: restart === "permanent" ? null : restart,
      line: dynamic ? "dashed" : conditional ? "dotted" : "solid",
      tone: "normal",
    })),
    groups: [],
  };
}

/** The project's modules; what they need at compile time is dashed. */
export function modulesDrawing({ modules }: ProjectGraphs): Drawing {
  const size = modules.modules.length;
  const pairs = new Map<
    string,
    { from: number; to: number; compileTime: boolean; calls: number }
  >();
  for (const { from, to, compileTime, kind, count } of modules.dependencies) {
    if (to >= size) continue;
    const key = `${from} ${to}`;
    const pair = pairs.get(key) ?? { from, to, compileTime: false, calls: 0 };
    pair.compileTime ||= compileTime;
    if (kind === "call") pair.calls += count;
    pairs.set(key, pair);
  }
  return {
    title: "Modules",
    note: "dashed: compiled again when the other changes",
    direction: "right",
    nodes: modules.modules.map(({ name }) => ({
      id: name,
      lines: [name],
      kind: "module",
      group: null,
    })),
    edges: [...pairs.values()].map(({ from, to, compileTime, calls }) => ({
      from,
      to,
      label: calls > 1 ? `${calls} calls` : null,
      line: compileTime ? "dashed" : "solid",
      tone: "normal",
    })),
    groups: [],
  };
}
