// Steps from line to line in instrumented code. What a frame does on one line without a break is one visit;
// a step leads to where the next or the previous visit begins, so that forward and back undo each other.
//
// `over` looks at the visits of one frame, and when it has no more, at its callers'; `into` at all visits of
// the process. Only sites of the events' lines are compared, so no step reads what lies between.

import type { Direction } from "@elixirscope/wire";
import { openFrames } from "../stack/open-frames.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";
import { beyond, nearest, nearestFirst, type Position } from "./order.ts";

export type LineStep = "over" | "into";

/** An event of instrumented code, with all sites on its line. */
type SiteEvent = {
  readonly t: number;
  readonly event: number;
  readonly frame: number | null;
  readonly sites: readonly number[];
};

export type LineStepResult =
  | { readonly kind: "found"; readonly event: number; readonly t: number }
  /** nothing instrumented ran in the process before */
  | { readonly kind: "no_line" }
  | { readonly kind: "end" };

export async function lineStep(
  source: Source,
  pid: number,
  position: Position,
  { by, direction }: { readonly by: LineStep; readonly direction: Direction },
): Promise<LineStepResult> {
  const own = sql`pid = ${pid} AND site IS NOT NULL`;
  const here = await siteEvent(source, own, upTo(position), "previous");
  if (here === null) {
    if (direction === "previous") return { kind: "no_line" };
    const first = await siteEvent(source, own, position, "next");
    return first === null ? { kind: "no_line" } : { ...first, kind: "found" };
  }
  const found =
    by === "into"
      ? await neighbour(source, own, here, { by, direction })
      : ((await neighbour(source, sql`${own} AND ${await inFrame(source, here)}`, here, {
          by,
          direction,
        })) ?? (await inCallers(source, pid, own, here, direction)));
  return found === null ? { kind: "end" } : { ...found, kind: "found" };
}

/** The position's own event counts, too. */
function upTo({ t, event }: Position): Position {
  return { t, event: event === null ? null : event + 1 };
}

type Look = { readonly by: LineStep; readonly direction: Direction };

/** Where the visit beside the one of `here` begins, among the events of `scope`. */
async function neighbour(
  source: Source,
  scope: Sql,
  here: SiteEvent,
  { by, direction }: Look,
): Promise<SiteEvent | null> {
  if (direction === "next") {
    return await siteEvent(source, sql`${scope} AND NOT ${isSameLine(here, by)}`, here, "next");
  }
  const { start, before } = await visitOf(source, scope, here, by);
  if (start.event !== here.event) return start;
  return before === null ? null : (await visitOf(source, scope, before, by)).start;
}

/** Where the visit of `one` begins, and the last event before it. */
async function visitOf(
  source: Source,
  scope: Sql,
  one: SiteEvent,
  by: LineStep,
): Promise<{ readonly start: SiteEvent; readonly before: SiteEvent | null }> {
  const same = isSameLine(one, by);
  const before = await siteEvent(source, sql`${scope} AND NOT ${same}`, one, "previous");
  const from = before ?? { t: 0, event: 0 };
  const start = await siteEvent(source, sql`${scope} AND ${same}`, from, "next");
  return { start: start ?? one, before };
}

/** In the whole process a line that another frame runs is another visit. */
function isSameLine({ sites, frame }: SiteEvent, by: LineStep): Sql {
  return by === "over" || frame === null
    ? sql`site IN ${sites}`
    : sql`(site IN ${sites} AND frame = ${frame})`;
}

/** After the frame's last line its callers go on; before its first line they came to it. */
async function inCallers(
  source: Source,
  pid: number,
  own: Sql,
  here: SiteEvent,
  direction: Direction,
): Promise<SiteEvent | null> {
  if (here.frame === null) return null;
  const span = await frameSpan(source, here.frame);
  if (span === null) return null;
  const { frames } = await openFrames(source, pid, { t: span.from, event: here.frame });
  const callers = frames.flatMap(({ call }) => (call === here.frame ? [] : [call]));
  const scope = sql`${own} AND frame IN ${callers}`;
  const found = await siteEvent(source, scope, here, direction);
  if (found === null || direction === "next") return found;
  const inOne = sql`${own} AND ${await inFrame(source, found)}`;
  return (await visitOf(source, inOne, found, "over")).start;
}

async function inFrame(source: Source, { frame }: SiteEvent): Promise<Sql> {
  if (frame === null) return sql`frame IS NULL`;
  const span = await frameSpan(source, frame);
  const test = sql`frame = ${frame}`;
  if (span === null) return test;
  const until = span.to === null ? sql`true` : sql`t <= ${span.to}`;
  return sql`${test} AND t >= ${span.from} AND ${until}`;
}

async function frameSpan(
  source: Source,
  frame: number,
): Promise<{ readonly from: number; readonly to: number | null } | null> {
  const [row] = await select(
    source,
    sql`SELECT t_enter, t_exit FROM raw.calls WHERE call = ${frame} LIMIT 1`,
  );
  return row === undefined ? null : { from: asNumber(row[0]), to: asNumberOrNull(row[1]) };
}

async function siteEvent(
  source: Source,
  which: Sql,
  position: Position,
  direction: Direction,
): Promise<SiteEvent | null> {
  return await nearest(position, direction, async (within) => {
    const rows = await select(
      source,
      sql`SELECT e.t, e.id, e.frame, coalesce(o.site, e.site)
        FROM (SELECT t, id, frame, site FROM raw.events
            WHERE ${which} AND ${beyond(position, direction)} AND ${within}
            ORDER BY ${nearestFirst(direction)} LIMIT 1) e
          LEFT JOIN raw.sites s ON s.site = e.site
          LEFT JOIN raw.sites o ON o.file = s.file AND o.line = s.line`,
    );
    const [first] = rows;
    if (first === undefined) return null;
    return {
      t: asNumber(first[0]),
      event: asNumber(first[1]),
      frame: asNumberOrNull(first[2]),
      sites: rows.map((row) => asNumber(row[3])),
    };
  });
}
