// Gives a VM the instrumented code of its modules: from the cache, or made of the forms that the VM sends
// and compiles itself. The sites of a module are handed on before its code is, so no event comes from a
// site that nobody knows.

import { atom, binary, inspect, list, tuple, type Term } from "@elixirscope/etf";
import type { SiteManifest } from "@elixirscope/trace";
import { atomOf, bytesOf, itemsOf, textOf } from "../control/target/read-term.ts";
import type { BeamCache, CacheKey } from "./beam-cache.ts";
import type { VmRequest } from "./control-server.ts";
import { drainingHalt } from "./halt-forms.ts";
import type { Instrumenter, Whose } from "./instrumenter.ts";
import type { SiteNumbers } from "./site-numbers.ts";
import { SourceTexts } from "./source-texts.ts";

export type ModuleServerOptions = {
  readonly instrumenter: Instrumenter;
  readonly sites: SiteNumbers;
  /** null: nothing is kept */
  readonly cache: BeamCache | null;
  readonly otpRelease: string;
  /** gets the name of every module that was there, wanted or not */
  readonly seen: Set<string>;
  readonly addSites: (
    manifest: SiteManifest,
    texts: ReadonlyMap<string, string>,
  ) => void | Promise<void>;
};

/** A module that is not recorded though it was asked for. */
export type SkippedModule = {
  readonly module: string;
  readonly code: string;
  readonly message: string;
};

/** More than most modules have; one with more is made twice. */
const SITES_FIRST_TRY = 2_048;

/** Instead of levels, for the module whose `halt` is to drain. */
const HALT = "halt";

const SKIPPED: Readonly<Record<string, string>> = {
  no_debug_info: "was compiled without debug info",
  cover_compiled: "is compiled for coverage",
  sticky: "belongs to OTP and must not be replaced",
  in_use: "has old code that a process still runs",
  on_load_not_allowed: "runs code when it is loaded",
};

type Made = {
  readonly key: CacheKey;
  readonly manifest: SiteManifest;
  readonly sourcesHash: string;
};

export class ModuleServer {
  readonly skipped: Map<string, SkippedModule> = new Map();
  /** by module; of all that were given to the VM */
  readonly manifests: Map<string, SiteManifest> = new Map();
  readonly #options: ModuleServerOptions;
  readonly #texts = new SourceTexts();
  readonly #asked = new Map<string, { readonly source: string; readonly key: CacheKey }>();
  readonly #made = new Map<string, Made>();
  fromCache = 0;
  /** something new is in the cache */
  hasStored = false;

  constructor(options: ModuleServerOptions) {
    this.#options = options;
  }

  /** Null: nobody waits for an answer, or it is no request about modules. */
  async answer({ name, args }: VmRequest): Promise<Term | null> {
    switch (name) {
      case "modules":
        return await this.#modules(args[0]);
      case "forms":
        return await this.#forms(args);
      case "compiled":
        this.#compiled(args);
        return null;
      case "skipped":
        this.#skip(moduleName(args[0]), reasonOf(args[1]));
        return null;
      case "not_compiled":
        this.#notCompiled(moduleName(args[0]), textOf(args[1]));
        return null;
      default:
        return null;
    }
  }

  async #modules(modules: Term | undefined): Promise<Term> {
    const answers: Term[] = [];
    for (const asked of itemsOf(modules)) answers.push(await this.#module(itemsOf(asked)));
    return list(answers);
  }

