// Names and the numbers that a recording gave them. A number once given stays, so that what was read once
// is kept: to join the names takes as long as to find the rows.

import { Kept } from "./kept.ts";
import { mfaText } from "./names.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "./sql.ts";

/** As compilers name it. */
export type FunctionName = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
};

export const UNKNOWN_FUNCTION: FunctionName = { module: "?", name: "?", arity: 0 };

const MOST_KEPT = 10_000;
const pids = new Kept<number, string>(MOST_KEPT);
const indexes = new Kept<string, number>(MOST_KEPT);
const names = new Kept<number, string>(MOST_KEPT);
const functions = new Kept<number, FunctionName>(MOST_KEPT);

/** What was read at once of a recording, by the table that it is of. */
const begun = new Kept<Dictionary, true>(3);

/** The number of a process in this recording; null for one that was never seen. */
export async function pidIndex(source: Source, pid: string): Promise<number | null> {
  const kept = indexes.get(source, pid);
  if (kept !== undefined) return kept;
  if (begun.get(source, "pids") === undefined) {
    await pidTexts(source, [1]);
    return await pidIndex(source, pid);
  }
  const [row] = await select(source, sql`SELECT id FROM base.pids WHERE text = ${pid} LIMIT 1`);
  if (row === undefined) return null;
  const index = asNumber(row[0]);
  indexes.set(source, pid, index);
  return index;
}

/** The printed pids of processes. */
export async function pidTexts(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await namesOf("pids", pids, source, ids, async (missing) => {
    const rows = await select(source, sql`SELECT id, text FROM base.pids WHERE ${missing}`);
    return rows.map((row) => {
      const [id, text] = [asNumber(row[0]), asTextOrNull(row[1]) ?? ""];
      indexes.set(source, text, id);
      return [id, text];
    });
  });
}

/** Other names, as those of callbacks. */
export async function internedNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await namesOf("names", names, source, ids, async (missing) => {
    const rows = await select(source, sql`SELECT id, text FROM base.names WHERE ${missing}`);
    return rows.map((row) => [asNumber(row[0]), asTextOrNull(row[1]) ?? ""]);
  });
}

export async function functionNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, FunctionName>> {
  return await namesOf("functions", functions, source, ids, async (missing) => {
    const rows = await select(
      source,
      sql`SELECT id, module, "function", arity FROM base.functions WHERE ${missing}`,
    );
    return rows.map((row) => [asNumber(row[0]), functionName(row)]);
  });
}

/** `Shop.Cart.add/3`, by number. */
export async function functionTexts(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const found = await functionNames(source, ids);
  return new Map([...found].map(([id, name]) => [id, functionText(name)]));
}

export function functionText({ module, name, arity }: FunctionName): string {
  return mfaText(module, name, arity);
}

function functionName([, module, name, arity]: Row): FunctionName {
  return {
    module: asTextOrNull(module) ?? "?",
    name: asTextOrNull(name) ?? "?",
    arity: asNumberOrNull(arity) ?? 0,
  };
}

type Dictionary = "pids" | "names" | "functions";

/** A dictionary that is asked for anything is read as far as it is kept: mostly that is all of it. */
async function namesOf<T>(
  dictionary: Dictionary,
  kept: Kept<number, T>,
  source: Source,
  ids: readonly number[],
  read: (which: Sql) => Promise<readonly (readonly [number, T])[]>,
): Promise<ReadonlyMap<number, T>> {
  if (begun.get(source, dictionary) === undefined && ids.length > 0) {
    begun.set(source, dictionary, true);
    for (const [id, name] of await read(sql`id <= ${MOST_KEPT}`)) kept.set(source, id, name);
  }
  const found = new Map<number, T>();
  const missing: number[] = [];
  for (const id of new Set(ids)) {
    const name = kept.get(source, id);
    if (name === undefined) missing.push(id);
    else found.set(id, name);
  }
  if (missing.length === 0) return found;
  for (const [id, name] of await read(sql`id IN ${missing}`)) {
    kept.set(source, id, name);
    found.set(id, name);
  }
  return found;
}
