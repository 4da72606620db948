// Opens the code of a project for a command, with a progress bar while it is read.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import {
  type Analysis,
  type AnalysisProgress,
  type FileRole,
  Repository,
  type UserPatterns,
} from "@elixirscope/codegraph";
import { UsageError } from "./exit-codes.ts";
import { Progress } from "./format/progress.ts";

export type ProjectFlags = {
  readonly deps?: true;
  readonly tests?: true;
  readonly cache: boolean;
  readonly patterns?: readonly string[];
};

/** Is this path code rather than a recording? */
export function isProject(folder: string): boolean {
  if (existsSync(path.join(folder, "recording.json"))) return false;
  return existsSync(folder) && !folder.replace(/\/+$/, "").endsWith(".escope");
}

/** The caller closes it. What it learnt is kept for the next command, unless --no-cache. */
export async function openProject(
  folder: string,
  flags: ProjectFlags,
  signal: AbortSignal,
): Promise<Repository> {
  if (!existsSync(folder)) throw new UsageError(`${path.resolve(folder)} is not there`);
  using bar = new Progress();
  const repository = await Repository.open(folder, {
    roles: rolesOf(flags),
    cache: flags.cache ? "project" : "none",
    patterns: await patternsOf(folder, flags.patterns ?? []),
    signal,
    progress: (progress) => showProgress(bar, progress),
  });
  bar.clear();
  if (repository.analysis.files.length === 0) {
    await repository.close();
    throw new UsageError(`there are no Elixir files in ${repository.root}`);
  }
  await saveLearnt(repository);
  return repository;
}

/** Findings of input on its way through several functions are part of what a report or a table is asked for. */
export function withInputFollowed(repository: Repository): Analysis {
  using bar = new Progress();
  bar.show("following input", 0, repository.analysis.files.length);
  return repository.followInput();
}

/** Those that are named, and the project's own. */
async function patternsOf(
  folder: string,
  named: readonly string[],
): Promise<readonly UserPatterns[]> {
  const own = path.join(folder, ".elixirscope", "patterns.exs");
  const files = [...(existsSync(own) ? [own] : []), ...named];
  return await Promise.all(
    files.map(async (file) => {
      try {
        return { file, text: await readFile(file, "utf8") };
      } catch (cause) {
        throw new UsageError(`cannot read the patterns in ${file}: ${messageOf(cause)}`);
      }
    }),
  );
}

/** A read-only project is analysed all the same, each time. */
export async function saveLearnt(repository: Repository): Promise<void> {
  try {
    await repository.save();
  } catch (thrown) {
    console.error(`what was learnt is not kept for the next time: ${messageOf(thrown)}`);
  }
}

function rolesOf({ deps, tests }: ProjectFlags): readonly FileRole[] {
  const roles: FileRole[] = ["compiled", "template", "script"];
  if (tests === true) roles.push("test");
  if (deps === true) roles.push("dependency");
  return roles;
}

function showProgress(bar: Progress, { phase, files, filesDone }: AnalysisProgress): void {
  if (phase === "analysing") bar.show("analysing", filesDone, files);
}
