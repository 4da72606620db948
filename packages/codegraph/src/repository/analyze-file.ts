// One file through all analyses that need no other file. Whatever is in it, there are facts: an analysis
// that fails or runs out of time leaves a diagnostic at the function it was about, and the others go on.

import { createHash } from "node:crypto";
import { messageOf } from "@elixirscope/base";
import { type Diagnostic, parse, type Parsed, type Position, Source } from "@elixirscope/syntax";
import { buildCfg } from "../flow/cfg-build.ts";
import type { Cfg } from "../flow/cfg.ts";
import { buildDfg } from "../flow/dfg-build.ts";
import type { Dfg } from "../flow/dfg.ts";
import { linkFacts } from "../link/link-file.ts";
import type { LinkFacts } from "../link/link-facts.ts";
import { functionMetrics, type FunctionMetrics } from "../metrics/function-metrics.ts";
import { moduleMetrics } from "../metrics/module-metrics.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import type { FileSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { templateLanguage } from "../module/template-module.ts";
import { fileFindings, ruleSet, type RuleSet } from "../patterns/file-findings.ts";
import type { Finding } from "../patterns/finding.ts";
import { type Suggestion, suggestions } from "../quality/suggestions.ts";
import { type AnalysisLimits, DEFAULT_ANALYSIS_LIMITS } from "./analysis-limits.ts";
import { decodeSource } from "./decode-source.ts";
import type { FileFacts } from "./file-facts.ts";

const NO_LINKS: LinkFacts = {
  sends: [],
  handlers: [],
  spawns: [],
  supervisors: [],
  registered: [],
  subscriptions: [],
};

export type AnalyzeOptions = {
  readonly limits?: AnalysisLimits;
  /** what is looked for; default: the rules of this package */
  readonly rules?: RuleSet;
};

let ownRules: RuleSet | null = null;

/** `path`: relative to the project's root, as it shall stand in the facts. Never throws. */
export function analyzeFile(
  path: string,
  bytes: Uint8Array,
  { limits = DEFAULT_ANALYSIS_LIMITS, rules }: AnalyzeOptions = {},
): FileFacts {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (bytes.length > limits.fileBytes) return oversizedFacts(path, sha256, bytes.length, limits);
  const { text, diagnostics } = decodeSource(bytes);
  const run = new FileRun(limits, diagnostics);
  const base = { ...failedFacts(path, sha256, bytes.length), lines: lineCount(text) };

  const syntax = run.attempt("parsing", null, () => fileSyntax(path, unread(path, text)));
  if (syntax === null) return { ...base, diagnostics: run.diagnostics };
  run.note(syntax.parsed.diagnostics);
  const functions = run.functions(syntax);
  const findings = run.findings(syntax, rules ?? (ownRules ??= ruleSet().rules));
  return {
    ...base,
    modules: syntax.modules.map(({ data }) => data),
    cfgs: functions.cfgs,
    dfgs: functions.dfgs,
    metrics: functions.metrics,
    moduleMetrics: run.attempt("measuring modules", null, () => moduleMetrics(syntax)) ?? [],
    findings,
    suggestions: run.suggestions(syntax, functions.metrics, findings),
    links: run.attempt("linking", null, () => linkFacts(syntax)) ?? NO_LINKS,
    diagnostics: run.diagnostics,
  };
}

/** A template is parsed as what it is: only its text is passed on. */
function unread(path: string, text: string): Parsed {
  if (templateLanguage(path) === null) return parse(text, { file: path });
  return { ...parse(""), source: new Source(text, path) };
}

/** Of a file about which nothing else is known than that it is there. */
export function failedFacts(
  path: string,
  sha256: string,
  bytes: number,
  diagnostics: readonly Diagnostic[] = [],
): FileFacts {
  return {
    path,
    sha256,
    bytes,
    lines: 0,
    diagnostics,
    modules: [],
    cfgs: [],
    dfgs: [],
    metrics: [],
    moduleMetrics: [],
    findings: [],
    suggestions: [],
    links: NO_LINKS,
  };
}

export function oversizedFacts(
  path: string,
  sha256: string,
  bytes: number,
  { fileBytes }: AnalysisLimits,
): FileFacts {
  const message = `the file is not analysed: ${bytes} bytes are more than the limit of ${fileBytes}`;
  return failedFacts(path, sha256, bytes, [fileDiagnostic("file_too_large", message)]);
}

/** About a file as a whole. */
export function fileDiagnostic(
  code: string,
  message: string,
  severity: Diagnostic["severity"] = "warning",
): Diagnostic {
  return { severity, code, message, line: 1, column: 1, start: 0, end: 0 };
}

