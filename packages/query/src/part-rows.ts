// Rows of a table out of those time partitions only that can hold what is looked for. DuckDB would skip the
// others too, but first plans a scan of each: of a hundred million rows that is most of what a short query takes.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { Kept } from "./kept.ts";
import { asNumber, asNumberOrNull, select, Sql, sql, type Source } from "./sql.ts";

/** What partitions are told apart by: all of it rises as a recording goes on. `open`: see there. */
type Columns = {
  events: "id" | "t";
  calls: "call" | "t_enter" | "t_exit" | "exit_event" | "open";
  messages: "message" | "send_event" | "receive_event" | "t_sent" | "t_received";
  states: "t" | "event";
  links: "source_event" | "target_event";
};
type Table = keyof Columns;

/** By table the SQL of each. */
const BOUNDED: { readonly [T in Table]: Readonly<Record<Columns[T], string>> } = {
  events: { id: "id", t: "t" },
  calls: {
    call: "call",
    t_enter: "t_enter",
    t_exit: "t_exit",
    exit_event: "exit_event",
    // when the calls began that never ended
    open: `CASE WHEN outcome = ${CALL_OUTCOMES.indexOf("open")} THEN t_enter END`,
  },
  messages: {
    message: "message",
    send_event: "send_event",
    receive_event: "receive_event",
    t_sent: "t_sent",
    t_received: "t_received",
  },
  states: { t: "t", event: "event" },
  links: { source_event: "source_event", target_event: "target_event" },
};

/** Both ends belong to the range. */
export type Range = readonly [from: number, to: number];

/** By column. */
export type Bounds<T extends Table> = { readonly [C in Columns[T]]?: Range };

/** One table of one partition: by column its least and greatest value, null where it has none. */
type Extent = {
  readonly table: string;
  readonly bounds: ReadonlyMap<string, Range | null>;
};

const extents = new Kept<Table, readonly Extent[]>(Object.keys(BOUNDED).length);

/**
 * What stands after FROM for rows within all of `bounds`, which the query still has to test. Partitions of a
 * recording that goes on grow while we look, so of such a one they are all meant.
 */
export async function rowsOf<T extends Table>(
  source: Source,
  table: T,
  bounds: Bounds<T>,
): Promise<Sql> {
  const all = new Sql([`raw.${table}`], []);
  if (source.manifest.state === "recording") return all;
  const parts = await extentsOf(source, table);
  const wanted = Object.entries<Range | undefined>(bounds);
  const chosen = parts.filter((part) =>
    wanted.every(([column, range]) => range === undefined || overlaps(part, column, range)),
  );
  const [first, ...others] = chosen;
  if (first === undefined) return sql`(SELECT * FROM ${all} WHERE false)`;
  if (chosen.length === parts.length) return all;
  if (others.length === 0) return new Sql([first.table], []);
  return new Sql([`(${chosen.map((part) => `FROM ${part.table}`).join(" UNION ALL ")})`], []);
}

/** From the least to the greatest; of none, a range that nothing is in. */
export function extentOf(values: readonly number[]): Range {
  let from = Number.MAX_SAFE_INTEGER;
  let to = 0;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  return [from, to];
}

/** The greatest value in a column; of a recording that goes on, more than any. */
export async function lastOf<T extends Table>(
  source: Source,
  table: T,
  column: Columns[T],
): Promise<number> {
  if (source.manifest.state === "recording") return Number.MAX_SAFE_INTEGER;
  const parts = await extentsOf(source, table);
  return parts.reduce((last, { bounds }) => Math.max(last, bounds.get(column)?.[1] ?? 0), 0);
}

function overlaps(part: Extent, column: string, [from, to]: Range): boolean {
  const held = part.bounds.get(column);
  return held !== null && held !== undefined && held[0] <= to && held[1] >= from;
}

async function extentsOf(source: Source, table: Table): Promise<readonly Extent[]> {
  const kept = extents.get(source, table);
  if (kept !== undefined) return kept;
  const names = await partTables(source, table);
  const columns = Object.entries<string>(BOUNDED[table]);
  const ends = columns.map(([, of]) => `min(${of})::DOUBLE, max(${of})::DOUBLE`).join(", ");
  const text = names.map((name) => `SELECT '${name}', ${ends} FROM ${name}`).join(" UNION ALL ");
  const rows = names.length === 0 ? [] : await select(source, new Sql([text], []));
  const found = rows.map(([name, ...values]): Extent => {
    const bounds = columns.map(([column], i) => {
      const [from, to] = [asNumberOrNull(values[2 * i]), asNumberOrNull(values[2 * i + 1])];
      return [column, from === null || to === null ? null : ([from, to] as const)] as const;
    });
    return { table: String(name), bounds: new Map(bounds) };
  });
  extents.set(source, table, found);
  return found;
}

/** Of what is still open only the newest partition's set counts. */
async function partTables(source: Source, table: Table): Promise<readonly string[]> {
  const rows = await select(
    source,
    sql`SELECT part FROM base.parts WHERE expired = 0 ORDER BY part`,
  );
  const parts = rows.map(([part]) => `p${asNumber(part)}`);
  const open = table === "calls" || table === "messages" ? parts.slice(-1) : [];
  return [
    ...parts.map((part) => `${part}.${table}`),
    ...open.map((part) => `${part}.open_${table}`),
  ];
}
