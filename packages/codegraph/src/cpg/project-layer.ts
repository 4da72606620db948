// What only the project knows: which function a call means, who takes a message, who is supervised.

import type { FunctionData } from "../module/module-data.ts";
import type { ProjectGraphs } from "../link/project-graphs.ts";
import { nowhere } from "./cpg-builder.ts";
import type { CpgScope } from "./syntax-layer.ts";

/** CALL and the EXPANDS_TO of macros, as the file alone tells. */
export function addCalls(data: FunctionData, scope: CpgScope): void {
  const { builder } = scope;
  for (const { target, kind, nodeId } of data.calls) {
    if (target === null) continue;
    const site = builder.find(nodeId);
    builder.edge(kind === "macro" ? "EXPANDS_TO" : "CALL", site, builder.function(target));
  }
}

/** A project's edges, by the function in which they begin: found once for all functions. */
export class ProjectLayer {
  readonly #graphs: ProjectGraphs;
  readonly #sends: ReadonlyMap<string, readonly number[]>;
  readonly #supervisors: ReadonlyMap<string, readonly number[]>;

  constructor(graphs: ProjectGraphs) {
    this.#graphs = graphs;
    this.#sends = byFunction(graphs.messages.sends);
    this.#supervisors = byFunction(graphs.supervision.sites);
  }

  add(scope: CpgScope): void {
    const { key } = scope.fun.data;
    const linked = this.#graphs.calls.indexOf(key) ?? -1;
    addCalls(this.#graphs.calls.functions[linked] ?? scope.fun.data, scope);
    this.#addProtocols(linked, scope);
    for (const send of this.#sends.get(key) ?? []) this.#addMessages(send, scope);
    for (const site of this.#supervisors.get(key) ?? []) this.#addChildren(site, scope);
  }

  #addProtocols(node: number, { builder }: CpgScope): void {
    const { calls } = this.#graphs;
    if (node < 0) return;
    for (const edge of calls.graph.outEdges(node)) {
      if (calls.bindings[edge] !== "protocol") continue;
      const target = calls.keys[calls.graph.to[edge] ?? -1];
      const site = builder.find(calls.sites[edge]?.nodeId ?? null);
      if (target !== undefined) builder.edge("CALL", site, builder.function(target), "protocol");
    }
  }

  #addMessages(send: number, { builder }: CpgScope): void {
    const { messages } = this.#graphs;
    const from = builder.find(messages.sends[send]?.nodeId ?? null);
    for (const { handler, module, confidence } of messages.edgesOfSend(send)) {
      const taker = messages.handlers[handler];
      if (taker === undefined) {
        builder.edge("MESSAGE", from, builder.module(module), confidence);
        continue;
      }
      const to = builder.node({
        id: taker.nodeId,
        kind: taker.kind === "receive" ? "ast" : "clause",
        type: "call",
        label: `${taker.function} ${taker.shape}`,
        function: taker.function,
        line: taker.range.line,
        column: taker.range.column,
        start: taker.range.start,
        end: taker.range.end,
      });
      builder.edge("MESSAGE", from, to, confidence);
    }
  }

  #addChildren(site: number, { builder }: CpgScope): void {
    const supervisor = this.#graphs.supervision.sites[site];
    if (supervisor === undefined) return;
    const from = builder.find(supervisor.nodeId);
    supervisor.children.forEach(({ module, id, name, text }, at) => {
      const label = name ?? module ?? id ?? text;
      const to =
        name === null && module !== null
          ? builder.module(module)
          : builder.node({
              id: label,
              kind: "process",
              type: "process",
              label,
              function: null,
              ...nowhere,
            });
      builder.edge("SUPERVISES", from, to, supervisor.strategy, at);
    });
  }
}

function byFunction(
  sites: readonly { readonly function: string }[],
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  sites.forEach((site, at) => {
    const list = found.get(site.function);
    if (list === undefined) found.set(site.function, [at]);
    else list.push(at);
  });
  return found;
}
