// The files below a folder, a folder at a time, so that a watcher can look again at those that changed.
//
// Symbolic links are followed; a folder that was reached already (a loop, or a second way to the same
// place) is not entered again. What cannot be read is noted and the rest is scanned.

import { lstat, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";

export type ScannedFile = {
  readonly absolute: string;
  readonly bytes: number;
  /** changes when the file does: size, times and inode */
  readonly stamp: string;
};

export type ScanProblem = {
  readonly absolute: string;
  readonly code: "unreadable" | "symlink_loop" | "not_a_file" | "too_many_files";
  readonly message: string;
};

export type ScannedFolder = {
  readonly absolute: string;
  /** device and inode: the same for every way that leads here */
  readonly identity: string;
  readonly files: readonly ScannedFile[];
  readonly folders: readonly string[];
  readonly problems: readonly ScanProblem[];
};

export type ScanRules = {
  readonly wantsFile: (name: string) => boolean;
  /** `isMix`: beside a mix.exs */
  readonly wantsFolder: (name: string, parent: string, isMix: boolean) => boolean;
  readonly maxFiles: number;
};

/** One folder without those below it; null when it is gone. */
export async function scanFolder(
  absolute: string,
  rules: ScanRules,
): Promise<ScannedFolder | null> {
  const files: ScannedFile[] = [];
  const folders: string[] = [];
  const problems: ScanProblem[] = [];
  try {
    const { dev, ino } = await stat(absolute);
    const entries = await readdir(absolute, { withFileTypes: true });
    const isMix = entries.some(({ name }) => name === "mix.exs");
    const wantsFolder = (name: string): boolean => rules.wantsFolder(name, absolute, isMix);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = path.join(absolute, entry.name);
      if (await hasForeignName(full)) {
        if (rules.wantsFile(entry.name) || entry.isDirectory()) problems.push(foreignName(full));
        continue;
      }
      if (entry.isDirectory()) {
        if (wantsFolder(entry.name)) folders.push(full);
        continue;
      }
      const isLink = entry.isSymbolicLink();
      if (!rules.wantsFile(entry.name) && !(isLink && wantsFolder(entry.name))) continue;
      const found = await lookAt(full, isLink, problems);
      if (found === null) continue;
      if (found.isDirectory()) {
        if (wantsFolder(entry.name)) folders.push(full);
      } else if (rules.wantsFile(entry.name)) {
        if (found.isFile()) files.push(scannedFile(full, found));
        else problems.push(notAFile(full));
      }
    }
    return { absolute, identity: `${dev}:${ino}`, files, folders, problems };
  } catch (cause) {
    if (isGone(cause)) return null;
    const message = `cannot read the folder: ${messageOf(cause)}`;
    problems.push({ absolute, code: "unreadable", message });
    return { absolute, identity: absolute, files, folders, problems };
  }
}

type Stats = Awaited<ReturnType<typeof stat>>;

async function lookAt(
  full: string,
  isLink: boolean,
  problems: ScanProblem[],
): Promise<Stats | null> {
  try {
    return await stat(full);
  } catch (cause) {
    // between reading the folder and looking a file may vanish; a link to nothing stays
    if (isGone(cause) && !isLink) return null;
    const isLoop = cause instanceof Error && "code" in cause && cause.code === "ELOOP";
    problems.push({
      absolute: full,
      code: isLoop ? "symlink_loop" : "unreadable",
      message: isLink ? `a link that leads nowhere: ${messageOf(cause)}` : messageOf(cause),
    });
    return null;
  }
}

export function scannedFile(absolute: string, found: Stats): ScannedFile {
  const stamp = `${found.size}:${found.mtimeMs}:${found.ctimeMs}:${found.dev}:${found.ino}`;
  return { absolute, bytes: Number(found.size), stamp };
}

/** Bytes of a name that are not UTF-8 come as U+FFFD, and nothing is found by that name. */
async function hasForeignName(full: string): Promise<boolean> {
  if (!full.includes("\uFFFD")) return false;
  try {
    await lstat(full);
    return false;
  } catch {
    return true;
  }
}

function foreignName(absolute: string): ScanProblem {
  return { absolute, code: "unreadable", message: "its name is not UTF-8: rename it" };
}

function notAFile(absolute: string): ScanProblem {
  return { absolute, code: "not_a_file", message: "neither a file nor a folder" };
}

export function isGone(cause: unknown): boolean {
  if (!(cause instanceof Error) || !("code" in cause)) return false;
  return cause.code === "ENOENT" || cause.code === "ENOTDIR";
}

/** All folders below some roots, kept up to date by scanning those again in which something happened. */
export class TreeScan {
  readonly #rules: ScanRules;
  readonly #folders = new Map<string, ScannedFolder>();
  /** which of the ways to a folder was taken */
  readonly #identities = new Map<string, string>();
  #loops: ScanProblem[] = [];
  #files = 0;

  constructor(rules: ScanRules) {
    this.#rules = rules;
  }

  get folders(): ReadonlyMap<string, ScannedFolder> {
    return this.#folders;
  }

  /** What could not be scanned, in the order of paths. */
  get problems(): readonly ScanProblem[] {
    const found = [...this.#folders.values()].flatMap(({ problems }) => problems);
    return [...found, ...this.#loops].toSorted((a, b) => (a.absolute < b.absolute ? -1 : 1));
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** Scans `folder` and what is below it as far as that is new; stops early when `signal` says so. */
  async scan(folder: string, signal?: AbortSignal): Promise<void> {
    const stack = [folder];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      signal?.throwIfAborted();
      const before = this.#folders.get(next);
      const scanned = await scanFolder(next, this.#rules);
      for (const gone of before?.folders ?? []) {
        if (scanned?.folders.includes(gone) !== true) this.#forget(gone);
      }
      if (scanned === null) {
        this.#forget(next);
        continue;
      }
      if (!this.#enter(scanned, before)) continue;
      for (const below of scanned.folders.toReversed()) {
        if (!this.#folders.has(below)) stack.push(below);
      }
    }
  }

  #enter(scanned: ScannedFolder, before: ScannedFolder | undefined): boolean {
    if (before !== undefined && before.identity !== scanned.identity) {
      this.#identities.delete(before.identity);
    }
    const way = this.#identities.get(scanned.identity);
    if (way !== undefined && way !== scanned.absolute) {
      if (isBelow(scanned.absolute, way)) {
        this.#loops.push({
          absolute: scanned.absolute,
          code: "symlink_loop",
          message: `a link back to ${way}: not entered again`,
        });
      }
      return false;
    }
    const files = this.#files - (before?.files.length ?? 0) + scanned.files.length;
    if (files > this.#rules.maxFiles) {
      this.#loops.push({
        absolute: scanned.absolute,
        code: "too_many_files",
        message: `more than ${this.#rules.maxFiles} files: this folder is left out`,
      });
      return false;
    }
    this.#files = files;
    this.#identities.set(scanned.identity, scanned.absolute);
    this.#folders.set(scanned.absolute, scanned);
    return true;
  }

  #forget(folder: string): void {
    const stack = [folder];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const known = this.#folders.get(next);
      this.#loops = this.#loops.filter(({ absolute }) => absolute !== next);
      if (known === undefined) continue;
      this.#folders.delete(next);
      if (this.#identities.get(known.identity) === next) this.#identities.delete(known.identity);
      this.#files -= known.files.length;
      stack.push(...known.folders);
    }
  }
}

export function isBelow(absolute: string, folder: string): boolean {
  return absolute.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
