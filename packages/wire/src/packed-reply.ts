// The form in which an answer travels, where it is not the one that it has. Lanes have ten thousands of boxes and
// marks: as columns they are a third of the text. Rows of SQL are the only place of values that JSON does not have;
// to look for such in every answer takes longer than to write it.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import {
  MARKS,
  type LaneView,
  type MarkView,
  type Method,
  type Reply,
  type SpanView,
} from "./protocol.ts";
import { jsonValue } from "./reply.ts";

const OUTCOMES = [...CALL_OUTCOMES, "mixed"] as const;

type PackedLanes = {
  readonly total: number;
  /** of boxes, each once */
  readonly labels: readonly string[];
  readonly lanes: readonly PackedLane[];
};

/** 0 in `call` and `event`: none. `label`, `outcome` and `kind` are places in lists. */
type PackedLane = Omit<LaneView, "spans" | "marks"> & {
  readonly spans: Columns<"t0" | "t1" | "depth" | "label" | "count" | "call" | "outcome">;
  readonly marks: Columns<"t" | "kind" | "count" | "event">;
};

type Columns<K extends string> = Readonly<Record<K, readonly number[]>>;

export function packReply(method: Method, reply: unknown): unknown {
  if (method === "query" || method === "ask") return packRows(reply);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the answer to `lanes` is what `Api` says
  return method === "lanes" ? packLanes(reply as Reply<"lanes">) : reply;
}

/** Integers beyond 2^53 as decimal text, bytes as hexadecimal. */
function packRows(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(packRows);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return jsonValue(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, packRows(one)]));
}

/** The server is compiled against `Api` and trusted to fill what it sends. */
export function unpackReply<M extends Method>(method: M, sent: unknown): Reply<M> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: see above
  return (method === "lanes" ? unpackLanes(sent as PackedLanes) : sent) as Reply<M>;
}

function packLanes({ total, lanes }: Reply<"lanes">): PackedLanes {
  const labels = new Map<string, number>();
  const placeOf = (label: string): number => {
    const known = labels.get(label);
    if (known !== undefined) return known;
    labels.set(label, labels.size);
    return labels.size - 1;
  };
  const packed = lanes.map(({ spans, marks, ...lane }) => ({
    ...lane,
    spans: {
      t0: spans.map(({ t0 }) => t0),
      t1: spans.map(({ t1 }) => t1),
      depth: spans.map(({ depth }) => depth),
      label: spans.map(({ label }) => placeOf(label)),
      count: spans.map(({ count }) => count),
      call: spans.map(({ call }) => call ?? 0),
      outcome: spans.map(({ outcome }) => OUTCOMES.indexOf(outcome)),
    },
    marks: {
      t: marks.map(({ t }) => t),
      kind: marks.map(({ kind }) => MARKS.indexOf(kind)),
      count: marks.map(({ count }) => count),
      event: marks.map(({ event }) => event ?? 0),
    },
  }));
  return { total, labels: [...labels.keys()], lanes: packed };
}

function unpackLanes({ total, labels, lanes }: PackedLanes): Reply<"lanes"> {
  return {
    total,
    lanes: lanes.map(({ spans, marks, ...lane }) => ({
      ...lane,
      spans: spans.t0.map((t0, at) => spanAt(spans, labels, t0, at)),
      marks: marks.t.map((t, at) => markAt(marks, t, at)),
    })),
  };
}

function spanAt(
  { t1, depth, label, count, call, outcome }: PackedLane["spans"],
  labels: readonly string[],
  t0: number,
  at: number,
): SpanView {
  const id = call[at] ?? 0;
  return {
    t0,
    t1: t1[at] ?? t0,
    depth: depth[at] ?? 0,
    label: labels[label[at] ?? 0] ?? "",
    count: count[at] ?? 0,
    call: id === 0 ? null : id,
    outcome: OUTCOMES[outcome[at] ?? 0] ?? "lost",
  };
}

function markAt({ kind, count, event }: PackedLane["marks"], t: number, at: number): MarkView {
  const id = event[at] ?? 0;
  return {
    t,
    kind: MARKS[kind[at] ?? 0] ?? "link",
    count: count[at] ?? 0,
    event: id === 0 ? null : id,
  };
}
