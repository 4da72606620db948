// What the main thread and the threads that analyse tell each other. Everything here is copied from
// thread to thread, so it is plain data.

import type { UserPatterns } from "../patterns/file-findings.ts";
import type { AnalysisLimits } from "./analysis-limits.ts";
import type { FileRows } from "./file-task.ts";
import type { PackedFacts } from "./packed-facts.ts";

export type WorkerStart = {
  readonly limits: AnalysisLimits;
  readonly patterns: readonly UserPatterns[];
};

export type FileTask = { readonly path: string; readonly absolute: string };

export type ToWorker =
  | { readonly kind: "analyse"; readonly files: readonly FileTask[] }
  | {
      readonly kind: "rows";
      readonly file: FileTask;
      readonly sha256: string;
      readonly graphs: Uint8Array;
    }
  /** for fault tests: die in the middle of the next file */
  | { readonly kind: "crash" };

export type FromWorker =
  /** started: from now on time counts */
  | { readonly kind: "ready" }
  /** of the files of an `analyse`, in their order */
  | { readonly kind: "facts"; readonly path: string; readonly facts: PackedFacts }
  /** it vanished since it was found */
  | { readonly kind: "gone"; readonly path: string }
  | { readonly kind: "rows"; readonly path: string; readonly rows: FileRows | null }
  /** the task is done */
  | { readonly kind: "idle" };
