// `elixirscope questions`: ready-made SQL that joins a recording with the analysed code.

import { askQuestion, QUESTIONS, type NoAnswer, type QuestionView } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { questionListText, questionText } from "../format/questions-text.ts";
import { rowObjects } from "../format/table.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { instantAt, withNearest } from "./process-at.ts";

type QuestionsOptions = {
  readonly param?: ReadonlyMap<string, number>;
  readonly from?: number;
  readonly to?: number;
  readonly last?: number;
  readonly limit: number;
  readonly sql?: true;
  readonly json?: true;
};

const QUESTIONS_HELP = `
Most questions need the code beside the recording. In the project:
  elixirscope analyze . --tests --out shop.escope

Examples:
  elixirscope questions shop.escope
  elixirscope questions shop.escope complex-and-raised --param cyclomatic=3 --last 60s
  elixirscope questions shop.escope clauses-never-chosen
  elixirscope questions shop.escope functions-never-called --sql`;

export function defineQuestionsCommand(elixirscope: Command): void {
  elixirscope
    .command("questions")
    .description("ask a ready-made question that joins a recording with the analysed code")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .argument("[name]", "the question; without it they are listed")
    .option(
      "--param <name=number>",
      "a parameter of the question; may be given several times",
      param,
    )
    .option("--from <time>", "only what happened after this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "only what happened before this", parse(parseInstantNs))
    .option("--last <time>", "only the last part of the recording, e.g. 60s", parse(parseInstantNs))
    .option("--limit <n>", "rows at most", parse(parseCount), 100)
    .option("--sql", "print the SQL, too: `query` takes it as it is")
    .option("--json", "print the rows, the SQL and the limits as JSON")
    .addHelpText("after", QUESTIONS_HELP)
    .action(questions);
}

function param(
  text: string,
  before: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, number> {
  const [, name, value] = /^([\w-]+)=(\d{1,15})$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`write --param name=number, not ${text}`);
  return new Map([...(before ?? []), [name, Number(value)]]);
}

async function questions(
  recording: string,
  name: string | undefined,
  options: QuestionsOptions,
): Promise<void> {
  const isJson = options.json === true;
  if (name === undefined) {
    // functions are left out of JSON
    const list = isJson
      ? JSON.stringify(QUESTIONS, null, 1)
      : questionListText(QUESTIONS, process.stdout);
    console.log(list);
    return;
  }
  let view: QuestionView | undefined;
  await ask(
    recording,
    isJson,
    async (source) => {
      const { from, to, last, limit, param: parameters } = options;
      if (last !== undefined && from !== undefined) {
        throw new UsageError("--last and --from both say where to begin: leave one out");
      }
      const end = await instantAt(source, to);
      const begin = last === undefined ? from : Math.max(0, end - last);
      const answer = await askQuestion(source, {
        name,
        limit,
        to: end,
        ...(begin === undefined ? {} : { from: begin }),
        ...(parameters === undefined ? {} : { parameters }),
      });
      if (!answer.ok) throw new UsageError(refusal(answer.error));
      view = answer.value;
      return { ...view, rows: rowObjects(view) };
    },
    (_, stream) =>
      view === undefined
        ? ""
        : questionText(view, options.sql === true ? "with_sql" : "without_sql", stream),
  );
}

function refusal(error: NoAnswer): string {
  return withNearest(error);
}
