// The event before or after an instant. With `event` given, events at the same instant come one by one.

import type { Params, Reply } from "@elixirscope/wire";
import { kindCode } from "./event-kinds.ts";
import { pidIndex } from "./interned.ts";
import { asNumber, asText, select, sql, type Source } from "./sql.ts";

export async function step(source: Source, params: Params<"step">): Promise<Reply<"step">> {
  const { t, event, direction, pid, kinds } = params;
  const index = pid === undefined ? undefined : await pidIndex(source, pid);
  if (index === null) return null;
  const ofProcess = index === undefined ? sql`true` : sql`e.pid = ${index}`;
  const ofKind = kinds === undefined ? sql`true` : sql`e.kind IN ${kinds.map(kindCode)}`;
  const isNext = direction === "next";
  const beyond = isNext ? sql`e.t > ${t}` : sql`e.t < ${t}`;
  const sameInstant = isNext
    ? sql`(e.t = ${t} AND e.id > ${event ?? 0})`
    : sql`(e.t = ${t} AND e.id < ${event ?? 0})`;
  const where = event === undefined ? beyond : sql`(${beyond} OR ${sameInstant})`;
  // said again without OR, so that DuckDB skips row groups by it
  const side = isNext ? sql`e.t >= ${t}` : sql`e.t <= ${t}`;
  const order = isNext ? sql`e.t, e.id` : sql`e.t DESC, e.id DESC`;
  const [row] = await select(
    source,
    sql`SELECT s.id, s.t, p.text FROM (
        SELECT e.id, e.t, e.pid FROM raw.events e
        WHERE ${side} AND ${where} AND ${ofProcess} AND ${ofKind} AND e.pid IS NOT NULL
        ORDER BY ${order} LIMIT 1) s
      JOIN base.pids p ON p.id = s.pid`,
  );
  if (row === undefined) return null;
  return { event: asNumber(row[0]), t: asNumber(row[1]), pid: asText(row[2]) };
}
