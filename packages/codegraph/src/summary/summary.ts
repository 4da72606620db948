// A project on one page: how large, where it is complicated, who its processes are and who talks to
// whom, what is wrong with it. Plain data for the report and for `--json`.

import { splitFunctionKey } from "../link/function-key.ts";
import type { SendSite } from "../link/link-facts.ts";
import type {
  CallGraph,
  MessageConfidence,
  MessageEdge,
  ProjectGraphs,
} from "../link/project-graphs.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";
import type { Finding } from "../patterns/finding.ts";
import type { Suggestion } from "../quality/suggestions.ts";
import { type ModuleReport, projectQuality } from "../quality/project-quality.ts";
import type { Analysis, FileDiagnostic } from "../repository/analysis.ts";
import type { FileFacts } from "../repository/file-facts.ts";

export type Place = { readonly file: string; readonly range: SourceRange };

export type HotSpot = Place & {
  readonly function: FunctionKey;
  readonly cyclomatic: number;
  readonly cognitive: number;
  readonly lines: number;
  /** functions of the project that call it */
  readonly callers: number;
  readonly criticality: number;
};

export type MessageFlow = {
  /** modules that send, or that call the function of the receiver's own module which does */
  readonly from: readonly string[];
  /** the module whose process takes it */
  readonly to: string;
  readonly kind: SendSite["kind"];
  readonly shape: string;
  /** functions with a clause that may take it; none for an Agent, which runs what it is sent */
  readonly handlers: readonly FunctionKey[];
  readonly confidence: MessageConfidence;
  /** places in the code from which it is sent */
  readonly sites: number;
};

export type SupervisionLine = {
  readonly id: string;
  readonly depth: number;
  readonly type: "worker" | "supervisor";
  readonly strategy: string | null;
  readonly restart: string | null;
  readonly dynamic: boolean;
};

export type Summary = {
  readonly root: string;
  readonly size: {
    readonly files: number;
    readonly bytes: number;
    readonly lines: number;
    readonly modules: number;
    readonly functions: number;
    readonly publicFunctions: number;
    readonly clauses: number;
    readonly calls: number;
    /** calls whose function is a value or came by an unknown `use` */
    readonly unresolvedCalls: number;
  };
  readonly diagnostics: readonly FileDiagnostic[];
  /** behaviour → modules that implement it */
  readonly behaviours: readonly {
    readonly behaviour: string;
    readonly modules: readonly string[];
  }[];
  readonly hotSpots: readonly HotSpot[];
  /** what each module is and how good it is, the worst first */
  readonly modules: readonly ModuleReport[];
  readonly supervision: readonly SupervisionLine[];
  readonly messages: readonly MessageFlow[];
  /** sends to a module of the project in which nothing takes them */
  readonly unmatchedSends: readonly (Place & {
    readonly function: FunctionKey;
    readonly shape: string;
  })[];
  readonly unsentHandlers: readonly (Place & {
    readonly function: FunctionKey;
    readonly shape: string;
  })[];
  readonly findings: readonly Finding[];
  /** refactorings, those that gain most first */
  readonly suggestions: readonly Suggestion[];
};

const HOT_SPOTS = 10;
const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "info"];

/** All of it is of the analysis as it is: nothing is read again. Findings stand worst first. */
export function summarize(analysis: Analysis): Summary {
  const { project, files, graphs, findings, diagnostics } = analysis;
  const modules = files.flatMap((file) => file.modules);
  const functions = modules.flatMap((module) => module.functions);
  const calls = functions.flatMap((data) => data.calls).filter((site) => site.kind !== "macro");
  // of two modules of one name the first is meant: it is entered last
  const pathOf = new Map(
    files
      .toReversed()
      .flatMap((file) => file.modules.map(({ name }) => [name, file.path] as const)),
  );
  const open = calls.filter(
    ({ resolution }) => resolution === "dynamic" || resolution === "unknown",
  );
  return {
    root: project.root,
    size: {
      files: files.length,
      bytes: sum(files, (file) => file.bytes),
      lines: sum(files, (file) => file.lines),
      modules: modules.length,
      functions: functions.length,
      publicFunctions: functions.filter(({ kind }) => kind === "def" || kind === "defmacro").length,
      clauses: sum(functions, (data) => data.clauses.length),
      calls: calls.length,
      unresolvedCalls: open.length,
    },
    diagnostics,
    behaviours: behavioursOf(files),
    hotSpots: hotSpots(files, graphs),
    modules: projectQuality(analysis).toSorted((a, b) => goodness(a) - goodness(b)),
    supervision: supervisionLines(graphs),
    messages: messageFlows(graphs),
    unmatchedSends: graphs.messages.unmatchedSends.flatMap((i) =>
      placed(graphs.messages.sends[i], pathOf),
    ),
    unsentHandlers: graphs.messages.unsentHandlers.flatMap((i) =>
      placed(graphs.messages.handlers[i], pathOf),
    ),
    suggestions: files
      .flatMap((file) => file.suggestions)
      .toSorted((a, b) => b.gain - a.gain || compareText(a.file, b.file)),
    findings: findings.toSorted(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.confidence - a.confidence ||
        compareText(a.file, b.file) ||
        a.range.start - b.range.start,
    ),
  };
}

