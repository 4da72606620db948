// Names by the numbers that a recording gave them. A number once given stays, so that what was read once
// is kept: to join the names takes as long as to find the rows.

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

/** Of one recording the last that were asked for are kept. */
const MOST_KNOWN = 10_000;
const pids = new WeakMap<object, Map<number, string>>();
const names = new WeakMap<object, Map<number, string>>();
const functions = new WeakMap<object, Map<number, FunctionName>>();

/** The printed pids of processes. */
export async function pidTexts(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await namesOf(pids, source, ids, async (missing) => {
    const rows = await select(source, sql`SELECT id, text FROM base.pids WHERE id IN ${missing}`);
    return rows.map((row) => [asNumber(row[0]), asTextOrNull(row[1]) ?? ""]);
  });
}

/** Other names, as those of callbacks. */
export async function internedNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await namesOf(names, source, ids, async (missing) => {
    const rows = await select(source, sql`SELECT id, text FROM base.names WHERE id IN ${missing}`);
    return rows.map((row) => [asNumber(row[0]), asTextOrNull(row[1]) ?? ""]);
  });
}

export async function functionNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, FunctionName>> {
  return await namesOf(functions, source, ids, async (missing) => {
    const rows = await select(
      source,
      sql`SELECT id, module, "function", arity FROM base.functions WHERE id IN ${missing}`,
    );
    return rows.map((row) => [asNumber(row[0]), functionName(row)]);
  });
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

async function namesOf<T>(
  known: WeakMap<object, Map<number, T>>,
  source: Source,
  ids: readonly number[],
  read: (missing: readonly number[]) => Promise<readonly (readonly [number, T])[]>,
): Promise<ReadonlyMap<number, T>> {
  const ofSource = known.get(source) ?? new Map<number, T>();
  known.set(source, ofSource);
  const found = new Map<number, T>();
  const missing: number[] = [];
  for (const id of new Set(ids)) {
    const name = ofSource.get(id);
    if (name === undefined) missing.push(id);
    else found.set(id, name);
  }
  if (missing.length === 0) return found;
  for (const [id, name] of await read(missing)) {
    if (ofSource.size >= MOST_KNOWN) ofSource.clear();
    ofSource.set(id, name);
    found.set(id, name);
  }
  return found;
}