type FunctionFacts = {
  readonly cfgs: Cfg[];
  readonly dfgs: Dfg[];
  readonly metrics: FunctionMetrics[];
};

/** Keeps the time and the diagnostics of one file. */
class FileRun {
  readonly #limits: AnalysisLimits;
  readonly #started: number = performance.now();
  readonly diagnostics: Diagnostic[];
  #left = 0;

  constructor(limits: AnalysisLimits, diagnostics: readonly Diagnostic[]) {
    this.#limits = limits;
    this.diagnostics = [...diagnostics];
  }

  note(diagnostics: readonly Diagnostic[]): void {
    const room = this.#limits.diagnosticsPerFile - this.diagnostics.length;
    this.diagnostics.push(...diagnostics.slice(0, Math.max(0, room)));
    const left = diagnostics.length - Math.max(0, room);
    if (left <= 0) return;
    const message = `${left} more diagnostics of this file are not shown`;
    this.diagnostics.push(fileDiagnostic("more_diagnostics", message));
  }

  /** Null when it throws, which leaves a diagnostic where `at` says. */
  attempt<T>(what: string, at: Position | null, body: () => T): T | null {
    try {
      return body();
    } catch (cause) {
      this.#failed(what, at, cause);
      return null;
    }
  }

  findings(syntax: FileSyntax, rules: RuleSet): readonly Finding[] {
    if (this.#isLate) return [];
    const goesOn = ({ id }: { readonly id: string }): boolean => {
      if (!this.#isLate) return true;
      const message = `the file took longer than ${this.#limits.softMs} ms: from ${id} on its rules were not tried`;
      this.note([fileDiagnostic("analysis_slow", message)]);
      return false;
    };
    const found = this.attempt("looking for patterns", null, () =>
      fileFindings(syntax, rules, goesOn),
    );
    return found ?? [];
  }

  suggestions(
    syntax: FileSyntax,
    metrics: readonly FunctionMetrics[],
    findings: readonly Finding[],
  ): readonly Suggestion[] {
    if (this.#isLate) return [];
    const made = this.attempt("making suggestions", null, () =>
      suggestions(syntax, metrics, findings),
    );
    return made ?? [];
  }

  functions(syntax: FileSyntax): FunctionFacts {
    const facts: FunctionFacts = { cfgs: [], dfgs: [], metrics: [] };
    for (const module of syntax.modules) {
      for (const fn of module.functions) {
        if (this.#isLate) {
          this.#left += 1;
          if (this.#left === 1) this.#late(fn);
        } else {
          this.#analyse(fn, module, syntax, facts);
        }
      }
    }
    return facts;
  }

  #analyse(
    fn: FunctionSyntax,
    module: ModuleSyntax,
    syntax: FileSyntax,
    facts: FunctionFacts,
  ): void {
    const at = fn.data.range;
    const { key } = fn.data;
    const cfg = this.attempt(`the control flow of ${key}`, at, () =>
      buildCfg(fn, module, syntax.ids),
    );
    if (cfg === null) return;
    facts.cfgs.push(cfg);
    const dfg = this.attempt(`the data flow of ${key}`, at, () =>
      buildDfg(fn, module, cfg, syntax.ids),
    );
    if (dfg !== null) facts.dfgs.push(dfg);
    const metrics = this.attempt(`measuring ${key}`, at, () => functionMetrics(fn, module, cfg));
    if (metrics !== null) facts.metrics.push(metrics);
  }

  get #isLate(): boolean {
    return performance.now() - this.#started > this.#limits.softMs;
  }

  #late({ data }: FunctionSyntax): void {
    const message = `the file took longer than ${this.#limits.softMs} ms: from ${data.key} on its functions have no graphs and no metrics`;
    this.#add("analysis_slow", message, data.range);
  }

  #failed(what: string, at: Position | null, cause: unknown): void {
    const isDeep = cause instanceof RangeError && /call stack/i.test(cause.message);
    const reason = isDeep ? "the code is nested too deeply" : messageOf(cause);
    this.#add(isDeep ? "too_deep" : "analysis_failed", `${what} failed: ${reason}`, at);
  }

  #add(code: string, message: string, at: Position | null): void {
    const { line, column } = at ?? { line: 1, column: 1 };
    this.diagnostics.push({ ...fileDiagnostic(code, message), line, column });
  }
}

function lineCount(text: string): number {
  if (text === "") return 0;
  let lines = text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
