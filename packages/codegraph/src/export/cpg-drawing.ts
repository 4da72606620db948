// A drawing of a code property graph, of all kinds of edges or some.

import type { Cpg, CpgEdgeKind, CpgNode } from "../cpg/cpg.ts";
import type { Drawing, DrawnEdge, DrawnKind } from "./drawing.ts";

export type CpgDrawingOptions = {
  /** default: all but ARGUMENT and REF, which say less than AST and REACHING_DEF beside them */
  readonly kinds?: readonly CpgEdgeKind[];
};

const shownKinds: readonly CpgEdgeKind[] = [
  "AST",
  "CFG",
  "CDG",
  "REACHING_DEF",
  "CALL",
  "CONTAINS",
  "MESSAGE",
  "SUPERVISES",
  "CAPTURES",
  "EXPANDS_TO",
];

const lines: Readonly<Record<CpgEdgeKind, Pick<DrawnEdge, "line" | "tone">>> = {
  AST: { line: "solid", tone: "quiet" },
  CONTAINS: { line: "solid", tone: "quiet" },
  ARGUMENT: { line: "dotted", tone: "quiet" },
  CFG: { line: "solid", tone: "normal" },
  CDG: { line: "dashed", tone: "normal" },
  REACHING_DEF: { line: "dotted", tone: "good" },
  REF: { line: "dotted", tone: "quiet" },
  CAPTURES: { line: "dashed", tone: "good" },
  CALL: { line: "dashed", tone: "bad" },
  MESSAGE: { line: "dashed", tone: "bad" },
  SUPERVISES: { line: "dashed", tone: "bad" },
  EXPANDS_TO: { line: "dotted", tone: "bad" },
};

export function cpgDrawing(cpg: Cpg, title: string, options: CpgDrawingOptions = {}): Drawing {
  const kinds = new Set(options.kinds ?? shownKinds);
  const edges = cpg.edges.filter((edge) => kinds.has(edge.kind));
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const shown = cpg.nodes.flatMap((node, at) => (joined.has(at) ? [{ node, at }] : []));
  const numbers = new Map(shown.map(({ at }, number) => [at, number]));
  return {
    title: `Code property graph of ${title}`,
    note: [...kinds].filter((kind) => edges.some((edge) => edge.kind === kind)).join(", "),
    direction: "down",
    nodes: shown.map(({ node }) => ({
      id: node.id,
      lines: [node.label, ...(node.kind === "ast" ? [node.type] : [])],
      kind: kindOf(node),
      group: null,
    })),
    edges: edges.map(({ from, to, kind, label }) => ({
      from: numbers.get(from) ?? 0,
      to: numbers.get(to) ?? 0,
      label: kind === "AST" || kind === "CONTAINS" ? null : [kind, label ?? ""].join(" ").trim(),
      ...lines[kind],
    })),
    groups: [],
  };
}

function kindOf({ kind, type }: CpgNode): DrawnKind {
  if (kind === "flow") {
    if (type === "entry" || type === "exit") return type;
    if (type === "error_exit" || type === "no_match") return "error";
    return "branch";
  }
  if (kind === "definition") return "pattern";
  if (kind === "function" || kind === "clause") return "function";
  if (kind === "module" || kind === "file") return "module";
  if (kind === "process") return "worker";
  return type === "call" ? "call" : "value";
}
