// A writer in a thread that fails half a second after it began, in the middle of commits and queries.
import { parentPort, workerData } from "node:worker_threads";
import { RecordingWriter } from "../dist/index.js";

const writer = await RecordingWriter.create(workerData.folder, workerData.manifest);
process.on("uncaughtException", () => {
  void writer.abandon().finally(() => process.exit(1));
});
setTimeout(() => {
  throw new Error("the thread fails");
}, 500);

const payload = Uint8Array.of(131, 97, 7);
let id = 0;
void query();
for (;;) {
  for (let n = 0; n < 5000; n++) {
    const table = writer.tables.events;
    const i = table.next();
    table.columns.id[i] = ++id;
    table.columns.payload[i] = writer.payload(payload);
  }
  await writer.flush();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a message port, not a window
  parentPort.postMessage(id);
}

async function query() {
  for (;;) await writer.query("SELECT count(payload), count(term(payload)) FROM events");
}
