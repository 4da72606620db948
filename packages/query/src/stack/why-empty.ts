// What is known of a process at an instant at which none of its calls was open.

import { mfaText, timeText } from "../names.ts";
import { gapReasons, lifeOf } from "../state-why.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import { latestUpTo } from "../time/windows.ts";

export async function whyEmpty(source: Source, pid: number, t: number): Promise<string> {
  const life = await lifeOf(source, pid);
  if (life.spawned !== null && life.spawned > t) {
    return `the process did not exist yet: it was spawned at ${timeText(life.spawned)}`;
  }
  if (life.exited !== null && life.exited <= t) {
    return `the process had exited at ${timeText(life.exited)}`;
  }
  const [[before], [after]] = await Promise.all([
    latestUpTo(
      t,
      1,
      async ({ from, to }) =>
        await callsNear(source, pid, sql`t_exit BETWEEN ${from} AND ${to} ORDER BY t_exit DESC`),
    ),
    callsNear(source, pid, sql`t_enter > ${t} ORDER BY t_enter`),
  ]);
  if (before === undefined && after === undefined) return await whyNoCalls(source, pid, t);
  const said = ["no recorded call was running"];
  if (before !== undefined) {
    said.push(`the last one, ${mfa(before)}, ended at ${timeText(asNumber(before[4]))}`);
  }
  if (after !== undefined) {
    said.push(`the next one, ${mfa(after)}, begins at ${timeText(asNumber(after[3]))}`);
  }
  return said.join("; ");
}

async function whyNoCalls(source: Source, pid: number, t: number): Promise<string> {
  const [row] = await select(
    source,
    sql`SELECT count(*), min(t), max(t) FROM raw.events WHERE pid = ${pid}`,
  );
  const count = asNumber(row?.[0] ?? 0);
  const gaps = await gapReasons(source, pid, 0, t);
  const missing = gaps === null ? "" : `; missing before this instant: ${gaps}`;
  if (count === 0) return `nothing that this process did was recorded${missing}`;
  const [from, to] = [asNumberOrNull(row?.[1]) ?? 0, asNumberOrNull(row?.[2]) ?? 0];
  return `no call of this process was recorded, but ${count} other events from ${timeText(from)} to ${timeText(to)}${missing}`;
}

const COLUMNS = sql`f.module, f."function", f.arity, c.t_enter, c.t_exit`;

async function callsNear(source: Source, pid: number, which: Sql): Promise<readonly Row[]> {
  return await select(
    source,
    sql`SELECT ${COLUMNS} FROM (SELECT * FROM raw.calls WHERE pid = ${pid} AND ${which} LIMIT 1) c
      LEFT JOIN base.functions f ON f.id = c."function"`,
  );
}

function mfa(row: Row): string {
  return mfaText(asTextOrNull(row[0]) ?? "?", asTextOrNull(row[1]) ?? "?", asNumber(row[2] ?? 0));
}
