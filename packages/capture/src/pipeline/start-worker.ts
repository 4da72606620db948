// Starts a worker from its built entry. Tests import this package's TypeScript, which Node cannot run:
// their workers start from the build too, and without the flags that make imports resolve to sources.

import { Worker, type TransferListItem } from "node:worker_threads";

export function startWorker(
  name: "ingest" | "writer",
  workerData: unknown,
  transferList: TransferListItem[] = [],
): Worker {
  const file = `${name}-worker.js`;
  const fromSource = import.meta.url.endsWith(".ts");
  const url = new URL(fromSource ? `../../dist/pipeline/${file}` : `./${file}`, import.meta.url);
  return new Worker(url, { workerData, name, execArgv: [], transferList });
}
