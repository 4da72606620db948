// The report of `analyze`: a summary as text, one section after another, each short enough to read.

import { bytesText } from "@elixirscope/base";
import { type Finding, type Summary, isProblem } from "@elixirscope/codegraph";
import { codeFrame } from "./code-frame.ts";
import { type Style, styled } from "./style.ts";
import { formatTable } from "./table.ts";
import { formatCount } from "./units.ts";
import { visible } from "./visible.ts";

export type ReportOptions = {
  readonly stream: NodeJS.WriteStream;
  /** the text of a line of a file of the project, null when there is none */
  readonly lineAt: (file: string, line: number) => string | null;
  /** findings with code frames at the most; the rest is counted */
  readonly mostFindings: number;
};

const MOST_MESSAGES = 30;
const MOST_LISTED = 10;
const MOST_DIAGNOSTICS = 30;
const MOST_OF_FILE = 3;
const WORST_MODULES = 5;
/** Below this a module is worth a look. */
const GOOD_SCORE = 80;
const SEVERITY_STYLE: Readonly<Record<Finding["severity"], Style>> = {
  error: "red",
  warning: "yellow",
  info: "cyan",
};

export function codeReport(summary: Summary, options: ReportOptions): string {
  const heading = (text: string): string => styled(options.stream, "bold", text);
  const sections: [string, string][] = [
    ["Behaviours", behaviours(summary)],
    ["Hot spots", hotSpots(summary)],
    ["Modules to look at", worstModules(summary)],
    ["Supervision", supervision(summary)],
    ["Messages", messages(summary)],
    ["Could not be read", diagnostics(summary, options)],
    ["Suggestions", suggestions(summary)],
    ["Findings", findings(summary, options)],
  ];
  return [
    size(summary),
    ...sections.flatMap(([title, text]) => (text === "" ? [] : [`${heading(title)}\n${text}`])),
  ].join("\n\n");
}

function size({ size: n }: Summary): string {
  const known = n.calls === 0 ? 100 : (100 * (n.calls - n.unresolvedCalls)) / n.calls;
  return [
    `${formatCount(n.files)} files, ${formatCount(n.lines)} lines, ${bytesText(n.bytes)}`,
    `${formatCount(n.modules)} modules, ${formatCount(n.functions)} functions (${formatCount(n.publicFunctions)} public), ${formatCount(n.clauses)} clauses`,
    `${formatCount(n.calls)} calls, ${known.toFixed(1)}% of them resolved`,
  ].join("\n");
}

function behaviours(summary: Summary): string {
  return summary.behaviours
    .map(({ behaviour, modules }) => `  ${visible(behaviour)}: ${visible(shortList(modules))}`)
    .join("\n");
}

