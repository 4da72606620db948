// One source file as it ran: its text, how often each line was executed, and its functions.

import type { Params, Reply, SourceFunction, SourceLine, SourceView } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { recordingRange } from "../recording-range.ts";
import { isSameFile } from "@elixirscope/wire";
import { SourceTexts } from "../source-texts.ts";
import type { Source } from "../sql.ts";
import { codeFiles, type CodeFile, type CodeFunction } from "./code-files.ts";
import { callHits, lineHits, siteHits, sitesOf, type Span } from "./line-hits.ts";
import { sourceOutline, type OutlineFunction } from "./source-outline.ts";
import { mfaText } from "../names.ts";

/** More than that is no code that people read. */
const LONGEST = 1_000_000;

/** Null: the recording knows no such file or module. */
export async function source(
  recording: Source,
  { name, range }: Params<"source">,
): Promise<Reply<"source">> {
  const { files, texts } = await codeFiles(recording);
  const file = fileNamed(files, name);
  if (file === null) return null;
  const span = range === undefined ? null : { from: range.t0, to: range.t1 + 1 };
  const whole = await recordingRange(recording);
  const [text, calls, lines, limits] = await Promise.all([
    textOf(recording, file),
    span === null ? null : callHits(recording, span),
    instrumentedLines(recording, file, span),
    limitsOf(recording, { pids: null, from: span?.from ?? whole.t0, to: span?.to ?? whole.t1 }, []),
  ]);
  const outline = text === null ? [] : sourceOutline(recording, file.path ?? file.name, text);
  const counted =
    calls === null
      ? file.functions
      : file.functions.map((one) => ({ ...one, calls: calls.get(one.id) ?? 0 }));
  const planned = plannedFunctions(recording);
  return {
    name: file.name,
    modules: file.modules,
    text,
    why: text === null ? whyNoText(file, texts) : null,
    lines: [...lines, ...headLines(outline, counted, planned, lines)].toSorted(
      (a, b) => a.line - b.line,
    ),
    functions: functionsOf(outline, counted, planned),
    limits,
  };
}

/** A file by its path or the end of it, else by one of its modules. */
export function fileNamed(files: readonly CodeFile[], name: string): CodeFile | null {
  return (
    files.find((file) => file.name === name) ??
    files.find(({ path }) => path !== null && isSameFile(path, name)) ??
    files.find(({ siteFiles }) => siteFiles.some((one) => isSameFile(one, name))) ??
    files.find(({ modules }) => modules.includes(name)) ??
    null
  );
}

async function textOf(recording: Source, file: CodeFile): Promise<string | null> {
  if (!file.hasText || file.path === null) return null;
  const text = (await SourceTexts.of(recording, [file.path])).text(file.path);
  return text === null || text.length > LONGEST ? null : text;
}

function whyNoText({ hasText, functions, path }: CodeFile, texts: number): string {
  if (hasText) return "Its text is too long to be shown.";
  if (functions.some(({ isInstrumented }) => isInstrumented)) {
    return `Its code was instrumented, but the text of ${path ?? "its source"} could not be read while it was recorded.`;
  }
  return texts === 0
    ? "This recording holds no source text: only calls were traced, without looking inside of functions."
    : "This recording holds the text of other files, not of this one: of it only calls were traced.";
}

async function instrumentedLines(
  recording: Source,
  { siteFiles }: CodeFile,
  span: Span | null,
): Promise<readonly SourceLine[]> {
  if (siteFiles.length === 0) return [];
  const [sites, whole, within] = await Promise.all([
    sitesOf(recording, siteFiles),
    siteHits(recording, null),
    span === null ? null : siteHits(recording, span),
  ]);
  const counts = within ?? whole;
  // what counts for a line is chosen by the whole, so that a selection never counts something else
  return lineHits(sites, whole).map(({ line, sites: chosen }) => ({
    line,
    hits: chosen.reduce((sum, site) => sum + (counts.get(site) ?? 0), 0),
    kind: "line",
    function: null,
  }));
}

/** Heads of functions of which only calls were recorded. */
function headLines(
  outline: readonly OutlineFunction[],
  functions: readonly CodeFunction[],
  planned: ReadonlySet<string>,
  lines: readonly SourceLine[],
): readonly SourceLine[] {
  const taken = new Set(lines.map(({ line }) => line));
  return outline.flatMap(({ mfa, others, line }) => {
    const own = functions.filter((one) => one.mfa === mfa || others.includes(one.mfa));
    if (taken.has(line) || own.some(({ isInstrumented }) => isInstrumented)) return [];
    const hits = own.reduce((sum, { calls }) => sum + calls, 0);
    if (hits === 0 && !planned.has(mfa)) return [];
    return [{ line, hits, kind: "calls", function: mfa }];
  });
}

function functionsOf(
  outline: readonly OutlineFunction[],
  functions: readonly CodeFunction[],
  planned: ReadonlySet<string>,
): SourceView["functions"] {
  const named = new Map(functions.map((one) => [one.mfa, one]));
  const written = outline.map(({ mfa, others, line, endLine }): SourceFunction => {
    const own = [mfa, ...others].flatMap((name) => named.get(name) ?? []);
    const calls = own.reduce((sum, one) => sum + one.calls, 0);
    const isInstrumented = own.some((one) => one.isInstrumented);
    const isRecorded = calls > 0 || isInstrumented || planned.has(mfa);
    return { mfa, line, endLine, calls: isRecorded ? calls : null, isInstrumented };
  });
  const shown = new Set(outline.flatMap(({ mfa, others }) => [mfa, ...others]));
  // what macros made has no place in the text; without a text there is nothing else
  const rest = functions.filter(
    ({ mfa, calls }) => !shown.has(mfa) && (outline.length === 0 || calls > 0),
  );
  return [
    ...written,
    ...rest.map(({ mfa, calls, isInstrumented, line }): SourceFunction => {
      return { mfa, line, endLine: null, calls, isInstrumented };
    }),
  ];
}

/** Their calls would have been recorded, had there been any. */
function plannedFunctions({ manifest }: Source): ReadonlySet<string> {
  return new Set(
    manifest.plan.functions.map(({ module, function: name, arity }) =>
      mfaText(module, name, arity),
    ),
  );
}
