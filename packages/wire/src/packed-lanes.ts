// Lanes on their way to the page: what is said of each as text, their boxes and marks as columns of all lanes together,
// one after another, the widest numbers first so that each begins where a typed array may. Nothing is decoded there:
// the columns of a lane are parts of the message.

import { Attached } from "./attached.ts";
import { someMarks, someSpans, type LaneColumns, type LanePage } from "./lane-columns.ts";
import type { LaneHead } from "./protocol.ts";

type Head = {
  readonly total: number;
  readonly labels: readonly string[];
  readonly lanes: readonly PackedLane[];
};

/** How many boxes and marks are its own. */
type PackedLane = LaneHead & { readonly spans: number; readonly marks: number };

type Column = Pick<Uint8Array, "buffer" | "byteOffset" | "byteLength">;

export function packLanes({ total, lanes }: LanePage): Attached {
  const head: Head = {
    total,
    labels: lanes[0]?.labels ?? [],
    lanes: lanes.map(({ spans, marks, ...lane }) => ({
      ...lane,
      // once for all of them
      labels: undefined,
      spans: spans.t0.length,
      marks: marks.t.length,
    })),
  };
  const columns: readonly ((lane: LaneColumns) => Column)[] = [
    ({ spans }) => spans.t0,
    ({ spans }) => spans.t1,
    ({ spans }) => spans.count,
    ({ spans }) => spans.call,
    ({ marks }) => marks.t,
    ({ marks }) => marks.count,
    ({ marks }) => marks.event,
    ({ spans }) => spans.label,
    ({ spans }) => spans.depth,
    ({ spans }) => spans.outcome,
    ({ marks }) => marks.kind,
  ];
  return new Attached(head, joined(columns.flatMap((columnOf) => lanes.map(columnOf))));
}

function joined(columns: readonly Column[]): Uint8Array {
  const bytes = new Uint8Array(columns.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const { buffer, byteOffset, byteLength } of columns) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return bytes;
}

export function unpackLanes({ head, bytes }: Attached): LanePage {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: made by `packLanes` above
  const { total, labels, lanes } = head as Head;
  const [spans, marks] = [
    lanes.reduce((sum, lane) => sum + lane.spans, 0),
    lanes.reduce((sum, lane) => sum + lane.marks, 0),
  ];
  let offset = bytes.byteOffset;
  const next = <T>(
    column: (new (buffer: ArrayBufferLike, offset: number, length: number) => T) & {
      readonly BYTES_PER_ELEMENT: number;
    },
    length: number,
  ): T => {
    const made = new column(bytes.buffer, offset, length);
    offset += length * column.BYTES_PER_ELEMENT;
    return made;
  };
  // as `packLanes` has them, in the order in which these are written
  const [t0, t1, count, call] = [
    next(Float64Array, spans),
    next(Float64Array, spans),
    next(Float64Array, spans),
    next(Float64Array, spans),
  ];
  const [t, times, event] = [
    next(Float64Array, marks),
    next(Float64Array, marks),
    next(Float64Array, marks),
  ];
  const label = next(Uint32Array, spans);
  const depth = next(Uint16Array, spans);
  const outcome = next(Uint8Array, spans);
  const kind = next(Uint8Array, marks);
  const allSpans = { t0, t1, count, call, label, depth, outcome };
  const allMarks = { t, count: times, event, kind };
  let [span, mark] = [0, 0];
  return {
    total,
    lanes: lanes.map((lane) => {
      const [s0, m0] = [span, mark];
      span += lane.spans;
      mark += lane.marks;
      return {
        ...lane,
        labels,
        spans: someSpans(allSpans, s0, span),
        marks: someMarks(allMarks, m0, mark),
      };
    }),
  };
}
