// What only other modules tell of a module: what its `use` of a project's module brings, which function
// an import means, whose callback a function is. Plain data in, plain data out, a module at a time.

import { pushAll } from "@elixirscope/base";
import { splitFunctionKey } from "../link/function-key.ts";
import { callbacksOf } from "./behaviours.ts";
import { knownExport } from "./known-exports.ts";
import { knownUse } from "./known-uses.ts";
import type {
  CallSite,
  FunctionData,
  ImportSite,
  Injection,
  ModuleData,
  UseSite,
} from "./module-data.ts";

export type ModuleLookup = (name: string) => ModuleData | undefined;

/** What all the `use`s of a module bring together, also through each other. */
type Brought = {
  /** what the module that embeds a template defines itself: `name/arity` to that module */
  readonly owned: Map<string, string>;
  readonly imports: string[];
  /** the module's own imports and these, the newest first */
  readonly inForce: Pick<ImportSite, "module" | "only" | "except">[];
  readonly aliases: Map<string, string>;
  readonly behaviours: string[];
  readonly defines: Set<string>;
};

/**
 * The module with its unknown calls, callbacks and behaviours resolved; itself when nothing changed.
 * Of a template file, `owner` is the module that embeds it (see `templateOwners`).
 */
export function linkModule(
  module: ModuleData,
  lookup: ModuleLookup,
  owner?: ModuleData,
): ModuleData {
  const brought = broughtBy(module, lookup);
  if (owner !== undefined) bringOwner(owner, brought, lookup);
  pushAll(brought.inForce, [...module.imports, ...brought.imports.map(wholeImport)].toReversed());
  const behaviours = [...new Set([...module.behaviours, ...brought.behaviours])];
  let changed = behaviours.length !== module.behaviours.length;
  const functions = module.functions.map((data) => {
    const linked = linkFunction(data, module, behaviours, brought, lookup);
    if (linked !== data) changed = true;
    return linked;
  });
  return changed ? { ...module, behaviours, functions } : module;
}

function linkFunction(
  data: FunctionData,
  module: ModuleData,
  behaviours: readonly string[],
  brought: Brought,
  lookup: ModuleLookup,
): FunctionData {
  let changed = false;
  const calls = data.calls.map((site) => {
    const linked = linkSite(site, module, brought, lookup);
    if (linked !== site) changed = true;
    return linked;
  });
  const callbackOf = data.callbackOf ?? projectCallback(data, behaviours, lookup);
  if (!changed && callbackOf === data.callbackOf) return data;
  return { ...data, callbackOf, calls };
}

function projectCallback(
  { name, minArity, arity }: FunctionData,
  behaviours: readonly string[],
  lookup: ModuleLookup,
): string | null {
  for (const behaviour of behaviours) {
    const declared = lookup(behaviour)?.callbacks;
    for (let n = minArity; n <= arity; n += 1) {
      const known = callbacksOf(behaviour)?.has(`${name}/${n}`) === true;
      if (known || declared?.some((own) => own.name === name && own.arity === n) === true) {
        return behaviour;
      }
    }
  }
  return null;
}

function linkSite(
  site: CallSite,
  module: ModuleData,
  brought: Brought,
  lookup: ModuleLookup,
): CallSite {
  if (site.target === null) return site;
  if (site.resolution === "exact") return linkRemote(site, site.target, brought, lookup);
  if (site.resolution !== "unknown") return site;
  const signature = site.target.slice(module.name.length + 1);
  if (brought.defines.has(signature)) return { ...site, resolution: "exact" };
  const owner = brought.owned.get(signature);
  if (owner !== undefined) return { ...site, target: `${owner}.${signature}`, resolution: "exact" };
  for (const { module: from, only, except } of brought.inForce) {
    if (Array.isArray(only) || except?.includes(signature) === true) continue;
    const kind = exportKind(from, signature, lookup);
    if (kind === null || (only === "functions" && kind === "macro")) continue;
    if (only === "macros" && kind !== "macro") continue;
    const macro = kind === "macro" && site.kind === "call";
    return {
      ...site,
      target: `${from}.${signature}`,
      resolution: "imported",
      kind: macro ? "macro" : site.kind,
    };
  }
  return site;
}

