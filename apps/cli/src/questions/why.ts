// `elixirscope why`: how it came to an event. Of a crash also what failed, in which state, and what followed.

import { crashes, why as whyOf, type Crashes, type Source, type WhyView } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { parseCount, parseId } from "../format/units.ts";
import { crashListText, whyText } from "../format/why-text.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { projectFiles } from "./project-files.ts";

type WhyOptions = {
  readonly event?: number;
  readonly crash?: number;
  readonly lastCrash?: true;
  readonly list?: true;
  readonly project?: string;
  readonly json?: true;
};

const LISTED = 20;

const HELP = `
Without an event it tells the newest crash: a process that ended for another reason than :normal or :shutdown,
and not only because one that it was linked to did. Each line names its event (#): ask on with --event.

Examples:
  elixirscope why shop.escope
  elixirscope why shop.escope --list
  elixirscope why shop.escope --crash 2
  elixirscope why shop.escope --event 5011
  elixirscope why shop.escope --project examples/shop`;

export function defineWhy(elixirscope: Command): void {
  elixirscope
    .command("why")
    .description("the story of a crash, or of any event: what led to it, what it led to")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--event <id>", "of this event", parse(parseId))
    .option("--crash <n>", "of the n-th newest crash", parse(parseCount))
    .option("--last-crash", "of the newest crash (default)")
    .option("--list", "list the newest crashes")
    .option("--project <dir>", "read the code here when the recording has no sources")
    .option("--json", "print the answer as JSON")
    .addHelpText("after", HELP)
    .action(why);
}

type Answer = { readonly view: WhyView; readonly others: number };

async function why(recording: string, options: WhyOptions): Promise<void> {
  const { event, crash, lastCrash, list, project, json } = options;
  const asked = [event, crash, lastCrash, list].filter((one) => one !== undefined);
  if (asked.length > 1) {
    throw new UsageError("say one thing: --event ID, --crash N, --last-crash or --list");
  }
  const isJson = json === true;
  if (list === true) {
    await ask(recording, isJson, (source) => crashes(source, LISTED), crashListText);
    return;
  }
  const files = await projectFiles(project);
  await ask(
    recording,
    isJson,
    async (source): Promise<WhyView | Answer> => {
      const { id, others } = await subjectOf(source, event, crash ?? 1);
      const view = await whyOf(source, id, { files });
      if (view === null) throw new UsageError(`the recording has no event ${id}`);
      return isJson ? view : { view, others };
    },
    (answer, stream) => ("others" in answer ? whyText(answer.view, answer.others, stream) : ""),
  );
}

/** `others`: crashes beside the one that is told. */
async function subjectOf(
  source: Source,
  event: number | undefined,
  crash: number,
): Promise<{ readonly id: number; readonly others: number }> {
  if (event !== undefined) return { id: event, others: 0 };
  const known = await crashes(source, Math.max(LISTED, crash));
  const chosen = known.crashes[crash - 1];
  if (chosen === undefined) throw new UsageError(noCrash(known, crash));
  return { id: chosen.event, others: known.crashes.length - 1 };
}

function noCrash({ crashes: known, searched, isAll }: Crashes, crash: number): string {
  if (known.length > 0) return `there are ${known.length} crashes, no crash ${crash}`;
  const where = isAll ? "" : ` among the newest ${searched}`;
  return `no process ended in a crash${where}: ${searched} ends of processes were recorded; ask for an exception by its event: elixirscope query RECORDING "select id from events where kind = 'exception'"`;
}
