// What instrumented functions made in the last second of a recording, counted in the recording itself.

import type { Recording } from "@elixirscope/store";
import type { DeepRate } from "./instrumenter.ts";

const LAST_SECOND = `WITH now AS (SELECT max(t) AS t FROM events)
SELECT s.module || '.' || s."function" || '/' || s.arity AS function, count(*) AS events,
  count(*) FILTER (WHERE e.kind = 'call') AS calls,
  count(*) FILTER (WHERE e.kind IN ('value', 'line')) AS details
FROM events e JOIN sites s ON s.site = e.site, now
WHERE e.t > now.t - 1000000000 GROUP BY 1`;

export async function deepRates(recording: Pick<Recording, "query">): Promise<readonly DeepRate[]> {
  const { rows } = await recording.query(LAST_SECOND);
  return rows.flatMap(([name, events, calls, details]) =>
    typeof name === "string"
      ? [
          {
            function: name,
            eventsPerSecond: Number(events),
            callsPerSecond: Number(calls),
            detailsPerSecond: Number(details),
          },
        ]
      : [],
  );
}

const MUTED = `WITH now AS (SELECT max(t) AS t FROM events),
muted AS (
  SELECT g.pid, sum(least(g.t_to, now.t) - greatest(g.t_from, now.t - 2000000000)) AS ns FROM gaps g, now
  WHERE g.reason = 'rate_limited' AND g.t_to > now.t - 2000000000 AND g.t_from < now.t GROUP BY g.pid)
SELECT coalesce(max(ns), 0) / 2e9 FROM muted`;

/** Of the last two seconds, the part in which the busiest process was not recorded because of its budget. */
export async function mutedShare(recording: Pick<Recording, "query">): Promise<number> {
  const { rows } = await recording.query(MUTED);
  return Math.min(1, Number(rows[0]?.[0] ?? 0));
}
