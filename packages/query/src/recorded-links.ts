// The links of an event that were recorded. Mostly a recording has few, for the beginnings and ends of processes: these
// are read once, and to look through them takes less time than to ask.

import { CONFIDENCES, LINK_TYPES } from "@elixirscope/trace";
import type { EventView } from "@elixirscope/wire";
import { Kept } from "./kept.ts";
import { rowsOf } from "./part-rows.ts";
import { asNumber, select, selectVectors, sql, valueAt, type Source } from "./sql.ts";

export type Link = Omit<EventView["links"][number], "title">;

const MAX_LINKS = 200;
/** 1.6 MB. */
const MOST_KEPT = 50_000;

/** Columns of `raw.links`; null: there are too many. */
const kept = new Kept<"links", { readonly links: readonly Float64Array[] | null }>(1);

export async function recordedLinks(source: Source, id: number): Promise<readonly Link[]> {
  const links = await keptLinks(source);
  if (links === null) return await askedLinks(source, id);
  const [sources, targets, types, confidences] = links;
  const at = (row: number): Link =>
    linkOf(
      id,
      [sources, targets, types, confidences].map((column) => valueAt(column, row)),
    );
  const effects = rowsWith(sources, id);
  const causes = rowsWith(targets, id).filter((row) => valueAt(sources, row) !== id);
  return [...effects, ...causes].slice(0, MAX_LINKS).map(at);
}

async function keptLinks(source: Source): Promise<readonly Float64Array[] | null> {
  if (source.manifest.state === "recording") return null;
  const { links } = await kept.of(source, "links", async () => await readLinks(source));
  return links;
}

async function readLinks(source: Source): Promise<{ links: readonly Float64Array[] | null }> {
  const found = await selectVectors(
    source,
    sql`SELECT source_event, target_event, type, confidence FROM raw.links LIMIT ${MOST_KEPT + 1}`,
  );
  return { links: (found[0]?.length ?? 0) > MOST_KEPT ? null : found };
}

function rowsWith(column: Float64Array | undefined, id: number): readonly number[] {
  const rows: number[] = [];
  for (let row = column?.indexOf(id) ?? -1; row >= 0; row = column?.indexOf(id, row + 1) ?? -1) {
    rows.push(row);
  }
  return rows;
}

async function askedLinks(source: Source, id: number): Promise<readonly Link[]> {
  const [effects, causes] = await Promise.all([
    rowsOf(source, "links", { source_event: [id, id] }),
    rowsOf(source, "links", { target_event: [id, id] }),
  ]);
  const rows = await select(
    source,
    sql`SELECT source_event, target_event, type, confidence FROM ${effects} WHERE source_event = ${id}
      UNION ALL SELECT source_event, target_event, type, confidence FROM ${causes}
        WHERE target_event = ${id} AND source_event <> ${id} LIMIT ${MAX_LINKS}`,
  );
  return rows.map((row) => linkOf(id, row.map(asNumber)));
}

/** Of `source_event, target_event, type, confidence`. */
function linkOf(id: number, [from = 0, to = 0, type = 0, confidence = 0]: readonly number[]): Link {
  return {
    event: from === id ? to : from,
    direction: from === id ? "effect" : "cause",
    type: LINK_TYPES[type] ?? "link",
    confidence: CONFIDENCES[confidence] ?? "inferred",
  };
}
