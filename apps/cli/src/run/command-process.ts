// The user's command: it has the terminal, and what it is told by signals and what it ends with is as if we
// were not there.

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { CommandEnd } from "@elixirscope/capture/run";
import { UsageError } from "../exit-codes.ts";

/** Given on; the terminal sends its own (Ctrl-C, Ctrl-\) to the command as well as to us. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR2"] as const;
const FROM_TERMINAL = ["SIGINT", "SIGQUIT"] as const;
/** Ended by these a program leaves no core dump: we can end in the same way. */
const PLAIN_ENDS: readonly NodeJS.Signals[] = ["SIGHUP", "SIGINT", "SIGKILL", "SIGPIPE", "SIGTERM"];

/** Runs to the end of the command, whatever happens to the recording meanwhile. */
export async function runCommand(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const [program = "", ...args] = command;
  let child: ChildProcess | null = null;
  // first: a signal that comes while the command starts is the command's, too
  using _ = withSignals((signal) => void child?.kill(signal));
  const env = { ...process.env, ...variables };
  return await new Promise((resolve, reject) => {
    child = spawn(program, args, { stdio: "inherit", env });
    child.once("error", (cause) => reject(notStarted(program, cause)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Ends this process as the command ended. Call it last. */
export function endAs({ code, signal }: CommandEnd): void {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  if (PLAIN_ENDS.includes(signal)) process.kill(process.pid, signal);
}

function ignore(): void {
  // the command has heard it, too
}

function withSignals(forward: (signal: NodeJS.Signals) => void): Disposable {
  for (const signal of FORWARDED) process.on(signal, forward);
  for (const signal of FROM_TERMINAL) process.on(signal, ignore);
  return {
    [Symbol.dispose]: () => {
      for (const signal of FORWARDED) process.off(signal, forward);
      for (const signal of FROM_TERMINAL) process.off(signal, ignore);
    },
  };
}

function notStarted(program: string, cause: Error): UsageError {
  const code = "code" in cause ? cause.code : "";
  if (code === "ENOENT") return new UsageError(`there is no command ${program}`);
  if (code === "EACCES") return new UsageError(`${program} may not be run`);
  return new UsageError(`${program} did not start: ${cause.message}`);
}
