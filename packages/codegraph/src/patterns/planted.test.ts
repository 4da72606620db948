// Precision and recall of every rule on the planted projects in `fixtures/codegraph`. They were written
// together with the rules, so the numbers show that rules keep to what they say, not how they do on
// code that nobody prepared; for that see the counts over foreign code in the package's README.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { fileFindings, ruleSet } from "./file-findings.ts";
import type { FindingCategory } from "./finding.ts";

type Score = {
  expected: number;
  clean: number;
  found: number;
  wrong: string[];
  missed: string[];
};

const FIXTURES = join(import.meta.dirname, "../../../../fixtures/codegraph");
const { rules, problems } = ruleSet();

/** Line of the code that a comment at `index` speaks of: the next that is no comment and no `@impl`. */
function markedLine(lines: readonly string[], index: number): number {
  let at = index + 1;
  while (/^\s*(#|@impl)/.test(lines[at] ?? "")) at += 1;
  return at + 1;
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
  const root = join(FIXTURES, project);
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!/\.exs?$/.test(name)) continue;
    const text = readFileSync(join(root, name), "utf8");
    const lines = text.split("\n");
    const expected = new Set<string>();
    const clean = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const [, kind, rule] = /^\s*# (expect|clean): (\S+)$/.exec(line) ?? [];
      if (kind === undefined || rule === undefined) continue;
      scoreOf(rule)[kind === "expect" ? "expected" : "clean"] += 1;
      (kind === "expect" ? expected : clean).add(`${rule} ${markedLine(lines, index)}`);
    }
    const parsed = parse(text, { file: name });
    expect(parsed.diagnostics).toEqual([]);
    const seen = new Set<string>();
    for (const { rule, range, category } of fileFindings(fileSyntax(name, parsed), rules)) {
      const place = `${rule} ${range.line}`;
      if (!counts(category) || seen.has(place)) continue;
      seen.add(place);
      if (expected.has(place)) scoreOf(rule).found += 1;
      else scoreOf(rule).wrong.push(`${name}:${range.line}`);
      expect(clean.has(place), `${name}: clean twin reported: ${place}`).toBe(false);
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
  for (const [rule, { expected, clean, found, wrong, missed }] of [...scores].toSorted()) {
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
    for (const { id, category } of rules.all) {
      const score = (isWrongdoing(category) ? antiPatterns : recognised).get(id);
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
