// The state of a process at an instant: its latest recorded version, what changed in it, and when
// there is none (or it may be stale) why.

import { decode, tuple, atom, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { DiffEntry, Params, StateView } from "@elixirscope/wire";
import { isCut } from "./cut.ts";
import { diffEntry } from "./diff-view.ts";
import { diffTerms } from "./diff.ts";
import { timeText } from "./names.ts";
import { pidIndex } from "./pids.ts";
import { printTerm, styleOf, type TermStyle } from "./print.ts";
import { asNumber, select, sql, type Source } from "./sql.ts";
import { gapReasons, lifeOf, sentence, whyNone } from "./state-why.ts";
import { termView } from "./term-view.ts";
import { payloadsOf, versionsUpTo, type StateVersion } from "./time/state-versions.ts";

const MAX_CHANGES = 500;

type Version = Omit<StateVersion, "ref"> & { readonly payload: Uint8Array | null };

export async function state(source: Source, params: Params<"state">): Promise<StateView> {
  const { pid, t } = params;
  const index = await pidIndex(source, pid);
  if (index === null) return { ...none(pid), why: `${pid} was not seen in this recording` };
  const [recorded, next, count, life] = await Promise.all([
    latestTwo(source, index, t),
    nextVersion(source, index, t),
    countVersions(source, index),
    lifeOf(source, index),
  ]);
  const [latest, previous] = recorded;
  if (latest === undefined) {
    const why = await whyNone(source, index, t, next, life);
    return { ...none(pid), next, versions: count, why };
  }
  const gaps = await gapReasons(source, index, latest.t, t);
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

async function latestTwo(source: Source, pid: number, t: number): Promise<readonly Version[]> {
  const found = await versionsUpTo(source, pid, t, 2);
  const payloads = await payloadsOf(source, found);
  return found.map(({ ref, ...facts }) => ({
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

async function countVersions(source: Source, pid: number): Promise<number> {
  const [row] = await select(source, sql`SELECT count(*) FROM raw.states WHERE pid = ${pid}`);
  return asNumber(row?.[0] ?? 0);
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
