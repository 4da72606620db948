// What a search over a recording is told before it begins (which names can be asked for, how to slice it)
// and what it has to say when it is over.

import { nearestNames } from "@elixirscope/base";
import { isLoss } from "../overview.ts";
import { asNumber, asNumberOrNull, asText, select, sql, type Source } from "../sql.ts";
import type { StepRows } from "./step-rows.ts";
import type { NoSubject, Subject } from "./subject.ts";
import { Visibility } from "./visibility.ts";
import type { Watcher, WatcherOptions } from "./watcher.ts";
import { whereText, type Watch } from "./where.ts";

const EVENTS_OF_SLICE = 1_000_000;
const MAX_SLICES = 10_000;

export async function watcherOptions(
  source: Source,
  subject: Subject,
  { followsCalls }: StepRows,
): Promise<WatcherOptions> {
  const visibility = await Visibility.of(source, subject);
  return {
    lineSites: subject.lineSites,
    followsCalls,
    isVisible: (bound, at) => visibility.isVisible(bound, at),
  };
}

/** Slices of about a million events, were they spread evenly. */
export async function sliceCount(source: Source, from: number, to: number): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.events WHERE t >= ${from} AND t < ${to}`,
  );
  return Math.min(MAX_SLICES, Math.ceil(asNumber(row?.[0] ?? 0) / EVENTS_OF_SLICE));
}

/** Names that nothing there can have: told before a long search finds nothing. */
export function unknownNames({ where, condition }: Watch, subject: Subject): NoSubject | null {
  if (where.kind === "state") return null;
  const names = new Set(
    [...subject.sites.values()].flatMap((site) => site.names.filter((name) => name !== null)),
  );
  const isInstrumented = subject.sites.size > 0;
  for (const name of condition.variables) {
    if (names.has(name) || /^arg[1-9]\d*$/.test(name)) continue;
    if (name === "result" && where.kind === "function") continue;
    const place = whereText(where);
    if (name === "result") {
      return {
        message: "the result is known where a function returns: name the function",
        nearest: [],
      };
    }
    if (isInstrumented) {
      const near = nearestNames(name, names);
      const nearest = near.length > 0 ? near : [...names].slice(0, 10);
      return { message: `${place} binds no variable ${name}`, nearest };
    }
    return {
      message: `of ${place} only calls were recorded, not its variables: ask about arg1, arg2, … and result, or record with instrumentation`,
      nearest: [],
    };
  }
  return null;
}

export function neverBound({ condition, where }: Watch, watcher: Watcher): readonly string[] {
  const never = [...condition.variables].filter((name) => !watcher.seen.has(name));
  if (never.length === 0) return [];
  const what = where.kind === "state" ? "no recorded state had" : "nothing recorded there bound";
  return [`${what} ${never.join(", ")}`];
}

/** Events of the range that are missing in the recording. */
export async function lossNotes(
  source: Source,
  from: number,
  to: number,
): Promise<readonly string[]> {
  const rows = await select(
    source,
    sql`SELECT reason, sum(count)::BIGINT FROM base.gaps WHERE t_from < ${to} AND t_to >= ${from}
      GROUP BY reason ORDER BY reason`,
  );
  const missing = rows
    .filter(([reason]) => isLoss(asText(reason)) || reason === "sampled")
    .map(([reason, count]) => {
      const number = asNumberOrNull(count);
      return `${asText(reason)}${number === null ? "" : ` (${number} events)`}`;
    });
  return missing.length === 0
    ? []
    : [`something is missing in this range: ${missing.join(", ")}; there may be more hits`];
}
