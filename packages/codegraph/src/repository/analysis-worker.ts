// The thread that analyses files: reads, parses, and answers with plain data, one file at a time.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@elixirscope/base";
import { ruleSet } from "../patterns/file-findings.ts";
import { factsOfFile, rowsOfFile } from "./file-task.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./threads.ts";

const port = parentPort;
assert(port !== null, "this module is the entry of a worker");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread made it
const { limits, patterns } = workerData as WorkerStart;
const settings = { limits, rules: ruleSet(patterns).rules };

let isDoomed = false;

port.on("message", (message: ToWorker) => {
  if (message.kind === "crash") {
    isDoomed = true;
    return;
  }
  if (message.kind === "rows") {
    const { file, sha256, graphs } = message;
    report({ kind: "rows", path: file.path, rows: rowsOfFile(file, sha256, graphs) }, []);
  } else {
    for (const file of message.files) {
      if (isDoomed) throw new Error("asked to crash");
      const facts = factsOfFile(file, settings);
      if (facts === null) report({ kind: "gone", path: file.path }, []);
      else report({ kind: "facts", path: file.path, facts }, [facts.graphs.buffer]);
    }
  }
  report({ kind: "idle" }, []);
});

report({ kind: "ready" }, []);

function report(message: FromWorker, transfer: readonly ArrayBuffer[]): void {
  port?.postMessage(message, transfer);
}
