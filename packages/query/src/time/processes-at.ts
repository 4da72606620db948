// Who was there at an instant, and what each was doing: names, parents, links, the innermost running call,
// and how many messages waited.

import { CALL_OUTCOMES, CONFIDENCES, EVENT_KINDS, LINK_TYPES } from "@elixirscope/trace";
import { limitsOf } from "../limits.ts";
import { initialCallText, mfaText } from "../names.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { arrivals, type Arrived } from "./arrived-messages.ts";
import { handlingAt, type Handling } from "./handling.ts";
import { namesAt } from "./process-names.ts";
import { unseenSql } from "./waiting-messages.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
const LINK = LINK_TYPES.indexOf("link");
const INFERRED = CONFIDENCES.indexOf("inferred");
const LINKING = (["link", "getting_linked"] as const).map((kind) => EVENT_KINDS.indexOf(kind));
const MAX_LINKS = 10_000;

export type Doing =
  /** the innermost recorded call that was running */
  | { readonly kind: "call"; readonly call: number; readonly mfa: string; readonly t: number }
  /** at work on a message, in functions that were not recorded */
  | { readonly kind: "handling"; readonly message: Handling }
  /** a behaviour with nothing to do; inferred: nothing recorded says otherwise */
  | { readonly kind: "waiting" }
  /** its spawn is not known, and nothing of it was recorded by then: it may not have existed */
  | { readonly kind: "unseen"; readonly first: number }
  /** no recorded call was running: it waits, or runs what is not traced */
  | { readonly kind: "unknown" };

export type MailboxSize = {
  /** messages that are known to have been there */
  readonly known: number;
  /** that were sent, and of which no arrival is known */
  readonly inferred: number;
};

export type ProcessAtView = {
  readonly pid: string;
  /** registered at the instant */
  readonly name: string | null;
  readonly label: string | null;
  readonly initialCall: string | null;
  readonly parent: string | null;
  readonly behaviour: string | null;
  readonly application: string | null;
  /** null: before the recording, or not recorded */
  readonly tSpawned: number | null;
  /** null: alive at the recording's end, as far as is known */
  readonly tExited: number | null;
  readonly doing: Doing;
  /** null: messages to it were not recorded */
  readonly mailbox: MailboxSize | null;
  /** linked processes, of links made during the recording */
  readonly links: readonly string[];
};

export type ProcessesAtView = {
  readonly t: number;
  /** those with names first */
  readonly processes: readonly ProcessAtView[];
  /** alive, as far as is known */
  readonly alive: number;
  /** had exited by then */
  readonly exited: number;
  readonly limits: readonly string[];
};

export async function processesAt(
  source: Source,
  { t, limit }: { readonly t: number; readonly limit: number },
): Promise<ProcessesAtView> {
  const [rows, exited] = await Promise.all([aliveAt(source, t, limit), countExited(source, t)]);
  const pids = rows.map(({ index }) => index);
  const unborn = rows.flatMap(({ index, view }) => (view.tSpawned === null ? [index] : []));
  const { taken, waiting } = await arrivals(source, pids, t);
  const [names, calls, handling, first, mailboxes, links, limits] = await Promise.all([
    namesAt(source, pids, t),
    innermostCalls(source, pids, t),
    handlingAt(source, taken, t),
    firstSeen(source, unborn),
    mailboxSizes(source, pids, waiting, t),
    linksAt(source, rows, t),
    limitsOf(source, { pids: null, from: 0, to: t }, ["lifecycle", "messages"]),
  ]);
  const doingOf = ({ index, view: { behaviour } }: Alive): Doing => {
    const call = calls.get(index);
    if (call !== undefined) return call;
    const message = handling.get(index);
    if (message !== undefined) return { kind: "handling", message };
    const seen = first.get(index);
    if (seen !== undefined && seen > t) return { kind: "unseen", first: seen };
    return { kind: behaviour === null || behaviour === "task" ? "unknown" : "waiting" };
  };
  return {
    t,
    processes: rows.map((row) => ({
      ...row.view,
      name: names.get(row.index) ?? null,
      doing: doingOf(row),
      mailbox: mailboxes.get(row.index) ?? null,
      links: links.get(row.index) ?? [],
    })),
    alive: rows[0]?.total ?? 0,
    exited,
    limits: [
      ...limits,
      "processes of which nothing was recorded, and links from before the recording, are not here",
    ],
  };
}

type Alive = {
  readonly index: number;
  readonly total: number;
  readonly view: Omit<ProcessAtView, "name" | "doing" | "mailbox" | "links">;
};

