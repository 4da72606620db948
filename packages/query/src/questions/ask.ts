// The named questions as the page asks them.

import type { Params, QuestionFacts, Reply } from "@elixirscope/wire";
import type { Source } from "../sql.ts";
import { askQuestion, QUESTIONS } from "./questions.ts";

export async function questions(): Promise<readonly QuestionFacts[]> {
  return QUESTIONS.map(({ name, about, needs, parameters, caveats }) => ({
    name,
    about,
    needs,
    parameters,
    caveats,
  }));
}

export async function ask(
  source: Source,
  { parameters, ...params }: Params<"ask">,
): Promise<Reply<"ask">> {
  const given = new Map(parameters.map(({ name, value }) => [name, value]));
  const answer = await askQuestion(source, { ...params, parameters: given });
  return answer.ok ? { kind: "answer", view: answer.value } : { kind: "none", why: answer.error };
}
