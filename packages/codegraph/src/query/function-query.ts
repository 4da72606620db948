// Questions about functions.

import { assertNever } from "@elixirscope/base";
import { reach } from "../graph/reachability.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { FunctionData, FunctionKey, FunctionKind } from "../module/module-data.ts";
import type { CodeProject } from "./code-project.ts";
import { FindingQuery } from "./finding-query.ts";
import type { HandlerQuery, SendQuery } from "./message-query.ts";
import type { ModuleQuery } from "./module-query.ts";
import { type NamePattern, nameTest, type Plan, Query } from "./query.ts";

export type FunctionRow = {
  readonly key: FunctionKey;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  readonly data: FunctionData;
  readonly metrics: FunctionMetrics | null;
};

export type FunctionMetricName =
  | "lines"
  | "clauses"
  | "cyclomatic"
  | "cognitive"
  | "nesting"
  | "abc"
  | "halsteadVolume"
  | "halsteadDifficulty"
  | "halsteadEffort"
  | "patternMatch"
  | "state"
  | "criticality";

export type Comparison = "<" | "<=" | "=" | "!=" | ">=" | ">";

export type DepthOption = {
  /** calls away at most; 1 when absent, `Infinity` for all */
  readonly depth?: number;
};

export class FunctionQuery extends Query<FunctionRow, FunctionQuery> {
  readonly #project: CodeProject;

  private constructor(project: CodeProject, plan: Plan<FunctionRow>) {
    super(plan);
    this.#project = project;
  }

  static all(project: CodeProject): FunctionQuery {
    const { functions } = project.graphs.calls;
    return FunctionQuery.of(project, {
      steps: [`all ${functions.length} functions`],
      run: () => functions.keys(),
    });
  }

  /** By their nodes in the call graph; those outside the project are left out. */
  static of(project: CodeProject, { steps, run }: Plan<number>): FunctionQuery {
    return new FunctionQuery(project, { steps, run: () => rows(project, run()) });
  }

