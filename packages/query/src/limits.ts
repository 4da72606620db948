// What limits an answer, in words that go beside it: stretches in which something is missing, sampling,
// and what the recording's plan left out. "Not recorded" is never told as "did not happen".

import { assertNever } from "@elixirscope/base";
import { Kept } from "./kept.ts";
import { timeText } from "./names.ts";
import { asNumberOrNull, asTextOrNull, select, sql, type Source, type Sql } from "./sql.ts";

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
  limits.push(
    ...samplingLimit(source, {
      windows: "what happened between two is not here",
      chains: "what those left out did is not here",
    }),
    ...(source.manifest.imported?.notes ?? []),
  );
  return limits;
}

/** How calls were sampled and, by that, what is missing; empty when they were not. */
export function samplingLimit(
  { manifest }: Source,
  missing: { readonly windows: string; readonly chains: string },
): readonly string[] {
  const { kind } = manifest.plan.sampling;
  if (kind === "always") return [];
  return kind === "windows"
    ? [`calls were recorded in short windows: ${missing.windows}`]
    : [`call chains were sampled: ${missing.chains}`];
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
export async function gapText(source: Source, extent: Extent): Promise<string | null> {
  const gaps = (await keptGaps(source)) ?? (await gapsOverlapping(source, extent));
  const { pids, from, to } = extent;
  const who = pids === null ? null : new Set(pids);
  const counts = new Map<string, number | null>();
  for (const gap of gaps) {
    if (gap.from > to || gap.to < from) continue;
    if (who !== null && gap.pid !== null && !who.has(gap.pid)) continue;
    const before = counts.get(gap.reason) ?? null;
    counts.set(gap.reason, gap.count === null ? before : (before ?? 0) + gap.count);
  }
  if (counts.size === 0) return null;
  return [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([reason, events]) => `${reason}${events === null ? "" : ` (${events} events)`}`)
    .join(", ");
}

type Gap = {
  readonly reason: string;
  readonly pid: number | null;
  readonly from: number;
  readonly to: number;
  readonly count: number | null;
};

const MOST_KEPT = 1_000;
/** Of recordings that are whole; null: there are too many. */
const kept = new Kept<"gaps", { readonly gaps: readonly Gap[] | null }>(1);

/** Null: they have to be asked for. */
async function keptGaps(source: Source): Promise<readonly Gap[] | null> {
  if (source.manifest.state === "recording") return null;
  const { gaps } = await kept.of(source, "gaps", async () => {
    const first = await readGaps(source, sql`true LIMIT ${MOST_KEPT + 1}`);
    return { gaps: first.length > MOST_KEPT ? null : first };
  });
  return gaps;
}

async function gapsOverlapping(
  source: Source,
  { pids, from, to }: Extent,
): Promise<readonly Gap[]> {
  const who = pids === null ? sql`true` : sql`(pid IS NULL OR pid IN ${pids})`;
  return await readGaps(source, sql`${who} AND t_from <= ${to} AND t_to >= ${from}`);
}

async function readGaps(source: Source, which: Sql): Promise<readonly Gap[]> {
  const rows = await select(
    source,
    sql`SELECT reason, pid, t_from, t_to, count FROM base.gaps WHERE reason <> 'truncated' AND ${which}`,
  );
  return rows.map(([reason, pid, from, to, count]) => ({
    reason: asTextOrNull(reason) ?? "gap",
    pid: asNumberOrNull(pid),
    from: asNumberOrNull(from) ?? 0,
    to: asNumberOrNull(to) ?? Number.MAX_SAFE_INTEGER,
    count: asNumberOrNull(count),
  }));
}
