// Quality and summary of every module of an analysis, made when somebody asks: all of it follows from
// facts that are kept anyway.

import { linkedMetrics } from "./linked-metrics.ts";
import type { Analysis } from "../repository/analysis.ts";
import { moduleQuality, type ModuleQuality } from "./module-quality.ts";
import { moduleSummary } from "./module-summary.ts";

export type ModuleReport = {
  readonly quality: ModuleQuality;
  /** what it is and does, in sentences */
  readonly summary: string;
  readonly file: string;
};

/** In the order of the files. */
export function projectQuality(
  analysis: Pick<Analysis, "files" | "graphs" | "moduleMetrics" | "findings">,
): ModuleReport[] {
  const measuresOf = new Map(analysis.moduleMetrics.map((one) => [one.module, one]));
  const findingsOf = groupBy(analysis.findings, ({ module }) => module ?? "");
  const metricsOf = linkedMetrics(analysis);
  return analysis.files.flatMap((file) =>
    file.modules.flatMap((module) => {
      const measures = measuresOf.get(module.name);
      if (measures === undefined) return [];
      const functions = module.functions.flatMap(({ key }) => metricsOf.get(key) ?? []);
      const findings = findingsOf.get(module.name) ?? [];
      return [
        {
          quality: moduleQuality({ module, measures, functions, findings }),
          summary: moduleSummary(module, findings, file.links),
          file: file.path,
        },
      ];
    }),
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
