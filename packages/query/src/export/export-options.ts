// What every export of a recording can be told.

import type { TimeRange } from "@elixirscope/wire";
import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";

export type ExportOptions = {
  /** ns since the recording's start; left out: all of it */
  readonly from?: number;
  readonly to?: number;
  /** also arguments, results and messages, printed; much larger */
  readonly values?: boolean;
  readonly progress?: (done: number, total: number) => void;
};

/** Both ends are in it. */
export async function exportRange(
  source: Source,
  { from, to }: Pick<ExportOptions, "from" | "to">,
): Promise<TimeRange> {
  const { t0, t1 } = await recordingRange(source);
  return { t0: Math.max(t0, from ?? t0), t1: Math.min(t1, to ?? t1) };
}
