// Runs the built command line as a user does, as a process of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

const bin = resolve(import.meta.dirname, "../../apps/cli/bin/elixirscope.mjs");
const living = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export type CliResult = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningCli = {
  readonly pid: number;
  readonly done: Promise<CliResult>;
  stdout(): string;
  stderr(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the first line of output that matches, or rejects when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
};

export type CliOptions = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> };

export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  living.add(child);
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    wake();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    wake();
  });
  const done = new Promise<CliResult>((finish, fail) => {
    child.once("error", fail);
    child.once("close", (exitCode, signal) => {
      living.delete(child);
      finish({ exitCode, signal, stdout, stderr });
      wake();
    });
  });
  return {
    pid: child.pid ?? 0,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    line: async (pattern) =>
      await new Promise((found, fail) => {
        const look = (): void => {
          const match = pattern.exec(`${stdout}\n${stderr}`);
          const ended = !living.has(child);
          if (match === null && !ended) return;
          watchers.delete(look);
          if (match !== null) found(match);
          else fail(new Error(`ended before ${String(pattern)}:\n${stdout}\n${stderr}`));
        };
        watchers.add(look);
        look();
      }),
  };
}

export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await startCli(args, options).done;
}
