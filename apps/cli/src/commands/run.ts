// `elixirscope run`: runs a command as it would run anyway, and records the values of the project's code
// meanwhile. What is to be said is said on stderr when the command has ended.

import path from "node:path";
import {
  cacheFolder,
  type CommandEnd,
  type RecordingObserver,
  RunSession,
} from "@elixirscope/capture/run";
import type { PlanChoice } from "@elixirscope/instrument";
import { DEFAULT_BUDGETS, DEFAULT_LIMITS, type CapturePlan } from "@elixirscope/trace";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { newRecordingPath } from "../recording-path.ts";
import { endAs, runCommand } from "../run/command-process.ts";
import { instrumenterOf } from "../run/instrumenter.ts";
import { type EndedRun, summaryJson, summaryLines } from "../run/summary.ts";
import { everything, type WhatOptions, type WhatToRecord } from "../run/what.ts";

export type RunFlags = WhatOptions & {
  readonly out?: string;
  readonly cache: boolean;
  /** undefined: as the plan says */
  readonly messages?: boolean;
  readonly break?: readonly string[];
  readonly onHit?: "mark" | "stop";
  readonly quiet?: true;
  readonly json?: true;
};

export async function run(
  words: readonly string[],
  options: RunFlags,
  { parent }: Command,
): Promise<void> {
  const command = commandOf(words, rawArguments(parent));
  const { choice, warnings } = await whatOf(options);
  const breaks = await breaksOf(options);
  const out = path.resolve(options.out ?? newRecordingPath(path.basename(command[0] ?? "run")));
  const session = await RunSession.start({
    out,
    plan: planOf(choice, options.messages),
    instrumenter: instrumenterOf(choice),
    cacheFolder: options.cache ? cacheFolder() : null,
    ...(breaks === null ? {} : { observer: breaks }),
  });
  let end: CommandEnd;
  try {
    end = await runCommand(command, session.variables);
  } catch (thrown) {
    await session.end({ code: null, signal: null });
    throw thrown;
  }
  const result = await session.end(end);
  await report({ out, command, end, result, choice, warnings }, options);
  endAs(end);
}

async function report(ended: EndedRun, { quiet, json }: RunFlags): Promise<void> {
  if (json === true) return console.error(await summaryJson(ended));
  if (quiet === true) return;
  for (const line of await summaryLines(ended)) console.error(line);
}

/** Plans and patterns need to know code; without them the command need not wait for that. */
async function whatOf(options: WhatOptions): Promise<WhatToRecord> {
  const { plan, strategy = "full", only = [] } = options;
  if (plan === undefined && strategy === "full" && only.length === 0) return everything();
  const { whatToRecord } = await import("../run/what-to-record.ts");
  return await whatToRecord(options, process.cwd());
}

async function breaksOf(options: RunFlags): Promise<RecordingObserver | null> {
  if (options.break === undefined) return null;
  const { runBreaks } = await import("../run/run-breaks.ts");
  const { onHit = "mark", json = false } = options;
  return runBreaks(options.break, { onHit, json });
}

/** `run` takes a command with options of its own, which must not be mistaken for ours. */
function commandOf(words: readonly string[], raw: readonly string[]): readonly string[] {
  const dashes = raw.indexOf("--");
  if (dashes === -1) {
    throw new UsageError("write -- before the command: elixirscope run -- mix test");
  }
  const command = raw.slice(dashes + 1);
  const [extra] = words.slice(0, words.length - command.length);
  if (extra?.startsWith("-") === true) {
    throw new UsageError(`there is no option ${extra}; elixirscope run --help shows them`);
  }
  if (extra !== undefined) {
    throw new UsageError(`${extra} stands before --; the command belongs behind it`);
  }
  if (command.length === 0) {
    throw new UsageError("there is no command behind --; for example: elixirscope run -- mix test");
  }
  return command;
}

function rawArguments(
  program: (Command & { rawArgs?: readonly string[] }) | null,
): readonly string[] {
  return program?.rawArgs ?? process.argv;
}

/**
 * Everything is wanted, so the bounds are those of the machine rather than of a node in production. What the VM
 * traces costs several times what instrumented code does: a plan within a budget has it only when it says so.
 */
function planOf({ plan, only }: PlanChoice, messages = recordsMessages(plan)): CapturePlan {
  return {
    selectors: only.map(({ text }) => text),
    functions: [],
    processes: "all",
    messages,
    lifecycle: messages,
    state: plan === null,
    arguments: true,
    sampling:
      plan === null || plan.sample === 1
        ? { kind: "always" }
        : { kind: "windows", share: plan.sample },
    limits: DEFAULT_LIMITS,
    budgets: {
      ...DEFAULT_BUDGETS,
      eventsPerSecond: 5_000_000,
      // a loop that does nothing else must not run for hours: it is muted for the rest of the second
      eventsPerSecondPerProcess: 1_000_000,
      targetMemoryBytes: 512 * 1024 * 1024,
      inFlightBytes: 32 * 1024 * 1024,
    },
  };
}

function recordsMessages(plan: PlanChoice["plan"]): boolean {
  if (plan === null) return true;
  const isWanted = plan.functions.some(({ captures }) => captures.includes("messages"));
  return isWanted && plan.budget === null;
}
