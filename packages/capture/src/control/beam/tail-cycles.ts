// Which functions may loop by tail calls. Tracing a return of such a function would break its tail
// calls and grow its stack with each turn, so their ends are not recorded.
//
// Where a target is known only at run time the graph gets the edges that the code makes possible:
// a called fun may be any closure of its arity in these modules; a closure handed to a function
// outside of them may be called by it last; a module whose code is not known may call anything.

import { assertNever } from "@elixirscope/base";
import type { FunctionCode, Lambda, ModuleCode, TailCall } from "./module-code.ts";
import { cyclicNodes } from "./strong-components.ts";

/** `name/arity` in `module`; the key of a function everywhere in the control side. */
export function functionKey(module: string, name: string, arity: number): string {
  return `${module}:${name}/${arity}`;
}

/**
 * Keys of the functions of `modules` that can reach themselves by tail calls. `opaque` are modules
 * without readable code.
 */
export function tailCycles(
  modules: readonly ModuleCode[],
  opaque: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  return new TailGraph(modules, opaque).cyclic();
}

class TailGraph {
  readonly #modules: readonly ModuleCode[];
  readonly #opaque: ReadonlySet<string>;
  readonly #ids: Map<string, number> = new Map();
  readonly #keys: string[] = [];
  readonly #closures: Map<number, number[]> = new Map();
  readonly #byName: Map<string, number[]> = new Map();

  constructor(modules: readonly ModuleCode[], opaque: ReadonlySet<string>) {
    this.#modules = modules;
    this.#opaque = opaque;
    for (const { module, functions, lambdas } of modules) {
      for (const { name, arity } of functions) {
        const id = this.#keys.length;
        const key = functionKey(module, name, arity);
        this.#ids.set(key, id);
        this.#keys.push(key);
        append(this.#byName, `${name}/${arity}`, id);
      }
      for (const lambda of lambdas) {
        const id = this.#lambda(module, lambda);
        if (id !== undefined) append(this.#closures, lambda.arity - lambda.free, id);
      }
    }
  }

  cyclic(): ReadonlySet<string> {
    const edges: (readonly number[])[] = [];
    for (const { module, functions } of this.#modules) {
      for (const code of functions) {
        edges.push([
          ...new Set(code.tailCalls.flatMap((call) => this.#targets(module, code, call))),
        ]);
      }
    }
    // one node more stands for all code that is not known
    edges.push(this.#keys.map((_, id) => id));
    const keys = cyclicNodes(edges).map((id) => this.#keys[id]);
    return new Set(keys.filter((key) => key !== undefined));
  }

  #lambda(module: string, { name, arity }: Lambda): number | undefined {
    return this.#ids.get(functionKey(module, name, arity));
  }

  #targets(module: string, code: FunctionCode, call: TailCall): readonly number[] {
    switch (call.kind) {
      case "local":
        return defined(this.#ids.get(functionKey(module, call.function, call.arity)));
      case "remote":
        return this.#remote(module, code, call);
      case "fun":
        return call.arity >= 0
          ? (this.#closures.get(call.arity) ?? [])
          : [...this.#closures.values()].flat();
      case "apply":
        return call.function === null
          ? [...this.#closures.values()].flat()
          : (this.#byName.get(`${call.function}/${call.arity}`) ?? []);
      default:
        return assertNever(call);
    }
  }

  #remote(
    module: string,
    code: FunctionCode,
    call: TailCall & { kind: "remote" },
  ): readonly number[] {
    const known = this.#ids.get(functionKey(call.module, call.function, call.arity));
    if (known !== undefined) return [known];
    if (this.#opaque.has(call.module)) return [this.#keys.length];
    const handed = code.makes.flatMap((lambda) => defined(this.#lambda(module, lambda)));
    // a special process comes back from sys by these, again and again
    if (call.module !== "sys") return handed;
    return [...handed, ...defined(this.#ids.get(functionKey(module, "system_continue", 3)))];
  }
}

function append<K>(map: Map<K, number[]>, key: K, id: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [id]);
  else list.push(id);
}

function defined(id: number | undefined): readonly number[] {
  return id === undefined ? [] : [id];
}
