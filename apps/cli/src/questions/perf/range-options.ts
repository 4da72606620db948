// `--from` and `--to` of commands that look at a part of a recording.

import { recordingRange, type Source } from "@elixirscope/query";
import type { TimeRange } from "@elixirscope/wire";
import type { Command } from "commander";
import { UsageError } from "../../exit-codes.ts";
import { parseInstantNs } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";

export type RangeOptions = { readonly from?: number; readonly to?: number };

export function withRange(command: Command): Command {
  return command
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--from <time>", "from here on, e.g. 1.5s (default: its start)", parse(parseInstantNs))
    .option("--to <time>", "up to here (default: its end)", parse(parseInstantNs));
}

/** The whole recording where nothing is said. */
export async function rangeOf(source: Source, { from, to }: RangeOptions): Promise<TimeRange> {
  const whole = await recordingRange(source);
  const range = { t0: from ?? whole.t0, t1: Math.min(to ?? whole.t1, whole.t1) };
  if (range.t0 >= range.t1) {
    throw new UsageError(
      `nothing lies between ${range.t0 / 1e9}s and ${(to ?? whole.t1) / 1e9}s: the recording goes from 0s to ${whole.t1 / 1e9}s`,
    );
  }
  return range;
}
