// Rows of a table out of those time partitions only that can hold what is looked for. DuckDB would skip the
// others too, but first plans a scan of each: of a hundred million rows that is most of what a short query takes.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { Kept } from "./kept.ts";
import { asNumber, asNumberOrNull, select, Sql, sql, type Source } from "./sql.ts";

/** What partitions are told apart by: all of it rises as a recording goes on. `open`: see there. */
export type Columns = {
  events: "id" | "t";
  calls: "call" | "t_enter" | "t_exit" | "exit_event" | "open";
  messages: "message" | "send_event" | "receive_event" | "t_sent" | "t_received";
  states: "t" | "event";
  links: "source_event" | "target_event";
};
export type Table = keyof Columns;

const BOUNDED: { readonly [T in Table]: readonly Columns[T][] } = {
  events: ["id", "t"],
  calls: ["call", "t_enter", "t_exit", "exit_event", "open"],
  messages: ["message", "send_event", "receive_event", "t_sent", "t_received"],
  states: ["t", "event"],
  links: ["source_event", "target_event"],
};

/**
 * The least or greatest value of a column. Asked for so plainly DuckDB knows them without a look at the rows; and row
 * groups without calls that never ended, of which `open` is when they began, are skipped.
 */
function endOf(end: "min" | "max", column: string, table: string): string {
  if (column !== "open") return `${end}(${column})::DOUBLE`;
  return `(SELECT ${end}(t_enter)::DOUBLE FROM ${table} WHERE outcome = ${CALL_OUTCOMES.indexOf("open")})`;
}

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
  const rows = await rowsIfAny(source, table, bounds);
  if (rows !== null) return rows;
  // to plan no rows of all the partitions would take as long as to plan their rows
  const [any] = await extentsOf(source, table);
  return sql`(FROM ${any === undefined ? allOf(table) : tableOf(any)} WHERE false)`;
}

/** The same; null: there are none. */
export async function rowsIfAny<T extends Table>(
  source: Source,
  table: T,
  bounds: Bounds<T>,
): Promise<Sql | null> {
  if (source.manifest.state === "recording") return allOf(table);
  const parts = await extentsOf(source, table);
  const wanted = Object.entries<Range | undefined>(bounds);
  const chosen = parts.filter((part) =>
    wanted.every(([column, range]) => range === undefined || overlaps(part, column, range)),
  );
  const [first, ...others] = chosen;
  if (first === undefined) return null;
  if (chosen.length === parts.length) return allOf(table);
  if (others.length === 0) return tableOf(first);
  return new Sql([`(${chosen.map((part) => `FROM ${part.table}`).join(" UNION ALL ")})`], []);
}

function allOf(table: Table): Sql {
  return new Sql([`raw.${table}`], []);
}

function tableOf({ table }: Extent): Sql {
  return new Sql([table], []);
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

/** What a column holds by table of a partition (`p1.calls`), null where that has no rows. Not of a recording that goes on. */
export async function rangesOf<T extends Table>(
  source: Source,
  table: T,
  column: Columns[T],
): Promise<ReadonlyMap<string, Range | null>> {
  const parts = await extentsOf(source, table);
  return new Map(parts.map((part) => [part.table, part.bounds.get(column) ?? null]));
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
  return await extents.of(source, table, async () => await readExtents(source, table));
}

async function readExtents(source: Source, table: Table): Promise<readonly Extent[]> {
  const names = await partTables(source, table);
  const columns: readonly string[] = BOUNDED[table];
  const ofPart = (name: string): string => {
    const ends = columns.flatMap((of) => [endOf("min", of, name), endOf("max", of, name)]);
    return `SELECT '${name}', ${ends.join(", ")} FROM ${name}`;
  };
  const text = names.map(ofPart).join(" UNION ALL ");
  const rows = names.length === 0 ? [] : await select(source, new Sql([text], []));
  return rows.map(([name, ...values]): Extent => {
    const bounds = columns.map((column, i) => {
      const [from, to] = [asNumberOrNull(values[2 * i]), asNumberOrNull(values[2 * i + 1])];
      return [column, from === null || to === null ? null : ([from, to] as const)] as const;
    });
    return { table: String(name), bounds: new Map(bounds) };
  });
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
