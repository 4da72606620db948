// Where the things of a sequence diagram stand, in content coordinates: painting and hit testing ask the same.
//
// On one node a message is in the receiver's mailbox when it was sent, so arrows are level; how long it lay
// there is a bar at the receiver from there to where it was taken.

import type {
  Activation,
  MergedMessages,
  SequenceColumn,
  SequenceMark,
  SequenceMessage,
  SequenceView,
} from "@elixirscope/wire";
import { yAt, type SequenceAxis } from "./sequence-axis.ts";

export type SequenceMetrics = {
  /** for the times */
  readonly gutter: number;
  readonly leastColumn: number;
  readonly mostColumn: number;
  /** of an arrow whose other end is not shown: of a column's width, and at least */
  readonly stubShare: number;
  readonly leastStub: number;
  /** half the width of an activation */
  readonly half: number;
  /** between bars of messages that lie in a mailbox together */
  readonly dwellLane: number;
  readonly depthWidth: number;
};

export const SEQUENCE_METRICS: SequenceMetrics = {
  gutter: 106,
  leastColumn: 112,
  mostColumn: 300,
  stubShare: 0.4,
  leastStub: 44,
  half: 4,
  dwellLane: 4,
  depthWidth: 26,
};

export type PlacedColumn = {
  readonly column: SequenceColumn;
  readonly left: number;
  readonly width: number;
  /** of its lifeline */
  readonly x: number;
};

/** What is known of an end: `unknown` was not recorded or is none, `elsewhere` is not shown. */
export type End = "shown" | "elsewhere" | "unknown";

export type Arrow = {
  readonly message: SequenceMessage;
  readonly y: number;
  readonly x0: number;
  readonly x1: number;
  readonly from: End;
  readonly to: End;
  /** where it was taken; null: that is not known */
  readonly yTaken: number | null;
  /** how far left of the lifeline the bar of its wait stands */
  readonly lane: number;
};

export type MergedArrow = {
  readonly merged: MergedMessages;
  readonly y: number;
  readonly x0: number;
  readonly x1: number;
};

export type ActiveBox = {
  readonly activation: Activation;
  readonly x: number;
  readonly y0: number;
  readonly y1: number;
};

export type PlacedMark = { readonly mark: SequenceMark; readonly x: number; readonly y: number };

export type SequenceLayout = {
  readonly axis: SequenceAxis;
  readonly columns: readonly PlacedColumn[];
  readonly widthPx: number;
  /** these three from top to bottom */
  readonly arrows: readonly Arrow[];
  readonly merged: readonly MergedArrow[];
  readonly marks: readonly PlacedMark[];
  readonly active: readonly ActiveBox[];
  /** the longest bar of a wait: how far above of what is in sight one may begin */
  readonly longestBar: number;
};

const DWELL_LANES = 5;

export function placeColumns(
  columns: readonly SequenceColumn[],
  widthPx: number,
  metrics: SequenceMetrics = SEQUENCE_METRICS,
): readonly PlacedColumn[] {
  const { gutter, leastColumn, mostColumn } = metrics;
  const share = (widthPx - gutter) / Math.max(1, columns.length);
  const width = Math.floor(Math.min(mostColumn, Math.max(leastColumn, share)));
  return columns.map((column, i) => {
    const left = gutter + i * width;
    return { column, left, width, x: left + Math.round(width / 2) };
  });
}

export function layoutSequence(
  view: SequenceView,
  columns: readonly PlacedColumn[],
  axis: SequenceAxis,
  metrics: SequenceMetrics = SEQUENCE_METRICS,
): SequenceLayout {
  const places: Places = {
    xs: new Map(columns.map(({ column, x }) => [column.pid, x])),
    stub: Math.max(metrics.leastStub, Math.round((columns[0]?.width ?? 0) * metrics.stubShare)),
  };
  const { xs } = places;
  const arrows = placeArrows(view.messages, places, axis);
  const last = columns.at(-1);
  return {
    axis,
    columns,
    widthPx: last === undefined ? metrics.gutter : last.left + last.width,
    arrows,
    merged: view.merged.flatMap((merged) => placeMerged(merged, places, axis)),
    marks: view.marks.flatMap((mark) => {
      const x = xs.get(mark.pid);
      return x === undefined ? [] : [{ mark, x, y: yAt(axis, mark.t) }];
    }),
    active: view.activations.flatMap((activation) => {
      const x = xs.get(activation.pid);
      const { t0, t1 } = activation;
      return x === undefined ? [] : [{ activation, x, y0: yAt(axis, t0), y1: yAt(axis, t1) }];
    }),
    longestBar: arrows.reduce((most, { y, yTaken }) => Math.max(most, (yTaken ?? y) - y), 0),
  };
}

