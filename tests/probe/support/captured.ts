// Reads EVENTS records as a collector must: numbered per process, doubles dropped, holes seen.

import { inspect, type Term } from "@elixirscope/etf";
import { CAPTURED } from "@elixirscope/trace";
import type { FrameReader } from "./frames.ts";

export type CapturedEvent = {
  readonly kind: string;
  readonly number: number;
  readonly site: number;
  readonly frame: number;
  /** ns since the start */
  readonly t: number;
  /** what follows the frame, each as Elixir prints it */
  readonly values: readonly string[];
};

export type CapturedStream = {
  readonly events: readonly CapturedEvent[];
  readonly missing: number;
  readonly doubles: number;
  /** open frames after the last event */
  readonly depth: number;
  readonly records: number;
};

const KINDS = new Map<number, string>(Object.entries(CAPTURED).map(([name, n]) => [n, name]));

export function captured(stream: FrameReader): ReadonlyMap<string, CapturedStream> {
  const pids = [...new Set(stream.of("EVENTS").map((record) => record.pid))];
  return new Map(pids.map((pid) => [pid, ofProcess(stream, pid)]));
}

/** The newest event, of any process, once there is one. */
export function lastCaptured(stream: FrameReader): CapturedEvent | undefined {
  return [...captured(stream).values()].at(-1)?.events.at(-1);
}

/** The one process that reported. */
export function onlyCaptured(stream: FrameReader): CapturedStream {
  const [first, second] = [...captured(stream).values()];
  if (first === undefined || second !== undefined) throw new Error("not exactly one process");
  return first;
}

function ofProcess(stream: FrameReader, pid: string): CapturedStream {
  const events: CapturedEvent[] = [];
  let [next, missing, doubles, depth, records] = [0, 0, 0, 0, 0];
  for (const record of stream.of("EVENTS")) {
    if (record.pid !== pid) continue;
    records += 1;
    const [first, depthAfter, at, list] = items(record.payload);
    const start = integer(first);
    if (start > next) [missing, next] = [missing + start - next, start];
    const all = list?.kind === "list" ? list.items : [];
    all.forEach((event, i) => {
      if (start + i < next) doubles += 1;
      else events.push(toEvent(event, start + i, record.t - integer(at)));
    });
    next = Math.max(next, start + all.length);
    depth = integer(depthAfter);
  }
  return { events, missing, doubles, depth, records };
}

function toEvent(term: Term, number: number, offset: number): CapturedEvent {
  const [kind, site, t, frame, ...values] = items(term);
  const name = KINDS.get(integer(kind));
  if (name === undefined) throw new Error(`event ${inspect(term)}`);
  return {
    kind: name,
    number,
    site: integer(site),
    frame: integer(frame),
    t: integer(t) + offset,
    values: values.map((value) => inspect(value, { limit: 500, charlists: "lists" })),
  };
}

function items(term: Term | null): readonly Term[] {
  if (term?.kind !== "tuple") throw new Error("a tuple was expected");
  return term.items;
}

function integer(term: Term | undefined): number {
  if (term?.kind !== "integer") throw new Error("an integer was expected");
  return Number(term.value);
}