  async #module([name, source, md5, where]: readonly Term[]): Promise<Term> {
    const { instrumenter, cache, otpRelease } = this.#options;
    const module = moduleName(name);
    const isHalt = atomOf(where) === "halt";
    if (!isHalt) this.#options.seen.add(module);
    if (atomOf(where) === "memory" && !instrumenter.wants(module, "own")) {
      return tuple(atom("skip"), atom("not_wanted"));
    }
    const key: CacheKey = {
      module,
      md5: hex(md5),
      levels: isHalt ? HALT : instrumenter.levelsKey(module),
      version: instrumenter.version,
      otpRelease,
    };
    const found = cache?.read(key) ?? null;
    if (found === null) {
      this.#asked.set(askedKey(module, key.md5), { source: textOf(source), key });
      return atom("want_forms");
    }
    if (found.kind === "refusal") {
      this.#skip(module, found.reason);
      return tuple(atom("skip"), atom(found.reason.code));
    }
    if (isHalt) return tuple(atom("code"), binary(found.beam));
    const { texts, hash } = this.#texts.of(found.manifest, textOf(source));
    let { manifest } = found;
    if (hash !== found.sourcesHash) {
      // the same code from another text: only the places are others
      manifest = await instrumenter.place(manifest, texts);
      cache?.write(key, { ...found, manifest, sourcesHash: hash });
    }
    await this.#give(manifest, texts);
    this.fromCache += 1;
    return tuple(atom("code"), binary(found.beam));
  }

  async #forms([name, md5, forms, vsn]: readonly Term[]): Promise<Term> {
    const module = moduleName(name);
    const asked = this.#asked.get(askedKey(module, hex(md5)));
    if (asked === undefined || forms === undefined) return tuple(atom("skip"), atom("not_asked"));
    this.#asked.delete(askedKey(module, hex(md5)));
    if (asked.key.levels === HALT) {
      const manifest: SiteManifest = { module, md5: hex(md5), file: null, sites: [] };
      this.#made.set(askedKey(module, hex(md5)), { key: asked.key, manifest, sourcesHash: "" });
      return tuple(atom("forms"), drainingHalt(forms), list([]));
    }
    const { instrumenter } = this.#options;
    const made = await this.#instrument(module, hex(md5), forms, vsn ?? null);
    if (!made.ok) {
      this.#options.cache?.write(asked.key, { kind: "refusal", reason: made.error });
      this.#skip(module, made.error);
      return tuple(atom("skip"), atom(made.error.code));
    }
    const { texts, hash } = this.#texts.of(made.value.manifest, asked.source);
    const manifest = await instrumenter.place(made.value.manifest, texts);
    this.#made.set(askedKey(module, hex(md5)), { key: asked.key, manifest, sourcesHash: hash });
    await this.#give(manifest, texts);
    const options = list(instrumenter.compilerOptions.map((option) => atom(option)));
    return tuple(atom("forms"), made.value.forms, options);
  }

  async #instrument(
    module: string,
    md5: string,
    forms: Term,
    vsn: Term | null,
  ): ReturnType<Instrumenter["instrument"]> {
    const { instrumenter, sites } = this.#options;
    const known = vsn?.kind === "atom" && vsn.name === "none" ? null : vsn;
    let room = SITES_FIRST_TRY;
    for (;;) {
      const firstSite = sites.next(room);
      const made = await instrumenter.instrument({ module, md5, forms, vsn: known, firstSite });
      if (!made.ok) return made;
      const used = made.value.manifest.sites.length;
      if (used <= room) {
        sites.use(used);
        return made;
      }
      room = used;
    }
  }

  async #give(manifest: SiteManifest, texts: ReadonlyMap<string, string>): Promise<void> {
    await this.#options.addSites(manifest, texts);
    this.manifests.set(manifest.module, manifest);
    this.skipped.delete(manifest.module);
  }

  #compiled([name, md5, beam]: readonly Term[]): void {
    const key = askedKey(moduleName(name), hex(md5));
    const made = this.#made.get(key);
    this.#made.delete(key);
    if (made === undefined) return;
    const { manifest, sourcesHash } = made;
    this.hasStored = true;
    this.#options.cache?.write(made.key, {
      kind: "code",
      manifest,
      sourcesHash,
      beam: bytesOf(beam),
    });
  }

  #skip(module: string, { code, message }: { code: string; message: string }): void {
    this.skipped.set(module, { module, code, message });
  }

  /** Our mistake, not the user's. */
  #notCompiled(module: string, errors: string): void {
    this.manifests.delete(module);
    const message = `could not be compiled after it was changed, please report this: ${errors.slice(0, 300)}`;
    this.#skip(module, { code: "not_compiled", message });
  }
}

/** `[{own | dependency, Names}]`: of each list the names that somebody asked for. `seen` gets all of the project's own. */
export function wantedModules(
  folders: Term | undefined,
  instrumenter: Instrumenter,
  seen: Set<string>,
): Term {
  return list(
    itemsOf(folders).map((folder) => {
      const [whose, names] = itemsOf(folder);
      const kind: Whose = atomOf(whose) === "own" ? "own" : "dependency";
      const wanted = itemsOf(names).filter((name) => {
        const module = inspect(atom(textOf(name)));
        if (kind === "own") seen.add(module);
        return instrumenter.wants(module, kind);
      });
      return list(wanted);
    }),
  );
}

function reasonOf(term: Term | undefined): { code: string; message: string } {
  const code = term?.kind === "atom" ? term.name : "not_loaded";
  return {
    code,
    message: SKIPPED[code] ?? `could not be loaded (${term === undefined ? "" : inspect(term)})`,
  };
}

function moduleName(term: Term | undefined): string {
  return inspect(atom(atomOf(term)));
}

function hex(term: Term | undefined): string {
  return Buffer.from(bytesOf(term)).toString("hex");
}

function askedKey(module: string, md5: string): string {
  return `${module}@${md5}`;
}
