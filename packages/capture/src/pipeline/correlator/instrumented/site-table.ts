// What the correlator needs of each site, by its number. Numbers are never used twice, so across
// sessions they grow large and sparse: facts are kept in pages.

import type { Site, SiteManifest } from "@elixirscope/trace";
import type { Definitions } from "../definitions.ts";
import type { CorrelatorOutput } from "../output.ts";
import type { CorrelatorCounters, CorrelatorSession } from "../session.ts";

const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

export type SiteFacts = {
  /** number of its function, of a closure's clause that of the closure */
  readonly fn: number;
  readonly file: string;
  readonly hasArguments: boolean;
  /** the entry of what ExUnit makes of `test "…"`: no other function has a name with a space */
  readonly isTest: boolean;
};

const UNKNOWN: SiteFacts = { fn: 0, file: "", hasArguments: true, isTest: false };

export class SiteTable {
  readonly #out: CorrelatorOutput;
  readonly #definitions: Definitions;
  readonly #counters: CorrelatorCounters;
  readonly #onUnknown: () => void;
  readonly #pages: ((SiteFacts | undefined)[] | undefined)[] = [];

  /** `onUnknown`: a site was met that is not here; it may call `add`. */
  constructor(session: CorrelatorSession, definitions: Definitions, onUnknown: () => void) {
    this.#out = session.out;
    this.#counters = session.counters;
    this.#definitions = definitions;
    this.#onUnknown = onUnknown;
  }

  add(manifest: SiteManifest, t: number): void {
    const module = moduleText(manifest.module);
    const { md5, file } = manifest;
    for (const site of manifest.sites) {
      const { function: name, arity, closure } = site;
      const fn = this.#definitions.knownFunction(module, name, arity);
      const isEntry = site.kind === "function_clause";
      const facts: SiteFacts = {
        fn: closure === null ? fn : this.#closure(module, site, closure),
        file: site.file,
        hasArguments: !isEntry || arity > 0,
        isTest: isEntry && arity === 1 && name.includes(" "),
      };
      this.#page(site.site)[site.site & (PAGE - 1)] = facts;
      this.#out.site({ ...site, fn, md5 });
    }
    this.#out.module({ module, t, md5, event: "instrumented", source: file });
  }

  /** Named as the VM names closures, so that both print alike. */
  #closure(module: string, site: Site, { index, arity }: NonNullable<Site["closure"]>): number {
    const name = `-${site.function}/${site.arity}-fun-${index}-`;
    return this.#definitions.knownFunction(module, name, arity);
  }

  of(site: number): SiteFacts {
    return this.#known(site) ?? this.#late(site);
  }

  #page(site: number): (SiteFacts | undefined)[] {
    const known = this.#pages[site >>> PAGE_BITS];
    if (known !== undefined) return known;
    const page = Array.from({ length: PAGE }, () => undefined);
    this.#pages[site >>> PAGE_BITS] = page;
    return page;
  }

  #known(site: number): SiteFacts | undefined {
    return this.#pages[site >>> PAGE_BITS]?.[site & (PAGE - 1)];
  }

  #late(site: number): SiteFacts {
    this.#onUnknown();
    const known = this.#known(site);
    if (known !== undefined) return known;
    this.#counters.unknownSites += 1;
    return UNKNOWN;
  }
}

/** Recorded modules are named by their atom's text: `lists` where Elixir prints `:lists`. */
function moduleText(printed: string): string {
  if (!printed.startsWith(":")) return printed;
  return printed.startsWith(':"') ? printed.slice(2, -1) : printed.slice(1);
}
