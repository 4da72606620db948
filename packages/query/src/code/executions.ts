// Every execution of a line, or every call of a function, around an instant: a page before it and a page after it,
// with what its variables were.

import type { Direction, ExecutionsReply, ExecutionView, Params } from "@elixirscope/wire";
import { functionTexts, pidIndex, pidTexts } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";
import { beyond, nearestFirst, type Position } from "../time/order.ts";
import { earliestFrom, latestUpTo, type Window } from "../time/windows.ts";
import { argumentValues, lineValues, type ExecutionValue } from "./execution-values.ts";
import { countedUpTo } from "./execution-count.ts";
import { executionPlace, type ExecutionPlace, type RowsWithin } from "./execution-sites.ts";

export type Execution = {
  readonly t: number;
  readonly event: number;
  readonly pid: number;
  readonly frame: number | null;
  readonly site: number | null;
};

export async function executions(
  source: Source,
  { at, t, event, pid, before, after }: Params<"executions">,
): Promise<ExecutionsReply> {
  const lookup = await executionPlace(source, at);
  if (!lookup.ok) return { kind: "unknown", message: lookup.message, nearest: lookup.nearest };
  const { place } = lookup;
  const index = pid === undefined ? null : await pidIndex(source, pid);
  const rows: RowsWithin =
    pid === undefined
      ? place.rows
      : async (times) => sql`(SELECT * FROM ${await place.rows(times)} WHERE pid = ${index ?? -1})`;
  // what stands at the instant counts as before it
  const here: Position = { t, event: event === undefined ? null : event + 1 };
  const range = await recordingRange(source);
  const { t0, t1 } = range;
  const [counts, earlier, later, limits] = await Promise.all([
    countedUpTo(source, JSON.stringify([at, index]), rows, here, range),
    latestUpTo(t, before, reading(source, rows, here, "previous")),
    earliestFrom(t, after, reading(source, rows, { t, event: event ?? null }, "next"), t1),
    limitsOf(source, { pids: index === null ? null : [index], from: t0, to: t1 }, ["calls"]),
  ]);
  const found = [...earlier.toReversed(), ...later];
  return {
    kind: "executions",
    ...counts,
    executions: await described(source, place, found),
    first: counts.before - earlier.length,
    limits,
  };
}

/** The nearest ones beyond a position, of one window. */
function reading(
  source: Source,
  rows: RowsWithin,
  position: Position,
  direction: Direction,
): (window: Window, limit: number) => Promise<readonly Execution[]> {
  return async ({ from, to }, limit) => {
    const found = await select(
      source,
      sql`SELECT t, id, pid, frame, site FROM ${await rows([from, to])}
        WHERE ${beyond(position, direction)} AND t BETWEEN ${from} AND ${to}
        ORDER BY ${nearestFirst(direction)} LIMIT ${limit}`,
    );
    return found.map(executionOf);
  };
}

function executionOf([t, event, pid, frame, site]: Row): Execution {
  return {
    t: asNumber(t),
    event: asNumber(event),
    pid: asNumber(pid),
    frame: asNumberOrNull(frame),
    site: asNumberOrNull(site),
  };
}

async function described(
  source: Source,
  place: ExecutionPlace,
  found: readonly Execution[],
): Promise<readonly ExecutionView[]> {
  if (found.length === 0) return [];
  const [pids, functions, values] = await Promise.all([
    pidTexts(
      source,
      found.map(({ pid }) => pid),
    ),
    functionOfSites(source, found),
    place.kind === "line" ? lineValues(source, place, found) : argumentValues(source, found),
  ]);
  const none: readonly ExecutionValue[] = [];
  return found.map(({ t, event, pid, frame, site }) => ({
    event,
    t,
    pid: pids.get(pid) ?? "",
    call: frame,
    mfa: place.kind === "function" ? place.mfa : (functions.get(site ?? 0) ?? null),
    values: values.get(event) ?? none,
  }));
}

async function functionOfSites(
  source: Source,
  found: readonly Execution[],
): Promise<ReadonlyMap<number, string>> {
  const sites = [...new Set(found.flatMap(({ site }) => site ?? []))];
  if (sites.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT site, "function" FROM raw.sites WHERE site IN ${sites} AND "function" IS NOT NULL`,
  );
  const texts = await functionTexts(
    source,
    rows.map(([, index]) => asNumber(index)),
  );
  return new Map(rows.map(([site, index]) => [asNumber(site), texts.get(asNumber(index)) ?? "?"]));
}
