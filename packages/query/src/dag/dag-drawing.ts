// A graph as a drawing, which `codegraph` renders as DOT or Mermaid and escapes.

import type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "@elixirscope/codegraph";
import { durationText, timeText } from "../names.ts";
import type { Dag, DagEdge, DagKind, DagNode, DagWeight } from "./dag.ts";

/** Boxes per process, where nodes are events. */
const GROUPED: ReadonlySet<DagKind> = new Set(["temporal", "causality", "dataflow", "state"]);

const KINDS: Readonly<Record<string, DrawnKind>> = {
  call: "call",
  function: "function",
  return: "exit",
  exception: "error",
  no_clause: "error",
  exit: "error",
  send: "handler",
  receive: "handler",
  message: "handler",
  spawn: "worker",
  process: "worker",
  state: "value",
  bind: "pattern",
  branch: "branch",
};

export function dagDrawing(dag: Dag): Drawing {
  const places = new Map(dag.nodes.map(({ id }, place) => [id, place]));
  const isGrouped = GROUPED.has(dag.kind);
  const groups = isGrouped ? new Set(dag.nodes.flatMap(({ pid }) => pid ?? [])) : [];
  return {
    title: `${dag.kind}, ${timeText(dag.range.from)} to ${timeText(dag.range.to)}`,
    note: dagNotes(dag).join("; "),
    direction: dag.kind === "temporal" ? "down" : "right",
    nodes: dag.nodes.map((node) => drawnNode(node, dag.focus, isGrouped)),
    edges: dag.edges.flatMap((edge): DrawnEdge[] => {
      const [from, to] = [places.get(edge.source), places.get(edge.target)];
      return from === undefined || to === undefined ? [] : [drawnEdge(edge, from, to)];
    }),
    groups: [...groups].map((pid) => ({ key: pid, label: pid })),
  };
}

/** How much it is, and what it does not show. */
export function dagNotes({ nodes, edges, more, cycles, limits }: Dag): readonly string[] {
  const rest = more === 0 ? "" : `; ${more} more nodes were left out`;
  const inCycles = cycles.reduce((sum, ids) => sum + ids.length, 0);
  const several = cycles.length === 1 ? "1 cycle" : `${cycles.length} cycles`;
  return [
    `${nodes.length} nodes, ${edges.length} edges${rest}`,
    ...(cycles.length === 0 ? [] : [`not acyclic: ${inCycles} nodes are in ${several}`]),
    ...limits,
  ];
}

function drawnNode(node: DagNode, focus: string | null, isGrouped: boolean): DrawnNode {
  const { id, event, label, type, pid, weight } = node;
  const number = event === null || weight?.count !== undefined ? [] : [`event ${event}`];
  const drawn: DrawnNode = {
    id,
    lines: [label, ...number, ...(weight === undefined ? [] : [weightText(weight)])],
    kind: KINDS[type] ?? "value",
    group: isGrouped ? pid : null,
  };
  return id === focus ? { ...drawn, focus: true } : drawn;
}

function drawnEdge(
  { type, label, weight, confidence }: DagEdge,
  from: number,
  to: number,
): DrawnEdge {
  // of a change the label tells what it counts
  const count =
    weight === undefined || weight.count === 1 || type === "change" ? [] : [`× ${weight.count}`];
  return {
    from,
    to,
    label: [type.replaceAll("_", " "), ...(label === undefined ? [] : [label]), ...count].join(" "),
    line: confidence === "exact" ? "solid" : confidence === "ordered" ? "dashed" : "dotted",
    tone:
      type === "exit" || type === "raise" ? "bad" : type === "program_order" ? "quiet" : "normal",
  };
}

/** As `12 calls, 3.2 ms (self 1.0 ms, waiting 0.5 ms)`. */
export function weightText({ count, totalNs, selfNs, waitingNs, raised, open }: DagWeight): string {
  const parts = [
    ...(selfNs === undefined ? [] : [`self ${durationText(selfNs)}`]),
    ...(waitingNs === undefined || waitingNs === 0 ? [] : [`waiting ${durationText(waitingNs)}`]),
    ...(raised === undefined ? [] : [`${raised} raised`]),
    ...(open === undefined ? [] : [`${open} open`]),
  ];
  const total = totalNs === undefined ? "" : ` ${durationText(totalNs)}`;
  return `× ${count}${total}${parts.length === 0 ? "" : ` (${parts.join(", ")})`}`;
}
