// What the run session asks of the transformer. It is passed in, as this package knows nothing of code.

import type { Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { SiteManifest } from "@elixirscope/trace";

/** Whose a module is: the project's own, or one of its dependencies'. */
export type Whose = "own" | "dependency";

export type ModuleForms = {
  /** as Elixir prints it: `Shop.Cart`, `:lists` */
  readonly module: string;
  /** of the compiled code, hexadecimal */
  readonly md5: string;
  /** the abstract forms, a list */
  readonly forms: Term;
  readonly vsn: Term | null;
  /** sites are numbered from here on */
  readonly firstSite: number;
};

export type InstrumentedForms = { readonly forms: Term; readonly manifest: SiteManifest };

/** Why a module stays as it is; the message says it to a person. */
export type NotInstrumented = { readonly code: string; readonly message: string };

export type Instrumenter = {
  /** Changes with the transformer: what another version made is not taken from the cache. */
  readonly version: string;
  /** False for modules that nobody asked for. */
  readonly wants: (module: string, whose: Whose) => boolean;
  /** Changes with what is to be recorded of the module. */
  readonly levelsKey: (module: string) => string;
  /** Beside the module's own; `no_ssa_opt` takes a fifth of the time, but what is not recorded runs slower. */
  readonly compilerOptions: readonly string[];
  readonly instrument: (module: ModuleForms) => Promise<Result<InstrumentedForms, NotInstrumented>>;
  /** Finds the places of the sites in the source texts, by the file names that sites have: columns and nodes. */
  readonly place: (
    manifest: SiteManifest,
    sources: ReadonlyMap<string, string>,
  ) => Promise<SiteManifest>;
};
