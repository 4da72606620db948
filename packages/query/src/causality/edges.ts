// What caused an event, and what it caused: edges between event ids, typed, with how sure they are.
//
// All edges of many events come from a few queries over the tables as they are; nothing is stored. An event has
// few causes (its call, its message, what its process last took), so edges grow with the events, not their pairs.

import { CONFIDENCES, type Confidence } from "@elixirscope/trace";
import { asNumber, select, type Row, type Source } from "../sql.ts";
import { CAUSE_TYPES, type CauseType } from "./cause-types.ts";
import { askedIds, edgesInto, type Asked } from "./edge-sql.ts";
import { effectCandidates } from "./effect-sql.ts";
import { endOfException } from "./exit-edges.ts";

/** `source` causes `target`; both are event ids. */
export type CauseEdge = {
  readonly source: number;
  readonly target: number;
  readonly type: CauseType;
  readonly confidence: Confidence;
};

/** Every edge that leads into one of `events`, by target, then source. */
export async function causesOf(
  source: Source,
  events: readonly number[],
): Promise<readonly CauseEdge[]> {
  return events.length === 0 ? [] : await edgesOfAsked(source, askedIds(events));
}

/** Every edge that leads out of one of `events`, by target, then source. */
export async function effectsOf(
  source: Source,
  events: readonly number[],
): Promise<readonly CauseEdge[]> {
  if (events.length === 0) return [];
  const rows = await select(source, effectCandidates(events));
  const edges = await causesOf(
    source,
    rows.map(([id]) => asNumber(id)),
  );
  const wanted = new Set(events);
  return edges.filter((edge) => wanted.has(edge.source));
}

/** The same for all events that a condition describes. */
export async function edgesOfAsked(source: Source, asked: Asked): Promise<readonly CauseEdge[]> {
  const [rows, ends] = await Promise.all([
    select(source, edgesInto(asked)),
    endOfException(source, asked),
  ]);
  return [...rows.map(edgeOf), ...ends].toSorted(
    (a, b) => a.target - b.target || a.source - b.source,
  );
}

function edgeOf([from, to, type, confidence]: Row): CauseEdge {
  return {
    source: asNumber(from),
    target: asNumber(to),
    type: CAUSE_TYPES[asNumber(type)] ?? "program_order",
    confidence: CONFIDENCES[asNumber(confidence)] ?? "inferred",
  };
}
