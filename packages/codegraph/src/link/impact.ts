// What a change can reach: everything that depends on the changed functions, with distance and reason.
//
// Backward through what one thing needs of another: callers need what they call, senders what handles
// their messages, starters what they start, a process its callbacks, a supervisor its children, and
// children those that their strategy restarts with them. Breadth first, so the reason is a shortest one.

import type { FunctionData, FunctionKey, SourceRange } from "../module/module-data.ts";
import { dependents, type DependenceKind } from "./dependents.ts";
import type { ProjectGraphs } from "./project-graphs.ts";

export type Change =
  | { readonly kind: "function"; readonly function: FunctionKey }
  /** lines of a file, 1-based and inclusive */
  | { readonly kind: "lines"; readonly file: string; readonly from: number; readonly to: number };

/** How it was reached; `module`: outside of functions changed what all of them may use (attributes, imports). */
export type ImpactReason = "changed" | "module" | DependenceKind;

export type Impacted = {
  readonly what: "function" | "process";
  /** a function's key, a process's id */
  readonly id: string;
  readonly module: string | null;
  readonly distance: number;
  readonly reason: ImpactReason;
  /** id of what it was reached from; null for what changed itself */
  readonly because: string | null;
  /** false: on the way is a message that may not be meant, or a call by a protocol */
  readonly certain: boolean;
  /** of a function */
  readonly file: string | null;
  readonly range: SourceRange | null;
  /** handles messages */
  readonly handler: boolean;
};

export type Impact = {
  /** nearest first */
  readonly impacted: readonly Impacted[];
  /** modules with an impacted function, with the smallest distance */
  readonly modules: ReadonlyMap<string, number>;
  /** changes that are no function or line of the project */
  readonly unknown: readonly Change[];
};

export type ImpactOptions = {
  /** edges at most; all when absent */
  readonly depth?: number;
};

export function impactOf(
  graphs: ProjectGraphs,
  changes: readonly Change[],
  options: ImpactOptions = {},
): Impact {
  const { functions } = graphs.calls;
  const { depth = Infinity } = options;
  const dependentsOf = dependents(graphs);
  const unknown: Change[] = [];
  const found = new Map<
    number,
    Omit<Impacted, "what" | "id" | "module" | "file" | "range" | "handler">
  >();
  for (const change of changes) {
    const starts = changed(graphs, change);
    if (starts.length === 0) unknown.push(change);
    for (const { node, reason } of starts) {
      if (!found.has(node)) found.set(node, { distance: 0, reason, because: null, certain: true });
    }
  }
  const order = [...found.keys()];
  for (let head = 0; head < order.length; head += 1) {
    const node = order[head] ?? 0;
    const from = found.get(node);
    if (from === undefined || from.distance >= depth) continue;
    const because = idOf(graphs, node);
    for (const { node: to, kind: reason, certain } of dependentsOf(node)) {
      if (found.has(to)) continue;
      found.set(to, {
        distance: from.distance + 1,
        reason,
        because,
        certain: certain && from.certain,
      });
      order.push(to);
    }
  }
  const handlers = new Set(graphs.messages.handlers.map((handler) => handler.function));
  const impacted = order.map((node): Impacted => {
    const data = functions[node];
    const process = graphs.supervision.processes[node - functions.length];
    const base = found.get(node) ?? {
      distance: 0,
      reason: "changed",
      because: null,
      certain: true,
    };
    return {
      what: data === undefined ? "process" : "function",
      id: idOf(graphs, node),
      module: data?.module ?? process?.module ?? null,
      ...base,
      file: data?.file ?? null,
      range: data?.range ?? null,
      handler: data !== undefined && handlers.has(data.key),
    };
  });
  return { impacted, modules: nearestOfModules(impacted), unknown };
}

function nearestOfModules(impacted: readonly Impacted[]): ReadonlyMap<string, number> {
  const modules = new Map<string, number>();
  for (const { what, module, distance } of impacted) {
    if (what === "function" && module !== null && !modules.has(module))
      modules.set(module, distance);
  }
  return modules;
}

function idOf({ calls, supervision }: ProjectGraphs, node: number): string {
  const { functions } = calls;
  return functions[node]?.key ?? supervision.processes[node - functions.length]?.id ?? "";
}

function changed(
  { calls, modules }: ProjectGraphs,
  change: Change,
): readonly { readonly node: number; readonly reason: ImpactReason }[] {
  if (change.kind === "function") {
    const node = calls.indexOf(change.function) ?? -1;
    return node >= 0 && node < calls.functions.length ? [{ node, reason: "changed" }] : [];
  }
  const touches = ({
    file,
    range,
  }: {
    readonly file: string;
    readonly range: SourceRange;
  }): boolean => file === change.file && range.line <= change.to && range.endLine >= change.from;
  const own = calls.functions.flatMap((data, node) => (touches(data) ? [{ node, data }] : []));
  const starts = own.map(({ node }) => ({ node, reason: "changed" as ImpactReason }));
  for (const module of modules.modules.filter(touches)) {
    const inside = own.filter(({ data }) => data.module === module.name).map(({ data }) => data);
    if (coversAll(inside, change)) continue;
    calls.functions.forEach((data, node) => {
      if (data.module === module.name && !touches(data)) starts.push({ node, reason: "module" });
    });
  }
  return starts;
}

/** Is every changed line inside of a function? Clauses may stand apart, so what is between them counts too. */
function coversAll(
  functions: readonly FunctionData[],
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  let line = from;
  for (const { range } of functions.toSorted((a, b) => a.range.line - b.range.line)) {
    if (range.line <= line && range.endLine >= line) line = range.endLine + 1;
  }
  return line > to;
}
