// `elixirscope clauses`: why a call took the clause that it took, and which clauses never were.

import { clauses as clausesOf, type ClausesView, type NoClauses } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { clausesText } from "../format/clauses-text.ts";
import { parseId } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { projectFiles } from "./project-files.ts";

type ClausesOptions = {
  readonly call?: number;
  readonly event?: number;
  readonly project?: string;
  readonly json?: true;
};

const HELP = `
Patterns and guards are evaluated here, over the recorded values; nothing of the target runs. The clauses are
read from the sources in the recording, else from --project.

Examples:
  elixirscope find shop.escope --when 'Shop.Pricing.discount/2' --first
  elixirscope clauses shop.escope --call 5011
  elixirscope clauses shop.escope --call 5011 --project examples/shop`;

export function defineClauses(elixirscope: Command): void {
  elixirscope
    .command("clauses")
    .description("why a call took the clause that it took: what the others refused")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--call <id>", "this call (its event's id)", parse(parseId))
    .option("--event <id>", "the call or branch that this event is or happened in", parse(parseId))
    .option("--project <dir>", "read the code here when the recording has no sources")
    .option("--json", "print the clauses as JSON")
    .addHelpText("after", HELP)
    .action(clauses);
}

async function clauses(recording: string, options: ClausesOptions): Promise<void> {
  const { call, event, project, json } = options;
  const asked = call ?? event;
  if (asked === undefined || (call !== undefined && event !== undefined)) {
    throw new UsageError("say which: --call ID or --event ID");
  }
  const files = await projectFiles(project);
  await ask(
    recording,
    json === true,
    async (source): Promise<ClausesView> => {
      const answer = await clausesOf(source, asked, { files });
      if (answer.ok) return answer.view;
      throw withHint(answer.missing);
    },
    clausesText,
  );
}

export function withHint({ code, message }: NoClauses): UsageError {
  return new UsageError(
    code === "no_sources" ? `${message}; say where its code is: --project DIR` : message,
  );
}
