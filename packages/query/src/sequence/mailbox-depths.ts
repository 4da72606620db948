// How deep mailboxes were over a range: the most in each bucket, so that no spike is lost between pixels.

import type { Params, Reply } from "@elixirscope/wire";
import { Buckets } from "../buckets.ts";
import { RowsByPid } from "../lane-detail.ts";
import { mailSql } from "../performance/mail.ts";
import { NO_ROWS, selectVectors, sql, valueAt, type Source } from "../sql.ts";
import { knownPids } from "./members.ts";

export async function mailboxDepths(
  source: Source,
  { t0, t1, pids, buckets: count }: Params<"mailboxDepths">,
): Promise<Reply<"mailboxDepths">> {
  const buckets = new Buckets({ t0, t1 }, count);
  const range = { t0: buckets.t0, t1: buckets.t1 };
  const names = await knownPids(source, pids);
  const [owners = NO_ROWS, places, changed, longest] = await selectVectors(
    source,
    sql`WITH mail AS MATERIALIZED (${mailSql(range, [...names.keys()])}),
      changes AS (
        SELECT to_pid, greatest(arrived, ${range.t0}) AS t, 1 AS change FROM mail
        UNION ALL SELECT to_pid, gone, -1 FROM mail WHERE gone <= ${range.t1})
      SELECT to_pid, bucket::DOUBLE, sum(change)::DOUBLE, max(length)::DOUBLE FROM (
        SELECT to_pid, ${buckets.sqlOf(sql`t`)} AS bucket, change,
          sum(change) OVER (PARTITION BY to_pid ORDER BY t, change DESC ROWS UNBOUNDED PRECEDING) AS length FROM changes)
      GROUP BY to_pid, bucket ORDER BY to_pid, bucket`,
  );
  const byPid = new RowsByPid(owners);
  return {
    ...range,
    depths: [...names].map(([id, pid]) => {
      const { from, to } = byPid.of(id);
      const changes = new Map<number, { readonly by: number; readonly most: number }>();
      for (let row = from; row < to; row++) {
        const change = { by: valueAt(changed, row), most: valueAt(longest, row) };
        changes.set(valueAt(places, row), change);
      }
      let length = 0;
      const lengths = Array.from({ length: count }, (_, bucket) => {
        const change = changes.get(bucket);
        const most = Math.max(length, change?.most ?? 0);
        length += change?.by ?? 0;
        return most;
      });
      return { pid, lengths, longest: lengths.reduce((a, b) => Math.max(a, b), 0) };
    }),
  };
}
