// The calls under a node, in normal form, and what a function reaches inside its own module.

import { children, isCall, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../../module/module-syntax.ts";
import { callOf, type Call } from "./call.ts";
import type { FileCode } from "./file-code.ts";
import { callGiven } from "./origins.ts";

/** `own`: leaves out closures that another process runs (`Task.async(fn …)`, `spawn(fn …)`). */
export type Scope = "all" | "own";

/** Calls under `root`, itself included, in the order of the text; code in `quote` is left out. */
export function callsIn(root: Node, code: FileCode, scope: Scope = "all"): readonly Call[] {
  const calls: Call[] = [];
  const inners = new Set<Node>();
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "quote")) continue;
    if (scope === "own" && isDetached(node, code)) continue;
    const call = inners.has(node) ? null : callOf(node);
    if (call !== null) {
      calls.push(call);
      if (call.inner !== node) inners.add(call.inner);
    }
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push(child);
    }
  }
  return calls;
}

/** The code of a function: bodies and guards of its clauses with their `rescue` and the like. */
export function callsOfFunction(fn: FunctionSyntax, code: FileCode, scope: Scope = "all"): Call[] {
  return fn.clauses.flatMap((clause) =>
    clause.node.args.slice(1).flatMap((part) => callsIn(part, code, scope)),
  );
}

/** A closure that runs in another process. */
export function isDetached(node: Node, code: FileCode): boolean {
  if (!isCall(node, "fn") && !isCall(node, "&", 1)) return false;
  const call = callGiven(node, code);
  return call !== null && startsProcess(call, code);
}

const SPAWNS = /^spawn(_link|_monitor|_opt)?$/;

/** Does the call run a function that it is given in a process of its own? */
export function startsProcess(call: Call, code: FileCode): boolean {
  const module = call.receiver === null ? "Kernel" : code.moduleOf(call);
  if (/^(Kernel|Process|:erlang|:proc_lib|Node)$/.test(module ?? "") && SPAWNS.test(call.name))
    return true;
  if (/^Task(\.Supervisor)?$/.test(module ?? "")) return TASKS.test(call.name);
  if (module === ":timer") return call.name.startsWith("apply_");
  return (
    LIVE_VIEW_TASKS.test(call.name) && (call.receiver === null || module === "Phoenix.LiveView")
  );
}

const TASKS =
  /^(async|async_nolink|async_stream|async_stream_nolink|start|start_link|start_child)$/;
const LIVE_VIEW_TASKS = /^(start_async|assign_async)$/;

export type Reached = {
  readonly call: Call;
  /** the function of the module in which it stands */
  readonly in: FunctionSyntax;
  /** the call in the function asked about by which it is reached; the call itself when it stands there */
  readonly via: Call;
};

/** Calls in `fn` and in functions of its module that it calls, `depth` calls away at most, in its own process. */
export function reachedCalls(fn: FunctionSyntax, code: FileCode, depth = 3): readonly Reached[] {
  const found: Reached[] = [];
  const seen = new Set<FunctionSyntax>([fn]);
  let layer: { fn: FunctionSyntax; via: Call | null }[] = [{ fn, via: null }];
  for (let step = 0; step <= depth && layer.length > 0; step += 1) {
    const next: typeof layer = [];
    for (const { fn: at, via } of layer) {
      for (const call of callsOfFunction(at, code, "own")) {
        found.push({ call, in: at, via: via ?? call });
        const callee = code.localFunction(call);
        if (callee !== null && !seen.has(callee)) {
          seen.add(callee);
          next.push({ fn: callee, via: via ?? call });
        }
      }
    }
    layer = next;
  }
  return found;
}