/** The first of them, and how many there are beside. */
export function shortList(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function hotSpots({ hotSpots: spots }: Summary): string {
  if (spots.length === 0) return "";
  const names = ["function", "cognitive", "cyclomatic", "lines", "callers", "where"];
  return indent(
    formatTable({
      columns: names.map((name) => ({ name, type: "VARCHAR" })),
      rows: spots.map((spot) => [
        spot.function,
        spot.cognitive,
        spot.cyclomatic,
        spot.lines,
        spot.callers,
        `${spot.file}:${spot.range.line}`,
      ]),
    }),
  );
}

/** Those with a score that says something, each with the two reasons that cost most. */
function worstModules({ modules }: Summary): string {
  const worst = modules
    .map(({ quality, file }) => {
      const { readability, maintainability, testability, performance } = quality;
      const scores = { readability, maintainability, testability, performance };
      return { module: quality.module, file, scores };
    })
    .filter(({ scores }) => Object.values(scores).some(({ score }) => score < GOOD_SCORE))
    .slice(0, WORST_MODULES);
  return worst
    .map(({ module, file, scores }) => {
      const text = Object.entries(scores).map(([name, { score }]) => `${name} ${score}`);
      const reasons = Object.values(scores)
        .flatMap((score) => score.reasons)
        .toSorted((a, b) => b.points - a.points)
        .slice(0, 2);
      return [
        `  ${module} (${file}): ${text.join(", ")}`,
        ...reasons.map((reason) => `    ${reason.text}`),
      ].join("\n");
    })
    .join("\n");
}

function supervision({ supervision: lines }: Summary): string {
  return lines
    .map((line) => {
      const notes = [
        line.strategy,
        line.restart === "permanent" ? null : line.restart,
        line.dynamic ? "started on demand" : null,
      ].filter((note) => note !== null);
      const about = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
      return `  ${"  ".repeat(line.depth)}${visible(line.id)}${about}`;
    })
    .join("\n");
}

function messages(summary: Summary): string {
  const lines = summary.messages.slice(0, MOST_MESSAGES).map((flow) => {
    const unsure = flow.confidence === "exact" ? "" : `  (${flow.confidence})`;
    const times = flow.sites > 1 ? ` ×${flow.sites}` : "";
    const what = visible(`${shortList(flow.from)} → ${flow.to}  ${flow.kind} ${flow.shape}`);
    return `  ${what}${times}${unsure}`;
  });
  const more = summary.messages.length - MOST_MESSAGES;
  if (more > 0) lines.push(`  … ${more} more; --json gives all`);
  const nobody = summary.unmatchedSends.map(
    (send) =>
      `${send.file}:${send.range.line} ${send.function} sends ${send.shape}, which nothing takes`,
  );
  const unsent = summary.unsentHandlers.map(
    (handler) =>
      `${handler.file}:${handler.range.line} ${handler.function} takes ${handler.shape}, which nothing here sends`,
  );
  return [...lines, ...limited(nobody.map(visible)), ...limited(unsent.map(visible))].join("\n");
}

/** Lines of a report, the first few when they are many. */
export function limited(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LISTED;
  const shown = lines.slice(0, MOST_LISTED);
  return [...shown, ...(more > 0 ? [`… ${more} more; --json gives all`] : [])].map(
    (line) => `  ${line}`,
  );
}

/** Errors first, and few of each file: one that is not Elixir at all does not hide the others. */
function diagnostics({ diagnostics: all }: Summary, { stream }: ReportOptions): string {
  const ofFile = new Map<string, number>();
  const firsts = all
    .toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"))
    .filter(({ file }) => {
      const before = ofFile.get(file) ?? 0;
      ofFile.set(file, before + 1);
      return before < MOST_OF_FILE;
    });
  const shown = firsts.slice(0, MOST_DIAGNOSTICS);
  const lines = shown.map(({ file, line, column, severity, message }) => {
    const style = severity === "error" ? "red" : "yellow";
    return `  ${visible(file)}:${line}:${column} ${styled(stream, style, severity)}: ${visible(message)}`;
  });
  const more = all.length - shown.length;
  if (more > 0) {
    lines.push(`  … ${formatCount(more)} more, ${ofFile.size} files in all; --json gives all`);
  }
  return lines.join("\n");
}

function suggestions(summary: Summary): string {
  const lines = summary.suggestions.map(
    ({ file, range, function: key, module, title, explanation }) =>
      `${file}:${range.line} ${key ?? module}: ${title}. ${explanation}`,
  );
  return limited(lines.map(visible)).join("\n");
}

function findings(summary: Summary, options: ReportOptions): string {
  const wrong = summary.findings.filter(isProblem);
  if (wrong.length === 0) return "  none";
  const shown = wrong
    .slice(0, options.mostFindings)
    .map((finding) => findingText(finding, options));
  const more = wrong.length - shown.length;
  if (more > 0) shown.push(`  … ${more} more; --findings ${wrong.length} shows all`);
  return [`  ${countText(wrong)}`, ...shown].join("\n\n");
}

function countText(found: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => {
      const count = found.filter((finding) => finding.severity === severity).length;
      const word = severity === "info" ? "note" : severity;
      return count === 0 ? null : `${count} ${word}${count === 1 ? "" : "s"}`;
    })
    .filter((part) => part !== null)
    .join(", ");
}

export function findingText(finding: Finding, { stream, lineAt }: ReportOptions): string {
  const { range, file } = finding;
  const style = SEVERITY_STYLE[finding.severity];
  const within = finding.function === null ? "" : ` in ${finding.function}`;
  const where = visible(`${file}:${range.line}:${range.column}${within}`);
  return indent(
    [
      `${styled(stream, style, finding.severity)} ${styled(stream, "bold", visible(finding.title))} ${styled(stream, "dim", visible(finding.rule))}`,
      where,
      codeFrame(range, (line) => lineAt(file, line), style, stream),
      ...wrapped(finding.explanation, 100).map(visible),
    ].join("\n"),
  );
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
