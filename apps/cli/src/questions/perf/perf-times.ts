// `elixirscope perf REC`: self, total and waiting time per function, or per process.

import { times, type Times } from "@elixirscope/query";
import { Option, type Command } from "commander";
import { timesText } from "../../format/times-text.ts";
import { parseCount } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";
import { ask } from "../ask.ts";
import { rangeOf, withRange, type RangeOptions } from "./range-options.ts";

type TimesOptions = RangeOptions & {
  readonly by: "function" | "process";
  readonly limit: number;
  readonly json?: true;
};

const HELP = `
Running is what is not waiting: on a scheduler or ready for one, the recording's own cost included. Waiting is the
time from the event before in the process to the receive that ended it, for a message sent meanwhile: "≤" where that is inferred.

Examples:
  elixirscope perf shop.escope
  elixirscope perf shop.escope --by process --from 2s --to 4s
  elixirscope perf shop.escope --limit 5 --json`;

export function definePerfTimes(perf: Command): void {
  withRange(perf.command("times", { isDefault: true }))
    .description("self, total and waiting time per function or per process (the default)")
    .addOption(
      new Option("--by <what>", "what the rows are")
        .choices(["function", "process"])
        .default("function"),
    )
    .option("--limit <n>", "rows at most", parse(parseCount), 20)
    .option("--json", "print functions and processes as JSON")
    .addHelpText("after", HELP)
    .action(perfTimes);
}

async function perfTimes(recording: string, options: TimesOptions): Promise<void> {
  const { by, limit, json } = options;
  await ask<Times>(
    recording,
    json === true,
    async (source, asking) =>
      await times(source, await rangeOf(source, options), { ...asking, limit }),
    (answer, stream) => timesText(answer, by, stream),
  );
}
