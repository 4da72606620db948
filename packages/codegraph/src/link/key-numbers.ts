// Numbers for function keys, and each module's keys and call targets as such numbers.
//
// A project has tens of thousands of call sites and one file of it changes: looking all their names up
// again would be most of the work of linking, so the numbers are kept with the module's data.

import type { FunctionKey, ModuleData } from "../module/module-data.ts";
import { splitFunctionKey } from "./function-key.ts";

export type ModuleNumbers = {
  /** of each function, in order */
  readonly keys: Int32Array;
  /** keys with default arguments left out: pairs of number and index of the function */
  readonly shorter: Int32Array;
  /** for each function the targets of its calls, -1 where the function is a value */
  readonly targets: readonly Int32Array[];
};

export class KeyNumbers {
  readonly #numbers = new Map<FunctionKey, number>();
  readonly #keys: FunctionKey[] = [];
  readonly #modules: (string | undefined)[] = [];
  readonly #known = new WeakMap<ModuleData, ModuleNumbers>();

  get size(): number {
    return this.#keys.length;
  }

  find(key: FunctionKey): number | undefined {
    return this.#numbers.get(key);
  }

  keyOf(number: number): FunctionKey {
    return this.#keys[number] ?? "";
  }

  moduleOf(number: number): string {
    return (this.#modules[number] ??= splitFunctionKey(this.keyOf(number)).module);
  }

  ofModule(module: ModuleData): ModuleNumbers {
    let numbers = this.#known.get(module);
    if (numbers === undefined) {
      numbers = {
        keys: Int32Array.from(module.functions, (data) => this.#number(data.key)),
        shorter: this.#shorter(module),
        targets: module.functions.map((data) =>
          Int32Array.from(data.calls, ({ target }) =>
            target === null ? -1 : this.#number(target),
          ),
        ),
      };
      this.#known.set(module, numbers);
    }
    return numbers;
  }

  #shorter(module: ModuleData): Int32Array {
    const pairs: number[] = [];
    module.functions.forEach((data, at) => {
      for (let arity = data.minArity; arity < data.arity; arity += 1) {
        pairs.push(this.#number(`${data.module}.${data.name}/${arity}`), at);
      }
    });
    return Int32Array.from(pairs);
  }

  #number(key: FunctionKey): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.length;
      this.#numbers.set(key, number);
      this.#keys.push(key);
    }
    return number;
  }
}
