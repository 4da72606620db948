// The thread that writes the recording.

import { parentPort, workerData } from "node:worker_threads";
import { assert, CodedError, messageOf } from "@elixirscope/base";
import { wireError, type FromWriter, type ToWriter, type WriterStart } from "./threads.ts";
import { WriterThread } from "./writer-thread.ts";

const port = parentPort;
assert(port !== null, "this module is the entry of a worker");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread made it
const start = workerData as WriterStart;
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
    thread.abandon().finally(() => process.exit(1));
  };
  process.on("uncaughtException", die);

  port.on("message", ({ id, request }: ToWriter) => {
    if (request.kind === "crash") {
      die(new Error("asked to crash"));
      return;
    }
    thread
      .answer(request)
      .then(
        (value) => report({ kind: "reply", id, value }),
        (cause: unknown) => {
          if (!(cause instanceof CodedError)) throw cause;
          report({ kind: "error", id, error: wireError(cause) });
        },
      )
      .then(() => {
        if (request.kind === "close") port.close();
      })
      .catch(die);
  });
  report({ kind: "started", place: thread.place });
  await thread.run();
}
