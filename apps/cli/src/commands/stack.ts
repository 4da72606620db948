// `elixirscope stack`: what one process was executing at an instant, with its variables.

import {
  findProcess,
  recordingRange,
  stack as stackOf,
  type Instant,
  type Source,
  type StackView,
} from "@elixirscope/query";
import { UsageError } from "../exit-codes.ts";
import { stackText } from "../format/stack-text.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";

export type StackOptions = {
  readonly pid?: string;
  readonly at?: number;
  readonly event?: number;
  readonly json?: true;
};

export async function stack(name: string, options: StackOptions): Promise<void> {
  using interrupt = new Interrupt();
  await withRecording(name, interrupt.signal, async (source) => {
    const view = await find(source, options);
    console.log(
      options.json === true ? JSON.stringify(view, null, 1) : stackText(view, process.stdout),
    );
  });
}

async function find(source: Source, { pid, at, event }: StackOptions): Promise<StackView> {
  if (event !== undefined) {
    if (pid !== undefined || at !== undefined) {
      throw new UsageError("--event names process and time: leave out --pid and --at");
    }
    const view = await stackOf(source, null, { kind: "event", event });
    if (view === null) throw new UsageError(`the recording has no event ${event}`);
    return view;
  }
  if (pid === undefined) {
    throw new UsageError("say whose stack: --pid '<0.123.0>' or a registered name, or --event ID");
  }
  const { t0, t1 } = await recordingRange(source);
  if (at !== undefined && at > t1) {
    throw new UsageError(
      `the recording goes from ${t0 / 1e9}s to ${t1 / 1e9}s; ${at / 1e9}s is after that`,
    );
  }
  const found = await findProcess(source, pid, at ?? t1);
  if (!found.ok) throw new UsageError(withNearest(found.message, found.nearest));
  const instant: Instant = { kind: "time", t: at ?? t1 };
  const view = await stackOf(source, found.process.pid, instant);
  if (view === null) throw new UsageError(`nothing of ${found.process.pid} was recorded`);
  return view;
}

function withNearest(message: string, nearest: readonly string[]): string {
  return nearest.length === 0 ? message : `${message}; nearest: ${nearest.join(", ")}`;
}
