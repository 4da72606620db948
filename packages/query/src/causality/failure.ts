// What failed in a crash: the innermost exception that led to it with its call, its line and its values.

import type { Term } from "@elixirscope/etf";
import { isSameFile, type ClauseView, type FailureView, type FrameView } from "@elixirscope/wire";
import { clauses } from "../clauses/clauses.ts";
import type { SourceFile } from "../clauses/source-file.ts";
import { kindCode } from "../event-kinds.ts";
import { mfaText } from "../names.ts";
import { decoded } from "../otp-message.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import { SourceTexts } from "../source-texts.ts";
import { asBytesOrNull, asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { stack } from "../stack/stack.ts";
import { CauseWindow } from "./cause-window.ts";
import { causesOf } from "./edges.ts";
import { exceptionText, reasonText, stackTop, type StackEntry } from "./error-text.ts";

const EXCEPTION = kindCode("exception");
const EXIT = kindCode("exit");
const NO_CLAUSE = kindCode("no_clause");
/** An exception goes through at most this many calls before it is caught or ends the process. */
const MAX_CALLERS = 200;

export type Fatal = {
  /** the end of the process; null: not recorded, or it went on */
  readonly exit: {
    readonly event: number;
    readonly t: number;
    readonly reason: Term | null;
  } | null;
  /** innermost first; empty: none was recorded */
  readonly exceptions: readonly number[];
  readonly pid: number;
};

/** Of an exception, of a clause that was missing, or of an end: what belongs to it. Null: it is none of these. */
export async function fatalOf(
  source: Source,
  event: number,
  window: CauseWindow = new CauseWindow(source, "line"),
): Promise<Fatal | null> {
  const [row] = await select(
    source,
    sql`SELECT pid, kind, coalesce(frame, 0)::DOUBLE FROM raw.events WHERE id = ${event} LIMIT 1`,
  );
  if (row === undefined) return null;
  const pid = asNumber(row[0]);
  const kind = asNumber(row[1]);
  if (kind === EXIT) return await ofExit(source, pid, event, window);
  if (kind !== EXCEPTION && kind !== NO_CLAUSE) return null;
  const thrown = kind === EXCEPTION ? event : await nextException(source, pid, event);
  const exit = await nextExit(source, pid, thrown);
  if (exit !== null) {
    const fatal = await ofExit(source, pid, exit, window);
    if (fatal.exceptions.includes(thrown)) return fatal;
  }
  return { exit: null, exceptions: await innerExceptions(window, thrown), pid };
}

async function ofExit(
  source: Source,
  pid: number,
  event: number,
  window: CauseWindow,
): Promise<Fatal> {
  const edges = await causesOf(source, [event]);
  const thrown = edges.filter(({ type }) => type === "exit").map((edge) => edge.source);
  const raised = thrown.map(
    (id) =>
      sql`UNION ALL SELECT id::DOUBLE, NULL, NULL FROM raw.events WHERE id = ${id} AND kind = ${EXCEPTION}`,
  );
  const rows = await select(
    source,
    raised.reduce(
      (all, one) => sql`${all} ${one}`,
      sql`SELECT id::DOUBLE, t, payload(payload) FROM raw.events WHERE id = ${event}`,
    ),
  );
  const own = rows.find(([id]) => asNumber(id) === event);
  const outermost = rows.map(([id]) => asNumber(id)).find((id) => id !== event);
  return {
    exit: { event, t: asNumber(own?.[1] ?? 0), reason: decoded(asBytesOrNull(own?.[2])) },
    exceptions: outermost === undefined ? [] : await innerExceptions(window, outermost),
    pid,
  };
}

/** The exceptions that went on as this one, innermost first, with itself. */
async function innerExceptions(window: CauseWindow, outermost: number): Promise<readonly number[]> {
  const found = [outermost];
  while (found.length < MAX_CALLERS) {
    const edges = await window.edgesInto(found[0] ?? outermost);
    const inner = edges.find(({ type }) => type === "raise");
    if (inner === undefined) break;
    found.unshift(inner.source);
  }
  return found;
}

async function nextException(source: Source, pid: number, event: number): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT min(id)::DOUBLE FROM raw.events WHERE pid = ${pid} AND id > ${event} AND kind = ${EXCEPTION}`,
  );
  return asNumberOrNull(row?.[0]) ?? event;
}

async function nextExit(source: Source, pid: number, event: number): Promise<number | null> {
  const [row] = await select(
    source,
    sql`SELECT min(id)::DOUBLE FROM raw.events WHERE pid = ${pid} AND id > ${event} AND kind = ${EXIT}`,
  );
  return asNumberOrNull(row?.[0]);
}

export async function failureOf(
  source: Source,
  { exit, exceptions }: Fatal,
  files: readonly SourceFile[],
): Promise<FailureView> {
  const style = styleOf(source.manifest);
  const event = exceptions[0] ?? exit?.event ?? 0;
  const [row] = await select(
    source,
    sql`SELECT t, payload(payload) FROM raw.events WHERE id = ${event} LIMIT 1`,
  );
  const thrown = exceptions.length > 0 ? decoded(asBytesOrNull(row?.[1])) : null;
  const top = stackTop(thrown) ?? stackTop(exit?.reason ?? null);
  const around = exceptions.length > 0 ? await stack(source, null, { kind: "event", event }) : null;
  const frames = (around?.frames ?? []).toReversed();
  const [failing] = frames;
  const place = await placeOf(source, failing, top, files);
  const subject = subjectOf(failing, top, style);
  return {
    event,
    t: asNumber(row?.[0] ?? 0),
    error: named(
      thrown === null ? endText(exit?.reason ?? null, style) : exceptionText(thrown, style),
      subject.mfa,
    ),
    ...subject,
    ...place,
    locals: failing?.locals ?? [],
    clauses: isClauseError(thrown ?? exit?.reason ?? null)
      ? await refusals(source, event, frames, top, files)
      : [],
    callers: frames.map(({ mfa }) => mfa).filter((mfa, i) => i > 0 || mfa !== subject.mfa),
  };
}

/** The VM's own words name no function: Elixir's do. */
function named(error: string, mfa: string | null): string {
  return mfa !== null && error.endsWith("no function clause matching")
    ? `${error} in ${mfa}`
    : error;
}

function endText(reason: Term | null, style: TermStyle): string {
  return reason === null ? "(reason not recorded)" : reasonText(reason, style);
}

/** The stack of the exception names the function even where that one's call was not recorded. */
function subjectOf(
  failing: FrameView | undefined,
  top: StackEntry | null,
  style: TermStyle,
): Pick<FailureView, "mfa" | "arguments"> {
  if (top !== null) {
    const mfa = mfaText(top.module, top.name, top.arity);
    const args = top.args?.map((arg) => printTerm(arg, "line", style)).join(", ") ?? null;
    return { mfa, arguments: args ?? (failing?.mfa === mfa ? failing.args : null) };
  }
  return { mfa: failing?.mfa ?? null, arguments: failing?.args ?? null };
}

async function placeOf(
  source: Source,
  failing: FrameView | undefined,
  top: StackEntry | null,
  files: readonly SourceFile[],
): Promise<Pick<FailureView, "file" | "line" | "source">> {
  if (top !== null && top.file !== null && top.line !== null) {
    const { file, line } = top;
    const recorded = (await SourceTexts.of(source, [file])).line(file, line);
    const given = files.find(({ path }) => isSameFile(path, file))?.text.split(/\r?\n/)[line - 1];
    return { file, line, source: recorded ?? given ?? null };
  }
  const place = failing?.place ?? null;
  return { file: place?.file ?? null, line: place?.line ?? null, source: place?.source ?? null };
}

function isClauseError(thrown: Term | null): boolean {
  if (thrown?.kind !== "tuple") return false;
  const names = thrown.items
    .slice(0, 2)
    .map((item) => (item.kind === "tuple" ? item.items[0] : item));
  return names.some((name) => name?.kind === "atom" && name.name.endsWith("_clause"));
}

/** Why each clause refused: of the event that says so, else of the call. */
async function refusals(
  source: Source,
  event: number,
  frames: readonly FrameView[],
  top: StackEntry | null,
  files: readonly SourceFile[],
): Promise<readonly string[]> {
  const missed = await missedClause(source, event, frames[0]?.call ?? 0);
  const answer = await clauses(source, missed ?? frames[0]?.call ?? event, { files });
  if (!answer.ok) return [];
  const { view } = answer;
  const isOther =
    top !== null && view.of === "function" && view.mfa !== mfaText(top.module, top.name, top.arity);
  return isOther ? [] : view.clauses.filter(({ verdict }) => verdict !== "matched").map(refusal);
}

/** Instrumented code says which clauses were missing, just before it raises. */
async function missedClause(source: Source, event: number, call: number): Promise<number | null> {
  const [row] = await select(
    source,
    sql`SELECT max(id)::DOUBLE FROM raw.events WHERE frame = ${call} AND kind = ${NO_CLAUSE} AND id BETWEEN ${call} AND ${event}`,
  );
  return asNumberOrNull(row?.[0]);
}

function refusal({ text, line, failure, unknown }: ClauseView): string {
  const clause = `line ${line}: ${text}`;
  if (failure === null) return unknown === null ? clause : `${clause} (${unknown})`;
  if (failure.kind === "guard") {
    const values = failure.values.map(({ name, text: value }) => `${name} = ${value}`).join(", ");
    return `${clause}: ${failure.expected} does not hold${values === "" ? "" : ` (${values})`}`;
  }
  return `${clause}: ${failure.path} is ${failure.found ?? "missing"}, not ${failure.expected}`;
}
