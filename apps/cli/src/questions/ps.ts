// `elixirscope ps`: which processes lived at an instant, and what each was doing.

import { processesAt } from "@elixirscope/query";
import type { Command } from "commander";
import { processesText, processTreeText } from "../format/process-text.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { instantAt } from "./process-at.ts";

type PsOptions = {
  readonly at?: number;
  readonly tree?: true;
  readonly limit: number;
  readonly json?: true;
};

const HELP = `
mailbox: messages that waited; 3+1? means three and maybe one more; ? that messages to it were not recorded.
doing: the innermost recorded call that ran, the message that is handled, waiting (a behaviour at rest), no
recorded call (it waits, or runs what is not traced), or not seen before (it may not have existed).

Examples:
  elixirscope ps shop.escope --at 1.5s
  elixirscope ps shop.escope --at 1.5s --tree`;

export function definePs(elixirscope: Command): void {
  elixirscope
    .command("ps")
    .description("the processes at an instant: names, parents, running calls, mailboxes")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option(
      "--at <time>",
      "since the recording's start, e.g. 1.5s, 1500ms (default: its end)",
      parse(parseInstantNs),
    )
    .option("--tree", "each process below the one that started it")
    .option("--limit <n>", "processes at most, those with names first", parse(parseCount), 200)
    .option("--json", "print the processes as JSON, with their links")
    .addHelpText("after", HELP)
    .action(ps);
}

async function ps(recording: string, { at, tree, limit, json }: PsOptions): Promise<void> {
  await ask(
    recording,
    json === true,
    async (source) => await processesAt(source, { t: await instantAt(source, at), limit }),
    tree === true ? processTreeText : processesText,
  );
}
