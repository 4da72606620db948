// Clauses that no recorded call took although their function ran. Instrumented code says so by its sites; of other
// functions a sample of calls is evaluated, and says that it is one. A clause that a sampled call would have
// matched, had an earlier one not taken it, is shadowed: that is what surprises.

import type { NeverChosen, NeverChosenView } from "@elixirscope/wire";
import type { FunctionName } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { mfaText } from "../names.ts";
import { argumentsOf, clauseTests } from "./clauses.ts";
import type { SourceFile } from "./source-file.ts";
import { FunctionSources, type FunctionSource } from "./function-source.ts";
import { branchesNeverTaken, siteCounts, type SiteCount } from "./site-counts.ts";

export type NeverChosenOptions = {
  readonly files?: readonly SourceFile[];
  /** clauses at most; default: all of them */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

/** Functions that are evaluated at the most: those with the most calls. */
const MAX_FUNCTIONS = 200;
/** Calls of each that are. */
const SAMPLE = 100;
/** Payloads are read for so many functions at a time. */
const AT_A_TIME = 10;

export async function neverChosen(
  source: Source,
  { files = [], limit = Infinity, signal, progress }: NeverChosenOptions = {},
): Promise<NeverChosenView> {
  const sources = await FunctionSources.of(source, files);
  const counts = await siteCounts(source);
  const { functions, isCut } = await calledFunctions(source);
  const found: NeverChosen[] = [...(await branchesNeverTaken(counts, sources))];
  const asked: (Called & { readonly code: FunctionSource })[] = [];
  let withoutSource = 0;
  for (const called of functions) {
    const code = await sources.find(called);
    if (code === null) withoutSource += 1;
    else if (code.fn.clauses.length > 1) asked.push({ ...called, code });
  }
  for (let i = 0; i < asked.length; i += AT_A_TIME) {
    signal?.throwIfAborted();
    const some = asked.slice(i, i + AT_A_TIME);
    const calls = await sampledCalls(source, some);
    for (const one of some) {
      found.push(...clausesOf(source, one, calls.get(one.id) ?? [], counts.get(one.id) ?? []));
    }
    progress?.(i + some.length, asked.length);
  }
  const range = await recordingRange(source);
  const limits = [
    ...(await limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["values"])),
    ...coverageLimits(asked.length, withoutSource, isCut),
  ];
  const ranked = found.toSorted(byWeight);
  const shown = ranked.slice(0, limit);
  if (shown.length < ranked.length) {
    limits.push(`${ranked.length - shown.length} more such clauses are not listed`);
  }
  return { clauses: shown, functions: asked.length, limits };
}

function coverageLimits(asked: number, withoutSource: number, isCut: boolean): readonly string[] {
  const limits: string[] = [];
  if (withoutSource > 0) {
    limits.push(
      `${withoutSource} functions that ran have no clauses in a source that is known here: macros made them, or their code is elsewhere`,
    );
  }
  if (isCut) limits.push(`only the ${MAX_FUNCTIONS} functions with the most calls were looked at`);
  if (asked === 0) limits.push("no function with several clauses could be looked at");
  return limits;
}

type Called = FunctionName & { readonly id: number; readonly calls: number };

async function calledFunctions(
  source: Source,
): Promise<{ readonly functions: readonly Called[]; readonly isCut: boolean }> {
  const rows = await select(
    source,
    sql`SELECT c."function", c.calls, f.module, f."function", f.arity
      FROM (SELECT "function", count(*) AS calls FROM raw.calls GROUP BY "function") c
        JOIN base.functions f ON f.id = c."function"
      WHERE f.arity > 0 AND NOT starts_with(f."function", '-')
      ORDER BY c.calls DESC, c."function" LIMIT ${MAX_FUNCTIONS + 1}`,
  );
  const functions = rows.map((row) => ({
    id: asNumber(row[0]),
    calls: asNumber(row[1]),
    module: asTextOrNull(row[2]) ?? "?",
    name: asTextOrNull(row[3]) ?? "?",
    arity: asNumber(row[4]),
  }));
  return { functions: functions.slice(0, MAX_FUNCTIONS), isCut: functions.length > MAX_FUNCTIONS };
}

