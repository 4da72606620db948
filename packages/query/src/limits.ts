// What limits an answer, in words that go beside it: stretches in which something is missing, sampling,
// and what the recording's plan left out. "Not recorded" is never told as "did not happen".

import { assertNever } from "@elixirscope/base";
import { timeText } from "./names.ts";
import { asNumberOrNull, asTextOrNull, select, sql, type Source } from "./sql.ts";

/** What an answer is made of; a plan that did not ask for it limits the answer. */
export type Ingredient = "calls" | "messages" | "states" | "lifecycle" | "values";

/** `pids`: indexes, null for all processes; gaps of the whole node count for everybody. */
export type Extent = {
  readonly pids: readonly number[] | null;
  readonly from: number;
  readonly to: number;
};

/** One line each; empty: nothing is known to be missing. */
export async function limitsOf(
  source: Source,
  extent: Extent,
  ingredients: readonly Ingredient[],
): Promise<readonly string[]> {
  const limits = ingredients.flatMap((one) => planLimit(source, one));
  const gaps = await gapText(source, extent);
  if (gaps !== null) {
    const { from, to } = extent;
    limits.unshift(`between ${timeText(from)} and ${timeText(to)} something is missing: ${gaps}`);
  }
  if (source.manifest.plan.sampling.kind !== "always") {
    limits.push("call chains were sampled: what those left out did is not here");
  }
  limits.push(...(source.manifest.imported?.notes ?? []));
  return limits;
}

function planLimit({ manifest: { plan } }: Source, ingredient: Ingredient): string[] {
  switch (ingredient) {
    case "messages":
      return plan.messages ? [] : ["the recording was made without messages"];
    case "states":
      return plan.state ? [] : ["the recording was made without states"];
    case "lifecycle":
      return plan.lifecycle ? [] : ["the recording was made without spawns, links and exits"];
    case "values":
      return plan.arguments ? [] : ["the recording was made without arguments"];
    case "calls":
      return [];
    default:
      return assertNever(ingredient);
  }
}

/** As `dropped (12 events), sampled`; null when nothing is missing. */
export async function gapText(source: Source, { pids, from, to }: Extent): Promise<string | null> {
  const who = pids === null ? sql`true` : sql`(pid IS NULL OR pid IN ${pids})`;
  const rows = await select(
    source,
    sql`SELECT reason, sum(count)::BIGINT FROM base.gaps
      WHERE ${who} AND t_from <= ${to} AND t_to >= ${from} AND reason <> 'truncated'
      GROUP BY reason ORDER BY reason`,
  );
  if (rows.length === 0) return null;
  return rows
    .map(([reason, count]) => {
      const events = asNumberOrNull(count);
      return `${asTextOrNull(reason) ?? "gap"}${events === null ? "" : ` (${events} events)`}`;
    })
    .join(", ");
}
