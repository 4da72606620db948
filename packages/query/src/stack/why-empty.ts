// What is known of a process at an instant at which none of its calls was open.

import { functionTexts } from "../interned.ts";
import { timeText } from "../names.ts";
import { lastOf, rowsOf } from "../part-rows.ts";
import type { ProcessFacts } from "../process-facts.ts";
import { gapReasons } from "../state-why.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";
import { earliestFrom, latestUpTo, type Window } from "../time/windows.ts";

/** Mostly it is enough to look so far. */
const NEAR_NS = 20_000_000;

export async function whyEmpty(
  source: Source,
  pid: number,
  t: number,
  life: ProcessFacts,
  near: readonly NearCall[] | null,
): Promise<string> {
  if (life.spawned !== null && life.spawned > t) {
    return `the process did not exist yet: it was spawned at ${timeText(life.spawned)}`;
  }
  if (life.exited !== null && life.exited <= t) {
    return `the process had exited at ${timeText(life.exited)}`;
  }
  const { before, after } = await callsAround(
    source,
    pid,
    t,
    near ?? (await callsNear(source, pid, t)),
  );
  if (before === undefined && after === undefined) return await whyNoCalls(source, pid, t);
  const said = ["no recorded call was running"];
  if (before !== undefined) {
    said.push(`the last one, ${before.mfa}, ended at ${timeText(before.t1)}`);
  }
  if (after !== undefined) {
    said.push(`the next one, ${after.mfa}, begins at ${timeText(after.t0)}`);
  }
  return said.join("; ");
}

export type NearCall = { readonly mfa: string; readonly t0: number; readonly t1: number };

type NearCalls = { readonly before: NearCall | undefined; readonly after: NearCall | undefined };

/** What ended and began last and next, if that is near: mostly it is, and asked for together. */
export async function callsNear(
  source: Source,
  pid: number,
  t: number,
): Promise<readonly NearCall[]> {
  const ended = await endedIn(source, pid, { from: Math.max(0, t - NEAR_NS), to: t });
  const begun = await begunIn(source, pid, { from: t + 1, to: t + NEAR_NS });
  return await nearCalls(source, sql`${ended} UNION ALL ${begun}`);
}

const COLUMNS = sql`"function", t_enter, t_exit`;

async function endedIn(source: Source, pid: number, { from, to }: Window): Promise<Sql> {
  const calls = await rowsOf(source, "calls", { t_exit: [from, to] });
  return sql`(SELECT ${COLUMNS} FROM ${calls}
    WHERE pid = ${pid} AND t_exit BETWEEN ${from} AND ${to} ORDER BY t_exit DESC LIMIT 1)`;
}

async function begunIn(source: Source, pid: number, { from, to }: Window): Promise<Sql> {
  const calls = await rowsOf(source, "calls", { t_enter: [from, to] });
  return sql`(SELECT ${COLUMNS} FROM ${calls}
    WHERE pid = ${pid} AND t_enter BETWEEN ${from} AND ${to} ORDER BY t_enter LIMIT 1)`;
}

/** What is not near is looked for further away. */
async function callsAround(
  source: Source,
  pid: number,
  t: number,
  near: readonly NearCall[],
): Promise<NearCalls> {
  const [[before], [after]] = await Promise.all([
    near.some(({ t1 }) => t1 <= t)
      ? near.filter(({ t1 }) => t1 <= t)
      : latestUpTo(
          t - NEAR_NS - 1,
          1,
          async (window) => await nearCalls(source, await endedIn(source, pid, window)),
        ),
    near.some(({ t0 }) => t0 > t)
      ? near.filter(({ t0 }) => t0 > t)
      : earliestFrom(
          t + NEAR_NS + 1,
          1,
          async (window) => await nearCalls(source, await begunIn(source, pid, window)),
          await lastOf(source, "calls", "t_enter"),
        ),
  ]);
  return { before, after };
}

async function whyNoCalls(source: Source, pid: number, t: number): Promise<string> {
  const [[row], gaps] = await Promise.all([
    select(source, sql`SELECT count(*), min(t), max(t) FROM raw.events WHERE pid = ${pid}`),
    gapReasons(source, pid, 0, t),
  ]);
  const count = asNumber(row?.[0] ?? 0);
  const missing = gaps === null ? "" : `; missing before this instant: ${gaps}`;
  if (count === 0) return `nothing that this process did was recorded${missing}`;
  const [from, to] = [asNumberOrNull(row?.[1]) ?? 0, asNumberOrNull(row?.[2]) ?? 0];
  return `no call of this process was recorded, but ${count} other events from ${timeText(from)} to ${timeText(to)}${missing}`;
}

async function nearCalls(source: Source, chosen: Sql): Promise<readonly NearCall[]> {
  const rows = await select(source, sql`FROM (${chosen})`);
  const functions = rows.map(([id]) => asNumberOrNull(id) ?? 0);
  const names = await functionTexts(source, functions);
  return rows.map(([, t0, t1], i) => ({
    mfa: names.get(functions[i] ?? 0) ?? "an unknown function",
    t0: asNumber(t0),
    // one that has begun after the instant may still be running
    t1: asNumberOrNull(t1) ?? Infinity,
  }));
}
