// A range with so few events that all its calls can be added up while somebody waits. A longer one is cut at
// its end, and the answer says so.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "../kept.ts";
import type { Source } from "../sql.ts";
import { eventsIn } from "./sweep.ts";

/** Reading them takes some seconds. */
export const MOST_EVENTS = 4_000_000;
/** How near to the bound is near enough. */
const STEPS = 10;

export type BoundedRange = { readonly range: TimeRange; readonly limits: readonly string[] };

const kept = new Kept<string, BoundedRange>(32);

export async function boundedRange(
  source: Source,
  asked: TimeRange,
  most: number = MOST_EVENTS,
): Promise<BoundedRange> {
  const whole = { t0: asked.t0, t1: Math.max(asked.t0 + 1, asked.t1) };
  const key = [whole.t0, whole.t1, most].join(" ");
  return await kept.of(source, key, async () => await cut(source, whole, most));
}

async function cut(source: Source, { t0, t1 }: TimeRange, most: number): Promise<BoundedRange> {
  const count = (to: number): Promise<number> => eventsIn(source, { from: t0, to: to + 1 });
  const total = await count(t1);
  if (total <= most) return { range: { t0, t1 }, limits: [] };
  let [low, high] = [t0, t1];
  for (let step = 0; step < STEPS; step++) {
    const middle = Math.floor((low + high) / 2);
    if ((await count(middle)) <= most) low = middle;
    else high = middle;
  }
  const range = { t0, t1: Math.max(low, t0 + 1) };
  const share = Math.round((100 * (range.t1 - t0)) / (t1 - t0));
  const text =
    `only the first ${share} % of the time asked for: it has ${total.toLocaleString("en")} events, ` +
    `and at most ${most.toLocaleString("en")} are added up; choose a shorter range for another part`;
  return { range, limits: [text] };
}
