// Messages between processes: sums by SQL, so that ten and ten million cost the same to send.
//
// A message counts where it was sent; one without a known send counts where it was received. Where the two
// ends of messages could not be joined, both are there: the greater number of the two is told.

import type { TimeRange } from "@elixirscope/wire";
import { begunSql } from "../messages-in-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";

/** Pairs of processes beyond that are not told apart. */
const MAX_PAIRS = 60_000;
/** Messages whose payload is looked at for its size. */
const SIZED = 2_000;

/** Indexes; null: nobody, or not recorded. */
export type Flow = {
  readonly from: number | null;
  readonly to: number | null;
  readonly messages: number;
};

export type Traffic = {
  /** the busiest first */
  readonly flows: readonly Flow[];
  readonly isCut: boolean;
};

export async function traffic(source: Source, range: TimeRange): Promise<Traffic> {
  const rows = await select(
    source,
    sql`SELECT from_pid, to_pid, greatest(count(t_sent), count(*) - count(t_sent))::DOUBLE AS messages
      FROM (${await begunSql(source, range, sql`true`)}) GROUP BY 1, 2 ORDER BY messages DESC, 1, 2 LIMIT ${MAX_PAIRS + 1}`,
  );
  const flows = rows.slice(0, MAX_PAIRS).map((row) => ({
    from: asNumberOrNull(row[0]),
    to: asNumberOrNull(row[1]),
    messages: asNumber(row[2]),
  }));
  return { flows, isCut: rows.length > MAX_PAIRS };
}

export type Sized = {
  readonly from: number | null;
  readonly to: number | null;
  readonly bytes: number;
  readonly of: number;
};

/** Bytes as they were recorded: of all messages, or of a sample of a few thousand. */
export async function sizes(
  source: Source,
  range: TimeRange,
  messages: number,
): Promise<readonly Sized[]> {
  const step = Math.max(1, Math.ceil(messages / SIZED));
  const chosen = step === 1 ? sql`true` : sql`hash(message) % ${step} = 0`;
  const rows = await select(
    source,
    sql`SELECT from_pid, to_pid, sum(octet_length(payload(body)))::DOUBLE, count(*)
      FROM (SELECT from_pid, to_pid, body FROM (${await begunSql(source, range, sql`body IS NOT NULL AND ${chosen}`)})
        ORDER BY body LIMIT ${2 * SIZED})
      GROUP BY 1, 2`,
  );
  return rows.flatMap((row) => {
    const bytes = asNumberOrNull(row[2]);
    const pair = { from: asNumberOrNull(row[0]), to: asNumberOrNull(row[1]) };
    return bytes === null ? [] : [{ ...pair, bytes, of: asNumber(row[3]) }];
  });
}
