// Lanes on their way to the page: what is said of each as text, their boxes and marks as columns of all lanes together,
// one after another, the widest numbers first so that each begins where a typed array may. Nothing is decoded there:
// the columns of a lane are parts of the message.

import { OUTCOMES, type LaneColumns } from "./lane-columns.ts";
import { MARKS, type LaneView, type Reply } from "./protocol.ts";
import { Attached } from "./attached.ts";

export type LanePage = { readonly total: number; readonly lanes: readonly LaneColumns[] };

type Head = {
  readonly total: number;
  readonly labels: readonly string[];
  readonly lanes: readonly LaneHead[];
};

/** How many boxes and marks are its own. */
type LaneHead = Omit<LaneView, "spans" | "marks"> & {
  readonly spans: number;
  readonly marks: number;
};

export function packLanes({ total, lanes }: Reply<"lanes">): Attached {
  const labels = new Map<string, number>();
  const placeOf = (label: string): number => {
    const known = labels.get(label);
    if (known !== undefined) return known;
    labels.set(label, labels.size);
    return labels.size - 1;
  };
  const spans = lanes.flatMap((lane) =>
    lane.spans.toSorted((a, b) => a.depth - b.depth || a.t0 - b.t0),
  );
  const marks = lanes.flatMap((lane) => lane.marks.toSorted((a, b) => a.t - b.t));
  const columns = [
    Float64Array.from(spans, ({ t0 }) => t0),
    Float64Array.from(spans, ({ t1 }) => t1),
    Float64Array.from(spans, ({ count }) => count),
    Float64Array.from(spans, ({ call }) => call ?? 0),
    Float64Array.from(marks, ({ t }) => t),
    Float64Array.from(marks, ({ count }) => count),
    Float64Array.from(marks, ({ event }) => event ?? 0),
    Uint32Array.from(spans, ({ label }) => placeOf(label)),
    Uint16Array.from(spans, ({ depth }) => depth),
    Uint8Array.from(spans, ({ outcome }) => OUTCOMES.indexOf(outcome)),
    Uint8Array.from(marks, ({ kind }) => MARKS.indexOf(kind)),
  ];
  const head: Head = {
    total,
    labels: [...labels.keys()],
    lanes: lanes.map((lane) => ({
      ...lane,
      depth: rowsOf(lane),
      spans: lane.spans.length,
      marks: lane.marks.length,
    })),
  };
  return new Attached(head, joined(columns));
}

/** Rows of calls that the lane needs; never fewer than the boxes it carries. */
function rowsOf({ spans, depth }: LaneView): number {
  return spans.reduce((rows, span) => Math.max(rows, span.depth + 1), depth);
}

function joined(columns: readonly { buffer: ArrayBufferLike; byteLength: number }[]): Uint8Array {
  const bytes = new Uint8Array(columns.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const { buffer, byteLength } of columns) {
    bytes.set(new Uint8Array(buffer, 0, byteLength), offset);
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
  let [span, mark] = [0, 0];
  return {
    total,
    lanes: lanes.map((lane) => {
      const [s0, m0] = [span, mark];
      span += lane.spans;
      mark += lane.marks;
      const [s1, m1] = [span, mark];
      return {
        ...lane,
        labels,
        spans: {
          t0: t0.subarray(s0, s1),
          t1: t1.subarray(s0, s1),
          count: count.subarray(s0, s1),
          call: call.subarray(s0, s1),
          label: label.subarray(s0, s1),
          depth: depth.subarray(s0, s1),
          outcome: outcome.subarray(s0, s1),
        },
        marks: {
          t: t.subarray(m0, m1),
          count: times.subarray(m0, m1),
          event: event.subarray(m0, m1),
          kind: kind.subarray(m0, m1),
        },
      };
    }),
  };
}
