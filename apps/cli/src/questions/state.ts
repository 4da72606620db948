// `elixirscope state`: the state of a process at an instant, what changed between two, or its history.

import { history, recordingRange, state as stateOf, stateDiff } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { historyText, stateDiffText, stateText } from "../format/state-text.ts";
import { parseCount, parseInstantNs, parseMost } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { instantAt, processAt } from "./process-at.ts";

type StateOptions = {
  readonly pid?: string;
  readonly at?: number;
  readonly diff?: number;
  readonly history?: true;
  readonly from?: number;
  readonly to?: number;
  readonly offset: number;
  readonly limit: number;
  readonly json?: true;
};

const HELP = `
A state is recorded whenever a callback of an OTP behaviour returns. --history shows each with what changed in
it and the message that was handled; --from, --to, --offset and --limit say which ones.

Examples:
  elixirscope state shop.escope --pid Shop.Inventory --at 1.5s
  elixirscope state shop.escope --pid Shop.Inventory --at 1s --diff 2s
  elixirscope state shop.escope --pid Shop.Inventory --history --from 1s --to 1.1s`;

export function defineState(elixirscope: Command): void {
  elixirscope
    .command("state")
    .description("the state of a process at an instant, its difference to another, its history")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--pid <process>", "a pid as printed, or a registered name, e.g. Shop.Cart")
    .option(
      "--at <time>",
      "since the recording's start, e.g. 1.5s, 1500ms (default: its end)",
      parse(parseInstantNs),
    )
    .option("--diff <time>", "what is different at this instant from --at", parse(parseInstantNs))
    .option("--history", "every recorded state, with its change and its cause")
    .option("--from <time>", "of a history: not before this", parse(parseInstantNs))
    .option("--to <time>", "of a history: not after this", parse(parseInstantNs))
    .option("--offset <n>", "of a history: leave out as many", parse(parseMost), 0)
    .option("--limit <n>", "of a history: states at most (up to 1,000)", parse(parseCount), 50)
    .option("--json", "print the answer as JSON")
    .addHelpText("after", HELP)
    .action(state);
}

async function state(recording: string, options: StateOptions): Promise<void> {
  const { diff, history: isHistory } = options;
  if (diff !== undefined && isHistory === true) {
    throw new UsageError("say one thing: --diff TIME or --history");
  }
  if (isHistory === true) return await showHistory(recording, options);
  if (options.from !== undefined || options.to !== undefined) {
    throw new UsageError(
      "--from and --to are about a history: add --history, or say --at and --diff",
    );
  }
  if (diff !== undefined) return await showDiff(recording, options, diff);
  await ask(
    recording,
    options.json === true,
    async (source) => {
      const { process, t } = await processAt(source, options.pid, options.at);
      return { name: process.name, t, view: await stateOf(source, { pid: process.pid, t }) };
    },
    stateText,
  );
}

async function showDiff(recording: string, options: StateOptions, diff: number): Promise<void> {
  await ask(
    recording,
    options.json === true,
    async (source) => {
      const { process, t: t1 } = await processAt(source, options.pid, options.at);
      const t2 = await instantAt(source, diff);
      return seen(process, await stateDiff(source, { pid: process.pid, t1, t2 }));
    },
    stateDiffText,
  );
}

async function showHistory(recording: string, options: StateOptions): Promise<void> {
  if (options.at !== undefined) {
    throw new UsageError("a history has a range, not an instant: say --from and --to for --at");
  }
  await ask(
    recording,
    options.json === true,
    async (source) => {
      const { t0, t1 } = await recordingRange(source);
      const { process, t: to } = await processAt(source, options.pid, options.to ?? t1);
      const { from = t0, offset, limit } = options;
      return seen(process, await history(source, { pid: process.pid, from, to, offset, limit }));
    },
    historyText,
  );
}

function seen<T>(
  { pid, name }: { readonly pid: string; readonly name: string | null },
  view: T | null,
): { readonly name: string | null; readonly view: T } {
  if (view === null) throw new UsageError(`nothing of ${pid} was recorded`);
  return { name, view };
}
