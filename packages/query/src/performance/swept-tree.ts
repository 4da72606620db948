// The tree of calls of a range, kept: a flame graph is zoomed, searched and written to a file, and the table of
// functions sorted, without the calls being read again. What was asked for last is kept, by the events that
// the range had then, so that of a recording that is being made nothing old is shown.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "../kept.ts";
import type { Source } from "../sql.ts";
import type { CallTree } from "./call-tree.ts";
import { eventsIn, sweep, type SweepOptions } from "./sweep.ts";

/** A tree of 50,000 stacks takes about 10 MB. */
const trees = new Kept<string, Promise<CallTree>>(6);

export async function sweptTree(
  source: Source,
  range: TimeRange,
  options: SweepOptions = {},
): Promise<CallTree> {
  const events = await eventsIn(source, { from: range.t0, to: range.t1 + 1 });
  const { pid, sliceRows = "as usual" } = options;
  const key = [range.t0, range.t1, pid ?? "all", sliceRows, events].join(" ");
  const kept = trees.get(source, key);
  if (kept !== undefined) {
    try {
      return await kept;
    } catch {
      // whoever asked for it went away; it is read for this one
    }
  }
  const swept = sweep(source, range, options);
  trees.set(source, key, swept);
  return await swept;
}
