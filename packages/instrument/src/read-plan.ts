// Reads a plan file back, edited or not. It is parsed, never evaluated, and every problem has its place.

import { err, ok, type Result } from "@elixirscope/base";
import { keyword, type Node, parse, type Source } from "@elixirscope/syntax";
import {
  CAPTURES,
  type Capture,
  DETAILS,
  type InstrumentationPlan,
  LEVELS,
  type Level,
  type PlannedFunction,
  STRATEGIES,
} from "@elixirscope/trace";
import { capturesAt } from "./captures.ts";

export type PlanProblem = {
  readonly code: "plan_syntax" | "plan_value" | "plan_version";
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

const NO_REASON = "no reason given";

/** `file` is for messages only. All problems are given, not just the first. */
export function readPlan(
  text: string,
  file: string,
): Result<InstrumentationPlan, readonly PlanProblem[]> {
  const { tree, source, diagnostics } = parse(text, { file });
  const broken = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (broken.length > 0) {
    return err(
      broken.map(({ line, column, message }) => ({ code: "plan_syntax", line, column, message })),
    );
  }
  const reader = new Reader(source);
  const plan = reader.plan(tree);
  return reader.problems.length > 0 || plan === null ? err(reader.problems) : ok(plan);
}

class Reader {
  readonly problems: PlanProblem[] = [];
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  plan(tree: Node): InstrumentationPlan | null {
    if (tree.kind !== "list") return this.#fail(tree, "a plan is a keyword list: [version: 1, …]");
    const version = keyword(tree, "version");
    if (version?.kind !== "integer" || version.value !== 1) {
      const message = "this program reads version 1 of plans";
      return this.#fail(version ?? tree, message, "plan_version");
    }
    const functions = keyword(tree, "functions");
    if (functions?.kind !== "list") {
      return this.#fail(functions ?? tree, "functions: [ … ] is missing");
    }
    const estimate = keyword(tree, "estimate");
    return {
      version: 1,
      strategy: this.#oneOf(keyword(tree, "strategy"), STRATEGIES, "strategy") ?? "balanced",
      budget: this.#budget(keyword(tree, "budget")),
      sample: this.#number(keyword(tree, "sample"), 1, 0, 1),
      estimate: {
        overhead: this.#number(keyword(estimate, "overhead"), 0, 0, Infinity),
        basis: this.#oneOf(keyword(estimate, "basis"), ["model", "recording"], "basis") ?? "model",
        measuredFunctions: this.#number(keyword(estimate, "measured_functions"), 0, 0, Infinity),
      },
      functions: functions.items.flatMap((item) => this.#function(item) ?? []),
    };
  }

  #function(node: Node): PlannedFunction | null {
    const items =
      node.kind === "call" && node.callee === "{}"
        ? node.args
        : node.kind === "pair"
          ? [node.left, node.right]
          : [];
    const [name, level, options] = items;
    if (name?.kind !== "string" || !/^.+\/\d+$/.test(name.value)) {
      return this.#fail(node, 'a function is {"Shop.Cart.add/3", :boundaries, captures: […], …}');
    }
    if (level === undefined) return this.#fail(node, "its level is missing: :off, :minimal, …");
    const known = this.#oneOf(level, LEVELS, "level");
    if (known === null) return null;
    const why = keyword(options, "why");
    const loop = keyword(options, "tail_loop");
    const tailLoop = loop?.kind === "atom" && loop.name === "true";
    return {
      function: name.value,
      level: known,
      detail: this.#oneOf(keyword(options, "detail"), DETAILS, "detail") ?? "bindings",
      captures: this.#captures(keyword(options, "captures"), known, tailLoop),
      why: why?.kind === "string" ? why.value : NO_REASON,
      tailLoop,
      costNs: this.#number(keyword(options, "cost_ns"), 0, 0, Infinity),
      share: this.#number(keyword(options, "share"), 0, 0, 1),
    };
  }

  /** What a level takes when the line does not say. */
  #captures(node: Node | undefined, level: Level, tailLoop: boolean): readonly Capture[] {
    if (node === undefined) return capturesAt(level, { keepsState: false, tailLoop });
    if (node.kind !== "list") {
      this.#fail(node, "captures is a list: [:arguments, :result]");
      return [];
    }
    return node.items.flatMap((item) => this.#oneOf(item, CAPTURES, "capture") ?? []);
  }

  /** Null also when there is nothing, which is no problem. */
  #oneOf<T extends string>(node: Node | undefined, names: readonly T[], what: string): T | null {
    if (node === undefined) return null;
    const found =
      node.kind === "atom" ? names.find((candidate) => candidate === node.name) : undefined;
    if (found !== undefined) return found;
    const choice = names.map((name) => `:${name}`).join(", ");
    return this.#fail(node, `${what} is one of ${choice}`);
  }

  #budget(node: Node | undefined): number | null {
    if (node === undefined || (node.kind === "atom" && node.name === "nil")) return null;
    return this.#number(node, 0, 0, Infinity);
  }

  #number(node: Node | undefined, otherwise: number, least: number, most: number): number {
    if (node === undefined) return otherwise;
    const value =
      node.kind === "integer" || node.kind === "float" ? Number(node.value) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.#fail(
      node,
      `a number from ${least}${most === Infinity ? " up" : ` to ${most}`} belongs here`,
    );
    return otherwise;
  }

  #fail(node: Node, message: string, code: PlanProblem["code"] = "plan_value"): null {
    const { line, column } = this.#source.positionAt(node.start);
    this.problems.push({ code, line, column, message });
    return null;
  }
}
