// Boxes and marks of lanes, in columns, in the order in which they are drawn. Ten thousands of them are found for one
// answer and looked through in every frame; one becomes an object only where somebody points at it.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { MARKS, type LaneHead, type MarkView, type SpanView } from "./protocol.ts";

export const OUTCOMES: readonly SpanView["outcome"][] = [...CALL_OUTCOMES, "mixed"];

/** By depth, then by `t0`. */
export type SpanColumns = {
  readonly t0: Float64Array;
  readonly t1: Float64Array;
  readonly count: Float64Array;
  /** 0: none */
  readonly call: Float64Array;
  /** a place in the labels of the lane */
  readonly label: Uint32Array;
  readonly depth: Uint16Array;
  /** a place in `OUTCOMES` */
  readonly outcome: Uint8Array;
};

/** By `t`. */
export type MarkColumns = {
  readonly t: Float64Array;
  readonly count: Float64Array;
  /** 0: none */
  readonly event: Float64Array;
  /** a place in `MARKS` */
  readonly kind: Uint8Array;
};

export type LaneColumns = LaneHead & {
  /** of all lanes of an answer, each once */
  readonly labels: readonly string[];
  readonly spans: SpanColumns;
  readonly marks: MarkColumns;
};

export type LanePage = { readonly total: number; readonly lanes: readonly LaneColumns[] };

/** From one place to before another: the same bytes. */
export function someSpans(spans: SpanColumns, from: number, to: number): SpanColumns {
  return {
    t0: spans.t0.subarray(from, to),
    t1: spans.t1.subarray(from, to),
    count: spans.count.subarray(from, to),
    call: spans.call.subarray(from, to),
    label: spans.label.subarray(from, to),
    depth: spans.depth.subarray(from, to),
    outcome: spans.outcome.subarray(from, to),
  };
}

export function someMarks(marks: MarkColumns, from: number, to: number): MarkColumns {
  return {
    t: marks.t.subarray(from, to),
    count: marks.count.subarray(from, to),
    event: marks.event.subarray(from, to),
    kind: marks.kind.subarray(from, to),
  };
}

export function spanAt(
  { spans, labels }: Pick<LaneColumns, "spans" | "labels">,
  at: number,
): SpanView {
  const { t0, t1, depth, label, count, call, outcome } = spans;
  const id = call[at] ?? 0;
  return {
    t0: t0[at] ?? 0,
    t1: t1[at] ?? 0,
    depth: depth[at] ?? 0,
    label: labels[label[at] ?? 0] ?? "",
    count: count[at] ?? 0,
    call: id === 0 ? null : id,
    outcome: OUTCOMES[outcome[at] ?? 0] ?? "lost",
  };
}

export function markAt({ marks }: Pick<LaneColumns, "marks">, at: number): MarkView {
  const { t, kind, count, event } = marks;
  const id = event[at] ?? 0;
  return {
    t: t[at] ?? 0,
    kind: MARKS[kind[at] ?? 0] ?? "link",
    count: count[at] ?? 0,
    event: id === 0 ? null : id,
  };
}
