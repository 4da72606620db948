// The calls of a process that were running at an instant, and the latest site and variables of each.
//
// Calls are stored when they end, so the closed ones around an instant lie close together and row
// groups are skipped by both times; the open ones are few. That is why the two are asked for apart.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { asBytesOrNull, asNumber, asNumberOrNull, asText, asTextOrNull } from "../sql.ts";
import { select, sql, type Source } from "../sql.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
const MAX_FRAMES = 200;

/** `event` null: everything at `t` has happened; else only what has an id up to it. */
export type Cutoff = { readonly t: number; readonly event: number | null };

export type OpenFrame = {
  readonly call: number;
  readonly function: number | null;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  readonly t: number;
  readonly outcome: string;
  readonly exitEvent: number | null;
  readonly args: Uint8Array | null;
  readonly result: Uint8Array | null;
};

export type FrameSite = {
  readonly event: number;
  readonly t: number;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
  readonly nodeId: string | null;
};

export type BoundValue = {
  readonly name: string;
  readonly event: number;
  readonly t: number;
  readonly value: Uint8Array | null;
  readonly site: FrameSite | null;
};

/** Outermost first; at most the innermost `MAX_FRAMES` of `total`. */
export async function openFrames(
  source: Source,
  pid: number,
  { t, event }: Cutoff,
): Promise<{ readonly frames: readonly OpenFrame[]; readonly total: number }> {
  const begun =
    event === null ? sql`t_enter <= ${t}` : sql`t_enter <= ${t} AND call <= ${event}`;
  // at its own last event a frame is still there: that is where one stands to see how it ended
  const ends = event === null ? sql`t_exit > ${t}` : sql`t_exit >= ${t} AND exit_event >= ${event}`;
  const columns = sql`call, "function", depth, t_enter, outcome, exit_event, args, result`;
  const rows = await select(
    source,
    sql`SELECT c.call, c."function", f.module, f."function", f.arity, c.t_enter, c.outcome, c.exit_event,
        payload(c.args), payload(c.result), c.total
      FROM (SELECT *, count(*) OVER () AS total FROM (
          SELECT ${columns} FROM raw.calls WHERE pid = ${pid} AND ${begun} AND ${ends}
          UNION ALL SELECT ${columns} FROM raw.calls
            WHERE pid = ${pid} AND ${begun} AND t_exit IS NULL AND outcome = ${OPEN})
        ORDER BY depth DESC, call DESC LIMIT ${MAX_FRAMES}) c
        LEFT JOIN base.functions f ON f.id = c."function" ORDER BY c.depth, c.call`,
  );
  const frames = rows.map((row) => ({
    call: asNumber(row[0]),
    function: asNumberOrNull(row[1]),
    module: asTextOrNull(row[2]) ?? "?",
    name: asTextOrNull(row[3]) ?? "?",
    arity: asNumberOrNull(row[4]) ?? 0,
    t: asNumber(row[5]),
    outcome: CALL_OUTCOMES[asNumber(row[6])] ?? "lost",
    exitEvent: asNumberOrNull(row[7]),
    args: asBytesOrNull(row[8]),
    result: asBytesOrNull(row[9]),
  }));
  return { frames, total: rows[0] === undefined ? 0 : asNumber(rows[0][10]) };
}

/** The site of the latest event of each frame. */
export async function latestSites(
  source: Source,
  pid: number,
  frames: readonly OpenFrame[],
  cutoff: Cutoff,
): Promise<ReadonlyMap<number, FrameSite>> {
  const rows = await select(
    source,
    sql`SELECT l.frame, l.id, l.t, s.kind, s.file, s.line, s."column", s.node_id
      FROM (SELECT frame, max(id) AS id, arg_max(t, id) AS t, arg_max(site, id) AS site FROM raw.events
          WHERE ${within(pid, frames, cutoff, "id")} AND frame IN ${ids(frames)} AND site IS NOT NULL
          GROUP BY frame) l
        JOIN base.sites s ON s.site = l.site`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), siteOf(row.slice(1))]));
}

/** For each frame the latest value of each name from each site, newest first. */
export async function latestBindings(
  source: Source,
  pid: number,
  frames: readonly OpenFrame[],
  cutoff: Cutoff,
): Promise<ReadonlyMap<number, readonly BoundValue[]>> {
  const rows = await select(
    source,
    sql`SELECT b.call, n.text, payload(nullif(b.value, 0)), b.event, b.t, s.kind, s.file, s.line, s."column", s.node_id
      FROM (SELECT call, name, site, max(event) AS event, arg_max(t, event) AS t,
            arg_max(coalesce(value, 0), event) AS value FROM raw.bindings
          WHERE ${within(pid, frames, cutoff, "event")} AND call IN ${ids(frames)} GROUP BY call, name, site) b
        JOIN base.names n ON n.id = b.name LEFT JOIN base.sites s ON s.site = b.site ORDER BY b.event DESC, b.name DESC`,
  );
  const found = new Map<number, BoundValue[]>();
  for (const row of rows) {
    const call = asNumber(row[0]);
    const values = found.get(call) ?? [];
    found.set(call, values);
    values.push({
      name: asText(row[1]),
      value: asBytesOrNull(row[2]),
      event: asNumber(row[3]),
      t: asNumber(row[4]),
      site: row[5] === null ? null : siteOf(row.slice(3)),
    });
  }
  return found;
}

/** Functions that have sites: their frames can be looked into. */
export async function instrumentedFunctions(
  source: Source,
  frames: readonly OpenFrame[],
): Promise<ReadonlySet<number>> {
  const functions = frames.flatMap((frame) => (frame.function === null ? [] : [frame.function]));
  const rows = await select(
    source,
    sql`SELECT DISTINCT "function" FROM base.sites WHERE "function" IN ${functions}`,
  );
  return new Set(rows.map(([id]) => asNumber(id)));
}

function within(
  pid: number,
  frames: readonly OpenFrame[],
  { t, event }: Cutoff,
  id: "id" | "event",
): ReturnType<typeof sql> {
  const from = frames.reduce((min, frame) => Math.min(min, frame.t), t);
  const own = sql`pid = ${pid} AND t BETWEEN ${from} AND ${t}`;
  if (event === null) return own;
  return id === "id" ? sql`${own} AND id <= ${event}` : sql`${own} AND event <= ${event}`;
}

function ids(frames: readonly OpenFrame[]): readonly number[] {
  return frames.map(({ call }) => call);
}

/** `event, t, kind, file, line, column, node_id` */
function siteOf(row: readonly unknown[]): FrameSite {
  return {
    event: asNumber(row[0]),
    t: asNumber(row[1]),
    kind: asTextOrNull(row[2]) ?? "",
    file: asTextOrNull(row[3]) ?? "",
    line: asNumberOrNull(row[4]) ?? 0,
    column: asNumberOrNull(row[5]),
    nodeId: asTextOrNull(row[6]),
  };
}
