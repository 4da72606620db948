// Who calls whom in the whole project.

import { Digraph } from "@elixirscope/base";
import type { CallSite, FunctionData, FunctionKey } from "../module/module-data.ts";
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
  readonly #modules: string[];
  /** the node of each key's number that the project does not define, -1 for none yet */
  readonly #outside: Int32Array;
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #sites: CallSite[] = [];
  readonly #bindings: CallBinding[] = [];
  #dynamic = 0;

  constructor(index: ProjectIndex) {
    this.#index = index;
    this.#keys = index.functions.map((data) => data.key);
    this.#modules = index.functions.map((data) => data.module);
    this.#outside = new Int32Array(index.numbers.size).fill(-1);
  }

  add(data: FunctionData, node: number): void {
    const targets = this.#index.targets[node];
    let at = -1;
    for (const site of data.calls) {
      at += 1;
      const number = targets?.[at] ?? -1;
      if (number === -1) {
        this.#dynamic += 1;
        continue;
      }
      const defined = this.#index.functionOf[number] ?? -1;
      if (defined !== -1) this.#call(node, defined, site);
      // macros of Elixir (`if`, `|>`) are no calls when the code runs
      else if (site.kind !== "macro") this.#edge(node, this.#outsideNode(number), site);
    }
  }

  finish(): CallGraph {
    const graph = new Digraph(this.#keys.length, this.#from, this.#to);
    const index = this.#index;
    const outside = this.#outside;
    return {
      keys: this.#keys,
      modules: this.#modules,
      functions: index.functions,
      graph,
      sites: this.#sites,
      bindings: this.#bindings,
      dynamic: this.#dynamic,
      indexOf: (key) => {
        const number = index.numbers.find(key) ?? -1;
        const node = index.functionIndex(key) ?? outside[number] ?? -1;
        return node === -1 ? undefined : node;
      },
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

  #outsideNode(number: number): number {
    let node = this.#outside[number] ?? -1;
    if (node === -1) {
      node = this.#keys.length;
      this.#keys.push(this.#index.numbers.keyOf(number));
      this.#modules.push(this.#index.numbers.moduleOf(number));
      this.#outside[number] = node;
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
