// The rule that was chosen last for cleaning up a folder, kept in the folder. It is remembered, not obeyed: nothing is
// deleted unless somebody has seen what it would be.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { KeepRule } from "@elixirscope/wire";

const NAME = ".keep.json";
const NONE: KeepRule = { maxAgeMs: null, maxBytes: null };

export async function readKeepRule(folder: string): Promise<KeepRule> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(folder, NAME), "utf8"));
    if (typeof value !== "object" || value === null) return NONE;
    const { maxAgeMs, maxBytes } = { ...NONE, ...value };
    return { maxAgeMs: limit(maxAgeMs), maxBytes: limit(maxBytes) };
  } catch {
    // none yet, or one that somebody edited: as good as none
    return NONE;
  }
}

/** Where it cannot be written it is asked again next time. */
export async function writeKeepRule(folder: string, rule: KeepRule): Promise<void> {
  const text = `${JSON.stringify(rule)}\n`;
  await writeFile(path.join(folder, NAME), text).catch(() => undefined);
}

function limit(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
