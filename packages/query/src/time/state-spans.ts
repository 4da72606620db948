// How many states each process has, and from when to when. To count takes a look at all of them, so of a recording that
// is whole it is done once, for every process. A process that has ended is then not looked for up to the end.

import { Kept } from "../kept.ts";
import { asNumber, select, selectVectors, sql, valueAt, type Source } from "../sql.ts";
import type { Window } from "./windows.ts";

type States = Window & { readonly count: number };

const ALWAYS: Window = { from: 0, to: Number.MAX_SAFE_INTEGER };
const NONE: States = { from: 1, to: 0, count: 0 };

const kept = new Kept<"states", ReadonlyMap<number, States>>(1);

/** Where its states lie; of a recording that goes on it is not known. */
export async function stateSpan(source: Source, pid: number): Promise<Window> {
  const known = await keptStates(source);
  return known === null ? ALWAYS : (known.get(pid) ?? NONE);
}

export async function countAllVersions(source: Source, pid: number): Promise<number> {
  const known = await keptStates(source);
  if (known !== null) return known.get(pid)?.count ?? 0;
  const [row] = await select(source, sql`SELECT count(*) FROM raw.states WHERE pid = ${pid}`);
  return asNumber(row?.[0] ?? 0);
}

async function keptStates(source: Source): Promise<ReadonlyMap<number, States> | null> {
  if (source.manifest.state === "recording") return null;
  return await kept.of(source, "states", async () => await readStates(source));
}

async function readStates(source: Source): Promise<ReadonlyMap<number, States>> {
  const [pids, counts, firsts, lasts] = await selectVectors(
    source,
    sql`SELECT pid, count(*), min(t), max(t) FROM raw.states GROUP BY pid`,
  );
  return new Map(
    Array.from(pids ?? [], (pid, row) => [
      pid,
      { count: valueAt(counts, row), from: valueAt(firsts, row), to: valueAt(lasts, row) },
    ]),
  );
}
