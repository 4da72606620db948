// What a crash is read against: the last messages and states of the process, and who was started in its place.

import type { CrashContext, StateBefore } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { printTerm, styleOf } from "../print.ts";
import { asBytesOrNull, asNumber, asText, select, sql, type Source } from "../sql.ts";
import { restartsAfter } from "./aftermath.ts";
import { NEAR } from "./cause-lookups.ts";
import { eventSteps } from "./event-steps.ts";

const MESSAGES = 5;
const STATES = 3;

/** Null: there is no such event, or it is of no process. */
export async function crashContext(source: Source, event: number): Promise<CrashContext | null> {
  const [row] = await select(
    source,
    sql`SELECT pid, t FROM raw.events WHERE id = ${event} AND pid IS NOT NULL LIMIT 1`,
  );
  if (row === undefined) return null;
  const [pid, t] = [asNumber(row[0]), asNumber(row[1])];
  const [messages, states, restarts] = await Promise.all([
    lastMessages(source, pid, event),
    lastStates(source, pid, event),
    restartsAfter(source, pid, t),
  ]);
  const style = styleOf(source.manifest);
  return { messages: await eventSteps(source, messages, new Map(), style), states, ...restarts };
}

/** Behaviours tell both that a message came and that they took it; elsewhere only one of the two is known. */
async function lastMessages(
  source: Source,
  pid: number,
  event: number,
): Promise<readonly number[]> {
  for (const kind of ["receive", "handle"] as const) {
    for (const from of [Math.max(0, event - NEAR), 0]) {
      const rows = await select(
        source,
        sql`SELECT id::DOUBLE FROM raw.events WHERE pid = ${pid} AND kind = ${kindCode(kind)}
          AND id BETWEEN ${from} AND ${event - 1} ORDER BY id DESC LIMIT ${MESSAGES}`,
      );
      if (rows.length === MESSAGES || (from === 0 && rows.length > 0)) {
        return rows.map(([id]) => asNumber(id)).toReversed();
      }
    }
  }
  return [];
}

async function lastStates(
  source: Source,
  pid: number,
  event: number,
): Promise<readonly StateBefore[]> {
  const rows = await select(
    source,
    sql`SELECT event::DOUBLE, t, version, payload(state) FROM (
      SELECT event, t, version, state FROM raw.states WHERE pid = ${pid} AND event < ${event}
        ORDER BY event DESC LIMIT ${STATES}) ORDER BY event`,
  );
  const style = styleOf(source.manifest);
  return rows.flatMap((row) => {
    const state = asBytesOrNull(row[3]);
    if (state === null) return [];
    const [id, t, version] = row.slice(0, 3).map(asNumber);
    const text = asText(printTerm(state, "line", style));
    return [{ event: id ?? 0, t: t ?? 0, version: version ?? 0, text }];
  });
}
