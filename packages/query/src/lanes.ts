// One lane per process with what fits on screen: calls as boxes by depth, instants as marks.
//
// Level of detail: a call at least as long as a bucket is a box of its own; shorter ones that begin in
// the same bucket at the same depth become one box with their count. At one depth calls of a process do
// not overlap, so a lane has at most buckets × depth boxes; where that is too much for one answer the
// buckets get wider, and nothing is left out. Only absurdly deep or many lanes are cut (`truncated`).

import { someMarks, someSpans, type LaneColumns, type Params, type Reply } from "@elixirscope/wire";
import { Buckets } from "./buckets.ts";
import { partsOf } from "./digests.ts";
import { MAX_DEPTH } from "./lane-calls.ts";
import { laneCounts } from "./lane-counts.ts";
import { detailFor } from "./lane-detail.ts";
import { marksOf, USUAL_MARKS } from "./lane-marks.ts";
import { lanePage } from "./lane-page.ts";
import { spansOf } from "./lane-spans.ts";
import type { ProcessRow } from "./process-list.ts";
import { recordingRange } from "./recording-range.ts";
import type { Source } from "./sql.ts";

export async function lanes(source: Source, params: Params<"lanes">): Promise<Reply<"lanes">> {
  const { t0, t1, buckets: count, ...selection } = params;
  const buckets = new Buckets({ t0, t1 }, count);
  const parts = await partsOf(source);
  const [page, range] = await Promise.all([
    lanePage(source, parts, selection),
    recordingRange(source),
  ]);
  const indexes = page.rows.map((row) => row.index);
  if (indexes.length === 0) return { total: page.total, lanes: [] };
  const depthOf = (row: ProcessRow): number => page.depths.get(row.index) ?? 0;
  const boxRows = page.rows.reduce((sum, row) => sum + Math.min(depthOf(row), MAX_DEPTH), 0);
  const { calls, instants } = await laneCounts(source, parts, indexes, buckets);
  const finely = (items: number, rows: number) => detailFor(buckets, items, rows, indexes.length);
  const [ofCalls, ofMarks] = [
    finely(calls, boxRows),
    finely(instants, indexes.length * USUAL_MARKS),
  ];
  const [spans, marks] = await Promise.all([
    spansOf(source, parts, indexes, ofCalls, range.t1),
    marksOf(source, parts, indexes, ofMarks),
  ]);
  return {
    total: page.total,
    lanes: page.rows.map((row): LaneColumns => {
      const boxes = spans.rows.drawnOf(row.index, ofCalls);
      const ticks = marks.rows.drawnOf(row.index, ofMarks);
      const depth = depthOf(row);
      // the deepest are the last
      const deepest = boxes.to > boxes.from ? (spans.columns.depth[boxes.to - 1] ?? 0) + 1 : 0;
      const truncated = boxes.isCut || ticks.isCut || depth > MAX_DEPTH;
      return {
        pid: row.pid,
        name: row.name ?? row.label ?? telling(row.initialCall),
        group: row.group,
        tSpawned: row.tSpawned,
        tExited: row.tExited,
        depth: Math.max(depth, deepest),
        labels: spans.labels,
        spans: someSpans(spans.columns, boxes.from, boxes.to),
        marks: someMarks(marks.columns, ticks.from, ticks.to),
        ...(truncated ? { truncated } : {}),
      };
    }),
  };
}

/** What every process starts with says nothing of this one. */
function telling(initialCall: string | null): string | null {
  return initialCall === null || initialCall.startsWith(":proc_lib.") ? null : initialCall;
}
