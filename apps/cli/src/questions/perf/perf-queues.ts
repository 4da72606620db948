// `elixirscope perf queues` and `perf bottlenecks`: mailboxes, and who holds others up.

import { bottlenecks, queues } from "@elixirscope/query";
import type { Command } from "commander";
import { bottlenecksText, queuesText } from "../../format/mailbox-text.ts";
import { parseCount } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";
import { ask } from "../ask.ts";
import { rangeOf, withRange, type RangeOptions } from "./range-options.ts";

type MailboxOptions = RangeOptions & { readonly limit: number; readonly json?: true };

/** As many as fit beside the numbers. */
const BUCKETS = 30;

const QUEUES_HELP = `
A message lies in the mailbox from its send to the moment when the behaviour takes it; in processes that report no
handling, to its receive. "could/s" is 1 / mean time in a callback, "busy" the share of time in callbacks.

Example:
  elixirscope perf queues shop.escope --from 2s --to 4s`;

export function definePerfQueues(perf: Command): void {
  mailboxCommand(perf, "queues")
    .description("mailboxes: length over time, arrivals against service, how long messages lay")
    .addHelpText("after", QUEUES_HELP)
    .action(async (recording: string, options: MailboxOptions) => {
      await ask(
        recording,
        options.json === true,
        async (source) =>
          await queues(source, await rangeOf(source, options), {
            limit: options.limit,
            buckets: BUCKETS,
          }),
        queuesText,
      );
    });
  mailboxCommand(perf, "bottlenecks")
    .description("processes that hold others up, with the events that show it")
    .addHelpText("after", "\nExample:\n  elixirscope perf bottlenecks shop.escope")
    .action(async (recording: string, options: MailboxOptions) => {
      await ask(
        recording,
        options.json === true,
        async (source) => await bottlenecks(source, await rangeOf(source, options), options),
        bottlenecksText,
      );
    });
}

function mailboxCommand(perf: Command, name: string): Command {
  return withRange(perf.command(name))
    .option("--limit <n>", "processes at most", parse(parseCount), 10)
    .option("--json", "print them as JSON");
}
