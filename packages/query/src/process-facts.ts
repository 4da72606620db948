// What a recording knows of a process itself: its name, and when it lived. Of a recording that is whole the first
// processes are read together and kept: to ask for one takes as long as to ask for all.

import { Kept } from "./kept.ts";
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
const MOST_KEPT = 10_000;
const kept = new Kept<number, ProcessFacts>(MOST_KEPT);
const begun = new Kept<"processes", true>(1);

/** By the number of the process. */
export async function processFacts(source: Source, pid: number): Promise<ProcessFacts> {
  if (source.manifest.state === "recording") {
    return (await read(source, sql`pid = ${pid}`)).get(pid) ?? UNKNOWN;
  }
  if (begun.get(source, "processes") === undefined) {
    for (const [one, facts] of await read(source, sql`pid <= ${MOST_KEPT}`)) {
      kept.set(source, one, facts);
    }
    begun.set(source, "processes", true);
  }
  const known = kept.get(source, pid);
  if (known !== undefined) return known;
  const facts = (await read(source, sql`pid = ${pid}`)).get(pid) ?? UNKNOWN;
  kept.set(source, pid, facts);
  return facts;
}

async function read(source: Source, which: Sql): Promise<ReadonlyMap<number, ProcessFacts>> {
  const rows = await select(
    source,
    sql`SELECT pid, name, t_spawned, t_exited, behaviour FROM base.processes WHERE ${which}`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), factsOf(row)]));
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
