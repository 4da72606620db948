// Facts about a recording that its tables know better than its manifest, and what a writer does to go
// on after another one died.

import type { Manifest } from "@elixirscope/trace";
import type { BaseRows } from "./base-rows.ts";
import type { Engine } from "./engine.ts";
import { PART_TABLES } from "./physical.ts";
import type { SqlValue } from "./values.ts";
import { BINDINGS_SQL, partDatabase } from "./views.ts";

/** The manifest with rows counted and the last event's time as its duration, if that is later. */
export async function countedManifest(engine: Engine, manifest: Manifest): Promise<Manifest> {
  const tables = Object.keys(PART_TABLES);
  // bindings are for the most part in the events' own payloads
  const selects = tables.map((table) =>
    table === "bindings"
      ? `(SELECT count(*) FROM (${BINDINGS_SQL}))`
      : `(SELECT count(*) FROM raw.${table})`,
  );
  const [row] = await engine.rows(`SELECT (SELECT max(t) FROM raw.events), ${selects.join(", ")}`);
  const [last, ...numbers] = (row ?? []).map(Number);
  const counts = Object.fromEntries(tables.map((table, i) => [table, numbers[i] ?? 0]));
  return { ...manifest, counts, durationNs: Math.max(manifest.durationNs, last ?? 0) };
}

/** Partitions that should be there, in order. */
export async function listedParts(engine: Engine): Promise<number[]> {
  const rows = await engine.rows("SELECT part FROM base.parts WHERE expired = 0 ORDER BY part");
  return rows.map(([part]) => Number(part));
}

export async function restoreDictionaries(engine: Engine, base: BaseRows): Promise<void> {
  for (const [id, text, node] of await engine.rows("SELECT id, text, node FROM base.pids")) {
    base.pids.restore(Number(id), string(text), string(node));
  }
  for (const [id, text] of await engine.rows("SELECT id, text FROM base.names")) {
    base.names.restore(Number(id), string(text));
  }
  const functions = `SELECT id, module, "function", arity FROM base.functions`;
  for (const [id, module, name, arity] of await engine.rows(functions)) {
    base.functions.restore(Number(id), string(module), string(name), Number(arity));
  }
}

/** Calls that were open when the writer died got lost with it; messages under way stay as they are. */
export async function closeOpenRows(engine: Engine, part: number): Promise<void> {
  const database = partDatabase(part);
  await engine.connection.run(
    `BEGIN; INSERT INTO ${database}.calls SELECT * REPLACE (4 AS outcome) FROM ${database}.open_calls;
      DELETE FROM ${database}.open_calls;
      INSERT INTO ${database}.messages FROM ${database}.open_messages; DELETE FROM ${database}.open_messages;
      COMMIT`,
  );
}

function string(value: SqlValue | undefined): string {
  return typeof value === "string" ? value : "";
}
