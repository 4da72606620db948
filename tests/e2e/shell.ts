// What a user does at a shell: start recordings, ask them, list them. Whatever was started is ended by
// its process id when the shell is disposed of, also a process that was stopped by a signal.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "@elixirscope/trace";
import type { BeamNode } from "../support/beam-node.ts";
import { cli, startCli, type CliResult, type RunningCli } from "../support/cli.ts";

export type Row = Readonly<Record<string, unknown>>;

/** `elixirscope attach` under way. */
export type Attached = RunningCli & {
  readonly out: string;
  /** ms since 1970 when it said that it records */
  readonly since: number;
};

export class Shell implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "elixirscope-shell-"));
  readonly #started: RunningCli[] = [];
  #count = 0;

  /** A path for a recording that is not there yet. */
  path(): string {
    this.#count += 1;
    return join(this.folder, `r${String(this.#count)}.escope`);
  }

  start(args: readonly string[]): RunningCli {
    const running = startCli(args);
    this.#started.push(running);
    return running;
  }

  /** Resolves when the target is recorded. */
  async attach(node: BeamNode, args: readonly string[] = [], out?: string): Promise<Attached> {
    const path = out ?? this.path();
    const running = this.start(attachLine(node, [...args, "--out", path]));
    await running.line(/^recording {3}/m);
    return { ...running, out: path, since: Date.now() };
  }

  /** Runs a query to its end; it must succeed. */
  async rows(recording: string, sql: string): Promise<readonly Row[]> {
    const result = await cli(["query", recording, sql, "--json"]);
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return rowsOf(result.stdout);
  }

  /** The only row of a query. */
  async row(recording: string, sql: string): Promise<Row> {
    const [row] = await this.rows(recording, sql);
    if (row === undefined) throw new Error(`no row: ${sql}`);
    return row;
  }

  /** As `elixirscope recordings` lists it. */
  async manifest(recording: string): Promise<Manifest> {
    const { stdout } = await cli(["recordings", join(recording, ".."), "--json"]);
    const found = listedOf(stdout).find(({ path }) => path === recording);
    if (found?.manifest == null) throw new Error(`${recording} is not among ${stdout}`);
    return found.manifest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#started) running.signal("SIGKILL");
    await Promise.all(this.#started.map(({ done }) => done));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function attachLine(node: BeamNode, args: readonly string[]): readonly string[] {
  return ["attach", node.name, "--cookie", node.cookie, "--no-ui", ...args];
}

/** The values of `--json` output that is one object per line; throws when one is not. */
export function jsonLines({ stdout }: CliResult): readonly Row[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => rowOf(JSON.parse(line)));
}

/** Asks until it is so, for as long as a loaded machine may take; answers what it was last. */
export async function until<T>(
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isSo(answer) || performance.now() > deadline) return answer;
    await sleep(100);
  }
}

function rowOf(value: unknown): Row {
  if (typeof value !== "object" || value === null) throw new Error(`no object: ${String(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function rowsOf(text: string): readonly Row[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error(`no array: ${text}`);
  return parsed.map(rowOf);
}

function listedOf(text: string): readonly { path: string; manifest: Manifest | null }[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests check what they read of it
  return JSON.parse(text) as { path: string; manifest: Manifest | null }[];
}
