// How much a function's speed is likely to matter, from 0 to 1, with the reasons.
//
// Each reason has a weight; together they are 1 − Π(1 − weight), so that reasons add up without
// passing 1. The weights are judgement, not measurement: a recording of real runs beats them.

import { children, isCall, keyword, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { callOf } from "../patterns/code/call.ts";
import { everythingOf } from "./clause-parts.ts";
import { stateArgument } from "./server-state.ts";

export type CriticalityReason = {
  readonly kind:
    /** runs once per message or request */
    | "callback"
    | "recursion"
    | "loop"
    /** work per element of a loop inside a loop */
    | "nested_loop"
    /** many calls in its body */
    | "calls"
    /** waits for a database, a file, the network or another process */
    | "waits"
    /** many places call it */
    | "callers";
  /** 0 to 1 */
  readonly weight: number;
  readonly text: string;
};

export function criticality(reasons: readonly CriticalityReason[]): number {
  let rest = 1;
  for (const { weight } of reasons) rest *= 1 - weight;
  return Math.round((1 - rest) * 1000) / 1000;
}

/** What its own code says; callers from the whole project come from `callersReason`. */
export function criticalityReasons(fn: FunctionSyntax, module: ModuleSyntax): CriticalityReason[] {
  const found = new Work(fn, module);
  for (const root of everythingOf(fn)) found.read(root);
  const { name, arity, callbackOf } = fn.data;
  const reasons: CriticalityReason[] = [];
  if (stateArgument(fn.data, module.data) >= 0 && name !== "terminate") {
    const text = `${name}/${arity} runs for every message, one at a time`;
    reasons.push({ kind: "callback", weight: 0.3, text });
  } else if (callbackOf !== null && /^(call|render|perform|handle_message)$/.test(name)) {
    reasons.push({
      kind: "callback",
      weight: 0.2,
      text: `${callbackOf} calls it for each request or job`,
    });
  }
  if (found.recursive) reasons.push({ kind: "recursion", weight: 0.25, text: "it calls itself" });
  if (found.loops > 0) {
    const text = found.loops === 1 ? "one loop" : `${found.loops} loops`;
    reasons.push({ kind: "loop", weight: 0.15, text });
  }
  if (found.depth > 1) {
    reasons.push({ kind: "nested_loop", weight: 0.25, text: `loops ${found.depth} deep` });
  }
  if (found.calls > 10) {
    reasons.push({
      kind: "calls",
      weight: found.calls > 30 ? 0.2 : 0.1,
      text: `${found.calls} calls`,
    });
  }
  if (found.waits !== null) {
    reasons.push({ kind: "waits", weight: 0.15, text: `it waits for ${found.waits}` });
  }
  return reasons;
}

/** The weight of `count` places in the project that call the function; null below three. */
export function callersReason(count: number): CriticalityReason | null {
  if (count < 3) return null;
  return { kind: "callers", weight: Math.min(0.4, 0.05 * count), text: `${count} places call it` };
}

/** Functions of Enum and Stream that run a function for each element, given a function. */
const LOOPS = new Set(["Enum", "Stream", "Map", "Keyword", "Task", ":lists", ":maps"]);
const WAITS = new Set([
  "File",
  "GenServer",
  ":gen_tcp",
  ":httpc",
  "HTTPoison",
  "Req",
  "Finch",
  "Tesla",
  ":gen_server",
]);

/** The part of a loop that runs for each element: the function given, the `do` block. */
function isRepeated(part: Node): boolean {
  return isCall(part, "fn") || isCall(part, "&") || keyword(part, "do") !== undefined;
}

class Work {
  loops = 0;
  depth = 0;
  calls = 0;
  recursive = false;
  /** what it waits for first */
  waits: string | null = null;
  readonly #fn: FunctionSyntax;
  readonly #module: ModuleSyntax;

  constructor(fn: FunctionSyntax, module: ModuleSyntax) {
    this.#fn = fn;
    this.#module = module;
  }

  read(root: Node): void {
    const stack = [{ node: root, depth: 0 }];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { node, depth } = at;
      const loop = this.#isLoop(node);
      if (loop) {
        this.loops += 1;
        this.depth = Math.max(this.depth, depth + 1);
      }
      this.#count(node);
      for (const child of children(node)) {
        stack.push({ node: child, depth: loop && isRepeated(child) ? depth + 1 : depth });
      }
    }
  }

  #isLoop(node: Node): boolean {
    if (isCall(node, "for")) return true;
    const call = callOf(node);
    if (call === null || call.receiver === null || call.node !== call.inner) return false;
    const module = this.#module.names.moduleOf(call.receiver);
    if (module === null || !LOOPS.has(module)) return false;
    return call.args.some((arg) => isCall(arg, "fn") || isCall(arg, "&"));
  }

  #count(node: Node): void {
    if (node.kind !== "call") return;
    const site = this.#module.names.siteOf(node);
    if (site === null || site.kind === "macro") return;
    this.calls += 1;
    this.recursive ||= site.target === this.#fn.data.key;
    const call = callOf(node);
    if (this.waits !== null || call === null || call.receiver === null) return;
    const module = this.#module.names.moduleOf(call.receiver);
    if (module !== null && (WAITS.has(module) || /(^|\.)Repo$/.test(module))) {
      this.waits = `${module}.${call.name}`;
    }
  }
}
