// Whom and when a question is about: `--pid` and `--at`, checked against the recording.

import { findProcess, recordingRange, type FoundProcess, type Source } from "@elixirscope/query";
import { UsageError } from "../exit-codes.ts";

export type ProcessAt = { readonly process: FoundProcess; readonly t: number };

/** `pid` as printed, or a registered name; `at` in ns, the recording's end when it is left out. */
export async function processAt(
  source: Source,
  pid: string | undefined,
  at: number | undefined,
): Promise<ProcessAt> {
  if (pid === undefined) throw new UsageError("say which: --pid '<0.123.0>' or a registered name");
  const t = await instantAt(source, at);
  const found = await findProcess(source, pid, t);
  if (!found.ok) throw new UsageError(withNearest(found));
  return { process: found.process, t };
}

/** An instant of the recording; its end when none is said. */
export async function instantAt(source: Source, at: number | undefined): Promise<number> {
  const { t0, t1 } = await recordingRange(source);
  if (at !== undefined && at > t1) {
    throw new UsageError(
      `the recording goes from ${t0 / 1e9}s to ${t1 / 1e9}s; ${at / 1e9}s is after that`,
    );
  }
  return at ?? t1;
}

export function withNearest({
  message,
  nearest,
}: {
  readonly message: string;
  readonly nearest: readonly string[];
}): string {
  return nearest.length === 0 ? message : `${message}; nearest: ${nearest.join(", ")}`;
}
