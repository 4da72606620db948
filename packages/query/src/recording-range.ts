// From the start of a recording to the last instant that it knows of.

import type { TimeRange } from "@elixirscope/wire";
import { asNumberOrNull, select, sql, type Source } from "./sql.ts";

export async function recordingRange(source: Source): Promise<TimeRange> {
  const { state, durationNs } = source.manifest;
  if (state === "closed") return { t0: 0, t1: Math.max(1, durationNs) };
  // while it runs, and after a crash, the manifest is behind the tables
  const [row] = await select(source, sql`SELECT max(t) FROM raw.events`);
  return { t0: 0, t1: Math.max(1, durationNs, asNumberOrNull(row?.[0]) ?? 0) };
}
