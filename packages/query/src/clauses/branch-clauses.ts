// Why this branch: the clauses of a `case`, `cond`, `receive` or `fn` inside a function, over what it decided on. That
// was recorded as an argument, a message, a variable or the result of a call; where it was not, it is not told.

import { type Term } from "@elixirscope/etf";
import { aliasSegments, isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { Compiler } from "../condition/compile.ts";
import { ConditionFault } from "../condition/condition-error.ts";
import { isTerm } from "../condition/evaluated.ts";
import { Scope } from "../condition/scope.ts";
import { limitsOf } from "../limits.ts";
import { mfaText } from "../names.ts";
import { printTerm, styleOf } from "../print.ts";
import { frameHolders, frameOf, type Frame } from "../provenance/frames.ts";
import type { Holder } from "../provenance/place.ts";
import { capturedValues, siteNames } from "../captured-values.ts";
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
import { clauseViews } from "./clause-views.ts";
import { ClauseTest } from "./clause-test.ts";
import type { ClausesView } from "@elixirscope/wire";
import type { FunctionSource, FunctionSources } from "./function-source.ts";
import { resolvedGuard } from "./resolved-pattern.ts";

const KINDS = ["case_clause", "receive_clause", "fn_clause", "cond_clause"];

type Branch = {
  readonly event: number;
  readonly t: number;
  readonly pid: number;
  readonly pidText: string;
  readonly call: number;
  readonly kind: string;
  readonly nodeId: string;
  readonly clause: number | null;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
};

/** Null: the event is no branch, or its code is not known. */
export async function branchClauses(
  source: Source,
  event: number,
  sources: FunctionSources,
): Promise<ClausesView | null> {
  const branch = await branchOf(source, event);
  if (branch === null) return null;
  const code = await sources.find(branch);
  const construct = code === null ? null : constructOf(branch, code);
  const frame = await frameOf(source, branch.call);
  if (code === null || construct === null || frame === null) return null;
  const { holders } = await frameHolders(source, frame, branch);
  const locals = new Map([...(await ownNames(source, frame)), ...namesOf(holders)]);
  const values = await valuesOf(branch, construct, code, frame, holders, locals);
  return await viewOf(source, branch, construct, code, values, locals);
}

async function branchOf(source: Source, event: number): Promise<Branch | null> {
  const [row] = await select(
    source,
    sql`SELECT e.id, e.t, e.pid, p.text, e.frame, s.kind, s.node_id, s.clause, f.module, f."function", f.arity
      FROM (SELECT * FROM raw.events WHERE id = ${event} LIMIT 1) e JOIN raw.sites s ON s.site = e.site
        JOIN base.functions f ON f.id = s."function" JOIN base.pids p ON p.id = e.pid
      WHERE s.kind IN ${KINDS} AND s.node_id IS NOT NULL AND e.frame IS NOT NULL`,
  );
  if (row === undefined) return null;
  return {
    event,
    t: asNumber(row[1]),
    pid: asNumber(row[2]),
    pidText: asTextOrNull(row[3]) ?? "",
    call: asNumber(row[4]),
    kind: asTextOrNull(row[5]) ?? "",
    nodeId: asTextOrNull(row[6]) ?? "",
    clause: asNumberOrNull(row[7]),
    module: asTextOrNull(row[8]) ?? "?",
    name: asTextOrNull(row[9]) ?? "?",
    arity: asNumber(row[10]),
  };
}

type Construct = { readonly node: CallNode; readonly clauses: readonly CallNode[] };

/** The node around the clause that ran, with all its clauses. */
function constructOf({ nodeId, kind }: Branch, { syntax }: FunctionSource): Construct | null {
  const around = nodeId.replace(/(\.do)?\.clause\d+$/, "");
  const node = syntax.ids.nodeOf(around);
  if (node?.kind !== "call") return null;
  const all = kind === "fn_clause" ? node.args : listOf(keyword(node.args.at(-1), "do"));
  const clauses = all.filter((one) => isCall(one, "->", 2));
  return clauses.length === 0 ? null : { node, clauses };
}

function listOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

function namesOf(holders: readonly Holder[]): readonly (readonly [string, Term])[] {
  return holders
    .toReversed()
    .flatMap(({ kind, name, root }) =>
      kind === "binding" && name !== null ? [[name, root] as const] : [],
    );
}

/** Whole arguments by the names that the clause gives them. */
async function ownNames(source: Source, frame: Frame): Promise<ReadonlyMap<string, Term>> {
  const [row] = await select(
    source,
    sql`SELECT payload(e.payload), e.flags, s.names FROM (SELECT * FROM raw.events WHERE id = ${frame.call} LIMIT 1) e
      JOIN raw.sites s ON s.site = e.site`,
  );
  const captured = {
    payload: asBytesOrNull(row?.[0]),
    count: asNumberOrNull(row?.[1]) ?? 0,
    further: null,
  };
  return capturedValues(captured, siteNames(asTextOrNull(row?.[2])));
}

type Locals = ReadonlyMap<string, Term>;

/** What was decided on; undefined: not recorded. */
async function valuesOf(
  branch: Branch,
  { node }: Construct,
  code: FunctionSource,
  frame: Frame,
  holders: readonly Holder[],
  locals: Locals,
): Promise<readonly (Term | undefined)[]> {
  switch (branch.kind) {
    case "fn_clause":
      return frame.args?.kind === "list" ? frame.args.items : [];
    case "receive_clause":
      return [holders.find(({ kind }) => kind === "received")?.root];
    case "case_clause": {
      const [subject] = node.args.length > 1 ? node.args : [];
      return [subject === undefined ? undefined : subjectOf(subject, code, holders, locals)];
    }
    default:
      return [];
  }
}

/** The result of a recorded call, else what can be computed of variables. */
function subjectOf(
  subject: Node,
  { module }: FunctionSource,
  holders: readonly Holder[],
  locals: Locals,
): Term | undefined {
  const target = module.names.targetOf(subject)?.target ?? null;
  const result = holders.find(({ kind, function: name }) => kind === "result" && name === target);
  if (result !== undefined) return result.root;
  const value = computed(resolvedOrNull(subject, module), locals);
  return value ?? undefined;
}

function resolvedOrNull(node: Node, module: FunctionSource["module"]): Node | null {
  try {
    return aliasSegments(node) === null ? resolvedGuard(node, module) : node;
  } catch (thrown) {
    if (thrown instanceof ConditionFault) return null;
    throw thrown;
  }
}

function computed(node: Node | null, locals: Locals): Term | null {
  if (node === null) return null;
  try {
    const evaluate = new Compiler(false).expression(node, new Scope(), 1);
    const value = evaluate({ lookup: (name) => locals.get(name), slots: [] });
    return isTerm(value) ? value : null;
  } catch (thrown) {
    if (thrown instanceof ConditionFault) return null;
    throw thrown;
  }
}

async function viewOf(
  source: Source,
  branch: Branch,
  { clauses }: Construct,
  code: FunctionSource,
  values: readonly (Term | undefined)[],
  locals: Locals,
): Promise<ClausesView> {
  const style = styleOf(source.manifest);
  const signedZero = Number(source.manifest.target.otpRelease) >= 27;
  const root = (i: number): string => (branch.kind === "fn_clause" ? `args[${i}]` : "value");
  const options = { signedZero, root, lookup: (name: string) => locals.get(name) };
  const tested = clauses.map((clause) => {
    const { patterns, guard } = headOf(clause, branch.kind);
    const outcome = new ClauseTest({ patterns, guard, module: code.module }, options).test(values);
    return { start: clause.start, end: clause.end, outcome };
  });
  const { views, chosen } = clauseViews(tested, code.module.source, style);
  const ran = clauses.findIndex((clause) => code.syntax.ids.idOf(clause) === branch.nodeId);
  const clause = ran >= 0 ? ran : branch.clause;
  const recorded = clause === null ? null : { clause };
  const [first] = values;
  const limits = await limitsOf(source, { pids: [branch.pid], from: branch.t, to: branch.t }, [
    "values",
  ]);
  return {
    event: branch.event,
    t: branch.t,
    pid: branch.pidText,
    of: branch.kind,
    mfa: mfaText(branch.module, branch.name, branch.arity),
    values:
      branch.kind === "cond_clause"
        ? []
        : first === undefined
          ? null
          : values.flatMap((value) =>
              value === undefined ? [] : [printTerm(value, "line", style)],
            ),
    file: code.file,
    clauses: views,
    chosen,
    recorded,
    agrees: agreement(recorded, views, chosen),
    limits,
  };
}

/** `p1, p2 when guard ->`; of a `cond` the condition stands where the patterns do. */
function headOf(
  clause: CallNode,
  kind: string,
): { readonly patterns: readonly Node[]; readonly guard: Node | null } {
  const heads = listOf(clause.args[0]);
  const [only] = heads;
  if (kind === "cond_clause") return { patterns: [], guard: only ?? null };
  if (!isCall(only, "when")) return { patterns: heads, guard: null };
  return { patterns: only.args.slice(0, -1), guard: only.args.at(-1) ?? null };
}
