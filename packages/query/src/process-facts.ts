// What a recording knows of a process itself: its name, and when it lived. Of a recording that is whole it is kept.

import { KeptRows } from "./kept-rows.ts";
import { moduleText } from "./names.ts";
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

export type ProcessFacts = {
  /** that it is registered under */
  readonly name: string | null;
  readonly spawned: number | null;
  readonly exited: number | null;
  readonly behaviour: string | null;
};

const UNKNOWN: ProcessFacts = { name: null, spawned: null, exited: null, behaviour: null };
const kept = new KeptRows<ProcessFacts>(sql`pid`, read);

/** By the number of the process. */
export async function processFacts(source: Source, pid: number): Promise<ProcessFacts> {
  // of a recording that goes on they may still change
  const found =
    source.manifest.state === "recording"
      ? new Map(await read(source, sql`pid = ${pid}`))
      : await kept.of(source, [pid]);
  return found.get(pid) ?? UNKNOWN;
}

async function read(
  source: Source,
  which: Sql,
): Promise<readonly (readonly [number, ProcessFacts])[]> {
  const rows = await select(
    source,
    sql`SELECT pid, name, t_spawned, t_exited, behaviour FROM base.processes WHERE ${which}`,
  );
  return rows.map((row) => [asNumber(row[0]), factsOf(row)]);
}

function factsOf([, name, spawned, exited, behaviour]: Row): ProcessFacts {
  const text = asTextOrNull(name);
  return {
    name: text === null ? null : moduleText(text),
    spawned: asNumberOrNull(spawned),
    exited: asNumberOrNull(exited),
    behaviour: asTextOrNull(behaviour),
  };
}
