// All that is kept of an analysed file: plain data that crosses threads, is saved, and is linked with
// the facts of other files. Trees are not kept: a view that needs one parses the file again (25 ms).

import type { Diagnostic } from "@elixirscope/syntax";
import type { Cfg } from "../flow/cfg.ts";
import type { Dfg } from "../flow/dfg.ts";
import type { LinkFacts } from "../link/link-facts.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { ModuleMetrics } from "../metrics/module-metrics.ts";
import type { ModuleData } from "../module/module-data.ts";
import type { Finding } from "../patterns/finding.ts";
import type { Suggestion } from "../quality/suggestions.ts";

export type FileFacts = {
  /** relative to the project's root, with `/` */
  readonly path: string;
  /** of the bytes, hex */
  readonly sha256: string;
  readonly bytes: number;
  readonly lines: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly modules: readonly ModuleData[];
  readonly cfgs: readonly Cfg[];
  readonly dfgs: readonly Dfg[];
  readonly metrics: readonly FunctionMetrics[];
  /** as far as the file alone tells: `fanIn` is 0 */
  readonly moduleMetrics: readonly ModuleMetrics[];
  /** found in this file alone; those that need the whole project come at linking */
  readonly findings: readonly Finding[];
  /** what could be written better, and where */
  readonly suggestions: readonly Suggestion[];
  /** message, spawn and supervision sites, to be linked */
  readonly links: LinkFacts;
};
