// Which partitions of a recording have a digest, and how a range of time is read from them: whole slices from their
// cells, what is left at both ends from the rows. Together that is each call or instant of the range exactly once.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "./kept.ts";
import { rangesOf } from "./part-rows.ts";
import { asNumber, asNumberOrNull, joined, select, Sql, sql, type Source } from "./sql.ts";

export type Part = {
  /** of its database */
  readonly name: string;
  /** of its events */
  readonly range: TimeRange;
  /** in which all of its calls began */
  readonly entered: TimeRange;
  /** holds calls that have not ended */
  readonly hasOpen: boolean;
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
  return await kept.of(source, "parts", async () => await readParts(source));
}

async function readParts(source: Source): Promise<readonly Part[]> {
  const isGoingOn = source.manifest.state === "recording";
  const rows = await select(
    source,
    sql`SELECT part, t_from::DOUBLE, t_to::DOUBLE FROM base.parts WHERE expired = 0 ORDER BY part`,
  );
  if (isGoingOn && rows.length < 2) return [];
  const digests = await digestsOf(source);
  const entered = isGoingOn ? null : await rangesOf(source, "calls", "t_enter");
  return rows.map(([part, from, to], i): Part => {
    const name = `p${asNumber(part)}`;
    const isNewest = i === rows.length - 1;
    // of one that is written, or that nobody ended properly, it is not known
    const range = {
      t0: asNumberOrNull(from) ?? 0,
      t1: asNumberOrNull(to) ?? Number.MAX_SAFE_INTEGER,
    };
    const [first, last] = entered?.get(`${name}.calls`) ?? [0, range.t1];
    return {
      name,
      range,
      entered: { t0: first, t1: last },
      hasOpen: isNewest && entered?.get(`${name}.open_calls`) !== null,
      isNewest,
      digest: digests.get(name) ?? null,
    };
  });
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

/** So many levels are between those that a range is read from. */
const STEP = 4;

/** Slices of a level, from the first to before the last. */
export type Slices = { readonly level: number; readonly from: number; readonly to: number };

/** A range of time in whole slices, at its ends in ever finer ones, and what is left there; empty ranges have t1 < t0. */
export type Cover = {
  /** none twice */
  readonly slices: readonly Slices[];
  /** what slices of a level or coarser ones cover, the coarsest first: each lies in the next */
  readonly nested: readonly Slices[];
  /** the level of the last of them */
  readonly finest: number;
  readonly before: TimeRange;
  readonly behind: TimeRange;
};

/** `finest`: the finest level that there is. */
export function cover({ t0, t1 }: TimeRange, level: number, finest: number): Cover {
  const nested = [wholeSlices({ t0, t1 }, level)];
  for (let finer = level - STEP; finer >= finest; finer -= STEP) {
    nested.push(wholeSlices({ t0, t1 }, finer));
  }
  const slices = nested.flatMap((own, i) => {
    const coarser = nested[i - 1];
    if (coarser === undefined || isEmpty(coarser)) return [own];
    const [from, to] = [coarser.from * 2 ** STEP, coarser.to * 2 ** STEP];
    return [
      { ...own, to: from },
      { ...own, from: to },
    ];
  });
  const last = nested.at(-1) ?? { level, from: 0, to: 0 };
  const [from, to] = [startOf(last.from, last.level), startOf(last.to, last.level)];
  return {
    slices: slices.filter((some) => !isEmpty(some)),
    nested,
    finest: last.level,
    before: { t0, t1: Math.min(t1, from - 1) },
    behind: { t0: to, t1 },
  };
}

function wholeSlices({ t0, t1 }: TimeRange, level: number): Slices {
  const slice = 2 ** level;
  const from = Math.ceil(t0 / slice);
  return { level, from, to: Math.max(from, Math.floor((t1 + 1) / slice)) };
}

function isEmpty({ from, to }: Slices): boolean {
  return from >= to;
}

/** All slices of a level that have something of a range. */
export function touched({ t0, t1 }: TimeRange, level: number): Slices {
  const slice = 2 ** level;
  return { level, from: Math.floor(t0 / slice), to: Math.floor(t1 / slice) + 1 };
}

/** When a slice begins. */
export function startOf(slice: number, level: number): number {
  return slice * 2 ** level;
}

/** The time that slices take. */
export function timeOf({ level, from, to }: Slices): TimeRange {
  return { t0: startOf(from, level), t1: startOf(to, level) - 1 };
}

export function overlap(one: TimeRange, other: TimeRange): boolean {
  return one.t0 <= one.t1 && other.t0 <= other.t1 && one.t0 <= other.t1 && one.t1 >= other.t0;
}

/** A table of a partition: its rows, or of its digest. */
export function tableOf(part: Part, table: string): Sql {
  return new Sql([`${part.name}.${table}`], []);
}

/** The cells of some slices: a table of a digest. */
export function cellsOf(part: Part, table: "call_cells" | "mark_cells", some: Slices): Sql {
  const { level, from, to } = some;
  return sql`(FROM ${tableOf(part, table)} WHERE level = ${level} AND slice >= ${from} AND slice < ${to})`;
}

/** Rows of all the pieces, at least one, which have the same columns. */
export function unionOf(pieces: readonly Sql[]): Sql {
  return joined(pieces, " UNION ALL ");
}
