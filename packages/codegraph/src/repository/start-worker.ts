// Starts a thread from its built entry. Tests import this package's TypeScript, which Node cannot run:
// their threads start from the build too, and without the flags that make imports resolve to sources.

import { Worker } from "node:worker_threads";
import type { WorkerStart } from "./threads.ts";

/** Enough for the largest file that the limits let in; a file that needs more ends its thread alone. */
const HEAP_MB = 768;

export function startWorker(start: WorkerStart): Worker {
  const fromSource = import.meta.url.endsWith(".ts");
  const entry = fromSource ? "../../dist/repository/analysis-worker.js" : "./analysis-worker.js";
  return new Worker(new URL(entry, import.meta.url), {
    workerData: start,
    name: "analysis",
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
}
