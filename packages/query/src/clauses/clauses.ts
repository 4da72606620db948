// Why this clause: for a recorded call, each clause of its function with the first pattern or part of the guard
// that refused the arguments; evaluated here over recorded terms, no code of the target runs.

import { decode, tuple, atom, type Term } from "@elixirscope/etf";
import { CUT_ATOM, EVENT_KINDS } from "@elixirscope/trace";
import type { FunctionName } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { mfaText } from "../names.ts";
import { printTerm, styleOf } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { agreement } from "./agreement.ts";
import { branchClauses } from "./branch-clauses.ts";
import { clauseViews } from "./clause-views.ts";
import { ClauseTest } from "./clause-test.ts";
import type { ClausesAnswer, ClausesView, NoClauses } from "@elixirscope/wire";
import type { SourceFile } from "./source-file.ts";
import { FunctionSources, type FunctionSource } from "./function-source.ts";

export type ClausesOptions = {
  /** for functions whose source the recording does not hold */
  readonly files?: readonly SourceFile[];
};

/** Stands for a value of which nothing was kept. */
export const LOST: Term = tuple(atom(CUT_ATOM));

/** `event`: a call, a branch that was taken, that no clause matched, or anything that happened in a call. */
export async function clauses(
  source: Source,
  event: number,
  { files = [] }: ClausesOptions = {},
): Promise<ClausesAnswer> {
  const sources = await FunctionSources.of(source, files);
  const branch = await branchClauses(source, event, sources);
  if (branch !== null) return { ok: true, view: branch };
  const asked = await askedCall(source, event);
  if (asked === null) return missing("no_call", `event ${event} is no call and happened in none`);
  const code = await sources.find(asked);
  if (code === null) return await withoutSource(sources, asked);
  return { ok: true, view: await functionView(source, asked, code) };
}

export function missing(code: NoClauses["code"], message: string): ClausesAnswer {
  return { ok: false, missing: { code, message } };
}

async function withoutSource(sources: FunctionSources, name: FunctionName): Promise<ClausesAnswer> {
  const mfa = mfaText(name.module, name.name, name.arity);
  if (!(await sources.hasAny())) {
    return missing(
      "no_sources",
      `the recording holds no source text, so the clauses of ${mfa} are not known`,
    );
  }
  return missing(
    "no_clauses",
    `no source that is known here has clauses of ${mfa}: a macro made it, its default arguments did, or it is a closure`,
  );
}

export async function functionView(
  source: Source,
  asked: AskedCall,
  code: FunctionSource,
): Promise<ClausesView> {
  const style = styleOf(source.manifest);
  const tests = clauseTests(source, code);
  const args = argumentsOf(asked.args, asked.arity);
  const outcomes = tests.map((test) => test.test(args));
  const { views, chosen } = clauseViews(
    code.fn.clauses.map(({ node }, i) => ({
      start: node.start,
      end: node.end,
      outcome: outcomes[i] ?? { holds: null, refusal: null, unknown: null },
    })),
    code.module.source,
    style,
  );
  const recorded = recordedClause(asked, code);
  const extent = { pids: [asked.pid], from: asked.t, to: asked.t };
  const limits = [...(await limitsOf(source, extent, ["values"])), ...sourceLimits(asked, code)];
  return {
    event: asked.event,
    t: asked.t,
    pid: asked.pidText,
    of: "function",
    mfa: mfaText(asked.module, asked.name, asked.arity),
    values: asked.args === null ? null : args.map((arg) => printTerm(arg, "line", style)),
    file: code.file,
    clauses: views,
    chosen,
    recorded,
    agrees: agreement(recorded, views, chosen),
    limits,
  };
}

export function clauseTests(
  { manifest }: Pick<Source, "manifest">,
  { fn, module }: FunctionSource,
): readonly ClauseTest[] {
  const signedZero = Number(manifest.target.otpRelease) >= 27;
  return fn.clauses.map(
    ({ patterns, guard }) =>
      new ClauseTest({ patterns, guard, module }, { signedZero, root: (i) => `args[${i}]` }),
  );
}

