// The thread that writes the recording.

import { parentPort, workerData } from "node:worker_threads";
import { assert, CodedError, messageOf } from "@elixirscope/base";
import { wireError, type FromWriter, type ToWriter, type WriterStart } from "./threads.ts";
import { WriterThread } from "./writer-thread.ts";
import { yieldToTarget } from "./yield-to-target.ts";

const port = parentPort;
assert(port !== null, "this module is the entry of a worker");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread made it
const start = workerData as WriterStart;
yieldToTarget();
const report = (message: FromWriter): void => port.postMessage(message);

async function begin(): Promise<WriterThread | null> {
  try {
    return await WriterThread.begin(start, report);
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    report({ kind: "failed", error: wireError(cause) });
    return null;
  }
}

const thread = await begin();
if (thread !== null) {
  // A bug must not end the thread while DuckDB works for it: native callbacks into a thread that is
  // gone abort the whole process. So the thread ends itself, when nothing is under way any more.
  let isDying = false;
  const die = (cause: unknown): void => {
    if (isDying) return;
    isDying = true;
    report({ kind: "crashed", reason: messageOf(cause) });
    void thread.abandon().finally(() => process.exit(1));
  };
  process.on("uncaughtException", die);

  const answer = async ({ id, request }: ToWriter): Promise<void> => {
    if (request.kind === "crash") throw new Error("asked to crash");
    try {
      report({ kind: "reply", id, value: await thread.answer(request) });
    } catch (cause) {
      if (!(cause instanceof CodedError)) throw cause;
      // the successor is asked again
      if (isDying) return;
      report({ kind: "error", id, error: wireError(cause) });
    }
    if (request.kind === "close") port.close();
  };
  port.on("message", (message: ToWriter) => void answer(message).catch(die));
  report({ kind: "started", place: thread.place });
  await thread.run();
}
