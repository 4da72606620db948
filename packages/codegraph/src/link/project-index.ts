// What linking looks up: all modules and functions of the project, with what only the project resolves.

import { linkModule, type ModuleLookup } from "../module/link-module.ts";
import type { FunctionData, FunctionKey, ModuleData } from "../module/module-data.ts";
import type { FileFacts } from "../repository/file-facts.ts";

/** The part of a file's facts that is linked. */
export type LinkedFile = Pick<FileFacts, "path" | "modules" | "links">;

/** A module as it was linked, and the modules that were looked up for it. */
type Linked = {
  readonly module: ModuleData;
  readonly lookups: ReadonlyMap<string, ModuleData | undefined>;
};

/** Linked modules by their facts; kept from one linking to the next. */
export type ModuleCache = WeakMap<ModuleData, Linked>;

/** Made anew for each linking: a few milliseconds for ten thousand functions. */
export class ProjectIndex {
  readonly modules: readonly ModuleData[];
  readonly functions: readonly FunctionData[];
  readonly #modules = new Map<string, number>();
  readonly #functions = new Map<FunctionKey, number>();
  readonly #implementations = new Map<string, string[]>();

  /** In the order of the files: of two definitions of one name the first is meant. */
  constructor(files: readonly LinkedFile[], cache: ModuleCache = new WeakMap()) {
    const written = new Map<string, ModuleData>();
    for (const { modules } of files) {
      for (const module of modules) if (!written.has(module.name)) written.set(module.name, module);
    }
    const functions: FunctionData[] = [];
    const lookup: ModuleLookup = (name) => written.get(name);
    this.modules = [...written.values()].map((module) => linked(module, lookup, cache));
    this.modules.forEach((module, number) => {
      this.#modules.set(module.name, number);
      this.#addFunctions(module, functions);
      if (module.implementation !== null) {
        this.#implement(module.implementation.protocol, module.name);
      }
    });
    this.functions = functions;
  }

  #addFunctions(module: ModuleData, functions: FunctionData[]): void {
    for (const data of module.functions) {
      if (this.#functions.has(data.key)) continue;
      this.#functions.set(data.key, functions.length);
      functions.push(data);
    }
    for (const data of module.functions) {
      for (let arity = data.minArity; arity < data.arity; arity += 1) {
        const key = `${data.module}.${data.name}/${arity}`;
        const index = this.#functions.get(data.key);
        if (index !== undefined && !this.#functions.has(key)) this.#functions.set(key, index);
      }
    }
  }

  #implement(protocol: string, module: string): void {
    const modules = this.#implementations.get(protocol);
    if (modules === undefined) this.#implementations.set(protocol, [module]);
    else modules.push(module);
  }

  module(name: string): ModuleData | undefined {
    const index = this.#modules.get(name);
    return index === undefined ? undefined : this.modules[index];
  }

  /** Of a function that the project defines; default arguments may be left out. */
  functionIndex(key: FunctionKey): number | undefined {
    return this.#functions.get(key);
  }

  implementationsOf(protocol: string): readonly string[] {
    return this.#implementations.get(protocol) ?? [];
  }
}

function linked(module: ModuleData, lookup: ModuleLookup, cache: ModuleCache): ModuleData {
  const known = cache.get(module);
  if (known !== undefined && isCurrent(known, lookup)) return known.module;
  const lookups = new Map<string, ModuleData | undefined>();
  const result = linkModule(module, (name) => {
    const found = lookup(name);
    lookups.set(name, found);
    return found;
  });
  cache.set(module, { module: result, lookups });
  return result;
}

function isCurrent({ lookups }: Linked, lookup: ModuleLookup): boolean {
  for (const [name, before] of lookups) if (lookup(name) !== before) return false;
  return true;
}
