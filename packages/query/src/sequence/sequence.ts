// A sequence diagram of chosen processes in a range, bounded by what a screen can show.

import type { Params, SequenceView, TimeRange } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { inRangeSql } from "../messages-in-range.ts";
import { gapsIn } from "../overview.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { activations } from "./activations.ts";
import { membersOf, membership, type Membership } from "./members.ts";
import { mergedMessages } from "./merged-messages.ts";
import { sequenceMarks } from "./sequence-marks.ts";
import { singleMessages } from "./single-messages.ts";

/** An arrow with its count takes as much height as so many marks. */
const ARROW_BUCKETS = 4;

export async function sequence(
  source: Source,
  { t0, t1, pids, others, buckets, limit }: Params<"sequence">,
): Promise<SequenceView> {
  const range = { t0: Math.min(t0, t1), t1: Math.max(t0, t1) };
  const { columns, indexes } = await membersOf(source, pids);
  const members = membership(indexes, others);
  const { total, hidden } = await counts(source, range, members);
  const areSingle = total <= limit;
  const extent = { pids: indexes, from: range.t0, to: range.t1 };
  const [messages, merged, active, marks, gaps, limits] = await Promise.all([
    areSingle ? singleMessages(source, range, indexes, members, 2 * limit) : [],
    areSingle
      ? []
      : mergedMessages(source, range, indexes, members, Math.ceil(buckets / ARROW_BUCKETS)),
    areSingle ? activations(source, range, indexes) : [],
    sequenceMarks(source, range, indexes, buckets),
    gapsIn(source, range),
    limitsOf(source, extent, ["messages", "states", "lifecycle"]),
  ]);
  const shown = new Set(columns.map(({ pid }) => pid));
  return {
    ...range,
    columns,
    messages,
    merged,
    total,
    hidden,
    activations: active,
    marks,
    gaps: gaps.filter(({ pid }) => pid === null || shown.has(pid)),
    limits,
  };
}

async function counts(
  source: Source,
  range: TimeRange,
  { touches, belongs }: Membership,
): Promise<{ readonly total: number; readonly hidden: number }> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FILTER (${belongs}), count(*) FILTER (NOT ${belongs}) FROM (${await inRangeSql(source, range, touches)})`,
  );
  return { total: asNumber(row?.[0] ?? 0), hidden: asNumber(row?.[1] ?? 0) };
}
