// Whatever an editor holds, rules, metrics and suggestions answer: files cut off and with pieces missing.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@elixirscope/syntax";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { buildCfg } from "../flow/cfg-build.ts";
import { functionMetrics } from "../metrics/function-metrics.ts";
import { moduleMetrics } from "../metrics/module-metrics.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import { suggestions } from "../quality/suggestions.ts";
import { fileFindings, ruleSet } from "./file-findings.ts";

const root = join(import.meta.dirname, "../../../../fixtures/codegraph");
const texts = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ex"))
  .map((name) => readFileSync(join(root, name), "utf8"));
const { rules } = ruleSet();

function analyse(text: string): void {
  const file = fileSyntax("lib/a.ex", parse(text));
  const metrics = file.modules.flatMap((module) =>
    module.functions.map((fn) => functionMetrics(fn, module, buildCfg(fn, module, file.ids))),
  );
  const findings = fileFindings(file, rules);
  for (const { range, confidence } of findings) {
    expect(range.start).toBeGreaterThanOrEqual(0);
    expect(range.end).toBeLessThanOrEqual(text.length);
    expect(confidence).toBeGreaterThan(0);
  }
  expect(moduleMetrics(file).length).toBe(file.modules.length);
  for (const { range } of suggestions(file, metrics, findings)) {
    expect(range.end).toBeLessThanOrEqual(text.length);
  }
}

it("answers for files that are cut off or have holes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(60),
      fc.constantFrom("", "end", ")", "do", "|>", "%{", "fn ->", '"', "#{", "\u0000"),
      (text, where, length, piece) => {
        const at = Math.floor(where * text.length);
        const before = text.slice(0, at);
        expect(() => analyse(before)).not.toThrow();
        expect(() => analyse(before + piece + text.slice(at + length))).not.toThrow();
      },
    ),
    { numRuns: 120 },
  );
});

it("finds the same in a file with Windows line ends", () => {
  for (const text of texts) {
    const count = (code: string): number =>
      fileFindings(fileSyntax("lib/a.ex", parse(code)), rules).length;
    expect(count(text.replaceAll("\n", "\r\n"))).toBe(count(text));
  }
});
