// Questions about modules.

import type { ModuleMetrics } from "../metrics/module-metrics.ts";
import type { ModuleData } from "../module/module-data.ts";
import type { ModuleDependencyKind } from "../link/project-graphs.ts";
import type { CodeProject } from "./code-project.ts";
import { FindingQuery } from "./finding-query.ts";
import type { FunctionQuery } from "./function-query.ts";
import { type NamePattern, nameTest, type Plan, Query } from "./query.ts";

export type ModuleRow = {
  readonly name: string;
  readonly data: ModuleData;
  readonly metrics: ModuleMetrics | null;
};

export class ModuleQuery extends Query<ModuleRow, ModuleQuery> {
  readonly #project: CodeProject;

  private constructor(project: CodeProject, plan: Plan<ModuleRow>) {
    super(plan);
    this.#project = project;
  }

  static all(project: CodeProject): ModuleQuery {
    const { modules } = project.graphs.modules;
    return ModuleQuery.of(project, {
      steps: [`all ${modules.length} modules`],
      run: () => modules,
    });
  }

  static of(project: CodeProject, { steps, run }: Plan<ModuleData>): ModuleQuery {
    return new ModuleQuery(project, { steps, run: () => rows(project, run()) });
  }

  protected override derive(plan: Plan<ModuleRow>): ModuleQuery {
    return new ModuleQuery(this.#project, plan);
  }

  named(pattern: NamePattern): ModuleQuery {
    const test = nameTest(pattern);
    return this.where(({ name }) => test(name), `named ${pattern}`);
  }

  withBehaviour(pattern: NamePattern): ModuleQuery {
    const test = nameTest(pattern);
    return this.where(({ data }) => data.behaviours.some(test), `with behaviour ${pattern}`);
  }

  using(pattern: NamePattern): ModuleQuery {
    const test = nameTest(pattern);
    return this.where(({ data }) => data.uses.some((use) => test(use.module)), `using ${pattern}`);
  }

  functions(): FunctionQuery {
    const project = this.#project;
    const plan = this.extend("their functions", (items) => {
      const names = new Set(Array.from(items, (row) => row.name));
      return project.graphs.calls.functions.flatMap(({ module }, node) =>
        names.has(module) ? [node] : [],
      );
    });
    return project.kinds.functions(project, plan);
  }

  /** Modules of the project that they need, in one of the ways or in any. */
  dependencies(...kinds: readonly ModuleDependencyKind[]): ModuleQuery {
    return this.#neighbours("whom they need", kinds, "to");
  }

  /** Modules of the project that need them. */
  dependents(...kinds: readonly ModuleDependencyKind[]): ModuleQuery {
    return this.#neighbours("who needs them", kinds, "from");
  }

  findings(): FindingQuery {
    const { findings } = this.#project;
    const plan = this.extend("findings in them", (items) => {
      const names = new Set(Array.from(items, (row) => row.name));
      return findings.filter((finding) => finding.module !== null && names.has(finding.module));
    });
    return new FindingQuery(plan);
  }

  #neighbours(
    step: string,
    kinds: readonly ModuleDependencyKind[],
    side: "from" | "to",
  ): ModuleQuery {
    const { modules } = this.#project.graphs;
    const other = side === "to" ? "from" : "to";
    const how = kinds.length === 0 ? "" : ` by ${kinds.join(" or ")}`;
    const plan = this.extend(`${step}${how}`, (items) => {
      const starts = new Set(Array.from(items, (row) => modules.indexOf(row.name)));
      const found = new Set<number>();
      for (const dependency of modules.dependencies) {
        if (kinds.length > 0 && !kinds.includes(dependency.kind)) continue;
        if (starts.has(dependency[other])) found.add(dependency[side]);
      }
      return [...found].flatMap((node) => modules.modules[node] ?? []);
    });
    return ModuleQuery.of(this.#project, plan);
  }
}

function* rows(project: CodeProject, modules: Iterable<ModuleData>): Generator<ModuleRow> {
  for (const data of modules) {
    yield { name: data.name, data, metrics: project.moduleMetricsOf(data.name) };
  }
}
