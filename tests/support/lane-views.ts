// Lanes as tests tell them and read them: a box or a mark is an object.

import {
  markAt,
  MARKS,
  OUTCOMES,
  spanAt,
  type LaneColumns,
  type LaneHead,
  type MarkView,
  type SpanView,
} from "@elixirscope/wire";

export type LaneView = LaneHead & {
  readonly spans: readonly SpanView[];
  readonly marks: readonly MarkView[];
};

/** Boxes and marks in the order in which the server tells them. */
export function laneColumns({ spans, marks, ...head }: LaneView): LaneColumns {
  const boxes = spans.toSorted((a, b) => a.depth - b.depth || a.t0 - b.t0);
  const ticks = marks.toSorted((a, b) => a.t - b.t);
  const labels = [...new Set(boxes.map(({ label }) => label))];
  return {
    ...head,
    labels,
    spans: {
      t0: Float64Array.from(boxes, ({ t0 }) => t0),
      t1: Float64Array.from(boxes, ({ t1 }) => t1),
      count: Float64Array.from(boxes, ({ count }) => count),
      call: Float64Array.from(boxes, ({ call }) => call ?? 0),
      label: Uint32Array.from(boxes, ({ label }) => labels.indexOf(label)),
      depth: Uint16Array.from(boxes, ({ depth }) => depth),
      outcome: Uint8Array.from(boxes, ({ outcome }) => OUTCOMES.indexOf(outcome)),
    },
    marks: {
      t: Float64Array.from(ticks, ({ t }) => t),
      count: Float64Array.from(ticks, ({ count }) => count),
      event: Float64Array.from(ticks, ({ event }) => event ?? 0),
      kind: Uint8Array.from(ticks, ({ kind }) => MARKS.indexOf(kind)),
    },
  };
}

export function laneView(lane: LaneColumns): LaneView {
  const { labels: _, spans, marks, ...head } = lane;
  return {
    ...head,
    spans: Array.from(spans.t0, (_t0, at) => spanAt(lane, at)),
    marks: Array.from(marks.t, (_t, at) => markAt(lane, at)),
  };
}
