// Structural breakpoints: when did the code at these places run?

import type { Term } from "@elixirscope/etf";
import { decode } from "@elixirscope/etf";
import { EVENT_KINDS } from "@elixirscope/trace";
import { CAPTURING_CODES, capturedValues, siteNames } from "../captured-values.ts";
import { mfaText } from "../names.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import type { CodePlaces } from "./code-places.ts";
import type { FindOptions } from "./find.ts";
import type { FindResult, Hit } from "./hit.ts";
import { lossNotes } from "./search-facts.ts";

const VALUE = EVENT_KINDS.indexOf("value");
const NOTHING = { asked: 0, unknown: 0, raised: 0, firstRaised: null, forgotten: 0 };

/** One hit for each event at a site of the places. */
export async function findAtPlaces(
  source: Source,
  { places, notes }: CodePlaces,
  { limit, last = false, from = 0, to = Number.MAX_SAFE_INTEGER }: FindOptions,
): Promise<FindResult> {
  const sites = [...new Set(places.flatMap((place) => place.sites))];
  const order = last ? sql`t DESC, id DESC` : sql`t, id`;
  const rows = await select(
    source,
    sql`SELECT e.t, e.id, p.text, e.frame, e.kind, f.module, f."function", f.arity, s.file, s.line, s.names, e.flags,
        payload(e.payload)
      FROM (SELECT * FROM raw.events WHERE site IN ${sites} AND t BETWEEN ${from} AND ${to}
          ORDER BY ${order} LIMIT ${limit + 1}) e
        JOIN raw.sites s ON s.site = e.site LEFT JOIN base.functions f ON f.id = s."function"
        LEFT JOIN base.pids p ON p.id = e.pid ORDER BY ${order}`,
  );
  const style = styleOf(source.manifest);
  const hits = rows.slice(0, limit).map((row) => hitOf(row, style));
  const near = places.filter(({ exact, sites: own }) => !exact && own.length > 0).length;
  return {
    hits: last ? hits.toReversed() : hits,
    more: rows.length > limit,
    counters: NOTHING,
    notes: [
      ...notes,
      ...(near === 0
        ? []
        : [`of ${near} places only the lines are known: hits are of anything on them`]),
      ...(await lossNotes(source, from, to)),
    ],
  };
}

function hitOf(row: Row, style: TermStyle): Hit {
  const [t, id, pid, frame, kind, module, name, arity, file, line, names, flags, payload] = row;
  const bytes = asBytesOrNull(payload);
  const code = asNumber(kind);
  const values = valuesOf(code, bytes, asNumberOrNull(flags) ?? 0, asTextOrNull(names));
  return {
    t: asNumber(t),
    event: asNumber(id),
    pid: asTextOrNull(pid) ?? "",
    call: asNumberOrNull(frame),
    mfa: mfaText(asTextOrNull(module) ?? "?", asTextOrNull(name) ?? "?", asNumber(arity ?? 0)),
    file: asTextOrNull(file),
    line: asNumberOrNull(line),
    trigger: "node",
    values: Object.fromEntries(
      [...values].map(([key, value]) => [key, printTerm(value, "line", style)]),
    ),
  };
}

function valuesOf(
  kind: number,
  bytes: Uint8Array | null,
  count: number,
  names: string | null,
): ReadonlyMap<string, Term> {
  if (CAPTURING_CODES.includes(kind)) {
    return capturedValues({ payload: bytes, count, further: null }, siteNames(names));
  }
  const value = kind === VALUE && bytes !== null ? decode(bytes) : null;
  return new Map(value?.ok === true ? [["value", value.value]] : []);
}