/** Lifelines by process, and how long an arrow without another end is. */
type Places = { readonly xs: ReadonlyMap<string, number>; readonly stub: number };

function placeArrows(
  messages: readonly SequenceMessage[],
  places: Places,
  axis: SequenceAxis,
): readonly Arrow[] {
  /** of each lifeline: where the bar of each lane ends */
  const lanes = new Map<string, number[]>();
  return messages.flatMap((message): Arrow[] => {
    const { from, to, tSent, tReceived, tHandled } = message;
    const ends = endsOf(from, to, places);
    const began = tSent ?? tReceived;
    if (ends === null || began === null) return [];
    const y = yAt(axis, began);
    const taken = tHandled ?? tReceived;
    const yTaken = taken === null || ends.to !== "shown" ? null : yAt(axis, taken);
    const lane = yTaken === null || to === null ? 0 : freeLane(lanes, to, y, yTaken);
    return [{ message, y, ...ends, yTaken, lane }];
  });
}

function placeMerged(
  merged: MergedMessages,
  places: Places,
  axis: SequenceAxis,
): readonly MergedArrow[] {
  const ends = endsOf(merged.from, merged.to, places);
  if (ends === null) return [];
  return [{ merged, y: yAt(axis, merged.t), x0: ends.x0, x1: ends.x1 }];
}

type Ends = Pick<Arrow, "x0" | "x1" | "from" | "to">;

/** Null when neither end is shown. */
function endsOf(from: string | null, to: string | null, { xs, stub }: Places): Ends | null {
  const [xFrom, xTo] = [from, to].map((pid) => (pid === null ? undefined : xs.get(pid)));
  if (xFrom !== undefined && xTo !== undefined) {
    return { x0: xFrom, x1: xTo, from: "shown", to: "shown" };
  }
  if (xTo !== undefined) {
    return { x0: xTo - stub, x1: xTo, from: from === null ? "unknown" : "elsewhere", to: "shown" };
  }
  if (xFrom === undefined) return null;
  return { x0: xFrom, x1: xFrom + stub, from: "shown", to: to === null ? "unknown" : "elsewhere" };
}

/** Bars of messages that wait together stand side by side, as far as there is room. */
function freeLane(lanes: Map<string, number[]>, pid: string, y: number, yTaken: number): number {
  const ends = lanes.get(pid) ?? [];
  lanes.set(pid, ends);
  const free = ends.findIndex((end) => end <= y);
  const lane = free !== -1 ? free : Math.min(ends.length, DWELL_LANES - 1);
  ends[lane] = Math.max(yTaken, ends[lane] ?? 0);
  return lane;
}

/** The first of things from top to bottom that is not above `y`. */
export function firstBelow(things: readonly { readonly y: number }[], y: number): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((things[middle]?.y ?? 0) < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Pixels where a label of an arrow may stand: beside its sender, up to the next lifeline or `most` pixels. */
export function labelSpan(
  { x0, x1 }: Pick<Arrow, "x0" | "x1">,
  columnWidth: number,
  most: number = columnWidth,
): { readonly left: number; readonly width: number } {
  if (x1 === x0) return { left: x0 + 26, width: Math.max(0, columnWidth - 40) };
  const reach = Math.min(Math.abs(x1 - x0), most);
  const left = x1 >= x0 ? x0 : x0 - reach;
  const width = reach - (reach < columnWidth ? 12 : 22);
  return { left: left + SEQUENCE_METRICS.half + 4, width };
}
