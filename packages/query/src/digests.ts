// Which partitions of a recording have a digest, and how a range of time is read from them: whole slices from their
// cells, what is left at both ends from the rows. Together that is each call or instant of the range exactly once.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "./kept.ts";
import { asNumber, asNumberOrNull, select, Sql, sql, type Source } from "./sql.ts";

export type Part = {
  /** of its database */
  readonly name: string;
  /** of its events */
  readonly range: TimeRange;
  readonly isNewest: boolean;
  readonly digest: Digest | null;
};

/** Slices of level k are 2^k ns long. */
export type Levels = { readonly finest: number; readonly coarsest: number };

/** Null: of these the partition has too few for any level. */
export type Digest = {
  readonly calls: Levels | null;
  readonly marks: Levels | null;
  /** of which it has one level only */
  readonly pulse: number | null;
};

const kept = new Kept<"parts", readonly Part[]>(1);

/** None: nothing is sealed yet. Of a recording that goes on they are looked up anew each time. */
export async function partsOf(source: Source): Promise<readonly Part[]> {
  const isGoingOn = source.manifest.state === "recording";
  const known = isGoingOn ? undefined : kept.get(source, "parts");
  if (known !== undefined) return known;
  const rows = await select(
    source,
    sql`SELECT part, t_from::DOUBLE, t_to::DOUBLE FROM base.parts WHERE expired = 0 ORDER BY part`,
  );
  if (isGoingOn && rows.length < 2) return [];
  const digests = await digestsOf(source);
  const found = rows.map(([part, from, to], i): Part => {
    const name = `p${asNumber(part)}`;
    return {
      name,
      // of one that is written, or that nobody ended properly, it is not known
      range: { t0: asNumberOrNull(from) ?? 0, t1: asNumberOrNull(to) ?? Number.MAX_SAFE_INTEGER },
      isNewest: i === rows.length - 1,
      digest: digests.get(name) ?? null,
    };
  });
  if (!isGoingOn) kept.set(source, "parts", found);
  return found;
}

async function digestsOf(source: Source): Promise<ReadonlyMap<string, Digest>> {
  const found = await select(
    source,
    sql`SELECT database_name FROM duckdb_tables() WHERE table_name = 'digest'`,
  );
  if (found.length === 0) return new Map();
  const one = found.map(
    ([name]) =>
      `SELECT '${String(name)}', calls, marks, pulse, coarsest FROM ${String(name)}.digest`,
  );
  const rows = await select(source, new Sql([one.join(" UNION ALL ")], []));
  return new Map(
    rows.map(([name, calls, marks, pulse, coarsest]) => {
      const levels = (finest: unknown): Levels | null =>
        finest === null ? null : { finest: asNumber(finest), coarsest: asNumber(coarsest) };
      const digest = {
        calls: levels(calls),
        marks: levels(marks),
        pulse: asNumberOrNull(pulse),
      };
      return [String(name), digest] as const;
    }),
  );
}

/** A slice may be shorter than asked for by so much, else it is longer. */
const SHORTER = 0.1;

export type Reading = {
  /** of a box in ns: as many whole slices of each level */
  readonly width: number;
  /** `level` null: row by row */
  readonly pieces: readonly { readonly part: Part; readonly level: number | null }[];
};

/** How partitions are read for boxes of about `width` ns or a little longer; null: no digest serves that. */
export function readingOf(
  parts: readonly Part[],
  levelsOf: (digest: Digest) => Levels | null,
  width: number,
): Reading | null {
  const pieces = parts.map((part) => ({
    part,
    level: part.digest === null ? null : levelFor(levelsOf(part.digest), width),
  }));
  const coarsest = pieces.reduce<number>((most, { level }) => Math.max(most, level ?? 0), 0);
  if (coarsest === 0) return null;
  const slice = 2 ** coarsest;
  const slices = Math.max(1, Math.ceil((width * (1 - SHORTER)) / slice));
  return { width: slices * slice, pieces };
}

/** The level whose slices are about `width` ns long or the next longer ones; null where the finest is longer still. */
function levelFor(levels: Levels | null, width: number): number | null {
  if (levels === null) return null;
  const level = Math.min(levels.coarsest, Math.ceil(Math.log2(width * (1 - SHORTER))));
  return level < levels.finest ? null : level;
}

/** A range of time, in whole slices of a level and what is left before and behind; empty ranges have t1 < t0. */
export type Sliced = {
  /** from the first to before the last */
  readonly slices: readonly [from: number, to: number];
  readonly before: TimeRange;
  readonly behind: TimeRange;
};

export function sliced({ t0, t1 }: TimeRange, level: number): Sliced {
  const slice = 2 ** level;
  const from = Math.ceil(t0 / slice);
  const to = Math.max(from, Math.floor((t1 + 1) / slice));
  return {
    slices: [from, to],
    before: { t0, t1: Math.min(t1, from * slice - 1) },
    behind: { t0: to * slice, t1 },
  };
}

/** A table of a partition: its rows, or of its digest. */
export function tableOf(part: Part, table: string): Sql {
  return new Sql([`${part.name}.${table}`], []);
}

/** Rows of all the pieces, at least one, which have the same columns. */
export function unionOf(pieces: readonly Sql[]): Sql {
  return new Sql(["", ...pieces.slice(1).map(() => " UNION ALL "), ""], pieces);
}
