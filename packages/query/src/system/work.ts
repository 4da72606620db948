// How much processes worked: reductions a second around a stretch of time. They were read about once a second and
// told where they had changed, so what is known is the mean between the last reading before the stretch and the
// first one after it.

import type { TimeRange } from "@elixirscope/wire";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import type { Lives } from "./lives.ts";

type Reading = { readonly t: number; readonly value: number };

/** By process; one that was read less than twice is not in it. */
export async function workOf(
  source: Source,
  lives: Lives,
  { t0, t1 }: TimeRange,
): Promise<ReadonlyMap<number, number>> {
  const rows = await select(
    source,
    sql`SELECT p.id, min(m.t), min(m.value), max(m.t), max(m.value),
        max(m.t) FILTER (WHERE m.t <= ${t0}), max(m.value) FILTER (WHERE m.t <= ${t0}),
        min(m.t) FILTER (WHERE m.t >= ${t1}), min(m.value) FILTER (WHERE m.t >= ${t1})
      FROM raw.metrics m JOIN base.names n ON n.id = m.name AND n.text = 'reductions'
        JOIN base.names s ON s.id = m.source JOIN base.pids p ON p.text = s.text
      GROUP BY p.id`,
  );
  const found = new Map<number, number>();
  for (const row of rows) {
    const [pid, ...rest] = row;
    const index = asNumber(pid);
    const [first, last, before, after] = [0, 2, 4, 6].map((at) => reading(rest[at], rest[at + 1]));
    const spawned = lives.all.get(index)?.tSpawned ?? null;
    const from = before ?? (spawned === null ? first : { t: spawned, value: 0 });
    const to = after ?? last;
    if (from && to && to.t > from.t)
      found.set(index, ((to.value - from.value) * 1e9) / (to.t - from.t));
  }
  return found;
}

function reading(t: unknown, value: unknown): Reading | undefined {
  const at = asNumberOrNull(t);
  return at === null ? undefined : { t: at, value: asNumber(value) };
}
