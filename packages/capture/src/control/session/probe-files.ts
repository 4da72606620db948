// The compiled probe as it is shipped, checked against its manifest.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "@elixirscope/base";
import { above } from "@elixirscope/base/above";
import { CaptureError } from "../capture-error.ts";

export type ProbeFile = { readonly name: string; readonly file: string; readonly beam: Uint8Array };

const PREBUILT = "probe/prebuilt";

export const PROBE_FOLDER: string = above(import.meta.dirname, PREBUILT) ?? PREBUILT;

export async function readProbe(folder: string = PROBE_FOLDER): Promise<readonly ProbeFile[]> {
  try {
    const text = await readFile(join(folder, "manifest.json"), "utf8");
    return await Promise.all(
      manifestModules(JSON.parse(text)).map(async ({ name, file, sha256 }) => {
        const beam = await readFile(join(folder, file));
        const found = createHash("sha256").update(beam).digest("hex");
        if (found !== sha256) throw new Error(`${file} is not what the manifest says`);
        return { name, file, beam };
      }),
    );
  } catch (cause) {
    throw new CaptureError(
      "probe_failed",
      `the compiled probe in ${folder} cannot be used (${messageOf(cause)}); build it with: node probe/build.mjs`,
      { cause },
    );
  }
}

type ManifestModule = { readonly name: string; readonly file: string; readonly sha256: string };

function manifestModules(json: unknown): readonly ManifestModule[] {
  if (
    typeof json === "object" &&
    json !== null &&
    "modules" in json &&
    Array.isArray(json.modules)
  ) {
    const modules: readonly unknown[] = json.modules;
    if (modules.every(isModule)) return modules;
  }
  throw new Error("manifest.json lists no modules");
}

function isModule(json: unknown): json is ManifestModule {
  if (typeof json !== "object" || json === null) return false;
  return ["name", "file", "sha256"].every((key) => typeof Reflect.get(json, key) === "string");
}
