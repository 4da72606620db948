// Which program made facts: saved ones are of use to the same program only. The version alone does not
// tell during development, so the built files count too.

import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { above } from "@elixirscope/base/above";

let known: string | null = null;

/** Changes with any built file of this package or of `syntax`. */
export function analysisVersion(): string {
  known ??= fingerprint();
  return known;
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const built of ["packages/codegraph/dist", "packages/syntax/dist"]) {
    const folder = above(import.meta.dirname, built);
    if (folder === null) continue;
    for (const name of builtFiles(folder)) {
      const { size, mtimeMs } = statSync(path.join(folder, name));
      hash.update(`${name}:${size}:${mtimeMs};`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function builtFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".js")).toSorted();
}
