// How many executions there are, and how many of them up to an instant. Of a whole recording they are counted once for a
// place, by stretches of time: from then on only the stretch that the instant is in is read, however the cursor moves.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "../kept.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { beyond, type Position } from "../time/order.ts";
import type { RowsWithin } from "./execution-sites.ts";

export type Counted = { readonly total: number; readonly before: number };

const STRETCHES = 1_024;
const MOST_PLACES = 32;

type Stretches = {
  readonly widthNs: number;
  /** executions before each stretch; one more at the end: all */
  readonly upTo: Float64Array;
};

const kept = new Kept<string, Stretches>(MOST_PLACES);

/** `place`: what tells `rows` from those of other places. */
export async function countedUpTo(
  source: Source,
  place: string,
  rows: RowsWithin,
  here: Position,
  { t1 }: TimeRange,
): Promise<Counted> {
  const known = kept.get(source, place);
  if (known === undefined && source.manifest.state === "recording") {
    const [row] = await select(
      source,
      sql`SELECT count(*), count(*) FILTER (WHERE ${beyond(here, "previous")}) FROM ${await rows(null)}`,
    );
    return { total: asNumber(row?.[0] ?? 0), before: asNumber(row?.[1] ?? 0) };
  }
  const stretches = known ?? (await counted(source, rows, t1));
  kept.set(source, place, stretches);
  const { widthNs, upTo } = stretches;
  const total = upTo[STRETCHES] ?? 0;
  if (here.t < 0) return { total, before: 0 };
  const at = Math.min(STRETCHES - 1, Math.floor(here.t / widthNs));
  const whole = upTo[at] ?? 0;
  if (whole === upTo[at + 1]) return { total, before: whole };
  const from = at * widthNs;
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM ${await rows([from, here.t])} WHERE t >= ${from} AND ${beyond(here, "previous")}`,
  );
  return { total, before: whole + asNumber(row?.[0] ?? 0) };
}

async function counted(source: Source, rows: RowsWithin, t1: number): Promise<Stretches> {
  const widthNs = Math.max(1, Math.ceil((t1 + 1) / STRETCHES));
  const counts = await select(
    source,
    sql`SELECT greatest(0, least(${STRETCHES - 1}, t // ${widthNs})), count(*) FROM ${await rows(null)} GROUP BY 1`,
  );
  const upTo = new Float64Array(STRETCHES + 1);
  for (const [stretch, count] of counts) upTo[asNumber(stretch) + 1] = asNumber(count);
  for (let i = 1; i <= STRETCHES; i += 1) upTo[i] = (upTo[i] ?? 0) + (upTo[i - 1] ?? 0);
  return { widthNs, upTo };
}