function behavioursOf(files: readonly FileFacts[]): Summary["behaviours"] {
  const found = new Map<string, string[]>();
  for (const module of files.flatMap((file) => file.modules)) {
    for (const behaviour of module.behaviours) {
      const modules = found.get(behaviour) ?? [];
      if (modules.push(module.name) === 1) found.set(behaviour, modules);
    }
  }
  return [...found]
    .map(([behaviour, modules]) => ({ behaviour, modules: modules.toSorted(compareText) }))
    .toSorted(
      (a, b) => b.modules.length - a.modules.length || compareText(a.behaviour, b.behaviour),
    );
}

function goodness({ quality }: ModuleReport): number {
  const { readability, maintainability, testability, performance } = quality;
  return readability.score + maintainability.score + testability.score + performance.score;
}

/** Complicated, and called or run often: cognitive complexity weighed by callers and criticality. */
function hotSpots(files: readonly FileFacts[], { calls }: ProjectGraphs): HotSpot[] {
  const metrics = new Map<FunctionKey, FunctionMetrics>();
  for (const metric of files.flatMap((file) => file.metrics)) metrics.set(metric.function, metric);
  const spots = calls.functions.flatMap((data, node): HotSpot[] => {
    const metric = metrics.get(data.key);
    if (metric === undefined || metric.cognitive === 0) return [];
    const callers = new Set(calls.graph.predecessors(node)).size;
    return [
      {
        function: data.key,
        file: data.file,
        range: data.range,
        cyclomatic: metric.cyclomatic,
        cognitive: metric.cognitive,
        lines: metric.lines,
        callers,
        criticality: metric.criticality,
      },
    ];
  });
  return spots.toSorted((a, b) => heat(b) - heat(a)).slice(0, HOT_SPOTS);
}

function heat(spot: HotSpot): number {
  return spot.cognitive * (1 + spot.criticality) * (1 + Math.log2(1 + spot.callers) / 4);
}

/** The tree from its roots, children in the order in which they start; a process that stands in a cycle once. */
function supervisionLines({ supervision }: ProjectGraphs): SupervisionLine[] {
  const lines: SupervisionLine[] = [];
  const seen = new Set<number>();
  const below = new Map<number, (typeof supervision.edges)[number][]>();
  for (const edge of supervision.edges) {
    const edges = below.get(edge.parent) ?? [];
    if (edges.push(edge) === 1) below.set(edge.parent, edges);
  }
  const open = supervision.roots
    .toReversed()
    .map((node) => ({ node, depth: 0, restart: null as string | null, dynamic: false }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const process = supervision.processes[next.node];
    if (process === undefined || seen.has(next.node)) continue;
    seen.add(next.node);
    const { depth, restart, dynamic } = next;
    lines.push({
      id: process.id,
      depth,
      type: process.type,
      strategy: process.strategy,
      restart,
      dynamic,
    });
    const children = (below.get(next.node) ?? []).toSorted((a, b) => b.order - a.order);
    for (const edge of children) {
      open.push({
        node: edge.child,
        depth: depth + 1,
        restart: edge.restart,
        dynamic: edge.dynamic,
      });
    }
  }
  return lines;
}

type OpenFlow = {
  readonly edge: MessageEdge;
  readonly send: SendSite;
  readonly from: Set<string>;
  readonly handlers: Set<FunctionKey>;
  readonly sites: Set<SendSite>;
};

function messageFlows({ messages, calls }: ProjectGraphs): MessageFlow[] {
  const flows = new Map<string, OpenFlow>();
  for (const edge of messages.edges) {
    const send = messages.sends[edge.send];
    if (send === undefined) continue;
    const key = [edge.module, send.kind, send.shape].join("\u0000");
    let flow = flows.get(key);
    if (flow === undefined) {
      flow = { edge, send, from: new Set(), handlers: new Set(), sites: new Set() };
      flows.set(key, flow);
    }
    for (const module of senders(send.function, edge.module, calls)) flow.from.add(module);
    const handler = messages.handlers[edge.handler];
    if (handler !== undefined) flow.handlers.add(handler.function);
    flow.sites.add(send);
  }
  const open = [...flows.values()].map(({ edge, send, from, handlers, sites }): MessageFlow => ({
    from: [...from].toSorted(compareText),
    to: edge.module,
    kind: send.kind,
    shape: send.shape,
    handlers: [...handlers].toSorted(compareText),
    confidence: edge.confidence,
    sites: sites.size,
  }));
  return open.toSorted((a, b) => compareText(a.to, b.to) || compareText(a.shape, b.shape));
}

/** A server's own functions send for those who call them. */
function senders(key: FunctionKey, receiver: string, calls: CallGraph): ReadonlySet<string> {
  const own = splitFunctionKey(key).module;
  const node = own === receiver ? calls.indexOf(key) : undefined;
  if (node === undefined) return new Set([own]);
  const callers = Array.from(calls.graph.predecessors(node), (caller) => calls.keys[caller] ?? key);
  const others = callers.map((caller) => splitFunctionKey(caller).module);
  return others.length === 0 ? new Set([own]) : new Set(others);
}

function placed(
  site:
    | { readonly function: FunctionKey; readonly range: SourceRange; readonly shape: string }
    | undefined,
  pathOf: ReadonlyMap<string, string>,
): (Place & { readonly function: FunctionKey; readonly shape: string })[] {
  if (site === undefined) return [];
  const file = pathOf.get(splitFunctionKey(site.function).module) ?? "";
  return [{ function: site.function, file, range: site.range, shape: site.shape }];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
