// A named question: SQL over a recording joined with the analysed code, with its parameters and what it
// needs. The SQL that is shown is the SQL that ran.

import type { CapturePlan } from "@elixirscope/trace";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import { sql, Sql, type SqlValue } from "../sql.ts";

/**
 * - `code`: the analysed project    - `sites`: instrumented code
 * - `watched`: the recording knows which functions it would have recorded
 */
export type Need = "code" | "sites" | "watched";

export type QuestionParameter = {
  readonly name: string;
  readonly about: string;
  /** a whole number */
  readonly default: number;
};

export type QuestionContext = {
  /** ns; calls that began, events that happened in it */
  readonly from: number;
  readonly to: number;
  readonly parameters: ReadonlyMap<string, number>;
  readonly plan: CapturePlan;
};

export type Question = {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly Need[];
  readonly parameters: readonly QuestionParameter[];
  readonly sql: (context: QuestionContext) => Sql;
  /** what the answer cannot know, whatever the recording */
  readonly caveats: readonly string[];
};

export const RAISED: number = CALL_OUTCOMES.indexOf("raised");

export function parameter({ parameters }: QuestionContext, name: string): number {
  return parameters.get(name) ?? 0;
}

/** Calls of the range by function: `id`, `calls`, `raised`, `self_ns`, `event` (the first one's). */
export function calledFunctions({ from, to }: QuestionContext): Sql {
  return sql`SELECT "function" AS id, count(*) AS calls, count(*) FILTER (outcome = ${RAISED}) AS raised,
          sum(self_ns) AS self_ns, min(call) AS event
        FROM raw.calls WHERE t_enter BETWEEN ${from} AND ${to} GROUP BY "function"`;
}

/** A recorded function `f` in the code `c`, also by an arity that default arguments give it. */
export const SAME_FUNCTION: Sql = sql`c.module = f.module AND c."function" = f."function" AND f.arity BETWEEN c.min_arity AND c.arity`;

/** Files that the project compiles: not its tests and scripts. */
export const COMPILED: Sql = sql`(SELECT path FROM code.files WHERE role = 'compiled')`;

/** `module`, `function`, `arity` of all that would have been recorded, had it been called. */
export function watchedFunctions({ plan }: QuestionContext): Sql {
  const instrumented = sql`SELECT DISTINCT f.module, f."function", f.arity
        FROM raw.sites s JOIN base.functions f ON f.id = s."function"`;
  if (plan.functions.length === 0) return instrumented;
  return sql`${instrumented}
        UNION SELECT * FROM (VALUES ${rowsOf(plan)}) AS traced(module, "function", arity)`;
}

/** Flat, as a plan may have thousands. */
function rowsOf({ functions }: CapturePlan): Sql {
  const parts = functions.map((_, i) => (i === 0 ? "(" : "), ("));
  const inner = functions.map(
    ({ module, function: name, arity }): SqlValue =>
      sql`${module.replace(/^Elixir\./, "")}, ${name}, ${arity}`,
  );
  return new Sql([...parts, ")"], inner);
}
