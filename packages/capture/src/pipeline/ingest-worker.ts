// The thread that reads the probe's socket.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@elixirscope/base";
import { Ingest } from "./ingest.ts";
import type { FromIngest, IngestOptions, ToIngest } from "./threads.ts";
import { yieldToTarget } from "./yield-to-target.ts";

const port = parentPort;
assert(port !== null, "this module is the entry of a worker");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread made it
const options = workerData as IngestOptions;

yieldToTarget();
const report = (message: FromIngest): void => port.postMessage(message);
const ingest = new Ingest(options, report);
port.on("message", (message: ToIngest) => {
  if (message.kind === "discard") ingest.discard(message.reason);
  else ingest.close(message.graceMs, message.writeEnd);
});
ingest.listen();
