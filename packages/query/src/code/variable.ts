// The value that an event gave a variable, in full: as text and as a tree.

import type { Params, Reply } from "@elixirscope/wire";
import { CAPTURING_CODES, listOf, valuesOfRow } from "../captured-values.ts";
import { printTerm, styleOf } from "../print.ts";
import { asBytesOrNull, select, sql, type Source } from "../sql.ts";
import { termView } from "../term-view.ts";

/** Null: the event bound no such variable. `arg2` is the second argument of a call. */
export async function variable(
  source: Source,
  { event, name }: Params<"variable">,
): Promise<Reply<"variable">> {
  const position = /^arg([1-9]\d{0,2})$/.exec(name)?.[1];
  const term =
    (await captured(source, event, name)) ??
    (position === undefined ? null : await argument(source, event, Number(position) - 1));
  if (term === null) return null;
  const style = styleOf(source.manifest);
  return { text: printTerm(term, "full", style), term: termView(term, style) };
}

type Term = Parameters<typeof termView>[0];

async function captured(source: Source, event: number, name: string): Promise<Term | null> {
  const [row] = await select(
    source,
    sql`SELECT s.names, CASE WHEN e.kind IN ${CAPTURING_CODES} THEN payload(e.payload) END, e.flags, payload(b.value)
      FROM (SELECT id, kind, site, payload, flags FROM raw.events WHERE id = ${event} AND site IS NOT NULL LIMIT 1) e
        JOIN raw.sites s ON s.site = e.site
        LEFT JOIN (SELECT event, value FROM raw.bindings WHERE event = ${event}) b ON b.event = e.id`,
  );
  return row === undefined ? null : (valuesOfRow(row, new Set([name])).get(name) ?? null);
}

async function argument(source: Source, call: number, index: number): Promise<Term | null> {
  const [row] = await select(
    source,
    sql`SELECT payload(args) FROM raw.calls WHERE call = ${call} LIMIT 1`,
  );
  return listOf(asBytesOrNull(row?.[0]))?.at(index)?.toTerm() ?? null;
}