  protected override derive(plan: Plan<FunctionRow>): FunctionQuery {
    return new FunctionQuery(this.#project, plan);
  }

  /** By key (`Shop.Cart.add/3`) or by key without arity. */
  named(pattern: NamePattern): FunctionQuery {
    const test = nameTest(pattern);
    return this.where(
      ({ key, module, name }) => test(key) || test(`${module}.${name}`),
      `named ${pattern}`,
    );
  }

  inModule(pattern: NamePattern): FunctionQuery {
    const test = nameTest(pattern);
    return this.where((row) => test(row.module), `in a module named ${pattern}`);
  }

  inFile(pattern: NamePattern): FunctionQuery {
    const test = nameTest(pattern);
    return this.where((row) => test(row.data.file), `in a file named ${pattern}`);
  }

  kind(...kinds: readonly FunctionKind[]): FunctionQuery {
    return this.where((row) => kinds.includes(row.data.kind), `of kind ${kinds.join(" or ")}`);
  }

  /** Callbacks of a behaviour, of any when none is named. */
  callbacks(behaviour?: string): FunctionQuery {
    return this.where(
      ({ data }) =>
        behaviour === undefined ? data.callbackOf !== null : data.callbackOf === behaviour,
      `callbacks of ${behaviour ?? "any behaviour"}`,
    );
  }

  /** Functions that were not measured (of a file with errors) are left out. */
  withMetric(metric: FunctionMetricName, comparison: Comparison, value: number): FunctionQuery {
    return this.where(
      ({ metrics }) => metrics !== null && compare(metricOf(metrics, metric), comparison, value),
      `with ${metric} ${comparison} ${value}`,
    );
  }

  orderByMetric(metric: FunctionMetricName, direction: "asc" | "desc" = "desc"): FunctionQuery {
    return this.orderBy(
      ({ metrics }) => (metrics === null ? -Infinity : metricOf(metrics, metric)),
      direction,
    );
  }

  /** Those that call them, nearest first; they themselves only when they are called among each other. */
  callers(options: DepthOption = {}): FunctionQuery {
    return this.#reached("backward", `who calls them, up to ${depthText(options)}`, options);
  }

  /** Functions of the project that they call, nearest first. */
  callees(options: DepthOption = {}): FunctionQuery {
    return this.#reached("forward", `whom they call, up to ${depthText(options)}`, options);
  }

  /** Those from which a call, directly or not, reaches a function so named; itself included. */
  reaching(pattern: NamePattern): FunctionQuery {
    const { calls } = this.#project.graphs;
    const test = nameTest(pattern);
    const step = `from which calls reach ${pattern}`;
    return this.derive(
      this.extend(step, function* (items) {
        const targets = calls.keys.flatMap((key, node) =>
          test(key) || test(key.slice(0, key.lastIndexOf("/"))) ? [node] : [],
        );
        const { distance } = reach(calls.graph, targets, { backward: true });
        for (const row of items) {
          if ((distance[calls.indexOf(row.key) ?? -1] ?? -1) >= 0) yield row;
        }
      }),
    );
  }

  modules(): ModuleQuery {
    const project = this.#project;
    const plan = this.extend("their modules", (items) => {
      const names = new Set(Array.from(items, (row) => row.module));
      return project.graphs.modules.modules.filter((module) => names.has(module.name));
    });
    return project.kinds.modules(project, plan);
  }

  sends(): SendQuery {
    const project = this.#project;
    const { sends } = project.graphs.messages;
    return project.kinds.sends(project, this.#sites("what they send", sends));
  }

  handlers(): HandlerQuery {
    const project = this.#project;
    const { handlers } = project.graphs.messages;
    return project.kinds.handlers(project, this.#sites("messages that they handle", handlers));
  }

  findings(): FindingQuery {
    const { findings } = this.#project;
    const plan = this.extend("findings in them", (items) => {
      const keys = new Set(Array.from(items, (row) => row.key));
      return findings.filter((finding) => finding.function !== null && keys.has(finding.function));
    });
    return new FindingQuery(plan);
  }

  /** Indexes of the sites that stand in them. */
  #sites(step: string, sites: readonly { readonly function: FunctionKey }[]): Plan<number> {
    return this.extend(step, (items) => {
      const keys = new Set(Array.from(items, (row) => row.key));
      return sites.flatMap((site, at) => (keys.has(site.function) ? [at] : []));
    });
  }

  #reached(direction: "forward" | "backward", step: string, options: DepthOption): FunctionQuery {
    const project = this.#project;
    const { calls } = project.graphs;
    const { depth = 1 } = options;
    const plan = this.extend(step, (items) => {
      const starts = Array.from(items, (row) => calls.indexOf(row.key) ?? 0);
      const backward = direction === "backward";
      const { order, distance } = reach(calls.graph, starts, { backward, depth });
      const among = startsReached(project, starts, backward);
      return order.filter((node) => distance[node] !== 0 || among.has(node));
    });
    return FunctionQuery.of(project, plan);
  }
}

/** Starts that have an edge from (or to) another start or themselves. */
function startsReached(
  { graphs }: CodeProject,
  starts: readonly number[],
  backward: boolean,
): ReadonlySet<number> {
  const { graph } = graphs.calls;
  const set = new Set(starts);
  return new Set(
    starts.filter((node) => {
      const ends = backward ? graph.successors(node) : graph.predecessors(node);
      return ends.some((end) => set.has(end));
    }),
  );
}

function* rows(project: CodeProject, nodes: Iterable<number>): Generator<FunctionRow> {
  for (const node of nodes) {
    const data = project.graphs.calls.functions[node];
    if (data === undefined) continue;
    const { key, module, name, arity } = data;
    yield { key, module, name, arity, data, metrics: project.metricsOf(key) };
  }
}

function metricOf(metrics: FunctionMetrics, name: FunctionMetricName): number {
  switch (name) {
    case "abc":
      return metrics.abc.size;
    case "halsteadVolume":
      return metrics.halstead.volume;
    case "halsteadDifficulty":
      return metrics.halstead.difficulty;
    case "halsteadEffort":
      return metrics.halstead.effort;
    case "lines":
    case "clauses":
    case "cyclomatic":
    case "cognitive":
    case "nesting":
    case "patternMatch":
    case "state":
    case "criticality":
      return metrics[name];
    default:
      return assertNever(name);
  }
}

function compare(a: number, comparison: Comparison, b: number): boolean {
  switch (comparison) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case ">=":
      return a >= b;
    case ">":
      return a > b;
    default:
      return assertNever(comparison);
  }
}

function depthText({ depth = 1 }: DepthOption): string {
  if (depth === Infinity) return "any number of calls away";
  return depth === 1 ? "1 call away" : `${depth} calls away`;
}
