// All values of a recording, a slice of time at a time, each with where it was seen. Payloads that cannot
// hold what is wanted are not decoded.

import { decode, type Term } from "@elixirscope/etf";
import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { siteNames } from "../captured-values.ts";
import { hasMarker } from "../cut.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import type { SightingKind } from "./sighting.ts";
import type { Slice } from "./windows.ts";

export type SeenValue = {
  readonly t: number;
  readonly event: number;
  readonly pid: string;
  readonly kind: SightingKind;
  /** variable, `arg2` or nothing */
  readonly name: string;
  readonly function: number | null;
  readonly site: number | null;
  readonly to: string | null;
  /** null: it cannot be in there, unless it was cut */
  readonly value: Term | null;
  readonly isCut: boolean;
};

/** Payloads read at a time at the most. */
export const MAX_VALUES = 20_000;
const KINDS = ["bind", "branch", "value", "exception"] as const satisfies readonly EventKind[];
const CODES = KINDS.map((kind) => EVENT_KINDS.indexOf(kind));

function inSlice(column: Sql, { from, to }: Slice): Sql {
  return sql`${column} >= ${from} AND ${column} < ${to}`;
}

/** How many payloads a slice has. */
export async function countIn(source: Source, slice: Slice): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT (SELECT count(*) FROM raw.calls WHERE ${inSlice(sql`t_enter`, slice)})
      + (SELECT count(*) FROM raw.calls WHERE ${inSlice(sql`t_exit`, slice)})
      + (SELECT count(*) FROM raw.events WHERE ${inSlice(sql`t`, slice)} AND kind IN ${CODES})
      + (SELECT count(*) FROM raw.messages WHERE ${inSlice(sql`coalesce(t_sent, t_received)`, slice)})
      + (SELECT count(*) FROM raw.states WHERE ${inSlice(sql`t`, slice)})`,
  );
  return asNumber(row?.[0] ?? 0);
}

/** In the order of time. */
export async function valuesIn(
  source: Source,
  slice: Slice,
  needle: Uint8Array | null,
): Promise<readonly SeenValue[]> {
  const within = (column: Sql): Sql => inSlice(column, slice);
  const queries: readonly [Sql, (row: Row) => readonly SeenValue[]][] = [
    [
      sql`SELECT c.t_enter, c.call, p.text, c."function", c.site, payload(c.args), s.names
        FROM (SELECT * FROM raw.calls WHERE ${within(sql`t_enter`)} AND args IS NOT NULL) c
          LEFT JOIN base.pids p ON p.id = c.pid LEFT JOIN raw.sites s ON s.site = c.site`,
      (row) => listed(row, "argument", needle),
    ],
    [
      sql`SELECT b.t, b.event, p.text, s."function", b.site, payload(b.value), s.names, b.elements
        FROM (SELECT * FROM raw.bindings WHERE ${within(sql`t`)}) b
          LEFT JOIN base.pids p ON p.id = b.pid LEFT JOIN raw.sites s ON s.site = b.site`,
      (row) => listed(row, "binding", needle),
    ],
    [
      sql`SELECT e.t, e.id, p.text, s."function", e.site, payload(e.payload), s.names, e.kind
        FROM (SELECT * FROM raw.events WHERE ${within(sql`t`)} AND kind IN ${CODES} AND payload IS NOT NULL) e
          LEFT JOIN base.pids p ON p.id = e.pid LEFT JOIN raw.sites s ON s.site = e.site`,
      (row) => ofEvent(row, needle),
    ],
    [
      sql`SELECT c.t_exit, coalesce(c.exit_event, c.call), p.text, c."function", c.site, payload(c.result)
        FROM (SELECT * FROM raw.calls WHERE ${within(sql`t_exit`)} AND result IS NOT NULL) c
          LEFT JOIN base.pids p ON p.id = c.pid`,
      (row) => [single(row, "result", needle)],
    ],
    [
      sql`SELECT coalesce(m.t_sent, m.t_received), coalesce(m.send_event, m.receive_event),
          coalesce(p.text, o.text), NULL, NULL, payload(m.body), o.text
        FROM (SELECT * FROM raw.messages WHERE ${within(sql`coalesce(t_sent, t_received)`)} AND body IS NOT NULL) m
          LEFT JOIN base.pids p ON p.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid`,
      (row) => [{ ...single(row, "message", needle), to: asTextOrNull(row[6]) }],
    ],
    [
      sql`SELECT s.t, s.event, p.text, NULL, NULL, payload(s.state)
        FROM (SELECT * FROM raw.states WHERE ${within(sql`t`)}) s
          LEFT JOIN base.pids p ON p.id = s.pid`,
      (row) => [single(row, "state", needle)],
    ],
  ];
  const found: SeenValue[] = [];
  for (const [query, read] of queries) {
    const rows = await select(source, query);
    for (const row of rows) for (const seen of read(row)) found.push(seen);
  }
  return found.toSorted((a, b) => a.t - b.t || a.event - b.event);
}

/** `t, event, pid, function, site, payload` */
function single(row: Row, kind: SightingKind, needle: Uint8Array | null): SeenValue {
  const bytes = asBytesOrNull(row[5]);
  const isCut = bytes !== null && hasMarker(bytes);
  const isPossible = bytes !== null && (needle === null || hasBytes(bytes, needle));
  return { ...placeOf(row, kind), name: "", value: isPossible ? termOf(bytes) : null, isCut };
}

function placeOf(row: Row, kind: SightingKind): Omit<SeenValue, "name" | "value" | "isCut"> {
  return {
    t: asNumber(row[0]),
    event: asNumber(row[1] ?? 0),
    pid: asTextOrNull(row[2]) ?? "",
    kind,
    function: asNumberOrNull(row[3]),
    site: asNumberOrNull(row[4]),
    to: null,
  };
}

/** A list of values with the names of its site: from the first one on, or (`elements`) its last ones. */
function listed(row: Row, kind: SightingKind, needle: Uint8Array | null): readonly SeenValue[] {
  const whole = single(row, kind, needle);
  if (whole.value?.kind !== "list") return [whole];
  const names = siteNames(asTextOrNull(row[6]));
  const elements = asNumberOrNull(row[7]);
  const first = elements === null ? 0 : names.length - elements;
  return whole.value.items.map((value, i) => {
    const name = names[first + i] ?? (kind === "argument" ? `arg${i + 1}` : "_");
    return { ...whole, value, name };
  });
}

function ofEvent(row: Row, needle: Uint8Array | null): readonly SeenValue[] {
  const kind = EVENT_KINDS[asNumber(row[7])];
  if (kind === "value") return [single(row, "expression", needle)];
  if (kind === "exception") return [single(row, "exception", needle)];
  return listed(row.slice(0, 7), "binding", needle);
}

function hasBytes(bytes: Uint8Array, needle: Uint8Array): boolean {
  return bufferOf(bytes).includes(bufferOf(needle));
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function termOf(bytes: Uint8Array): Term | null {
  const term = decode(bytes);
  return term.ok ? term.value : null;
}
