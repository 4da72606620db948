// What linking looks up: all modules and functions of the project, with what only the project resolves.

import { linkModule, type ModuleLookup } from "../module/link-module.ts";
import { templateOwners } from "../module/template-owners.ts";
import type { FunctionData, FunctionKey, ModuleData } from "../module/module-data.ts";
import type { FileFacts } from "../repository/file-facts.ts";
import { KeyNumbers } from "./key-numbers.ts";

/** The part of a file's facts that is linked. */
export type LinkedFile = Pick<FileFacts, "path" | "modules" | "links">;

/** A module as it was linked, and the modules that were looked up for it; of a template, its owner. */
type Linked = {
  readonly module: ModuleData;
  readonly owner: ModuleData | undefined;
  readonly lookups: ReadonlyMap<string, ModuleData | undefined>;
};

/** What is kept from one linking to the next: it depends on modules' facts alone. */
export class LinkMemory {
  readonly numbers: KeyNumbers = new KeyNumbers();
  readonly linked: WeakMap<ModuleData, Linked> = new WeakMap();
}

/** Made anew for each linking. */
export class ProjectIndex {
  readonly modules: readonly ModuleData[];
  readonly functions: readonly FunctionData[];
  readonly numbers: KeyNumbers;
  /** for each function the numbers of what it calls */
  readonly targets: readonly Int32Array[];
  /** the function of each key's number, -1 for those of other projects */
  readonly functionOf: Int32Array;
  readonly #modules = new Map<string, number>();
  readonly #implementations = new Map<string, string[]>();

  /** In the order of the files: of two definitions of one name the first is meant. */
  constructor(files: readonly LinkedFile[], memory: LinkMemory = new LinkMemory()) {
    const written = new Map<string, ModuleData>();
    for (const { modules } of files) {
      for (const module of modules) if (!written.has(module.name)) written.set(module.name, module);
    }
    this.numbers = memory.numbers;
    const lookup: ModuleLookup = (name) => written.get(name);
    const owners = templateOwners(written.values());
    this.modules = [...written.values()].map((module) =>
      linked(module, lookup, memory, lookup(owners.get(module.name) ?? "")),
    );
    const numbered = this.modules.map((module) => this.numbers.ofModule(module));
    this.functionOf = new Int32Array(this.numbers.size).fill(-1);
    const functions: FunctionData[] = [];
    const targets: Int32Array[] = [];
    this.modules.forEach((module, number) => {
      this.#modules.set(module.name, number);
      const { keys, shorter, targets: called } = numbered[number] ?? this.numbers.ofModule(module);
      module.functions.forEach((data, at) => {
        const key = keys[at] ?? 0;
        if (this.functionOf[key] !== -1) return;
        this.functionOf[key] = functions.length;
        functions.push(data);
        targets.push(called[at] ?? new Int32Array(0));
      });
      for (let at = 0; at < shorter.length; at += 2) {
        const key = shorter[at] ?? 0;
        const full = this.functionOf[keys[shorter[at + 1] ?? 0] ?? 0] ?? -1;
        if (this.functionOf[key] === -1) this.functionOf[key] = full;
      }
      if (module.implementation !== null) {
        this.#implement(module.implementation.protocol, module.name);
      }
    });
    this.functions = functions;
    this.targets = targets;
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
    const number = this.numbers.find(key);
    const found = number === undefined ? undefined : this.functionOf[number];
    return found === -1 ? undefined : found;
  }

  implementationsOf(protocol: string): readonly string[] {
    return this.#implementations.get(protocol) ?? [];
  }
}

function linked(
  module: ModuleData,
  lookup: ModuleLookup,
  memory: LinkMemory,
  owner: ModuleData | undefined,
): ModuleData {
  const known = memory.linked.get(module);
  if (known?.owner === owner && known !== undefined && isCurrent(known, lookup)) {
    return known.module;
  }
  const lookups = new Map<string, ModuleData | undefined>();
  const watched: ModuleLookup = (name) => {
    const found = lookup(name);
    lookups.set(name, found);
    return found;
  };
  const result = linkModule(module, watched, owner);
  memory.linked.set(module, { module: result, owner, lookups });
  return result;
}

function isCurrent({ lookups }: Linked, lookup: ModuleLookup): boolean {
  for (const [name, before] of lookups) {
    const now = lookup(name);
    if (now !== before && surfaceOf(now) !== surfaceOf(before)) return false;
  }
  return true;
}

const surfaces = new WeakMap<ModuleData, string>();

/** What `linkModule` reads of another module: most edits change bodies and leave it as it is. */
function surfaceOf(module: ModuleData | undefined): string {
  if (module === undefined) return "";
  let surface = surfaces.get(module);
  if (surface === undefined) {
    const exported = module.functions.map(({ name, minArity, arity, kind }) => [
      name,
      minArity,
      arity,
      kind,
    ]);
    surface = JSON.stringify([exported, module.callbacks, module.injections]);
    surfaces.set(module, surface);
  }
  return surface;
}
