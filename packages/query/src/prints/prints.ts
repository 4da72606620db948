// Retroactive prints: what an expression would have printed, had it stood at a place while it was recorded.

import { err, ok, type Result } from "@elixirscope/base";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { Printed, UnreadablePrint } from "@elixirscope/wire";
import type { ConditionError } from "../condition/condition-error.ts";
import type { Evaluated } from "../condition/evaluated.ts";
import { searchSteps, type SearchOptions, type StepSearch } from "../find/search-steps.ts";
import { hitOf, withPids, type Hit } from "../find/hit.ts";
import type { NoSubject } from "../find/subject.ts";
import type { Found } from "../find/watcher.ts";
import type { Watch } from "../find/where.ts";
import { limitsOf } from "../limits.ts";
import { styleOf } from "../print.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { printWatch, type ExpressionCounters } from "./expressions.ts";

export type PrintsParams = SearchOptions & {
  /** a function, a line or the states of a process: WHERE of a watch */
  readonly at: string;
  readonly expressions: readonly string[];
  /** only where this holds */
  readonly when?: string;
  /** prints at most */
  readonly limit: number;
  /** the last ones count, not the first */
  readonly last?: boolean;
  /** after this long the search ends with what was found */
  readonly budgetMs?: number;
};

/** Where and when, the values of the variables asked for, and what the expressions came to. */
export type Print = Hit & {
  /** in the order of the expressions */
  readonly printed: readonly Printed[];
};

export type PrintsView = {
  readonly prints: readonly Print[];
  /** there are, or may be, more; the counters stop where the prints do, unless the last ones were asked for */
  readonly more: boolean;
  /** the search ended here, as its time was over; null: it did not */
  readonly searchedTo: number | null;
  readonly expressions: readonly Readonly<ExpressionCounters>[];
  readonly limits: readonly string[];
};

export type NoPrints =
  | ({ readonly kind: "bad_expression"; readonly part: UnreadablePrint["part"] } & ConditionError)
  | ({ readonly kind: "missing" } & NoSubject);

const RETURNED = CALL_OUTCOMES.indexOf("returned");

export async function prints(
  source: Source,
  params: PrintsParams,
): Promise<Result<PrintsView, NoPrints>> {
  const { at, limit, last = false } = params;
  const compiled = printWatch(source.manifest, at, params.expressions, params.when);
  if (!compiled.ok) {
    const { part, error } = compiled.error;
    return err({ kind: "bad_expression", part, ...error });
  }
  const { watch, expressions } = compiled.value;
  const budget = new Budget(params.budgetMs ?? Infinity);
  const lookup = await searchSteps(source, watch, {
    ...params,
    ...(params.budgetMs === undefined ? {} : budget.options),
  });
  if (!lookup.ok) return err({ kind: "missing", ...lookup.missing });
  const { search } = lookup;
  const style = styleOf(source.manifest);
  const found: { readonly step: Found; readonly values: readonly Evaluated[] }[] = [];
  let more = false;
  try {
    for await (const step of search.found()) {
      if (found.length >= limit) {
        more = true;
        if (!last) break;
        found.shift();
      }
      found.push({ step, values: expressions.evaluate(step.values) });
    }
  } catch (thrown) {
    if (!budget.isOver) throw thrown;
    more = true;
  }
  const hits = await withPids(
    source,
    found.map(({ step }) => hitOf(step, search.subject, style)),
  );
  const ofStates = watch.where.kind === "state";
  return ok({
    prints: hits.map((hit, i) => ({ ...hit, printed: expressions.print(found[i]?.values ?? []) })),
    more,
    searchedTo: budget.isOver ? search.range.from + budget.done : null,
    expressions: expressions.counters,
    limits: [
      ...notTested(params, search.counters, watch),
      ...search.notes(),
      ...(await withoutResult(source, watch, search)),
      ...(await limitsOf(
        source,
        { pids: ofStates ? search.subject.processes : null, ...search.range },
        ofStates ? ["states"] : ["calls", "values"],
      )),
    ],
  });
}

/** Ends a search between two slices when its time is over. */
class Budget {
  readonly #until: number;
  readonly #controller = new AbortController();
  /** of the range, so far */
  done = 0;

  constructor(ms: number) {
    this.#until = performance.now() + ms;
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  get options(): Pick<SearchOptions, "signal" | "progress"> {
    return {
      signal: this.#controller.signal,
      progress: (done, total) => {
        this.done = done;
        if (done < total && performance.now() > this.#until) this.#controller.abort();
      },
    };
  }
}

/** What was left out without having been evaluated. */
function notTested(
  { when }: PrintsParams,
  { unknown, raised, firstRaised }: StepSearch["counters"],
  { where }: Watch,
): readonly string[] {
  const limits: string[] = [];
  if (when === undefined) {
    if (unknown > 0) limits.push(`${unknown} states were not recorded or cannot be read`);
    return limits;
  }
  if (unknown > 0) {
    limits.push(
      `${times(unknown)} it cannot be told whether \`${when}\` held: ${where.kind === "state" ? "the state" : "a value"} was cut or not recorded`,
    );
  }
  if (raised > 0) limits.push(`${times(raised)} \`${when}\` raised: ${firstRaised ?? ""}`);
  return limits;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** An expression with `result` prints nothing of calls that have none: said, as they did happen. */
async function withoutResult(
  source: Source,
  { where, condition }: Watch,
  { subject, range }: StepSearch,
): Promise<readonly string[]> {
  if (where.kind !== "function" || !condition.variables.has("result")) return [];
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.calls WHERE t_enter >= ${range.from} AND t_enter < ${range.to}
      AND "function" IN ${[...subject.functions.keys()]} AND outcome <> ${RETURNED}`,
  );
  const count = asNumber(row?.[0] ?? 0);
  if (count === 0) return [];
  const calls = count === 1 ? "1 call has" : `${count} calls have`;
  return [
    `${calls} no result to print: raised, not ended, left by a tail call, or its end was not recorded`,
  ];
}
