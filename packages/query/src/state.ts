// The state of a process at an instant: its latest recorded version, what changed in it, and when
// there is none (or it may be stale) why.

import { decode, tuple, atom, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { DiffEntry, Params, StateView } from "@elixirscope/wire";
import { isCut } from "./cut.ts";
import { diffEntry } from "./diff-view.ts";
import { diffTerms } from "./diff.ts";
import { timeText } from "./names.ts";
import { pidIndex } from "./interned.ts";
import { Kept } from "./kept.ts";
import { printTerm, styleOf, type TermStyle } from "./print.ts";
import { asNumber, select, sql, type Source } from "./sql.ts";
import { gapReasons, lifeOf, sentence, whyNone } from "./state-why.ts";
import { termView } from "./term-view.ts";
import { statesOf, versionsUpTo, type StateVersion } from "./time/state-versions.ts";

const MAX_CHANGES = 500;

type Version = Omit<StateVersion, "ref"> & { readonly payload: Uint8Array | null };

export async function state(source: Source, params: Params<"state">): Promise<StateView> {
  const { pid, t } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return { ...none(pid), why: `${pid} was not seen in this recording` };
  // two at a time: more of them wait for each other
  const [found, next] = await Promise.all([
    versionsUpTo(source, index, t, 2),
    nextVersion(source, index, t),
  ]);
  const [newest] = found;
  const [[latest, previous], life, count, gaps] = await Promise.all([
    withPayloads(source, found),
    lifeOf(source, index),
    countVersions(source, index),
    newest === undefined ? null : gapReasons(source, index, newest.t, t),
  ]);
  if (latest === undefined) {
    const why = await whyNone(source, index, t, next, life);
    return { ...none(pid), next, versions: count, why };
  }
  const style = styleOf(source.manifest);
  return {
    pid,
    state: shown(latest, style),
    previous: previous === undefined ? null : { version: previous.version, t: previous.t },
    next,
    versions: count,
    ...difference(previous, latest, style),
    why: sentence([
      life.exited !== null && life.exited <= t
        ? `the process exited at ${timeText(life.exited)}; this is its last recorded state`
        : null,
      gaps === null ? null : `changes after ${timeText(latest.t)} may be missing: ${gaps}`,
      isCut(latest.payload)
        ? "the state was larger than the recording's limits; parts of it were not recorded"
        : null,
    ]),
  };
}

function none(pid: string): StateView {
  return { pid, state: null, previous: null, next: null, diff: [], why: null };
}

async function withPayloads(
  source: Source,
  versions: readonly StateVersion[],
): Promise<readonly Version[]> {
  const payloads = await statesOf(source, versions);
  return versions.map(({ ref, ...facts }) => ({
    ...facts,
    payload: ref === null ? null : (payloads.get(ref) ?? null),
  }));
}

async function nextVersion(source: Source, pid: number, t: number): Promise<StateView["next"]> {
  const [row] = await select(
    source,
    sql`SELECT version, t FROM raw.states WHERE pid = ${pid} AND t > ${t} ORDER BY t, version LIMIT 1`,
  );
  return row === undefined ? null : { version: asNumber(row[0]), t: asNumber(row[1]) };
}

/** How many states each process has, of recordings that are whole: to count takes a look at all of them. */
const counted = new Kept<"states", ReadonlyMap<number, number>>(1);

async function countVersions(source: Source, pid: number): Promise<number> {
  if (source.manifest.state === "recording") {
    const [row] = await select(source, sql`SELECT count(*) FROM raw.states WHERE pid = ${pid}`);
    return asNumber(row?.[0] ?? 0);
  }
  const kept = counted.get(source, "states");
  if (kept !== undefined) return kept.get(pid) ?? 0;
  const rows = await select(source, sql`SELECT pid, count(*) FROM raw.states GROUP BY pid`);
  const counts = new Map(rows.map(([of, count]) => [asNumber(of), asNumber(count)]));
  counted.set(source, "states", counts);
  return counts.get(pid) ?? 0;
}

function shown(latest: Version, style: TermStyle): NonNullable<StateView["state"]> {
  const { payload, ...facts } = latest;
  const unreadable: Term = tuple(atom(CUT_ATOM), atom("unreadable"));
  const decoded = payload === null ? null : decode(payload);
  return {
    version: facts.version,
    t: facts.t,
    event: facts.event,
    causeMessage: facts.causeMessage,
    callback: facts.callback,
    text: payload === null ? "(not recorded)" : printTerm(payload, "full", style),
    term: termView(decoded?.ok === true ? decoded.value : unreadable, style),
  };
}

/** Nothing is decoded when the bytes are the same. */
function difference(
  previous: Version | undefined,
  latest: Version,
  style: TermStyle,
): { readonly diff: readonly DiffEntry[]; readonly diffTruncated?: boolean } {
  const before = previous?.payload ?? null;
  const after = latest.payload;
  if (before === null || after === null || Buffer.compare(before, after) === 0) return { diff: [] };
  const old = decode(before);
  const news = decode(after);
  if (!old.ok || !news.ok) return { diff: [] };
  const { changes, complete } = diffTerms(old.value, news.value, MAX_CHANGES);
  return {
    diff: changes.map((change) => diffEntry(change, style)),
    ...(complete ? {} : { diffTruncated: true }),
  };
}