/** One for each argument; what was not kept is said to be cut. */
export function argumentsOf(payload: Uint8Array | null, arity: number): readonly Term[] {
  const list = payload === null ? null : decode(payload);
  const items = list?.ok === true && list.value.kind === "list" ? list.value.items : [];
  return Array.from({ length: arity }, (_, i) => items[i] ?? LOST);
}

type AskedCall = FunctionName & {
  readonly event: number;
  readonly t: number;
  readonly pid: number;
  readonly pidText: string;
  readonly args: Uint8Array | null;
  readonly siteKind: string | null;
  readonly siteClause: number | null;
  readonly siteNode: string | null;
};

const NO_CLAUSE = EVENT_KINDS.indexOf("no_clause");

async function askedCall(source: Source, event: number): Promise<AskedCall | null> {
  const site = sql`s.kind, s.clause, s.node_id`;
  const name = sql`f.module, f."function", f.arity`;
  const [refused] = await select(
    source,
    sql`SELECT e.id, e.t, e.pid, p.text, ${name}, payload(e.payload), ${site}
      FROM (SELECT * FROM raw.events WHERE id = ${event} AND kind = ${NO_CLAUSE}) e
        JOIN raw.sites s ON s.site = e.site JOIN base.functions f ON f.id = s."function"
        JOIN base.pids p ON p.id = e.pid`,
  );
  if (refused !== undefined) return callOf(refused);
  const [call] = await select(
    source,
    sql`SELECT c.call, c.t_enter, c.pid, p.text, ${name}, payload(c.args), ${site}
      FROM (SELECT * FROM raw.calls WHERE call = ${event} OR exit_event = ${event}
          OR call = (SELECT frame FROM raw.events WHERE id = ${event} LIMIT 1)
          ORDER BY call = ${event} DESC, exit_event = ${event} DESC LIMIT 1) c
        JOIN base.functions f ON f.id = c."function" JOIN base.pids p ON p.id = c.pid
        LEFT JOIN raw.sites s ON s.site = c.site`,
  );
  return call === undefined ? null : callOf(call);
}

function callOf(row: readonly unknown[]): AskedCall {
  return {
    event: asNumber(row[0]),
    t: asNumber(row[1]),
    pid: asNumber(row[2]),
    pidText: asTextOrNull(row[3]) ?? "",
    module: asTextOrNull(row[4]) ?? "?",
    name: asTextOrNull(row[5]) ?? "?",
    arity: asNumberOrNull(row[6]) ?? 0,
    args: asBytesOrNull(row[7]),
    siteKind: asTextOrNull(row[8]),
    siteClause: asNumberOrNull(row[9]),
    siteNode: asTextOrNull(row[10]),
  };
}

/** By the clause's node where it is known: macros may add clauses that the source does not show. */
function recordedClause(
  { siteKind, siteClause, siteNode }: AskedCall,
  { fn }: FunctionSource,
): ClausesView["recorded"] {
  if (siteKind === "no_clause") return { clause: "none" };
  if (siteKind !== "function_clause") return null;
  const byNode = fn.data.clauses.find(({ nodeId }) => nodeId === siteNode);
  if (byNode !== undefined) return { clause: byNode.index };
  return siteClause === null || siteClause >= fn.clauses.length ? null : { clause: siteClause };
}

function sourceLimits(
  { args, siteNode }: AskedCall,
  { isGiven, fn, file }: FunctionSource,
): readonly string[] {
  const limits: string[] = [];
  if (args === null) limits.push("the arguments of this call were not recorded");
  const isSame = siteNode !== null && fn.data.clauses.some(({ nodeId }) => nodeId === siteNode);
  if (isGiven) {
    limits.push(`${file} is read as it is now; what ran may have been another version`);
  } else if (siteNode !== null && !isSame) {
    limits.push(
      `${file} in the recording does not have the clause that ran: it is another version`,
    );
  }
  return limits;
}
