// Which server waits for which: the synchronous calls that a server's own process may come to, through
// all functions of the project. Work given to tasks and spawned processes is left out.

import { splitFunctionKey } from "../../link/function-key.ts";
import type { SendSite } from "../../link/link-facts.ts";
import type { ProjectGraphs } from "../../link/project-graphs.ts";
import type {
  FunctionData,
  FunctionKey,
  ModuleData,
  SourceRange,
} from "../../module/module-data.ts";
import { rolesOf } from "../code/roles.ts";

/** `from` comes to wait for `to` in `callback`, by a call that is sent at `send`. */
export type Waiting = {
  readonly from: string;
  readonly to: string;
  readonly callback: FunctionData;
  readonly send: SendSite;
  /** functions on the way from the callback to the sender, both included */
  readonly way: readonly FunctionKey[];
};

const CALLBACK = /^(init|handle_\w+|terminate)$/;

export function isServer(module: ModuleData): boolean {
  const roles = rolesOf(module);
  return roles.has("genserver") || roles.has("gen_statem") || roles.has("gen_stage");
}

/** Callbacks that run in the server's process. */
export function callbacksOf(module: ModuleData): readonly FunctionData[] {
  return module.functions.filter(
    (fn) =>
      fn.kind === "def" &&
      (fn.callbackOf !== null || CALLBACK.test(fn.name)) &&
      !/^(child_spec|start_link)$/.test(fn.name),
  );
}

export class WaitingGraph {
  readonly #graphs: ProjectGraphs;
  readonly #sends = new Map<FunctionKey, { readonly send: SendSite; readonly to: string }[]>();
  readonly #detached = new Map<FunctionKey, SourceRange[]>();

  constructor(graphs: ProjectGraphs) {
    this.#graphs = graphs;
    for (const { site } of graphs.spawns.edges) {
      if (site.kind === "start_link" || site.kind === "start_child") continue;
      this.#detached.set(site.function, [...(this.#detached.get(site.function) ?? []), site.range]);
    }
    for (const { send: index, module, evidence } of graphs.messages.edges) {
      const send = graphs.messages.sends[index];
      if (
        send === undefined ||
        send.kind !== "call" ||
        send.through !== null ||
        evidence !== "receiver"
      )
        continue;
      if (send.receiver.kind !== "module" && send.receiver.kind !== "name") continue;
      if (this.#isDetached(send.function, send.range)) continue;
      const known = this.#sends.get(send.function) ?? [];
      if (!known.some((other) => other.send === send)) known.push({ send, to: module });
      this.#sends.set(send.function, known);
    }
  }

  /** What the server's callbacks (or one of them) come to wait for; the shortest way to each. */
  waitingOf(module: ModuleData, only: RegExp = CALLBACK): readonly Waiting[] {
    const found = new Map<string, Waiting>();
    if (this.#sends.size === 0) return [];
    for (const callback of callbacksOf(module)) {
      if (!only.test(callback.name)) continue;
      for (const waiting of this.#waitingIn(module.name, callback)) {
        const known = found.get(waiting.to);
        if (known === undefined || waiting.way.length < known.way.length)
          found.set(waiting.to, waiting);
      }
    }
    return [...found.values()];
  }

  *#waitingIn(from: string, callback: FunctionData): Generator<Waiting> {
    const { calls } = this.#graphs;
    const start = calls.indexOf(callback.key);
    if (start === undefined) return;
    const before = new Map<number, number>([[start, -1]]);
    for (const node of before.keys()) {
      const key = calls.keys[node] ?? "";
      for (const { send, to } of this.#sends.get(key) ?? []) {
        yield { from, to, callback, send, way: wayTo(node, before, calls.keys) };
      }
      for (const edge of calls.graph.outEdges(node)) {
        const next = calls.graph.to[edge] ?? 0;
        const site = calls.sites[edge];
        if (before.has(next) || next >= calls.functions.length || site === undefined) continue;
        if (site.kind === "capture" || site.kind === "apply" || this.#isDetached(key, site.range))
          continue;
        before.set(next, node);
      }
    }
  }

  #isDetached(fn: FunctionKey, range: SourceRange): boolean {
    return (this.#detached.get(fn) ?? []).some(
      (around) => around.start <= range.start && range.end <= around.end,
    );
  }
}

function wayTo(
  node: number,
  before: ReadonlyMap<number, number>,
  keys: readonly FunctionKey[],
): FunctionKey[] {
  const way: FunctionKey[] = [];
  for (let at = node; at >= 0; at = before.get(at) ?? -1) way.unshift(keys[at] ?? "");
  return way;
}

/** `Shop.Cart.add/3` without its module where that is `module`. */
export function shortKey(key: FunctionKey, module: string): string {
  const name = splitFunctionKey(key);
  return name.module === module ? `${name.name}/${name.arity}` : key;
}
