// Mix projects that the tests make in temporary folders, and the commands that are run in them, with
// `elixirscope run` in front or without.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RecordingReader } from "@elixirscope/store";
import { outerReleases, systemRelease, type OtpRelease } from "../support/beam-node.ts";

const BIN = path.resolve(import.meta.dirname, "../../apps/cli/bin/elixirscope.mjs");
const living = new Set<number>();

process.on("exit", () => {
  for (const pid of living) killGroup(pid);
});

export type Release = { readonly name: string; readonly path: string };

/** The Elixir of the system's release and of the newest; with ES_ALL=1 all. */
export function elixirReleases(): readonly Release[] {
  return outerReleases().flatMap(elixirOf);
}

/** The system's Elixir alone, for what takes a minute for each of them; with ES_ALL=1 all. */
export function systemElixir(): readonly Release[] {
  return systemRelease().flatMap(elixirOf);
}

function elixirOf({ release, root }: OtpRelease): readonly Release[] {
  const system = process.env["PATH"] ?? "";
  if (root === undefined) return [{ name: "1.14 on OTP 25", path: system }];
  const bin = path.join(root, "usr/lib/elixir/bin");
  if (!existsSync(path.join(bin, "elixir"))) return [];
  const name = release === "27" ? "1.18 on OTP 27" : "1.20 on OTP 29";
  return [{ name, path: [bin, path.join(root, "bin"), system].join(":") }];
}

export type Ran = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly pid: number;
  readonly done: Promise<Ran>;
  /** Resolves when what was printed matches. */
  readonly printed: (pattern: RegExp) => Promise<void>;
  readonly write: (text: string) => void;
};

/** A folder with files of its own, gone when the test is over. */
export class Project implements Disposable {
  readonly root: string;
  readonly cache: string;
  readonly #base: string;
  readonly #started: number[] = [];
  #recordings = 0;

  constructor(files: Readonly<Record<string, string>>) {
    this.#base = mkdtempSync(path.join(tmpdir(), "es-run-"));
    this.root = path.join(this.#base, "project");
    this.cache = path.join(this.#base, "cache");
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Where recordings are: a text that no other process has in its command line. */
  get recordingFolder(): string {
    return this.#base;
  }

  /** A path for a recording that is not in the project. */
  recording(): string {
    this.#recordings += 1;
    return path.join(this.#base, `${String(this.#recordings)}.escope`);
  }

  start(command: readonly string[], options: StartOptions = {}): Running {
    const { release, env = {}, cwd = "." } = options;
    const running = startProcess(command, path.join(this.root, cwd), {
      ...process.env,
      NO_COLOR: "1",
      XDG_CACHE_HOME: this.cache,
      ...(release === undefined ? {} : { PATH: release.path }),
      ...env,
    });
    this.#started.push(running.pid);
    return running;
  }

  async run(command: readonly string[], options: StartOptions = {}): Promise<Ran> {
    return await this.start(command, options).done;
  }

  /** `elixirscope run` with the command, and the recording that it made. */
  async record(
    command: readonly string[],
    { flags = [], ...options }: StartOptions & { readonly flags?: readonly string[] } = {},
  ): Promise<Ran & { readonly out: string }> {
    const out = this.recording();
    const ran = await this.run(scope(["--out", out, ...flags], command), options);
    return { ...ran, out };
  }

  /** Hashes of all files, by path. */
  hashes(folder = "."): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    const root = path.join(this.root, folder);
    if (!existsSync(root)) return found;
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()) {
      const file = path.join(root, name);
      if (!statSync(file).isFile()) continue;
      found[name] = createHash("sha256").update(readFileSync(file)).digest("hex");
    }
    return found;
  }

  remove(name: string): void {
    rmSync(path.join(this.root, name), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    // a test that failed may have left some
    for (const pid of this.#started.filter((started) => living.has(started))) killGroup(pid);
    rmSync(this.#base, { recursive: true, force: true });
  }
}

export type StartOptions = {
  readonly release?: Release;
  readonly env?: Readonly<Record<string, string>>;
  /** below the project's folder */
  readonly cwd?: string;
};

export function scope(flags: readonly string[], command: readonly string[]): readonly string[] {
  return [process.execPath, BIN, "run", ...flags, "--", ...command];
}

export async function rowsOf(out: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const recording = await RecordingReader.open(out);
  try {
    return (await recording.query(sql)).rows;
  } finally {
    await recording.close();
  }
}

/** What a test run prints, without what is another at each run. */
export function steady(output: string): string {
  return output
    .replaceAll(/in [\d.]+ seconds.*/g, "in TIME")
    .replaceAll(/seed:? \d+/g, "seed N")
    .replaceAll(/elixirscope: .*\n?/g, "");
}

function startProcess(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Running {
  const child = spawn(program, args, { cwd, env, detached: true, stdio: "pipe" });
  const { pid = 0 } = child;
  living.add(pid);
  let stdout = "";
  let stderr = "";
  let look: (() => void) | null = null;
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    look?.();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    look?.();
  });
  const done = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      living.delete(pid);
      killGroup(pid);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    pid,
    done,
    write: (text) => void child.stdin.write(text),
    printed: async (pattern) =>
      await new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(stdout + stderr)) resolve();
        };
        look();
        void done.then(() =>
          reject(new Error(`ended before ${String(pattern)}:\n${stdout}${stderr}`)),
        );
      }),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nobody is left
  }
}

/** The process that runs this program and has the text in its command line. */
export function processOf(program: string, text: string): number {
  const { stdout } = spawnSync("pgrep", ["-f", text], { encoding: "utf8" });
  const pids = stdout.split("\n").flatMap((line) => (line === "" ? [] : [Number(line)]));
  const found = pids.filter((pid) => isRunning(pid, program));
  const [pid] = found;
  if (pid === undefined || found.length > 1) throw new Error(`${text}: ${String(found)}`);
  return pid;
}

function isRunning(pid: number, program: string): boolean {
  try {
    return path.basename(readlinkSync(`/proc/${String(pid)}/exe`)) === program;
  } catch {
    return false;
  }
}

export const PLAIN: Readonly<Record<string, string>> = {
  "mix.exs": `defmodule Plain.MixProject do
  use Mix.Project
  def project, do: [app: :plain, version: "0.1.0", deps: []]
  def application, do: [extra_applications: [:logger]]
end
`,
  "lib/plain.ex": `defmodule Plain do
  require Plain.Macros

  def add(a, b) do
    sum = a + b
    Plain.Macros.twice(sum)
  end

  def size(value), do: Plain.Sized.size(value)
end
`,
  "lib/macros.ex": `defmodule Plain.Macros do
  defmacro twice(x) do
    factor = factor(2)
    quote(do: unquote(x) * unquote(factor))
  end

  def factor(n) do
    made_while_compiling = n
    made_while_compiling
  end
end
`,
  "lib/sized.ex": `defprotocol Plain.Sized do
  def size(value)
end

defimpl Plain.Sized, for: List do
  def size(list) do
    count = length(list)
    count
  end
end
`,
  "test/test_helper.exs": "ExUnit.start()\n",
  "test/plain_test.exs": `defmodule PlainTest do
  use ExUnit.Case, async: true

  test "adds" do
    x = 1
    assert Plain.add(x, 2) == 6
  end

  test "fails" do
    expected = 5
    actual = Plain.add(1, 1)
    assert actual == expected
  end

  test "sizes" do
    assert Plain.size([1, 2, 3]) == 3
  end

  @tag :skip
  test "is skipped" do
    flunk("never")
  end
end
`,
};
