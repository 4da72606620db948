// Events with the values that they hold: arguments, results, messages, states and variables.

import { decode, type Term } from "@elixirscope/etf";
import type { EventKind } from "@elixirscope/trace";
import { siteNames, type SiteNames } from "../captured-values.ts";
import { kindOf } from "../event-kinds.ts";
import { pidTexts } from "../interned.ts";
import { mfaText } from "../names.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import { eventNode, type DagNode } from "./dag.ts";
import type { EventPoint } from "./event-graph.ts";
import type { FunctionKey } from "./static-flow.ts";
import type { Part } from "./value-trail.ts";

const SHOWN_CHARS = 120;

export type ValueSite = {
  readonly nodeId: string;
  readonly names: SiteNames;
  readonly function: FunctionKey;
};

export type ValueEvent = {
  readonly id: number;
  readonly pid: number;
  readonly kind: EventKind;
  /** the call that it happened in; of a call, return or exception the caller */
  readonly frame: number | null;
  /** that a call, return or exception begins or ends */
  readonly call: number | null;
  readonly mfa: string | null;
  readonly function: FunctionKey | null;
  readonly site: ValueSite | null;
  /** names of what the payload lists */
  readonly names: SiteNames;
  readonly payload: Uint8Array | null;
  readonly term: Term | null;
};

/** `points` and answer by id. */
export async function valueEvents(
  source: Source,
  points: readonly EventPoint[],
): Promise<readonly ValueEvent[]> {
  const ids = points.map(({ id }) => id);
  if (ids.length === 0) return [];
  // said again as a range, so that row groups are skipped by it
  const [first = 0, last = 0] = [ids[0], ids.at(-1)];
  const isAsked = (column: Sql): Sql =>
    sql`${column} BETWEEN ${first} AND ${last} AND ${column} IN ${ids}`;
  const call = sql`call, parent_call, "function"`;
  const rows = await select(
    source,
    sql`WITH e AS MATERIALIZED (SELECT id, pid, kind, frame, site, payload FROM raw.events WHERE ${isAsked(sql`id`)}),
      ends AS (SELECT call AS event, ${call} FROM raw.calls WHERE ${isAsked(sql`call`)}
        UNION ALL SELECT exit_event, ${call} FROM raw.calls WHERE ${isAsked(sql`exit_event`)})
    SELECT e.id::DOUBLE, e.pid, e.kind, e.frame::DOUBLE, payload(e.payload), s.node_id, s.names,
      sf.module, sf."function", sf.arity, x.call::DOUBLE, x.parent_call::DOUBLE, cf.module, cf."function", cf.arity
    FROM e LEFT JOIN raw.sites s ON s.site = e.site LEFT JOIN base.functions sf ON sf.id = s."function"
      LEFT JOIN ends x ON x.event = e.id LEFT JOIN base.functions cf ON cf.id = x."function"
    ORDER BY e.id`,
  );
  return rows.map(valueEvent);
}

function valueEvent(row: Row): ValueEvent {
  const payload = asBytesOrNull(row[4]);
  const decoded = payload === null ? null : decode(payload);
  const kind = kindOf(asNumber(row[2]));
  const names = siteNames(asTextOrNull(row[6]));
  const [nodeId, at] = [asTextOrNull(row[5]), functionOf(row.slice(7, 10))];
  const called = functionOf(row.slice(12, 15));
  return {
    id: asNumber(row[0]),
    pid: asNumber(row[1]),
    kind,
    frame: asNumberOrNull(row[10] === null ? row[3] : row[11]),
    call: asNumberOrNull(row[10]),
    mfa: called === null ? null : mfaText(...called),
    function: called === null ? null : keyOf(called),
    site: nodeId === null || at === null ? null : { nodeId, names, function: keyOf(at) },
    names,
    payload,
    term: decoded?.ok === true ? decoded.value : null,
  };
}

type Mfa = readonly [module: string, name: string, arity: number];

function functionOf([module, name, arity]: Row): Mfa | null {
  const [m, f, a] = [asTextOrNull(module), asTextOrNull(name), asNumberOrNull(arity)];
  return m === null || f === null || a === null ? null : [m, f, a];
}

function keyOf([module, name, arity]: Mfa): FunctionKey {
  return `${module}.${name}/${arity}`;
}

/** The values that an event holds, each with its name. */
export function partsOfEvent({ kind, term, names }: ValueEvent): readonly Part[] {
  if (term === null) return [];
  if (isListed(kind)) {
    const items = term.kind === "list" ? term.items : [];
    return items.map((item, i) => ({ term: item, path: names[i] ?? `arg${i + 1}` }));
  }
  return [{ term, path: PATHS[kind] ?? kind }];
}

const PATHS: Readonly<Partial<Record<EventKind, string>>> = {
  send: "message",
  receive: "message",
  return: "result",
};

/** The payload is a list of values. */
function isListed(kind: EventKind): boolean {
  return kind === "call" || kind === "bind" || kind === "branch";
}

export async function valueNodes(
  source: Source,
  points: readonly EventPoint[],
  events: readonly ValueEvent[],
): Promise<readonly DagNode[]> {
  const style = styleOf(source.manifest);
  const known = new Map(events.map((event) => [event.id, event]));
  const pids = await pidTexts(
    source,
    points.map(({ pid }) => pid),
  );
  return points.map(({ id, t, pid, kind }) => {
    const event = known.get(id);
    const label = event === undefined ? kindOf(kind) : shortened(labelOf(event, style));
    return {
      id: eventNode(id),
      event: id,
      t,
      pid: pids.get(pid) ?? null,
      label,
      type: kindOf(kind),
    };
  });
}

function labelOf({ kind, mfa, payload, term, names }: ValueEvent, style: TermStyle): string {
  if (payload === null) return `${kind} ${mfa ?? ""}`;
  const text = term === null ? "?" : printTerm(term, "line", style);
  if (kind === "call") {
    return `${(mfa ?? "call").replace(/\/\d+$/, "")}(${printArguments(payload, "line", style)})`;
  }
  if (kind === "return") return `${text} from ${mfa ?? "a call"}`;
  if (kind === "exception") return `exception ${text} in ${mfa ?? "a call"}`;
  if (!isListed(kind) || term?.kind !== "list") return `${kind} ${text}`;
  return term.items
    .map((item, i) => `${names[i] ?? "_"} = ${printTerm(item, "line", style)}`)
    .join(", ");
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS - 3)}...` : text;
}
