// `elixirscope deadlocks`: synchronous calls that waited for each other, and those that were never answered.

import { deadlocks as deadlocksOf } from "@elixirscope/query";
import type { Command } from "commander";
import { deadlockText } from "../format/deadlock-text.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";

type DeadlocksOptions = {
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly json?: true;
};

const DEADLOCKS_HELP = `
A deadlock is a cycle of calls: each process waits for the next, the last for the first. Of a call that was
never answered you see the chain of waiting, and what the last process in it was executing at that moment.

Examples:
  elixirscope deadlocks shop.escope
  elixirscope deadlocks shop.escope --from 2s --to 10s --json`;

export function defineDeadlocks(elixirscope: Command): void {
  elixirscope
    .command("deadlocks")
    .description("calls that waited for each other, and calls that were never answered")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--from <time>", "calls made from here on, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "calls made up to here", parse(parseInstantNs))
    .option(
      "--limit <n>",
      "deadlocks and groups of unanswered calls at most",
      parse(parseCount),
      20,
    )
    .option("--json", "print cycles and chains as JSON")
    .addHelpText("after", DEADLOCKS_HELP)
    .action(deadlocks);
}

async function deadlocks(recording: string, options: DeadlocksOptions): Promise<void> {
  const { json, ...asked } = options;
  await ask(recording, json === true, (source) => deadlocksOf(source, asked), deadlockText);
}
