// Modules of a live node that are recorded from inside: replaced by instrumented code and given back.
//
// One module after the other: what cannot be instrumented is refused with its reason and the rest goes on.
// The sites of a module are handed to the recording before its code is to the target, so no event comes
// from a site that nobody knows. When a session ends, however it ends, the probe gives the originals back.

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Term } from "@elixirscope/etf";
import type { SiteManifest } from "@elixirscope/trace";
import type { NotInstrumented } from "../../run/instrumenter.ts";
import { moduleText } from "../selector/selector.ts";
import type { DeepInstrumenter, DeepLevel, DeepLevels } from "./instrumenter.ts";
import type { ModuleCodeFacts, Refusal, TargetCode } from "./target-code.ts";

export type DeepModule = {
  /** as the VM has it: `Elixir.Shop.Cart` */
  readonly module: string;
  /** those that were changed, `add/3` */
  readonly functions: ReadonlySet<string>;
  readonly sites: number;
  /** of them, found in the source */
  readonly placed: number;
};

export type DeepFunction = {
  /** as the VM has it */
  readonly module: string;
  /** `add/3` */
  readonly key: string;
  readonly level: DeepLevel;
};

export type RefusedModule = Refusal & { readonly module: string };

export type DeepReport = {
  readonly modules: readonly DeepModule[];
  readonly refused: readonly RefusedModule[];
};

export type AddSites = (manifest: SiteManifest, sources: ReadonlyMap<string, string>) => void;

type Deep = { readonly levels: DeepLevels; readonly changed: ReadonlySet<string> };

export class DeepModules {
  readonly #code: TargetCode;
  readonly #instrumenter: DeepInstrumenter;
  readonly #addSites: AddSites;
  /** by the VM's name */
  readonly #deep = new Map<string, Deep>();
  #nextSite = 1;

  constructor(code: TargetCode, instrumenter: DeepInstrumenter, addSites: AddSites) {
    this.#code = code;
    this.#instrumenter = instrumenter;
    this.#addSites = addSites;
  }

  /** All that are instrumented, also those whose level makes no events. */
  get functions(): readonly DeepFunction[] {
    return [...this.#deep].flatMap(([module, { levels }]) =>
      [...levels].map(([key, level]) => ({ module, key, level })),
    );
  }

  /** Whether the function's own code reports its calls. */
  has(module: string, key: string): boolean {
    return this.#deep.get(module)?.changed.has(key) === true;
  }

  /** Instruments functions of one module beside those that are so already. */
  async deepen(module: string, added: DeepLevels): Promise<DeepModule | RefusedModule> {
    const before = this.#deep.get(module);
    return await this.#change(module, new Map([...(before?.levels ?? []), ...added]));
  }

  /** Instruments the module anew, with these levels instead of those before. */
  async relevel(module: string, levels: DeepLevels): Promise<DeepModule | RefusedModule> {
    return await this.#change(module, levels);
  }

  /** Null: the original code runs again. */
  async restore(module: string): Promise<RefusedModule | null> {
    if (!this.#deep.has(module)) {
      return { module, code: "not_replaced", message: "it is not instrumented" };
    }
    const refusal = await this.#code.restore(module);
    if (refusal !== null && refusal.code !== "not_replaced") return { module, ...refusal };
    this.#deep.delete(module);
    return null;
  }

  async #change(module: string, levels: DeepLevels): Promise<DeepModule | RefusedModule> {
    const again = this.#deep.has(module) ? "again" : "first";
    const facts = await this.#code.fetch(module, again);
    if ("code" in facts) return { module, ...facts };
    const made = await this.#instrument(module, facts, levels);
    if ("code" in made) return { module, ...made };
    const { forms, manifest } = made;
    const sources = await sourcesOf(manifest, facts);
    const placed = await this.#instrumenter.place(manifest, sources);
    this.#addSites(placed, sources);
    const refusal = await this.#code.replace(module, forms, again);
    if (refusal !== null) {
      // what was there before may have been given back on the way
      if (again === "again") await this.restore(module);
      return { module, ...refusal };
    }
    const functions = new Set(placed.sites.map((site) => `${site.function}/${site.arity}`));
    this.#deep.set(module, { levels, changed: functions });
    return {
      module,
      functions,
      sites: placed.sites.length,
      placed: placed.sites.filter(({ nodeId }) => nodeId !== null).length,
    };
  }

  async #instrument(
    module: string,
    { forms, md5, vsn }: ModuleCodeFacts,
    levels: DeepLevels,
  ): Promise<{ readonly forms: Term; readonly manifest: SiteManifest } | NotInstrumented> {
    const request = { module: moduleText(module), md5, forms, vsn, firstSite: this.#nextSite };
    const made = await this.#instrumenter.instrument(request, levels);
    if (!made.ok) return made.error;
    this.#nextSite += made.value.manifest.sites.length;
    return made.value;
  }
}

export function isRefused(result: DeepModule | RefusedModule): result is RefusedModule {
  return "code" in result;
}

/**
 * The module's own source by the name that its sites have for it. The target's file counts when it is not
 * newer than the code; what the target cannot read may be here, at the same path.
 */
async function sourcesOf(
  { file }: SiteManifest,
  { path: source, source: text, isStale }: ModuleCodeFacts,
): Promise<ReadonlyMap<string, string>> {
  if (file === null || source === null || !path.isAbsolute(source)) return new Map();
  if (file !== source && !source.endsWith(`/${file}`)) return new Map();
  if (isStale) return new Map();
  const found = text ?? (await readFile(source, "utf8").catch(() => null));
  return found === null ? new Map() : new Map([[file, found]]);
}
