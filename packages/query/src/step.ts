// The event before or after an instant. With `event` given, events at the same instant come one by one.

import type { Params, Reply } from "@elixirscope/wire";
import { kindCode } from "./event-kinds.ts";
import { pidIndex, pidTexts } from "./interned.ts";
import { lastOf, rowsOf } from "./part-rows.ts";
import { asNumber, select, sql, type Row, type Source } from "./sql.ts";
import { earliestFrom, latestUpTo, type Window } from "./time/windows.ts";

export async function step(source: Source, params: Params<"step">): Promise<Reply<"step">> {
  const { t, event, direction, pid, kinds } = params;
  const index = pid === undefined ? undefined : await pidIndex(source, pid);
  if (index === null) return null;
  const ofProcess = index === undefined ? sql`pid IS NOT NULL` : sql`pid = ${index}`;
  const ofKind = kinds === undefined ? sql`true` : sql`kind IN ${kinds.map(kindCode)}`;
  const isNext = direction === "next";
  const beyond = isNext ? sql`t > ${t}` : sql`t < ${t}`;
  const sameInstant = isNext
    ? sql`(t = ${t} AND id > ${event ?? 0})`
    : sql`(t = ${t} AND id < ${event ?? 0})`;
  const where = event === undefined ? beyond : sql`(${beyond} OR ${sameInstant})`;
  const order = isNext ? sql`t, id` : sql`t DESC, id DESC`;
  const first = async ({ from, to }: Window): Promise<readonly Row[]> => {
    const events = await rowsOf(source, "events", { t: [from, to] });
    return await select(
      source,
      sql`SELECT id, t, pid FROM ${events}
        WHERE t BETWEEN ${from} AND ${to} AND ${where} AND ${ofProcess} AND ${ofKind} ORDER BY ${order} LIMIT 1`,
    );
  };
  const [row] = isNext
    ? await nextFrom(source, t, first)
    : await latestUpTo(t, 1, async (window) => await first(window));
  if (row === undefined) return null;
  const by = asNumber(row[2]);
  const texts = await pidTexts(source, [by]);
  return { event: asNumber(row[0]), t: asNumber(row[1]), pid: texts.get(by) ?? "" };
}

/** Of a recording that goes on mostly the end is near, and nothing comes: one look tells. */
async function nextFrom(
  source: Source,
  t: number,
  first: (window: Window) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const last = await lastOf(source, "events", "t");
  if (source.manifest.state === "recording") return await first({ from: t, to: last });
  return await earliestFrom(t, 1, async (window) => await first(window), last);
}
