// The Elixir files of a project, read for questions about recordings that hold no sources.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import type { SourceFile } from "@elixirscope/query";
import { UsageError } from "../exit-codes.ts";

const NOT_ENTERED = new Set(["_build", "deps", "node_modules", "cover"]);
const MAX_FILES = 5_000;

/** Paths as they are from the project's folder; links are not followed. */
export async function projectFiles(folder: string | undefined): Promise<readonly SourceFile[]> {
  if (folder === undefined) return [];
  const files: string[] = [];
  const pending = [""];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of await entriesOf(folder, at)) {
      const below = path.join(at, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".") && !NOT_ENTERED.has(entry.name)) {
        pending.push(below);
      }
      if (entry.isFile() && /\.exs?$/.test(entry.name)) files.push(below);
    }
    if (files.length > MAX_FILES) {
      throw new UsageError(
        `${folder} has more than ${MAX_FILES} Elixir files: name one application's folder`,
      );
    }
  }
  if (files.length === 0)
    throw new UsageError(`there are no Elixir files in ${path.resolve(folder)}`);
  return await Promise.all(
    files.toSorted().map(async (file) => ({
      path: file.split(path.sep).join("/"),
      text: await readFile(path.join(folder, file), "utf8"),
    })),
  );
}

async function entriesOf(folder: string, below: string): ReturnType<typeof entries> {
  try {
    return await entries(path.join(folder, below));
  } catch (cause) {
    throw new UsageError(`cannot read the project's folder: ${messageOf(cause)}`);
  }
}

async function entries(folder: string) {
  return await readdir(folder, { withFileTypes: true });
}