function wholeImport(module: string): { module: string; only: null; except: null } {
  return { module, only: null, except: null };
}

/** A remote call by an alias that a `use` brought; a remote call of a macro of the project. */
function linkRemote(
  site: CallSite,
  target: string,
  brought: Brought,
  lookup: ModuleLookup,
): CallSite {
  const { module } = splitFunctionKey(target);
  const [first = "", ...rest] = module.split(".");
  const meant = brought.aliases.get(first);
  const name = meant === undefined ? module : [meant, ...rest].join(".");
  const signature = target.slice(module.length + 1);
  const macro = site.kind === "call" && exportKind(name, signature, lookup) === "macro";
  if (meant === undefined && !macro) return site;
  return { ...site, target: `${name}.${signature}`, kind: macro ? "macro" : site.kind };
}

function exportKind(
  module: string,
  signature: string,
  lookup: ModuleLookup,
): "function" | "macro" | null {
  const slash = signature.lastIndexOf("/");
  const name = signature.slice(0, slash);
  const arity = Number.parseInt(signature.slice(slash + 1), 10);
  const own = lookup(module);
  if (own === undefined) return knownExport(module, name, arity) ?? null;
  for (const data of own.functions) {
    if (data.name !== name || arity < data.minArity || arity > data.arity) continue;
    if (data.kind === "def" || data.kind === "defdelegate") return "function";
    if (data.kind === "defmacro" || data.kind === "defguard") return "macro";
  }
  return null;
}

function broughtBy(module: ModuleData, lookup: ModuleLookup): Brought {
  const brought: Brought = {
    owned: new Map(),
    imports: [],
    inForce: [],
    aliases: new Map(),
    behaviours: [],
    defines: new Set(),
  };
  const seen = new Set<string>();
  const waiting: UseSite[] = module.uses.toReversed();
  for (let use = waiting.pop(); use !== undefined; use = waiting.pop()) {
    const owner = lookup(use.module);
    const known = knownUse(use.module);
    if (owner === undefined) {
      if (known === undefined) continue;
      pushAll(brought.imports, known.imports);
      pushAll(brought.behaviours, known.behaviours);
      for (const signature of known.defines) brought.defines.add(signature);
      continue;
    }
    for (const injection of injectionsOf(owner, use.options, seen)) {
      pushAll(brought.imports, injection.imports);
      pushAll(brought.behaviours, injection.behaviours);
      for (const { as, module: meant } of injection.aliases) brought.aliases.set(as, meant);
      for (const signature of injection.defines) brought.defines.add(signature);
      pushAll(waiting, injection.uses);
    }
  }
  return brought;
}

/** A template sees what the module that embeds it sees. */
function bringOwner(owner: ModuleData, brought: Brought, lookup: ModuleLookup): void {
  const through = broughtBy(owner, lookup);
  for (const signature of through.defines) brought.owned.set(signature, owner.name);
  for (const { name, minArity, arity } of owner.functions) {
    for (let n = minArity; n <= arity; n += 1) brought.owned.set(`${name}/${n}`, owner.name);
  }
  pushAll(brought.imports, through.imports);
  pushAll(
    brought.imports,
    owner.imports.map(({ module }) => module),
  );
  for (const [as, module] of through.aliases) brought.aliases.set(as, module);
  for (const { as, module } of owner.aliases) brought.aliases.set(as, module);
}

/** `__using__` and what it includes or dispatches to; each function of a module counts once. */
function injectionsOf(
  owner: ModuleData,
  options: string | null,
  seen: Set<string>,
): readonly Injection[] {
  const found: Injection[] = [];
  const waiting = ["__using__/1"];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const key = `${owner.name}.${name}`;
    const injection = owner.injections.find((candidate) => candidate.function === name);
    if (injection === undefined || seen.has(key)) continue;
    seen.add(key);
    found.push(injection);
    pushAll(waiting, injection.includes);
    const option = injection.dispatches ? /^:(\w+[?!]?)$/.exec(options ?? "")?.[1] : undefined;
    if (option !== undefined) waiting.push(`${option}/0`);
  }
  return found;
}
