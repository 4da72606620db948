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
