// Names and the numbers that a recording gave them. A number once given stays, so that what was read once
// is kept: to join the names takes as long as to find the rows.

import { Kept } from "./kept.ts";
import { KeptRows } from "./kept-rows.ts";
import { mfaText } from "./names.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "./sql.ts";

/** As compilers name it. */
export type FunctionName = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
};

export const UNKNOWN_FUNCTION: FunctionName = { module: "?", name: "?", arity: 0 };

const indexes = new Kept<string, number>(10_000);

const pids = new KeptRows<string>(sql`id`, async (source, which) => {
  const rows = await select(source, sql`SELECT id, text FROM base.pids WHERE ${which}`);
  return rows.map((row) => {
    const [id, text] = [asNumber(row[0]), asTextOrNull(row[1]) ?? ""];
    indexes.set(source, text, id);
    return [id, text];
  });
});

const names = new KeptRows<string>(sql`id`, async (source, which) => {
  const rows = await select(source, sql`SELECT id, text FROM base.names WHERE ${which}`);
  return rows.map((row) => [asNumber(row[0]), asTextOrNull(row[1]) ?? ""]);
});

const functions = new KeptRows<FunctionName>(sql`id`, async (source, which) => {
  const rows = await select(
    source,
    sql`SELECT id, module, "function", arity FROM base.functions WHERE ${which}`,
  );
  return rows.map((row) => [asNumber(row[0]), functionName(row)]);
});

/** The number of a process in this recording; null for one that was never seen. */
export async function pidIndex(source: Source, pid: string): Promise<number | null> {
  await pids.begin(source);
  const kept = indexes.get(source, pid);
  if (kept !== undefined) return kept;
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
  return await pids.of(source, ids);
}

/** Other names, as those of callbacks. */
export async function internedNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await names.of(source, ids);
}

export async function functionNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, FunctionName>> {
  return await functions.of(source, ids);
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
