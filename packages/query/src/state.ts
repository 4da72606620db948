// The state of a process at an instant: its latest recorded version, what changed in it, and when
// there is none (or it may be stale) why.

import { decode, tuple, atom, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { Params, StateVersionView, StateView } from "@elixirscope/wire";
import { isCut } from "./cut.ts";
import { printTerm, type TermStyle } from "./print.ts";
import type { Source } from "./sql.ts";
import { termView } from "./term-view.ts";
import { causeOf, causesOf } from "./time/state-causes.ts";
import { changeOf, versionAt, type ReadVersion } from "./time/version-at.ts";

export async function state(source: Source, params: Params<"state">): Promise<StateView> {
  const { pid } = params;
  const found = await versionAt(source, params);
  if (found === null) return { ...none(pid), why: unseen(pid) };
  const { latest, previous, next, count, why, style } = found;
  if (latest === undefined) return { ...none(pid), next, versions: count, why };
  return {
    pid,
    state: shown(latest, style),
    previous: previous === undefined ? null : { version: previous.version, t: previous.t },
    next,
    versions: count,
    ...changeOf(found),
    why,
  };
}

/** The same without the term, which is looked into by `term`. */
export async function stateVersion(
  source: Source,
  params: Params<"stateVersion">,
): Promise<StateVersionView> {
  const { pid } = params;
  const found = await versionAt(source, params);
  if (found === null) {
    const nothing = { state: null, previous: null, next: null, versions: 0, diff: [] };
    return { pid, ...nothing, diffTruncated: false, why: unseen(pid) };
  }
  const { latest, previous, next, count, why } = found;
  const { diff, diffTruncated = false } = changeOf(found);
  const facts = { pid, next, versions: count, diff, diffTruncated, why };
  if (latest === undefined) return { ...facts, state: null, previous: null };
  const { payload, causeMessage, ...moment } = latest;
  const causes = await causesOf(source, found.pid, [latest]);
  return {
    ...facts,
    state: {
      ...moment,
      cause: causeOf(causeMessage, causes),
      bytes: payload?.length ?? null,
      truncated: isCut(payload),
    },
    previous: previous === undefined ? null : { version: previous.version, t: previous.t },
  };
}

function none(pid: string): StateView {
  return { pid, state: null, previous: null, next: null, diff: [], why: null };
}

function unseen(pid: string): string {
  return `${pid} was not seen in this recording`;
}

function shown(latest: ReadVersion, style: TermStyle): NonNullable<StateView["state"]> {
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
