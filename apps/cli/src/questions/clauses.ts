// `elixirscope clauses`: why a call took the clause that it took, and which clauses never were.

import {
  clauses as clausesOf,
  neverChosen,
  type ClausesView,
  type NoClauses,
} from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { clausesText, neverChosenText } from "../format/clauses-text.ts";
import { parseId } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { projectFiles } from "./project-files.ts";

type ClausesOptions = {
  readonly call?: number;
  readonly event?: number;
  readonly never?: true;
  readonly project?: string;
  readonly json?: true;
};

const HELP = `
Patterns and guards are evaluated here, over the recorded values; nothing of the target runs. The clauses are
read from the sources in the recording, else from --project.
--never lists clauses that no call took although their function ran: of instrumented code from what was
counted, of other code from a sample of calls. Those that a call would have matched, had an earlier clause
not taken it, come first.

Examples:
  elixirscope find shop.escope --when 'Shop.Pricing.discount/2' --first
  elixirscope clauses shop.escope --call 5011
  elixirscope clauses shop.escope --call 5011 --project examples/shop
  elixirscope clauses shop.escope --never`;

export function defineClauses(elixirscope: Command): void {
  elixirscope
    .command("clauses")
    .description(
      "why a call took its clause and what the others refused, or which clauses no call took",
    )
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--call <id>", "this call (its event's id)", parse(parseId))
    .option("--event <id>", "the call or branch that this event is or happened in", parse(parseId))
    .option("--never", "list the clauses that were never taken in the whole recording")
    .option("--project <dir>", "read the code here when the recording has no sources")
    .option("--json", "print the clauses as JSON")
    .addHelpText("after", HELP)
    .action(clauses);
}

async function clauses(recording: string, options: ClausesOptions): Promise<void> {
  const { call, event, never, project } = options;
  const asked = [call, event].filter((id) => id !== undefined);
  const [id] = asked;
  if (asked.length + (never === true ? 1 : 0) !== 1) {
    throw new UsageError("say one thing: --call ID, --event ID or --never");
  }
  const isJson = options.json === true;
  const files = await projectFiles(project);
  if (id === undefined) {
    await ask(
      recording,
      isJson,
      (source, asking) => neverChosen(source, { files, ...asking }),
      neverChosenText,
    );
    return;
  }
  await ask(
    recording,
    isJson,
    async (source): Promise<ClausesView> => {
      const answer = await clausesOf(source, id, { files });
      if (answer.ok) return answer.view;
      throw withHint(answer.missing);
    },
    clausesText,
  );
}

function withHint({ code, message }: NoClauses): UsageError {
  return new UsageError(
    code === "no_sources" ? `${message}; say where its code is: --project DIR` : message,
  );
}
