// How often each line ran. A line has several places that are recorded (a clause, a match, a send, …): those that
// are reached together count once, so the most often reached of them says how often the line was executed, and
// the clauses of one construct add up, as one of them is taken each time.

import { Kept } from "../kept.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "../sql.ts";

export type CodeSite = {
  readonly site: number;
  readonly function: number | null;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly nodeId: string | null;
};

export type LineHits = {
  readonly line: number;
  readonly hits: number;
  /** whose events are the executions of the line */
  readonly sites: readonly number[];
};

/** Half open. */
export type Span = { readonly from: number; readonly to: number };

/** They only happen when something goes wrong: that they did not does not mean that the line did not run. */
const EXCEPTIONAL = new Set(["raise", "no_clause"]);

/** Of those that somebody wrote; what macros made stands on lines that do not show it. */
export async function sitesOf(
  source: Source,
  files: readonly string[],
  line: number | null = null,
): Promise<readonly CodeSite[]> {
  const rows = await select(
    source,
    sql`SELECT site, "function", kind, file, line, node_id FROM raw.sites
      WHERE file IN ${files} AND line IS NOT NULL AND ${line === null ? sql`true` : sql`line = ${line}`}
        AND coalesce(generated, 0) = 0
      ORDER BY site`,
  );
  return rows.map((row) => ({
    site: asNumber(row[0]),
    function: asNumberOrNull(row[1]),
    kind: asTextOrNull(row[2]) ?? "",
    file: asText(row[3]),
    line: asNumber(row[4]),
    nodeId: asTextOrNull(row[5]),
  }));
}

export function lineHits(
  sites: readonly CodeSite[],
  counts: ReadonlyMap<number, number>,
): readonly LineHits[] {
  const lines = new Map<number, CodeSite[]>();
  for (const site of sites) {
    const there = lines.get(site.line);
    if (there === undefined) lines.set(site.line, [site]);
    else there.push(site);
  }
  const found: LineHits[] = [];
  for (const [line, there] of lines) {
    const telling = there.filter(({ kind }) => !EXCEPTIONAL.has(kind));
    const running = telling.filter(({ kind }) => kind !== "return");
    const one = mostReached(running.length > 0 ? running : telling, counts);
    if (one !== null) found.push({ line, ...one });
  }
  return found.toSorted((a, b) => a.line - b.line);
}

function mostReached(
  sites: readonly CodeSite[],
  counts: ReadonlyMap<number, number>,
): Omit<LineHits, "line"> | null {
  const constructs = new Map<string, { hits: number; readonly sites: number[] }>();
  for (const { site, function: index, kind, nodeId } of sites) {
    const key = `${kind} ${index ?? ""} ${nodeId?.replace(/\.?clause\d+$/, "") ?? site}`;
    const one = constructs.get(key) ?? { hits: 0, sites: [] };
    constructs.set(key, one);
    one.hits += counts.get(site) ?? 0;
    one.sites.push(site);
  }
  let best: Omit<LineHits, "line"> | null = null;
  for (const one of constructs.values()) if (best === null || one.hits > best.hits) best = one;
  return best;
}

const keptCounts = new Kept<string, ReadonlyMap<number, number>>(8);

/** How often each site was reached; of a recording that has ended it is counted once. */
export async function siteHits(
  source: Source,
  span: Span | null,
): Promise<ReadonlyMap<number, number>> {
  return await counted(
    source,
    "sites",
    span,
    sql`SELECT site, count(*) FROM raw.events WHERE site IS NOT NULL AND ${within(sql`t`, span)} GROUP BY site`,
  );
}

/** How often each function was called. */
export async function callHits(
  source: Source,
  span: Span | null,
): Promise<ReadonlyMap<number, number>> {
  return await counted(
    source,
    "calls",
    span,
    sql`SELECT "function", count(*) FROM raw.calls WHERE "function" IS NOT NULL AND ${within(sql`t_enter`, span)}
      GROUP BY "function"`,
  );
}

async function counted(
  source: Source,
  what: string,
  span: Span | null,
  query: Sql,
): Promise<ReadonlyMap<number, number>> {
  const key = `${what} ${span?.from ?? ""} ${span?.to ?? ""}`;
  return await keptCounts.of(source, key, async () => {
    const rows = await select(source, query);
    return new Map(rows.map(([one, count]) => [asNumber(one), asNumber(count)]));
  });
}

function within(time: Sql, span: Span | null): Sql {
  return span === null ? sql`true` : sql`${time} >= ${span.from} AND ${time} < ${span.to}`;
}
