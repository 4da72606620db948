// The transformer as the run session wants it: which modules, at which levels, and how cached code is told
// apart from what another version of the program would make. It is loaded when the first module needs it:
// a run whose code is all in the cache does without.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Instrumenter } from "@elixirscope/capture/run";
import type { PlanChoice } from "@elixirscope/instrument";
import type { PlannedFunction } from "@elixirscope/trace";
import { placeSites } from "../place-sites.ts";

export function instrumenterOf(choice: PlanChoice): Instrumenter {
  const planned = plannedByModule(choice);
  const only = choice.only.map(({ text }) => text);
  const including = choice.only.filter(({ exclude }) => !exclude);
  let version: string | null = null;
  return {
    // not before the first module: the command has begun by then
    get version() {
      return (version ??= transformerVersion());
    },
    wants: (module, whose) => {
      const named = including.filter(({ matchesModule }) => matchesModule(module));
      // `*` means the project, as it does without --only
      if (whose === "dependency" && !named.some(({ text }) => text.trim() !== "*")) {
        return choice.plan !== null && including.length === 0 && planned.has(module);
      }
      if (including.length > 0 && named.length === 0) return false;
      return choice.others !== "off" || planned.has(module);
    },
    levelsKey: (module) =>
      JSON.stringify([choice.others, choice.detail, only, planned.get(module) ?? []]),
    // with every function recorded, no other is there that could be slower for it
    compilerOptions: choice.plan === null ? ["no_ssa_opt"] : [],
    instrument: async ({ module, md5, forms, vsn, firstSite }) => {
      const { instrumentForms, planModule } = await import("@elixirscope/instrument");
      const plan = planModule(module, choice);
      return instrumentForms(forms, { plan, firstSite, md5, vsn });
    },
    place: placeSites,
  };
}

type Levels = Pick<PlannedFunction, "function" | "level" | "captures" | "detail">;

/** What the plan has instrumented of each module, by what decides on the code. */
function plannedByModule({ plan }: PlanChoice): ReadonlyMap<string, readonly Levels[]> {
  const byModule = new Map<string, Levels[]>();
  for (const { function: key, level, captures, detail } of plan?.functions ?? []) {
    const module = /^(.+)\.[^.]+\/\d+$/.exec(key)?.[1];
    if (module === undefined || level === "off") continue;
    const known = byModule.get(module) ?? [];
    known.push({ function: key, level, captures, detail });
    byModule.set(module, known);
  }
  return byModule;
}

/** Of the code that transforms and reads, and of what runs in the target. */
function transformerVersion(): string {
  const hash = createHash("sha256");
  for (const name of ["@elixirscope/instrument", "@elixirscope/syntax"]) {
    const folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    for (const file of files.filter((found) => found.endsWith(".js")).toSorted()) {
      hash.update(file).update(readFileSync(path.join(folder, file)));
    }
  }
  return hash.digest("hex");
}
