// What depends on a function or a process: the edges of all graphs, turned round and put together.
//
// Nodes are the project's functions, then its supervised processes.

import type { FunctionKey } from "../module/module-data.ts";
import type { ProjectGraphs, SupervisionEdge } from "./project-graphs.ts";

/**
 * - `call`, `message`, `spawn`: it calls, sends to, starts the other
 * - `process`: it is the process that runs the other
 * - `supervision`: it supervises the other, or is restarted together with it
 */
export type DependenceKind = "call" | "message" | "spawn" | "process" | "supervision";

export type Dependent = {
  readonly node: number;
  readonly kind: DependenceKind;
  readonly certain: boolean;
};

export function dependents(graphs: ProjectGraphs): (node: number) => readonly Dependent[] {
  const table = new DependentTable(graphs);
  table.addCalls();
  table.addMessages();
  table.addSpawns();
  table.addProcesses();
  table.addSupervision();
  return (node) => table.of(node);
}

class DependentTable {
  readonly #graphs: ProjectGraphs;
  /** number of functions: the first process's node */
  readonly #size: number;
  readonly #lists: Dependent[][];

  constructor(graphs: ProjectGraphs) {
    this.#graphs = graphs;
    this.#size = graphs.calls.functions.length;
    const nodes = this.#size + graphs.supervision.processes.length;
    this.#lists = Array.from({ length: nodes }, () => []);
  }

  of(node: number): readonly Dependent[] {
    return this.#lists[node] ?? [];
  }

  #add(
    on: number | undefined,
    node: number | undefined,
    kind: DependenceKind,
    certain = true,
  ): void {
    if (on !== undefined && node !== undefined) this.#lists[on]?.push({ node, kind, certain });
  }

  /** The node of a function that the project defines. */
  #function(key: FunctionKey | undefined): number | undefined {
    const node = key === undefined ? undefined : this.#graphs.calls.indexOf(key);
    return node === undefined || node >= this.#size ? undefined : node;
  }

  addCalls(): void {
    const { graph, bindings } = this.#graphs.calls;
    graph.to.forEach((to, edge) => {
      if (to < this.#size) this.#add(to, graph.from[edge], "call", bindings[edge] !== "protocol");
    });
  }

  addMessages(): void {
    const { edges, sends, handlers } = this.#graphs.messages;
    for (const { send, handler, confidence } of edges) {
      const sender = this.#function(sends[send]?.function);
      const taker = this.#function(handlers[handler]?.function);
      this.#add(taker, sender, "message", confidence !== "possible");
    }
  }

  addSpawns(): void {
    for (const { from, to, site } of this.#graphs.spawns.edges) {
      if (to === null) continue;
      const runs = site.targetKind === "module" ? `${to}.init/1` : to;
      this.#add(this.#function(runs), this.#function(from), "spawn");
    }
  }

  /** A process runs the callbacks of its module; a task the function that it was started with. */
  addProcesses(): void {
    const { calls, messages, supervision } = this.#graphs;
    const handlers = new Set(messages.handlers.map((handler) => handler.function));
    const byModule = new Map<string, number[]>();
    supervision.processes.forEach(({ id, module }, at) => {
      const process = this.#size + at;
      if (module === null) this.#add(this.#function(id), process, "process");
      else if (byModule.has(module)) byModule.get(module)?.push(process);
      else byModule.set(module, [process]);
    });
    calls.functions.forEach((data, node) => {
      if (data.callbackOf === null && !handlers.has(data.key)) return;
      for (const process of byModule.get(data.module) ?? []) this.#add(node, process, "process");
    });
  }

  addSupervision(): void {
    const { processes, edges } = this.#graphs.supervision;
    const siblings = new Map<number, SupervisionEdge[]>();
    for (const edge of edges) {
      this.#add(this.#size + edge.child, this.#size + edge.parent, "supervision");
      const list = siblings.get(edge.parent);
      if (list === undefined) siblings.set(edge.parent, [edge]);
      else list.push(edge);
    }
    for (const [parent, children] of siblings) {
      const strategy = processes[parent]?.strategy;
      if (strategy === "one_for_all" || strategy === "rest_for_one") {
        this.#restartedTogether(children, strategy);
      }
    }
  }

  /** With one_for_all every sibling, with rest_for_one those that start later. */
  #restartedTogether(
    children: readonly SupervisionEdge[],
    strategy: "one_for_all" | "rest_for_one",
  ): void {
    for (const one of children) {
      for (const other of children) {
        const restarts = strategy === "one_for_all" || other.order > one.order;
        if (one.child === other.child || !restarts) continue;
        this.#add(this.#size + one.child, this.#size + other.child, "supervision");
      }
    }
  }
}
