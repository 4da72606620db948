// What queries look at: one moment of a project, with what is looked up again and again.

import type { ProjectGraphs } from "../link/project-graphs.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { ModuleMetrics } from "../metrics/module-metrics.ts";
import type { FunctionKey, ModuleData } from "../module/module-data.ts";
import type { Finding } from "../patterns/finding.ts";
import type { FileFacts } from "../repository/file-facts.ts";
import type { FunctionQuery } from "./function-query.ts";
import type { HandlerQuery, SendQuery } from "./message-query.ts";
import type { ModuleQuery } from "./module-query.ts";
import type { Plan } from "./query.ts";

/** An `Analysis` is one. */
export type QueriedProject = {
  readonly files: readonly Pick<FileFacts, "path" | "metrics">[];
  readonly graphs: ProjectGraphs;
  readonly moduleMetrics: readonly ModuleMetrics[];
  readonly findings: readonly Finding[];
};

/** The text of a file of the project, null when it is gone; for queries over nodes and edges. */
export type SourceReader = (path: string) => string | null;

/** How one kind of query makes another: they lead to each other in circles, their files do not. */
export type QueryKinds = {
  /** by nodes of the call graph */
  functions(project: CodeProject, plan: Plan<number>): FunctionQuery;
  modules(project: CodeProject, plan: Plan<ModuleData>): ModuleQuery;
  /** by indexes in the message graph */
  sends(project: CodeProject, plan: Plan<number>): SendQuery;
  handlers(project: CodeProject, plan: Plan<number>): HandlerQuery;
};

export class CodeProject {
  readonly kinds: QueryKinds;
  readonly graphs: ProjectGraphs;
  readonly findings: readonly Finding[];
  readonly paths: readonly string[];
  readonly source: SourceReader | null;
  readonly #project: QueriedProject;
  #metrics: ReadonlyMap<FunctionKey, FunctionMetrics> | null = null;
  #moduleMetrics: ReadonlyMap<string, ModuleMetrics> | null = null;

  constructor(project: QueriedProject, source: SourceReader | null, kinds: QueryKinds) {
    this.kinds = kinds;
    this.#project = project;
    this.graphs = project.graphs;
    this.findings = project.findings;
    this.paths = project.files.map((file) => file.path);
    this.source = source;
  }

  /** Nodes of the functions with these keys, in the project's order. */
  nodesOf(keys: ReadonlySet<FunctionKey>): readonly number[] {
    return this.graphs.calls.functions.flatMap(({ key }, node) => (keys.has(key) ? [node] : []));
  }

  metricsOf(key: FunctionKey): FunctionMetrics | null {
    this.#metrics ??= new Map(
      this.#project.files.flatMap(({ metrics }) => metrics.map((one) => [one.function, one])),
    );
    return this.#metrics.get(key) ?? null;
  }

  moduleMetricsOf(name: string): ModuleMetrics | null {
    this.#moduleMetrics ??= new Map(
      this.#project.moduleMetrics.map((metrics) => [metrics.module, metrics]),
    );
    return this.#moduleMetrics.get(name) ?? null;
  }
}
