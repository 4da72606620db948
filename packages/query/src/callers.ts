// Inside of which calls an event happened, innermost first: for many events at once, one query per level.
// A function that has handed over by a tail call is no caller any more; it is named where it was the last
// thing that the process did before.

import { CALL_OUTCOMES, EVENT_KINDS } from "@elixirscope/trace";
import { PASSIVE_CODES } from "./event-kinds.ts";
import { mfaText } from "./names.ts";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "./sql.ts";

export type Caller = { readonly call: number; readonly mfa: string };

const MAX_LEVELS = 12;
const TAIL = CALL_OUTCOMES.indexOf("tail");
const CALL = EVENT_KINDS.indexOf("call");

/** By event, at most 12 calls up. An event outside of traced calls has none. */
export async function callersOf(
  source: Source,
  events: readonly number[],
): Promise<ReadonlyMap<number, readonly Caller[]>> {
  if (events.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT id, frame FROM raw.events WHERE id IN ${events} AND frame IS NOT NULL`,
  );
  const frames = new Map(rows.map((row) => [asNumber(row[0]), asNumber(row[1])]));
  const known = new Map<number, Caller & { readonly parent: number | null }>();
  let wanted = [...new Set(frames.values())];
  for (let level = 0; level < MAX_LEVELS && wanted.length > 0; level++) {
    for (const call of await callsOf(source, wanted)) known.set(call.call, call);
    const parents = wanted.flatMap((call) => known.get(call)?.parent ?? []);
    wanted = [...new Set(parents)].filter((call) => !known.has(call));
  }
  return new Map(
    [...frames].map(([event, frame]) => {
      const callers: Caller[] = [];
      let at = known.get(frame);
      while (at !== undefined && callers.length < MAX_LEVELS) {
        callers.push({ call: at.call, mfa: at.mfa });
        at = at.parent === null ? undefined : known.get(at.parent);
      }
      return [event, callers];
    }),
  );
}

/** Of events outside of traced calls: the function that the process had just entered, by event. */
export async function enteredBefore(
  source: Source,
  events: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (events.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT b.event, f.module, f."function", f.arity
      FROM (SELECT q.id AS event, e.id, e.kind FROM (SELECT id, pid, t FROM raw.events WHERE id IN ${events}) q
          ASOF JOIN (SELECT id, pid, kind FROM raw.events WHERE kind NOT IN ${PASSIVE_CODES}
            AND pid IN (SELECT pid FROM raw.events WHERE id IN ${events}) AND id < ${Math.max(...events)}) e
          ON e.pid = q.pid AND q.id > e.id) b
        JOIN (SELECT call, "function" FROM raw.calls WHERE outcome = ${TAIL}) c ON c.call = b.id
        JOIN base.functions f ON f.id = c."function" WHERE b.kind = ${CALL}`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      mfaText(
        asTextOrNull(row[1]) ?? "?",
        asTextOrNull(row[2]) ?? "?",
        asNumberOrNull(row[3]) ?? 0,
      ),
    ]),
  );
}

async function callsOf(
  source: Source,
  calls: readonly number[],
): Promise<readonly (Caller & { readonly parent: number | null })[]> {
  const rows = await select(
    source,
    sql`SELECT c.call, c.parent_call, f.module, f."function", f.arity
      FROM (SELECT call, parent_call, "function" FROM raw.calls WHERE call IN ${calls}) c
        LEFT JOIN base.functions f ON f.id = c."function"`,
  );
  return rows.map((row) => ({
    call: asNumber(row[0]),
    parent: asNumberOrNull(row[1]),
    mfa: mfaText(
      asTextOrNull(row[2]) ?? "?",
      asTextOrNull(row[3]) ?? "?",
      asNumberOrNull(row[4]) ?? 0,
    ),
  }));
}
