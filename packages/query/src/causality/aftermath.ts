// What a crash led to: who died of it or was told, and which process was started in its place.

import { kindCode } from "../event-kinds.ts";
import { processRefs } from "../process-refs.ts";
import { styleOf } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { extentSql, idSet } from "./asked-rows.ts";
import { linkEdge, sorted } from "./edges.ts";
import { decoded } from "../otp-message.ts";
import { isAbnormal } from "./crashes.ts";
import { reasonOf } from "./event-steps.ts";
import type { CauseEdge, CrashContext, DeathView, RestartView } from "@elixirscope/wire";

const EXIT = kindCode("exit");
const SPAWN = kindCode("spawn");
const MAX_DEATHS = 50;
/** A supervisor that waits longer before it starts a child again is none of OTP's. */
const RESTART_WITHIN_NS = 10_000_000_000;

/** Along links and monitors, nearest first. */
export async function deathsAfter(
  source: Source,
  exit: number,
): Promise<{ readonly deaths: readonly DeathView[]; readonly more: boolean }> {
  const found = new Map<number, CauseEdge>();
  let ends: readonly number[] = [exit];
  while (ends.length > 0 && found.size <= MAX_DEATHS) {
    const edges = (await linksOutOf(source, ends)).filter(
      ({ type, target }) => (type === "exit" || type === "monitor") && !found.has(target),
    );
    for (const edge of edges) found.set(edge.target, edge);
    ends = await exitsAmong(
      source,
      edges.map(({ target }) => target),
    );
  }
  const shown = [...found.values()].slice(0, MAX_DEATHS);
  return { deaths: await deathViews(source, shown), more: found.size > shown.length };
}

/** An end goes on over recorded links only; other effects of it are not looked for. */
async function linksOutOf(source: Source, ends: readonly number[]): Promise<readonly CauseEdge[]> {
  const rows = await select(
    source,
    sql`SELECT source_event::DOUBLE, target_event::DOUBLE, type, confidence FROM raw.links
      WHERE source_event IN ${idSet(ends)} AND source_event ${extentSql(ends)}`,
  );
  return sorted(rows.map(linkEdge));
}

async function exitsAmong(source: Source, events: readonly number[]): Promise<readonly number[]> {
  if (events.length === 0) return [];
  const rows = await select(
    source,
    sql`SELECT id::DOUBLE FROM raw.events WHERE id IN ${events} AND kind = ${EXIT}`,
  );
  return rows.map(([id]) => asNumber(id));
}

async function deathViews(
  source: Source,
  edges: readonly CauseEdge[],
): Promise<readonly DeathView[]> {
  if (edges.length === 0) return [];
  const rows = await select(
    source,
    sql`SELECT id::DOUBLE, t, pid, kind, CASE WHEN kind = ${EXIT} THEN payload(payload) END
      FROM (SELECT * FROM raw.events WHERE id IN ${edges.map(({ target }) => target)}) ORDER BY t, id`,
  );
  const refs = await processRefs(
    source,
    rows.map((row) => asNumber(row[2])),
  );
  const byTarget = new Map(edges.map((edge) => [edge.target, edge]));
  const style = styleOf(source.manifest);
  return rows.map((row) => {
    const event = asNumber(row[0]);
    const edge = byTarget.get(event);
    const isEnd = asNumber(row[3]) === EXIT;
    const told = edge?.type === "monitor" ? "told by a monitor" : "told over a link";
    return {
      event,
      t: asNumber(row[1]),
      process: refs.get(asNumber(row[2])) ?? { pid: "?", name: null },
      fate: isEnd ? "died" : told,
      reason: isEnd ? reasonOf(asBytesOrNull(row[4]), style) : null,
      confidence: edge?.confidence ?? "inferred",
    };
  });
}

/** Who has the name now, or runs the same function for the same parent. Null: nobody, as far as was recorded. */
export async function restartAfter(
  source: Source,
  pid: number,
  t: number,
): Promise<RestartView | null> {
  const next = await nextStart(source, pid, t);
  return next === null ? null : await restartView(source, next);
}

const MAX_RESTARTS = 10;

/** The chain of restarts: of the process that was started in its place, if that crashed too, and so on. */
export async function restartsAfter(
  source: Source,
  pid: number,
  t: number,
): Promise<Pick<CrashContext, "restarts" | "more">> {
  const restarts: CrashContext["restarts"][number][] = [];
  const style = styleOf(source.manifest);
  let next = await nextStart(source, pid, t);
  while (next !== null && restarts.length < MAX_RESTARTS) {
    const { exited, reason } = next;
    const view = await restartView(source, next);
    const ended = exited === null ? null : { t: exited, reason: reasonOf(reason, style) };
    restarts.push({ ...view, ended });
    const isCrash = exited !== null && isAbnormal(decoded(reason));
    next = isCrash ? await nextStart(source, next.child, exited) : null;
  }
  return { restarts, more: next !== null };
}

type Start = {
  readonly child: number;
  readonly parent: number;
  readonly spawned: number;
  readonly hasName: boolean;
  readonly name: string | null;
  readonly exited: number | null;
  readonly reason: Uint8Array | null;
};

async function nextStart(source: Source, pid: number, t: number): Promise<Start | null> {
  const [row] = await select(
    source,
    sql`SELECT pid, parent, t_spawned, has_name, name, t_exited, payload(exit_reason) FROM (
      SELECT n.pid, n.parent, n.t_spawned, n.name IS NOT NULL AND n.name = o.name AS has_name, n.name, n.t_exited, n.exit_reason
      FROM base.processes o JOIN base.processes n ON n.parent = o.parent AND n.pid <> o.pid
      WHERE o.pid = ${pid} AND n.t_spawned BETWEEN ${t} AND ${t + RESTART_WITHIN_NS}
        AND (n.name = o.name OR (o.name IS NULL AND n.name IS NULL AND n.initial_call = o.initial_call))
      ORDER BY n.t_spawned LIMIT 1)`,
  );
  if (row === undefined) return null;
  return {
    child: asNumber(row[0]),
    parent: asNumber(row[1]),
    spawned: asNumber(row[2]),
    hasName: row[3] === true,
    name: asTextOrNull(row[4]),
    exited: asNumberOrNull(row[5]),
    reason: asBytesOrNull(row[6]),
  };
}

async function restartView(
  source: Source,
  { child, parent, spawned, hasName, name }: Start,
): Promise<RestartView> {
  const refs = await processRefs(source, [child, parent]);
  const [spawn] = await select(
    source,
    sql`SELECT id::DOUBLE FROM raw.events WHERE pid = ${parent} AND kind = ${SPAWN} AND t = ${spawned} LIMIT 1`,
  );
  return {
    event: asNumberOrNull(spawn?.[0]),
    t: spawned,
    process: refs.get(child) ?? { pid: "?", name },
    by: refs.get(parent) ?? { pid: "?", name: null },
    confidence: hasName ? "ordered" : "inferred",
  };
}
