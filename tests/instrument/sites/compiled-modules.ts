// Forms of modules as a real compiler made them, and what the transformer numbers in them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { decode, inspect, type Term } from "@elixirscope/etf";
import {
  type FunctionLevel,
  functionLevel,
  instrumentForms,
  type ModulePlan,
} from "@elixirscope/instrument";
import type { SiteManifest } from "@elixirscope/trace";

const SCRIPT = resolve(import.meta.dirname, "forms.exs");

export type CompiledModule = { readonly module: string; readonly forms: Term };

const FULL: FunctionLevel = functionLevel("full", "bindings");

/** `root` of a release as `otpReleases` gives it; files are `.beam`s, or sources relative to the folder. */
export function compiledModules(
  root: string | undefined,
  folder: string,
  files: readonly string[],
): readonly CompiledModule[] {
  const made = mkdtempSync(join(tmpdir(), "forms-"));
  try {
    const out = join(made, "forms.etf");
    const elixir = root === undefined ? "elixir" : join(root, "bin/elixir");
    const args = ["--erl", "+W w", SCRIPT, out, folder, ...files];
    execFileSync(elixir, args, { stdio: "ignore", cwd: made, maxBuffer: 1e8 });
    return modulesOf(readFileSync(out));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function modulesOf(bytes: Uint8Array): readonly CompiledModule[] {
  const term = decode(bytes, { maxBytes: 1 << 30 });
  if (!term.ok || term.value.kind !== "list") throw new Error("the script wrote no list");
  return term.value.items.flatMap((pair) => {
    const [module, forms] = pair.kind === "tuple" ? pair.items : [];
    return module === undefined || forms === undefined ? [] : [{ module: inspect(module), forms }];
  });
}

/** The sites of every function at full, or those of another level; null when the module is refused. */
export function sitesOf(
  { forms }: CompiledModule,
  level: FunctionLevel = FULL,
): SiteManifest | null {
  const plan: ModulePlan = { levelOf: () => level };
  const made = instrumentForms(forms, { plan, firstSite: 1, md5: "", vsn: null });
  return made.ok ? made.value.manifest : null;
}

export function elixirFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ex"))
    .toSorted();
}