async function aliveAt(source: Source, t: number, limit: number): Promise<readonly Alive[]> {
  const rows = await select(
    source,
    sql`SELECT x.pid, p.text, x.label, x.initial_call, o.text, x.behaviour, x.application, x.t_spawned, x.t_exited, count(*) OVER ()
      FROM base.processes x JOIN base.pids p ON p.id = x.pid LEFT JOIN base.pids o ON o.id = x.parent
      WHERE (x.t_spawned IS NULL OR x.t_spawned <= ${t}) AND (x.t_exited IS NULL OR x.t_exited > ${t})
      ORDER BY x.name IS NULL, x.pid LIMIT ${limit}`,
  );
  return rows.map((row) => {
    const initialCall = asTextOrNull(row[3]);
    return {
      index: asNumber(row[0]),
      total: asNumber(row[9]),
      view: {
        pid: asText(row[1]),
        label: asTextOrNull(row[2]),
        initialCall: initialCall === null ? null : initialCallText(initialCall),
        parent: asTextOrNull(row[4]),
        behaviour: asTextOrNull(row[5]),
        application: asTextOrNull(row[6]),
        tSpawned: asNumberOrNull(row[7]),
        tExited: asNumberOrNull(row[8]),
      },
    };
  });
}

async function countExited(source: Source, t: number): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM base.processes WHERE t_exited <= ${t}`,
  );
  return asNumber(row?.[0] ?? 0);
}

/** When each did the first thing that was recorded. */
async function firstSeen(
  source: Source,
  pids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (pids.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT pid, min(t) FROM raw.events WHERE pid IN ${pids} GROUP BY pid`,
  );
  return new Map(rows.map(([pid, t]) => [asNumber(pid), asNumber(t)]));
}

async function innermostCalls(
  source: Source,
  pids: readonly number[],
  t: number,
): Promise<ReadonlyMap<number, Extract<Doing, { kind: "call" }>>> {
  const columns = sql`pid, call, "function", depth, t_enter`;
  const rows = await select(
    source,
    sql`SELECT c.pid, c.call, f.module, f."function", f.arity, c.t_enter
      FROM (SELECT * FROM (
          SELECT ${columns} FROM raw.calls WHERE t_enter <= ${t} AND t_exit > ${t} AND pid IN ${pids}
          UNION ALL SELECT ${columns} FROM raw.calls
            WHERE t_enter <= ${t} AND t_exit IS NULL AND outcome = ${OPEN} AND pid IN ${pids})
        QUALIFY row_number() OVER (PARTITION BY pid ORDER BY depth DESC, call DESC) = 1) c
        LEFT JOIN base.functions f ON f.id = c."function"`,
  );
  return new Map(
    rows.map((row) => {
      const mfa = mfaText(
        asTextOrNull(row[2]) ?? "?",
        asTextOrNull(row[3]) ?? "?",
        asNumberOrNull(row[4]) ?? 0,
      );
      return [asNumber(row[0]), { kind: "call", call: asNumber(row[1]), mfa, t: asNumber(row[5]) }];
    }),
  );
}

/** Of those to which an arrival was recorded at some time: the others' messages are not traced. */
export async function mailboxSizes(
  source: Source,
  pids: readonly number[],
  arrived: readonly Arrived[],
  t: number,
): Promise<ReadonlyMap<number, MailboxSize>> {
  if (!source.manifest.plan.messages) return new Map();
  const [traced, unseen] = await Promise.all([
    select(
      source,
      sql`SELECT DISTINCT to_pid FROM raw.messages WHERE t_received IS NOT NULL AND to_pid IN ${pids}`,
    ),
    select(
      source,
      sql`SELECT to_pid, confidence, count(*) FROM (${unseenSql(pids, t)}) GROUP BY ALL`,
    ),
  ]);
  const sizes = new Map(traced.map(([pid]) => [asNumber(pid), { known: 0, inferred: 0 }]));
  const add = (pid: number, confidence: number, count: number): void => {
    const size = sizes.get(pid);
    if (size === undefined) return;
    if (confidence === INFERRED) size.inferred += count;
    else size.known += count;
  };
  for (const { pid, confidence } of arrived) add(pid, confidence, 1);
  for (const [pid, confidence, count] of unseen) {
    add(asNumber(pid), asNumber(confidence), asNumber(count));
  }
  return sizes;
}

/** Both ends live at `t`; which link an `unlink` undid is not recorded. */
async function linksAt(
  source: Source,
  alive: readonly Alive[],
  t: number,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const texts = new Map(alive.map(({ index, view }) => [index, view.pid]));
  const pids = [...texts.keys()];
  const rows = await select(
    source,
    sql`WITH linking AS (SELECT id, pid FROM raw.events WHERE t <= ${t} AND kind IN ${LINKING} AND pid IN ${pids})
      SELECT DISTINCT s.pid, o.pid FROM (SELECT source_event, target_event FROM raw.links WHERE "type" = ${LINK}) l
        JOIN linking s ON s.id = l.source_event JOIN linking o ON o.id = l.target_event LIMIT ${MAX_LINKS}`,
  );
  const found = new Map<number, string[]>();
  const add = (one: number, other: number): void => {
    const known = found.get(one) ?? [];
    found.set(one, known);
    const text = texts.get(other);
    if (text !== undefined && !known.includes(text)) known.push(text);
  };
  for (const [one, other] of rows) {
    add(asNumber(one), asNumber(other));
    add(asNumber(other), asNumber(one));
  }
  return found;
}
