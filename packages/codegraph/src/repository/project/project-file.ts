// What a project is made of: its files, each with what it is for, and its Mix applications.

import type { ScanProblem } from "./scan-tree.ts";

/**
 * - `compiled`: part of the program               - `template`: .heex, .eex, .leex
 * - `script`: .exs, and .ex outside of the compiled folders
 * - `test`: tests, and what is compiled for them  - `dependency`: below `deps`
 */
export type FileRole = "compiled" | "template" | "script" | "test" | "dependency";

export type ProjectFile = {
  /** relative to the project's root, with `/`; begins with `../` for a folder that mix.exs names outside */
  readonly path: string;
  readonly absolute: string;
  readonly role: FileRole;
  /** of the innermost mix.exs above it */
  readonly application: string | null;
  readonly bytes: number;
  /** changes when the file does */
  readonly stamp: string;
};

export type ProjectApplication = {
  readonly name: string;
  /** relative to the root, `.` for the root itself */
  readonly path: string;
  readonly compiledPaths: readonly string[];
};

/** Something about the project that is wrong where it was looked for, not inside a parsed file. */
export type ProjectProblem = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: ScanProblem["code"] | "elixirc_paths_unknown";
  readonly message: string;
};

export type Project = {
  /** absolute */
  readonly root: string;
  readonly kind: "umbrella" | "mix" | "folder" | "file";
  readonly applications: readonly ProjectApplication[];
  /** in the order of their paths; only those whose role was asked for */
  readonly files: readonly ProjectFile[];
  /** files that were found and left out, by role */
  readonly leftOut: Readonly<Partial<Record<FileRole, number>>>;
  readonly problems: readonly ProjectProblem[];
};
