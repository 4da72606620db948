// `elixirscope mailbox`: the messages that waited for a process at an instant.

import { mailboxAt, type MailboxView, type Source } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { mailboxTextOf } from "../format/process-text.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { processAt } from "./process-at.ts";

type MailboxOptions = {
  readonly pid?: string;
  readonly at?: number;
  readonly limit: number;
  readonly json?: true;
};

const HELP = `
A message waits from its send until an OTP behaviour takes it; of other processes until it arrives, since
nothing tells which message a \`receive\` took. First what had arrived, in its order, then what the process had
not seen yet, as it was sent.

Examples:
  elixirscope mailbox shop.escope --pid Shop.Notifier --at 3.065s
  elixirscope mailbox shop.escope --pid '<0.166.0>' --at 3.065s --json`;

export function defineMailbox(elixirscope: Command): void {
  elixirscope
    .command("mailbox")
    .description("the messages that waited for a process at an instant")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--pid <process>", "a pid as printed, or a registered name, e.g. Shop.Cart")
    .option(
      "--at <time>",
      "since the recording's start, e.g. 1.5s, 1500ms (default: its end)",
      parse(parseInstantNs),
    )
    .option("--limit <n>", "messages at most", parse(parseCount), 50)
    .option("--json", "print the messages as JSON")
    .addHelpText("after", HELP)
    .action(mailbox);
}

async function mailbox(recording: string, options: MailboxOptions): Promise<void> {
  await ask(recording, options.json === true, (source) => look(source, options), mailboxTextOf);
}

async function look(
  source: Source,
  { pid, at, limit }: MailboxOptions,
): Promise<{ readonly name: string | null; readonly view: MailboxView }> {
  const { process, t } = await processAt(source, pid, at);
  const view = await mailboxAt(source, { pid: process.pid, t, limit });
  if (view === null) throw new UsageError(`nothing of ${process.pid} was recorded`);
  return { name: process.name, view };
}
