// `elixirscope stack`: what one process was executing at an instant, with its variables.

import { stack as stackOf, type Source, type StackView } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { stackText } from "../format/stack-text.ts";
import { parseId, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { processAt } from "./process-at.ts";

type StackOptions = {
  readonly pid?: string;
  readonly at?: number;
  readonly event?: number;
  readonly json?: true;
};

export function defineStack(elixirscope: Command): void {
  elixirscope
    .command("stack")
    .description("what a process was executing at an instant, with its variables")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--pid <process>", "a pid as printed, or a registered name, e.g. Shop.Cart")
    .option(
      "--at <time>",
      "since the recording's start, e.g. 1.5s, 1500ms (default: its end)",
      parse(parseInstantNs),
    )
    .option("--event <id>", "right after this event, in its process", parse(parseId))
    .option("--json", "print the stack as JSON, innermost call last")
    .action(stack);
}

async function stack(recording: string, options: StackOptions): Promise<void> {
  await ask(recording, options.json === true, (source) => look(source, options), stackText);
}

async function look(source: Source, { pid, at, event }: StackOptions): Promise<StackView> {
  if (event !== undefined) {
    if (pid !== undefined || at !== undefined) {
      throw new UsageError("--event names process and time: leave out --pid and --at");
    }
    const view = await stackOf(source, null, { kind: "event", event });
    if (view === null) throw new UsageError(`the recording has no event ${event}`);
    return view;
  }
  if (pid === undefined) {
    throw new UsageError("say whose stack: --pid '<0.123.0>' or a registered name, or --event ID");
  }
  const { process, t } = await processAt(source, pid, at);
  const view = await stackOf(source, process.pid, { kind: "time", t });
  if (view === null) throw new UsageError(`nothing of ${process.pid} was recorded`);
  return view;
}
