// The order of what happened: by time, and at one instant by event id.

import type { Direction } from "@elixirscope/wire";
import { asNumber, select, sql, type Source, type Sql } from "../sql.ts";
import { latestUpTo } from "./windows.ts";

/** `event` null: after everything that happened at `t`. */
export type Position = { readonly t: number; readonly event: number | null };

export type EventAt = { readonly t: number; readonly event: number };

const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/** Rows of `t`, `id` beyond the position; the time is said apart, so that DuckDB skips row groups by it. */
export function beyond({ t, event }: Position, direction: Direction): Sql {
  const id = event ?? AFTER_ALL;
  return direction === "next"
    ? sql`t >= ${t} AND (t > ${t} OR id > ${id})`
    : sql`t <= ${t} AND (t < ${t} OR id < ${id})`;
}

export function nearestFirst(direction: Direction): Sql {
  return direction === "next" ? sql`t, id` : sql`t DESC, id DESC`;
}

export function isBeyond(one: EventAt, { t, event }: Position, direction: Direction): boolean {
  const id = event ?? AFTER_ALL;
  return direction === "next"
    ? one.t > t || (one.t === t && one.event > id)
    : one.t < t || (one.t === t && one.event < id);
}

/** The nearest event beyond the position of those that `which` is true of. */
export async function nearestEvent(
  source: Source,
  which: Sql,
  position: Position,
  direction: Direction,
): Promise<EventAt | null> {
  return await nearest(position, direction, async (within) => {
    const [row] = await select(
      source,
      sql`SELECT t, id FROM raw.events WHERE ${which} AND ${beyond(position, direction)} AND ${within}
        ORDER BY ${nearestFirst(direction)} LIMIT 1`,
    );
    return row === undefined ? null : { t: asNumber(row[0]), event: asNumber(row[1]) };
  });
}

/** Back in time window by window; `look` is given what `t` has to be within. */
export async function nearest<T>(
  { t }: Position,
  direction: Direction,
  look: (within: Sql) => Promise<T | null>,
): Promise<T | null> {
  if (direction === "next") return await look(sql`true`);
  const [found] = await latestUpTo(t, 1, async ({ from, to }) => {
    const one = await look(sql`t BETWEEN ${from} AND ${to}`);
    return one === null ? [] : [one];
  });
  return found ?? null;
}
