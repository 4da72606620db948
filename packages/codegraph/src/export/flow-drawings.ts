// Drawings of one function: its control flow and its data flow.

import type { Cfg, CfgEdge, CfgNode } from "../flow/cfg.ts";
import type { Definition, Dfg, Flow } from "../flow/dfg.ts";
import type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "./drawing.ts";

export type CfgDrawingOptions = {
  /** also the exceptions that leave the function from calls that can go on: nearly every call has one */
  readonly exceptions?: boolean;
};

const cfgKinds: Readonly<Record<CfgNode["kind"], DrawnKind>> = {
  entry: "entry",
  exit: "exit",
  error_exit: "error",
  pattern: "pattern",
  guard: "branch",
  call: "call",
  expression: "value",
  branch: "branch",
  dispatch: "value",
  suspend: "handler",
  join: "join",
  generator: "pattern",
  closure: "closure",
  no_match: "error",
};

export function cfgDrawing(cfg: Cfg, options: CfgDrawingOptions = {}): Drawing {
  const nodes: DrawnNode[] = [];
  const edges: DrawnEdge[] = [];
  const groups: { key: string; label: string }[] = [];
  let hidden = 0;
  const stack: { readonly graph: Cfg; readonly group: string | null; readonly maker: number }[] = [
    { graph: cfg, group: null, maker: -1 },
  ];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    const { graph, group, maker } = part;
    const shown = options.exceptions === true ? graph.edges : withoutCommonExceptions(graph);
    hidden += graph.edges.length - shown.length;
    const joined = new Set(shown.flatMap(({ from, to }) => [from, to]));
    const numbers = new Map<number, number>();
    graph.nodes.forEach((node, at) => {
      if (!joined.has(at) && at !== graph.entry) return;
      numbers.set(at, nodes.length);
      nodes.push({
        id: `${group ?? ""}${at}`,
        lines: cfgLines(node, graph, group),
        kind: cfgKinds[node.kind],
        group,
      });
    });
    const entry = numbers.get(graph.entry);
    if (maker >= 0 && entry !== undefined) {
      edges.push({ from: maker, to: entry, label: "closure", line: "dotted", tone: "quiet" });
    }
    for (const edge of shown) {
      const from = numbers.get(edge.from);
      const to = numbers.get(edge.to);
      if (from !== undefined && to !== undefined) edges.push(cfgEdge(edge, from, to, graph));
    }
    for (const { at, cfg: inner } of graph.closures.toReversed()) {
      const key = `${group ?? ""}${at}.`;
      const node = graph.nodes[at];
      groups.push({ key, label: `closure in line ${node?.line ?? 0}` });
      stack.push({ graph: inner, group: key, maker: numbers.get(at) ?? -1 });
    }
  }
  const left =
    hidden === 1
      ? "1 way out by the exception of a call is not drawn"
      : `${hidden} ways out by exceptions of calls are not drawn`;
  return {
    title: `Control flow of ${cfg.function}`,
    note: hidden === 0 ? null : left,
    direction: "down",
    nodes,
    edges,
    groups: groups.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/** Not the exceptions that leave the function from a place that can also go on. */
function withoutCommonExceptions({ errorExit, edges }: Cfg): readonly CfgEdge[] {
  const goesOn = new Set(edges.flatMap(({ from, kind }) => (kind === "exception" ? [] : [from])));
  return edges.filter(
    ({ kind, from, to, error }) =>
      kind !== "exception" || to !== errorExit || error !== null || !goesOn.has(from),
  );
}

function cfgLines(node: CfgNode, graph: Cfg, group: string | null): readonly string[] {
  switch (node.kind) {
    case "entry":
      return [group === null ? graph.function : "closure"];
    case "exit":
      return ["returns"];
    case "error_exit":
      return ["raises"];
    case "join":
      return [node.label === "" ? "join" : node.label];
    case "pattern":
    case "guard":
    case "call":
    case "expression":
    case "branch":
    case "dispatch":
    case "suspend":
    case "generator":
    case "closure":
    case "no_match":
    default:
      return [
        node.label === "" ? node.kind : node.label,
        ...(node.line > 0 ? [`line ${node.line}`] : []),
      ];
  }
}

function cfgEdge(edge: CfgEdge, from: number, to: number, { nodes }: Cfg): DrawnEdge {
  const { kind, error } = edge;
  // the node of an implicit error has its name
  const isNamed = error !== null && nodes[edge.from]?.label === error;
  const isError =
    kind === "exception" || kind === "no_match" || kind === "guard_fail" || kind === "false";
  return {
    from,
    to,
    label: kind === "next" || isNamed ? null : (error ?? kind.replaceAll("_", " ")),
    line: kind === "exception" || kind === "closure" ? "dashed" : "solid",
    tone:
      kind === "exception"
        ? "bad"
        : kind === "match" || kind === "true"
          ? "good"
          : isError
            ? "quiet"
            : "normal",
  };
}

export type DfgDrawingOptions = {
  /** the file's text, for what values are: without it they have only their kind and line */
  readonly text?: string;
};

export function dfgDrawing(dfg: Dfg, options: DfgDrawingOptions = {}): Drawing {
  const used = new Set(dfg.flows.flatMap(({ from, to }) => [from, to]));
  const shown = dfg.definitions.flatMap((definition, at) =>
    used.has(at) || dfg.parameters.includes(at) || at === dfg.result ? [{ definition, at }] : [],
  );
  const numbers = new Map(shown.map(({ at }, number) => [at, number]));
  const nodes = shown.map(({ definition, at }): DrawnNode => ({
    id: String(at),
    lines: definitionLines(definition, at === dfg.result, options.text),
    kind: at === dfg.result ? "exit" : definitionKind(definition),
    group: definition.closure < 0 ? null : String(definition.closure),
  }));
  const edges = dfg.flows.flatMap((flow): DrawnEdge[] => {
    const from = numbers.get(flow.from);
    const to = numbers.get(flow.to);
    return from === undefined || to === undefined ? [] : [flowEdge(flow, from, to)];
  });
  return {
    title: `Data flow of ${dfg.function}`,
    note: null,
    direction: "down",
    nodes,
    edges,
    groups: dfg.closures.map((closure, at) => {
      const line = dfg.definitions[closure.definition]?.line ?? 0;
      return { key: String(at), label: `closure in line ${line}` };
    }),
  };
}

function definitionKind({ kind }: Definition): DrawnKind {
  switch (kind) {
    case "argument":
      return "entry";
    case "pattern":
      return "pattern";
    case "phi":
      return "branch";
    case "capture":
      return "closure";
    case "message":
      return "handler";
    case "exception":
      return "error";
    case "value":
      return "value";
    default:
      return "value";
  }
}

function definitionLines(
  definition: Definition,
  isResult: boolean,
  text: string | undefined,
): readonly string[] {
  const { kind, name, version, line, start, end } = definition;
  const place = line > 0 ? [`line ${line}`] : [];
  if (isResult) return ["result"];
  if (name !== null) return [version > 0 ? `${name} (${version + 1})` : name, ...place];
  if (kind === "phi") return ["φ", ...place];
  const written = text === undefined || start < 0 ? "" : text.slice(start, end).trim();
  return [written === "" || kind !== "value" ? kind : written.slice(0, 400), ...place];
}

function flowEdge(flow: Flow, from: number, to: number): DrawnEdge {
  const how =
    flow.kind === "argument" && flow.index >= 0 ? `argument ${flow.index + 1}` : flow.kind;
  const label = [flow.kind === "copy" ? "" : how.replaceAll("_", " "), flow.path ?? ""]
    .filter((part) => part !== "")
    .join(" ");
  const isQuiet = flow.kind === "condition" || flow.kind === "operand";
  return {
    from,
    to,
    label: label === "" ? null : label,
    line: flow.kind === "capture" || flow.kind === "condition" ? "dashed" : "solid",
    tone: flow.kind === "exception" ? "bad" : isQuiet ? "quiet" : "normal",
  };
}