/** Spread over the recording: a call is in the sample by the hash of its id. */
async function sampledCalls(
  source: Source,
  functions: readonly Called[],
): Promise<ReadonlyMap<number, readonly Uint8Array[]>> {
  const wanted = functions
    .map(
      ({ id, calls }) => sql`SELECT ${id} AS id, ${Math.max(1, Math.ceil(calls / SAMPLE))} AS step`,
    )
    .reduce((all, one) => sql`${all} UNION ALL ${one}`);
  const rows = await select(
    source,
    sql`SELECT s."function", payload(s.args) FROM (
        SELECT c."function", c.args FROM raw.calls c JOIN (${wanted}) w ON w.id = c."function"
        WHERE c.args IS NOT NULL AND hash(c.call) % w.step = 0
        ORDER BY c.call LIMIT ${2 * SAMPLE * AT_A_TIME}) s`,
  );
  const found = new Map<number, Uint8Array[]>();
  for (const [id, args] of rows) {
    if (!(args instanceof Uint8Array)) continue;
    const ofFunction = found.get(asNumber(id));
    if (ofFunction === undefined) found.set(asNumber(id), [args]);
    else ofFunction.push(args);
  }
  return found;
}

function clausesOf(
  source: Source,
  { module, name, arity, calls, code }: Called & { readonly code: FunctionSource },
  sample: readonly Uint8Array[],
  sites: readonly SiteCount[],
): readonly NeverChosen[] {
  const { fn, file } = code;
  const counted = sites.filter(({ kind }) => kind === "function_clause");
  const times = fn.data.clauses.map(({ nodeId, index }) => {
    const same = counted.filter(
      (site) => site.nodeId === nodeId || (site.nodeId === null && site.clause === index),
    );
    return same.length === 0 ? null : same.reduce((sum, site) => sum + site.times, 0);
  });
  const isCounted = counted.length > 0 && times.every((count) => count !== null);
  const evaluated = evaluate(source, code, arity, sample);
  return fn.clauses.flatMap((clause, index): readonly NeverChosen[] => {
    const evaluation = evaluated[index];
    if (evaluation === undefined) return [];
    // of a sample: no call that may have been taken by it
    const isNever = isCounted
      ? times[index] === 0
      : sample.length > 0 && evaluation.taken === 0 && evaluation.unknown === 0;
    if (!isNever) return [];
    const { line } = code.module.source.positionAt(clause.node.start);
    return [
      {
        mfa: mfaText(module, name, arity),
        kind: "function_clause",
        file,
        line,
        clause: index,
        text: (code.text.slice(clause.node.start, clause.node.end).split("\n")[0] ?? "").trim(),
        siblings: isCounted ? times.map((count) => count ?? 0) : null,
        times: calls,
        evaluation: {
          sampled: sample.length,
          shadowed: evaluation.shadowed,
          by: [...evaluation.by].toSorted((a, b) => a - b),
          isNarrower: [...evaluation.by].some((taker) => evaluation.refusedOf.has(taker)),
          unknown: evaluation.unknown,
        },
      },
    ];
  });
}

type Tally = {
  taken: number;
  shadowed: number;
  unknown: number;
  /** who took calls that it would have taken, and calls that it would not */
  readonly by: Set<number>;
  readonly refusedOf: Set<number>;
};

function evaluate(
  source: Source,
  code: FunctionSource,
  arity: number,
  sample: readonly Uint8Array[],
): readonly Tally[] {
  const tests = clauseTests(source, code);
  const tallies = tests.map((): Tally => ({
    taken: 0,
    shadowed: 0,
    unknown: 0,
    by: new Set(),
    refusedOf: new Set(),
  }));
  for (const payload of sample) {
    const args = argumentsOf(payload, arity);
    let taker: number | null = null;
    let isOpen = false;
    for (const [i, test] of tests.entries()) {
      const { holds } = test.test(args);
      const tally = tallies[i];
      if (tally === undefined) continue;
      if (holds === false) {
        if (taker !== null) tally.refusedOf.add(taker);
        continue;
      }
      if (holds === null || isOpen) {
        isOpen ||= taker === null;
        tally.unknown += 1;
      } else if (taker === null) {
        taker = i;
        tally.taken += 1;
      } else {
        tally.shadowed += 1;
        tally.by.add(taker);
      }
    }
  }
  return tallies;
}

function byWeight(a: NeverChosen, b: NeverChosen): number {
  return rank(b) - rank(a) || b.times - a.times || a.line - b.line;
}

function rank({ evaluation }: NeverChosen): number {
  if (evaluation === null || evaluation.shadowed === 0) return 0;
  return evaluation.isNarrower ? 2 : 1;
}
