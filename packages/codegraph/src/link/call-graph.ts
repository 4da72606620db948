// Who calls whom in the whole project.

import { Digraph } from "../graph/digraph.ts";
import type { CallSite, FunctionData, FunctionKey } from "../module/module-data.ts";
import { splitFunctionKey } from "./function-key.ts";
import type { CallBinding, CallGraph } from "./project-graphs.ts";
import type { ProjectIndex } from "./project-index.ts";

export function linkCalls(index: ProjectIndex): CallGraph {
  const linking = new CallLinking(index);
  index.functions.forEach((data, node) => linking.add(data, node));
  return linking.finish();
}

class CallLinking {
  readonly #index: ProjectIndex;
  readonly #keys: FunctionKey[];
  readonly #outside = new Map<FunctionKey, number>();
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #sites: CallSite[] = [];
  readonly #bindings: CallBinding[] = [];
  #dynamic = 0;

  constructor(index: ProjectIndex) {
    this.#index = index;
    this.#keys = index.functions.map((data) => data.key);
  }

  add(data: FunctionData, node: number): void {
    for (const site of data.calls) {
      if (site.target === null) {
        this.#dynamic += 1;
        continue;
      }
      const defined = this.#index.functionIndex(site.target);
      if (defined !== undefined) this.#call(node, defined, site);
      // macros of Elixir (`if`, `|>`) are no calls when the code runs
      else if (site.kind !== "macro") this.#edge(node, this.#outsideNode(site.target), site);
    }
  }

  finish(): CallGraph {
    const graph = new Digraph(this.#keys.length, this.#from, this.#to);
    const index = this.#index;
    const outside = this.#outside;
    return {
      keys: this.#keys,
      functions: index.functions,
      graph,
      sites: this.#sites,
      bindings: this.#bindings,
      dynamic: this.#dynamic,
      indexOf: (key) => index.functionIndex(key) ?? outside.get(key),
    };
  }

  /** A call of a function of the project; of a protocol's also of all its implementations. */
  #call(node: number, target: number, site: CallSite): void {
    this.#edge(node, target, site);
    const data = this.#index.functions[target];
    if (data === undefined) return;
    for (const module of this.#index.implementationsOf(data.module)) {
      const key = `${module}.${data.name}/${data.arity}`;
      const implementation = this.#index.functionIndex(key);
      if (implementation !== undefined) this.#edge(node, implementation, site, "protocol");
    }
  }

  #outsideNode(key: FunctionKey): number {
    let node = this.#outside.get(key);
    if (node === undefined) {
      node = this.#keys.length;
      this.#keys.push(key);
      this.#outside.set(key, node);
    }
    return node;
  }

  #edge(from: number, to: number, site: CallSite, binding: CallBinding = bindingOf(site)): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#sites.push(site);
    this.#bindings.push(binding);
  }
}

function bindingOf({ resolution }: CallSite): CallBinding {
  if (resolution === "unknown") return "unresolved";
  return resolution === "imported" ? "imported" : "exact";
}

/** The module of a node of the graph. */
export function moduleOfNode(calls: CallGraph, node: number): string {
  return calls.functions[node]?.module ?? splitFunctionKey(calls.keys[node] ?? "").module;
}
