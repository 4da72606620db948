// `elixirscope origin`: where a value came from.

import { origin as originOf, type OriginView } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { originText } from "../format/origin-text.ts";
import { parseId } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { withNearest } from "./process-at.ts";
import { projectFiles } from "./project-files.ts";

type OriginOptions = {
  readonly event?: number;
  readonly path?: string;
  readonly name?: string;
  readonly project?: string;
  readonly json?: true;
};

const HELP = `
PATH goes into what the event holds: args of a call, result of a return, body of a message, state, then .key
of a map, ["key"], [0] of a list, {0} of a tuple.

Each line is a place that had the value, from the one asked about back in time. What follows from the code's data
flow, from a matched message or from a behaviour's contract is exact; what only has an equal value is inferred, with
the number of equal ones. Where equal values are everywhere it says that it cannot be told.

Examples:
  elixirscope origin shop.escope --event 5011 --path 'args[0]'
  elixirscope origin shop.escope --event 5022 --name level
  elixirscope origin shop.escope --event 631 --path 'state["apple"]'`;

export function defineOrigin(elixirscope: Command): void {
  elixirscope
    .command("origin")
    .description("where a value came from: back through calls, variables, messages and states")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option(
      "--event <id>",
      "the call, return, message, state or binding that holds it",
      parse(parseId),
    )
    .option("--path <path>", "where in it, e.g. 'args[1].items[0].qty'")
    .option("--name <variable>", "a variable there")
    .option("--project <dir>", "read the code here when the recording has no sources")
    .option("--json", "print the places as JSON")
    .addHelpText("after", HELP)
    .action(origin);
}

async function origin(
  recording: string,
  { event, path, name, project, json }: OriginOptions,
): Promise<void> {
  if (event === undefined) {
    throw new UsageError("say which value: --event ID with --path PATH or --name VARIABLE");
  }
  const files = await projectFiles(project);
  await ask(
    recording,
    json === true,
    async (source, { signal }): Promise<OriginView> => {
      const answer = await originOf(source, event, {
        signal,
        files,
        ...(path === undefined ? {} : { path }),
        ...(name === undefined ? {} : { name }),
      });
      if (!answer.ok) throw new UsageError(withNearest(answer.missing));
      return answer.view;
    },
    originText,
  );
}
