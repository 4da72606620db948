// Precision and recall of every rule on the planted projects in `fixtures/codegraph`. They were written
// together with the rules, so the numbers show that rules keep to what they say, not how they do on
// code that nobody prepared; for that see "On foreign code" in the README beside this file.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linkFlows } from "../flow/interprocedural.ts";
import { findTaint } from "../flow/taint.ts";
import { linkProject } from "../link/link-project.ts";
import { analyzeFile } from "../repository/analyze-file.ts";
import { ruleSet } from "./file-findings.ts";
import type { Finding, FindingCategory } from "./finding.ts";
import { mergeFindings, projectFindings, projectRules } from "./project-findings.ts";

type Score = {
  expected: number;
  clean: number;
  found: number;
  wrong: string[];
  missed: string[];
};

const FIXTURES = join(import.meta.dirname, "../../../../fixtures/codegraph");
const { rules, problems } = ruleSet();
/** found by the flow of input alone */
const TAINT_ONLY = ["open-redirect", "regex-from-input", "request-to-input"];

/** Line of the code that a comment at `index` speaks of: the next that is no comment and no `@impl`. */
function markedLine(lines: readonly string[], index: number): number {
  let at = index + 1;
  while (/^\s*(#|@impl)/.test(lines[at] ?? "")) at += 1;
  return at + 1;
}

/** Every finding of a project: of its files, of its graphs, and of the flow of input through it. */
function findingsIn(project: string): { texts: Map<string, string>; findings: Finding[] } {
  const root = join(FIXTURES, project);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  const texts = new Map<string, string>();
  for (const name of names) {
    if (/\.exs?$/.test(name)) texts.set(name, readFileSync(join(root, name), "utf8"));
  }
  const files = [...texts].map(([name, text]) => analyzeFile(name, Buffer.from(text)));
  expect(files.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const modules = new Map(files.flatMap((file) => file.modules).map((data) => [data.name, data]));
  const functions = new Map(
    [...modules.values()].flatMap((data) => data.functions).map((fn) => [fn.key, fn]),
  );
  const flow = linkFlows(
    files.flatMap(({ dfgs }) => dfgs),
    (key) => functions.get(key),
  );
  const { flows } = findTaint(flow, (name) => modules.get(name));
  const ofProject = projectFindings(linkProject(files), flows);
  return {
    texts,
    findings: mergeFindings(
      files.flatMap((file) => file.findings),
      ofProject,
    ),
  };
}

function scoresOf(
  project: string,
  counts: (category: FindingCategory) => boolean,
): Map<string, Score> {
  const scores = new Map<string, Score>();
  const scoreOf = (rule: string): Score => {
    const score = scores.get(rule) ?? { expected: 0, clean: 0, found: 0, wrong: [], missed: [] };
    scores.set(rule, score);
    return score;
  };
  const { texts, findings } = findingsIn(project);
  for (const [name, text] of texts) {
    const lines = text.split("\n");
    const expected = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const [, kind, rule] = /^\s*# (expect|clean): (\S+)$/.exec(line) ?? [];
      if (kind === undefined || rule === undefined) continue;
      scoreOf(rule)[kind === "expect" ? "expected" : "clean"] += 1;
      if (kind === "expect") expected.add(`${rule} ${markedLine(lines, index)}`);
    }
    const seen = new Set<string>();
    for (const { rule, range, category, file } of findings) {
      const place = `${rule} ${range.line}`;
      if (file !== name || !counts(category) || seen.has(place)) continue;
      seen.add(place);
      if (expected.has(place)) scoreOf(rule).found += 1;
      else scoreOf(rule).wrong.push(`${name}:${range.line}`);
    }
    for (const place of expected) {
      const [rule, line] = place.split(" ");
      if (rule !== undefined && !seen.has(place)) scoreOf(rule).missed.push(`${name}:${line}`);
    }
  }
  return scores;
}

function report(
  title: string,
  scores: ReadonlyMap<string, Score>,
): { precision: number; recall: number } {
  const totals = { expected: 0, clean: 0, found: 0, wrong: 0 };
  const rows: string[] = [];
  const sorted = [...scores].toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [rule, { expected, clean, found, wrong, missed }] of sorted) {
    totals.expected += expected;
    totals.clean += clean;
    totals.found += found;
    totals.wrong += wrong.length;
    const places = [...missed.map((at) => `missed ${at}`), ...wrong.map((at) => `wrong ${at}`)];
    rows.push(
      row(
        rule,
        expected,
        clean,
        ratio(found, found + wrong.length),
        ratio(found, expected),
        places,
      ),
    );
  }
  const precision = ratio(totals.found, totals.found + totals.wrong);
  const recall = ratio(totals.found, totals.expected);
  const head = `${title.padEnd(38)} planted  clean  precision  recall`;
  const last = row("total", totals.expected, totals.clean, precision, recall, []);
  process.stdout.write(`${[head, ...rows, last].join("\n")}\n`);
  return { precision, recall };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

function row(
  rule: string,
  expected: number,
  clean: number,
  precision: number,
  recall: number,
  places: readonly string[],
): string {
  const numbers = [String(expected).padStart(7), String(clean).padStart(6)];
  const rates = [precision.toFixed(3).padStart(10), recall.toFixed(3).padStart(7)];
  return `${rule.padEnd(38)}${[...numbers, ...rates].join(" ")}  ${places.join(" ")}`.trimEnd();
}

const isWrongdoing = (category: FindingCategory): boolean =>
  category === "anti_pattern" || category === "security";

describe("rules on planted projects", () => {
  const antiPatterns = scoresOf("anti-patterns", isWrongdoing);
  const recognised = scoresOf("frameworks", (category) => !isWrongdoing(category));

  it("has at least three planted places and three clean twins of every rule", () => {
    expect(problems).toEqual([]);
    const wrongdoings = [...rules.all, ...projectRules].filter((rule) =>
      isWrongdoing(rule.category),
    );
    const recognisers = rules.all.filter((rule) => !isWrongdoing(rule.category));
    const scores = [
      ...[...wrongdoings.map(({ id }) => id), ...TAINT_ONLY].map(
        (id) => [id, antiPatterns.get(id)] as const,
      ),
      ...recognisers.map(({ id }) => [id, recognised.get(id)] as const),
    ];
    for (const [id, score] of scores) {
      expect(score?.expected, `${id}: planted`).toBeGreaterThanOrEqual(3);
      expect(score?.clean, `${id}: clean twins`).toBeGreaterThanOrEqual(3);
    }
  });

  it("finds anti-patterns with recall and precision of at least 0.95", () => {
    const { precision, recall } = report("anti-patterns", antiPatterns);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(precision).toBeGreaterThanOrEqual(0.95);
  });

  it("recognises behaviours, frameworks, messaging and design with 0.95 too", () => {
    const { precision, recall } = report("recognisers", recognised);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(precision).toBeGreaterThanOrEqual(0.95);
  });
});
