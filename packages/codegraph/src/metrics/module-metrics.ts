// What is measured of a module: its own size, and how it hangs together with the others.

import type { FileSyntax } from "../module/module-syntax.ts";
import type { FunctionData, ModuleData } from "../module/module-data.ts";
import { splitFunctionKey } from "../link/function-key.ts";

export type ModuleMetrics = {
  readonly module: string;
  readonly lines: number;
  readonly commentLines: number;
  readonly functions: number;
  readonly publicFunctions: number;
  readonly documented: number;
  readonly specified: number;
  /** modules that it calls, and that call it */
  readonly fanOut: number;
  readonly fanIn: number;
};

/** Of each module of a file; `fanIn` is 0 until `withFanIn` has seen the project. */
export function moduleMetrics(file: FileSyntax): ModuleMetrics[] {
  return file.modules.map(({ data }) => {
    const open = data.functions.filter(isPublic);
    const { line, endLine } = data.range;
    const comments = file.parsed.comments.filter(
      (comment) => comment.line >= line && comment.line <= endLine,
    );
    return {
      module: data.name,
      lines: endLine - line + 1,
      commentLines: new Set(comments.map((comment) => comment.line)).size,
      functions: data.functions.length,
      publicFunctions: open.length,
      documented: open.filter(({ doc }) => typeof doc === "string").length,
      specified: open.filter(({ specs }) => specs.length > 0).length,
      fanOut: calledModules(data).size,
      fanIn: 0,
    };
  });
}

/** Counts for each module of the project the modules that call it. */
export function withFanIn(
  metrics: readonly ModuleMetrics[],
  modules: readonly ModuleData[],
): ModuleMetrics[] {
  const callers = new Map<string, number>();
  for (const data of modules) {
    for (const called of calledModules(data)) callers.set(called, (callers.get(called) ?? 0) + 1);
  }
  return metrics.map((one) => ({ ...one, fanIn: callers.get(one.module) ?? 0 }));
}

/** Modules that it calls, without itself and what every module calls. */
export function calledModules(data: ModuleData): ReadonlySet<string> {
  const called = new Set<string>();
  for (const fn of data.functions) {
    for (const { target, resolution, kind } of fn.calls) {
      if (target === null || resolution === "unknown" || kind === "macro") continue;
      called.add(splitFunctionKey(target).module);
    }
  }
  called.delete(data.name);
  called.delete("Kernel");
  return called;
}

export function isPublic({ kind }: FunctionData): boolean {
  return kind === "def" || kind === "defmacro" || kind === "defguard" || kind === "defdelegate";
}
