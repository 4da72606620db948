// Calls in the order of time: the boxes of a process's lane, and where inside of them it waited.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { spanAt, type FlameChart, type TimeRange } from "@elixirscope/wire";
import { Buckets } from "../buckets.ts";
import { partsOf } from "../digests.ts";
import { detailFor } from "../lane-detail.ts";
import { MAX_DEPTH } from "../lane-calls.ts";
import { laneCounts } from "../lane-counts.ts";
import { spansOf } from "../lane-spans.ts";
import { limitsOf } from "../limits.ts";
import { processRefs } from "../process-refs.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { waitsIn, type FrameWait } from "./sweep.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
/** Rows that boxes of a process take, as far as not known. */
const USUAL_DEPTH = 8;

export type FlameChartOptions = {
  readonly buckets: number;
  readonly limit: number;
  /** the number of the one process that is meant */
  readonly pid?: number | null;
};

export async function flameChart(
  source: Source,
  range: TimeRange,
  { buckets: count, limit, pid = null }: FlameChartOptions,
): Promise<FlameChart> {
  const buckets = new Buckets(range, count);
  const [busiest, { t1: end }, limits] = await Promise.all([
    busiestProcesses(source, range, limit, pid),
    recordingRange(source),
    limitsOf(source, { pids: pid === null ? null : [pid], from: range.t0, to: range.t1 }, [
      "calls",
      "messages",
    ]),
  ]);
  const { indexes } = busiest;
  if (indexes.length === 0) return { range, processes: [], more: 0, limits };
  const parts = await partsOf(source);
  const { calls } = await laneCounts(source, parts, indexes, buckets);
  const detail = detailFor(buckets, calls, indexes.length * USUAL_DEPTH, indexes.length);
  const [spans, refs, waits] = await Promise.all([
    spansOf(source, parts, indexes, detail, end),
    processRefs(source, indexes),
    Promise.all(indexes.map(async (index) => await waitsIn(source, range, index))),
  ]);
  return {
    range,
    processes: indexes.map((index, i) => {
      const { from, to, isCut } = spans.rows.drawnOf(index, detail);
      const { labels, columns } = spans;
      const shown = Array.from({ length: to - from }, (_, at) =>
        spanAt({ labels, spans: columns }, from + at),
      );
      const depth = shown.reduce((most, span) => Math.max(most, span.depth + 1), 0);
      return {
        ...(refs.get(index) ?? { pid: "?", name: null }),
        depth,
        spans: shown,
        waits: joined(waits[i] ?? [], detail.buckets.width),
        truncated: isCut || depth >= MAX_DEPTH,
      };
    }),
    more: busiest.more,
    limits,
  };
}

/** Those that were longest in outermost calls. */
async function busiestProcesses(
  source: Source,
  { t0, t1 }: TimeRange,
  limit: number,
  pid: number | null,
): Promise<{ readonly indexes: readonly number[]; readonly more: number }> {
  const whose = pid === null ? sql`pid IS NOT NULL` : sql`pid = ${pid}`;
  const rows = await select(
    source,
    sql`SELECT pid, count(*) OVER ()::DOUBLE, sum(greatest(0, least(coalesce(t_exit, ${t1}), ${t1}) - greatest(t_enter, ${t0}))) AS inside
      FROM raw.calls
      WHERE ${whose} AND parent_call IS NULL AND t_enter <= ${t1}
        AND (t_exit >= ${t0} OR t_exit IS NULL AND (outcome = ${OPEN} OR t_enter >= ${t0}))
      GROUP BY pid ORDER BY inside DESC, pid LIMIT ${limit}`,
  );
  const total = asNumberOrNull(rows[0]?.[1]) ?? 0;
  return { indexes: rows.map((row) => asNumber(row[0])), more: total - rows.length };
}

/** Waits of one call that follow each other without a gap to be seen are one. */
export function joined(waits: readonly FrameWait[], gap: number): readonly TimeRange[] {
  const found: { t0: number; t1: number; frame: number }[] = [];
  for (const { t0, t1, frame } of waits) {
    const last = found.at(-1);
    // what is between them must be too small to be seen, else running would be drawn as waiting
    if (last?.frame === frame && t0 - last.t1 < gap / 2) last.t1 = Math.max(last.t1, t1);
    else found.push({ t0, t1, frame });
  }
  return found.filter(({ t0, t1 }) => t1 - t0 >= gap / 2).map(({ t0, t1 }) => ({ t0, t1 }));
}
