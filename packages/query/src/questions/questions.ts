// Questions that join a recording with the analysed code, by name.

import { assertNever, err, nearestNames, ok, type Result } from "@elixirscope/base";
import type { NoAnswer, QuestionView } from "@elixirscope/wire";
import { limitsOf, type Ingredient } from "../limits.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { CLAUSE_QUESTIONS } from "./clause-questions.ts";
import { FUNCTION_QUESTIONS } from "./function-questions.ts";
import { literalSql } from "./literal-sql.ts";
import { PROCESS_QUESTIONS } from "./process-questions.ts";
import {
  COMPILED,
  watchedFunctions,
  type Need,
  type Question,
  type QuestionContext,
} from "./question.ts";

export const QUESTIONS: readonly Question[] = [
  ...FUNCTION_QUESTIONS,
  ...CLAUSE_QUESTIONS,
  ...PROCESS_QUESTIONS,
];

export type QuestionParams = {
  readonly name: string;
  readonly parameters?: ReadonlyMap<string, number>;
  /** ns; without them the whole recording */
  readonly from?: number;
  readonly to?: number;
  /** rows at most */
  readonly limit: number;
};

export async function askQuestion(
  source: Source,
  params: QuestionParams,
): Promise<Result<QuestionView, NoAnswer>> {
  const question = QUESTIONS.find(({ name }) => name === params.name);
  if (question === undefined) {
    const names = QUESTIONS.map(({ name }) => name);
    const near = nearestNames(params.name, names);
    const nearest = near.length > 0 ? near : names;
    return err({ code: "no_question", message: `there is no question ${params.name}`, nearest });
  }
  const given = params.parameters ?? new Map<string, number>();
  const known = question.parameters.map(({ name }) => name);
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `${question.name} has no parameter ${unknown}`;
    return err({ code: "no_parameter", message, nearest: known });
  }
  const context = await contextOf(source, question, params, given);
  for (const need of question.needs) {
    const missing = await missingText(source, need, context);
    if (missing !== null) return err({ code: "not_recorded", message: missing, nearest: [] });
  }
  const text = literalSql(question.sql(context));
  const { columns, rows, truncated } = await source.query(text, { limit: params.limit });
  const { from, to } = context;
  return ok({
    name: question.name,
    about: question.about,
    sql: text,
    columns,
    rows,
    more: truncated,
    limits: [
      ...(question.needs.includes("watched") ? await unwatched(source, context) : []),
      ...partial(source),
      ...(await limitsOf(source, { pids: null, from, to }, ingredientsOf(question))),
      ...question.caveats,
    ],
  });
}

async function contextOf(
  source: Source,
  question: Question,
  { from, to }: QuestionParams,
  given: ReadonlyMap<string, number>,
): Promise<QuestionContext> {
  const { t0, t1 } = await recordingRange(source);
  const parameters = new Map(
    question.parameters.map((one) => [one.name, given.get(one.name) ?? one.default]),
  );
  return { from: from ?? t0, to: to ?? t1, parameters, plan: source.manifest.plan };
}

function ingredientsOf({ name }: Question): readonly Ingredient[] {
  return name === "children-that-exited" ? ["lifecycle"] : ["calls"];
}

/** Null: it is there. */
async function missingText(
  source: Source,
  need: Need,
  context: QuestionContext,
): Promise<string | null> {
  switch (need) {
    case "code":
      return (await has(source, sql`SELECT count(*) FROM code.functions`))
        ? null
        : "this joins the recording with the analysed code, which it does not have: `elixirscope analyze . --tests --out RECORDING`, in the project";
    case "sites":
      return (await has(source, sql`SELECT count(*) FROM raw.sites`))
        ? null
        : "this needs instrumented code: record with `elixirscope run -- mix test`, or with `attach --deep`";
    case "watched":
      return (await has(source, sql`SELECT count(*) FROM (${watchedFunctions(context)})`))
        ? null
        : "the recording does not say which functions it watched, so that it cannot tell which were not called";
    default:
      return assertNever(need);
  }
}

async function has(source: Source, count: ReturnType<typeof sql>): Promise<boolean> {
  const [row] = await select(source, count);
  return asNumber(row?.[0] ?? 0) > 0;
}

/** Functions of which nothing would have been recorded: not called, or not looked at? */
async function unwatched(source: Source, context: QuestionContext): Promise<readonly string[]> {
  const [row] = await select(
    source,
    sql`WITH watched AS (${watchedFunctions(context)})
      SELECT count(*), count(*) FILTER (NOT EXISTS (FROM watched w WHERE w.module = c.module
        AND w."function" = c."function" AND w.arity BETWEEN c.min_arity AND c.arity))
      FROM code.functions c WHERE c.file IN ${COMPILED} AND c.kind IN ('def', 'defp')`,
  );
  const [all, missing] = [asNumber(row?.[0] ?? 0), asNumber(row?.[1] ?? 0)];
  return missing === 0
    ? []
    : [
        `${missing} of ${all} functions of the code were not watched: whether they ran is not known`,
      ];
}

/** Calls of watched functions that were left out on purpose. */
function partial({ manifest: { plan } }: Source): readonly string[] {
  return [
    ...(plan.processes === "all"
      ? []
      : [`only calls in these processes were recorded: ${plan.processes.join(", ")}`]),
    ...(plan.selectors.some((selector) => selector.includes("("))
      ? ["of functions with a condition only the calls that met it were recorded"]
      : []),
  ];
}
