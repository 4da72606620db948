// What `find` answers: places in time, in their order, and what may be missing among them.

import type { TermStyle } from "../print.ts";
import { pidTexts } from "../interned.ts";
import { printTerm } from "../print.ts";
import type { Source } from "../sql.ts";
import type { Subject } from "./subject.ts";
import type { Found, Trigger, WatchCounters } from "./watcher.ts";

export type Hit = {
  readonly t: number;
  readonly event: number;
  readonly pid: string;
  /** the call that it happened in */
  readonly call: number | null;
  /** function of that call; null for a state */
  readonly mfa: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly trigger: Trigger;
  /** of the variables that the condition asks for */
  readonly values: Readonly<Record<string, string>>;
};

export type FindResult = {
  readonly hits: readonly Hit[];
  /** there are, or may be, more */
  readonly more: boolean;
  readonly counters: Readonly<WatchCounters>;
  /** what the answer does not know of */
  readonly notes: readonly string[];
};

/** A hit whose process is still a number. */
export type RawHit = Omit<Hit, "pid"> & { readonly pid: number };

export async function withPids(source: Source, hits: readonly RawHit[]): Promise<readonly Hit[]> {
  const texts = await pidTexts(
    source,
    hits.map(({ pid }) => pid),
  );
  return hits.map((hit) => ({ ...hit, pid: texts.get(hit.pid) ?? "" }));
}

export function hitOf(
  { trigger, step, function: index, values }: Found,
  subject: Subject,
  style: TermStyle,
): RawHit {
  const site = step.site === null ? undefined : subject.sites.get(step.site);
  const ofFunction = index ?? site?.function ?? null;
  return {
    t: step.t,
    event: step.id,
    pid: step.pid,
    call: step.kind === "state" ? null : step.call,
    mfa: ofFunction === null ? null : (subject.functions.get(ofFunction) ?? null),
    file: site?.file ?? null,
    line: site?.line ?? null,
    trigger,
    values: Object.fromEntries(
      [...values].map(([name, value]) => [name, printTerm(value, "line", style)]),
    ),
  };
}
