// One lane per process with what fits on screen: calls as boxes by depth, instants as marks.
//
// Level of detail: a call at least as long as a bucket is a box of its own; shorter ones that begin in
// the same bucket at the same depth become one box with their count. At one depth calls of a process do
// not overlap, so a lane has at most buckets × depth boxes; where that is too much for one answer the
// buckets get wider, and nothing is left out. Only absurdly deep or many lanes are cut (`truncated`).

import type { LaneView, MarkView, Params, Reply, SpanView } from "@elixirscope/wire";
import { Buckets } from "./buckets.ts";
import { partsOf } from "./digests.ts";
import { callCount, MAX_DEPTH } from "./lane-calls.ts";
import { detailFor, type Detail } from "./lane-detail.ts";
import { markCount, marksOf, USUAL_MARKS } from "./lane-marks.ts";
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
  const depth = (row: ProcessRow): number => page.depths.get(row.index) ?? 0;
  const boxRows = page.rows.reduce((sum, row) => sum + Math.min(depth(row), MAX_DEPTH), 0);
  const [spans, marks] = await Promise.all([
    callCount(source, indexes, buckets).then(async (calls) => {
      const detail = detailFor(buckets, calls, boxRows, indexes.length);
      return { detail, items: await spansOf(source, parts, indexes, detail, range.t1) };
    }),
    markCount(source, indexes, buckets).then(async (instants) => {
      const detail = detailFor(buckets, instants, indexes.length * USUAL_MARKS, indexes.length);
      return { detail, items: await marksOf(source, parts, indexes, detail) };
    }),
  ]);
  return {
    total: page.total,
    lanes: page.rows.map((row) => lane(row, cutOf(row, spans), cutOf(row, marks), depth(row))),
  };
}

type Cut<T> = { readonly items: readonly T[]; readonly isCut: boolean };

type Drawn<T> = { readonly detail: Detail; readonly items: ReadonlyMap<number, readonly T[]> };

function cutOf<T>({ index }: ProcessRow, { detail, items }: Drawn<T>): Cut<T> {
  const all = items.get(index) ?? [];
  const { perLane } = detail;
  if (perLane === null) return { items: all, isCut: false };
  return { items: all.slice(0, perLane), isCut: all.length > perLane };
}

/** What every process starts with says nothing of this one. */
function telling(initialCall: string | null): string | null {
  return initialCall === null || initialCall.startsWith(":proc_lib.") ? null : initialCall;
}

function lane(
  process: ProcessRow,
  spans: Cut<SpanView>,
  marks: Cut<MarkView>,
  depth: number,
): LaneView {
  const truncated = spans.isCut || marks.isCut || depth > MAX_DEPTH;
  return {
    pid: process.pid,
    name: process.name ?? process.label ?? telling(process.initialCall),
    group: process.group,
    tSpawned: process.tSpawned,
    tExited: process.tExited,
    depth,
    spans: spans.items,
    marks: marks.items,
    ...(truncated ? { truncated } : {}),
  };
}
