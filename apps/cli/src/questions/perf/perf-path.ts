// `elixirscope perf path`: what the time of one request was spent on, across processes.

import { criticalPath, type CriticalPath, type Source } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../../exit-codes.ts";
import { pathText } from "../../format/path-text.ts";
import { parseCount, parseId } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";
import { ask } from "../ask.ts";

type PathOptions = { readonly event?: number; readonly limit: number; readonly json?: true };

const HELP = `
The event is a call, the send of a GenServer.call, a message that a behaviour handled, a test's call, or anything
that happened inside of a call. \`perf REC\` names the slowest call of each function.

Examples:
  elixirscope perf path shop.escope --event 269484
  elixirscope perf path shop.escope --event 269484 --json`;

export function definePerfPath(perf: Command): void {
  perf
    .command("path")
    .description("the critical path of a request across processes, in pieces that sum to its time")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--event <id>", "the request", parse(parseId))
    .option("--limit <n>", "pieces at most, the longest ones", parse(parseCount), 30)
    .option("--json", "print the path as JSON")
    .addHelpText("after", HELP)
    .action(perfPath);
}

async function perfPath(recording: string, options: PathOptions): Promise<void> {
  await ask(recording, options.json === true, (source) => look(source, options), pathText);
}

async function look(source: Source, { event, limit }: PathOptions): Promise<CriticalPath> {
  if (event === undefined) {
    throw new UsageError(
      "say which request: --event ID of a call; `elixirscope perf REC` lists slow ones",
    );
  }
  const path = await criticalPath(source, event, { limit });
  if (path === null) {
    throw new UsageError(
      `event ${event} is not in the recording, or nothing that took a known time began with it; \`elixirscope perf REC\` lists slow calls`,
    );
  }
  return path;
}
