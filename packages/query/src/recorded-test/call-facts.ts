// What a recording knows of one call, as a test of it needs it: arguments, how it ended, who called it, and
// whom it talked to meanwhile.

import { decode, type Term } from "@elixirscope/etf";
import { CALL_OUTCOMES, EVENT_KINDS, type CallOutcome, type EventKind } from "@elixirscope/trace";
import { siteNames, type SiteNames } from "../captured-values.ts";
import { mfaText } from "../names.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { publicityOf, type Publicity } from "./publicity.ts";

export type CallFacts = {
  readonly call: number;
  readonly process: number;
  readonly pid: string;
  readonly function: number;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  readonly mfa: string;
  readonly entered: number;
  readonly left: number | null;
  readonly exitEvent: number | null;
  readonly outcome: CallOutcome;
  /** of its parameters, where they are whole variables of instrumented code */
  readonly names: SiteNames;
  /** null: not recorded, or cut as a whole */
  readonly args: readonly Term[] | null;
  readonly result: Term | null;
  readonly publicity: Publicity;
};

/** Null: there is no such call. */
export async function callFacts(source: Source, id: number): Promise<CallFacts | null> {
  const [row] = await select(
    source,
    sql`SELECT c.pid, p.text, f.id, f.module, f."function", f.arity, c.t_enter, c.t_exit, c.exit_event,
        c.outcome, payload(c.args), payload(c.result), s.names
      FROM (SELECT * FROM raw.calls WHERE call = ${id} LIMIT 1) c
        JOIN base.functions f ON f.id = c."function" LEFT JOIN base.pids p ON p.id = c.pid
        LEFT JOIN raw.sites s ON s.site = c.site`,
  );
  if (row === undefined) return null;
  const [module, name, arity] = [asText(row[3]), asText(row[4]), asNumber(row[5])];
  const ofFunction = asNumber(row[2]);
  const args = termOf(row[10]);
  const isWhole = args?.kind === "list" && args.tail === null && args.items.length === arity;
  return {
    call: id,
    process: asNumber(row[0]),
    pid: asTextOrNull(row[1]) ?? "",
    function: ofFunction,
    module,
    name,
    arity,
    mfa: mfaText(module, name, arity),
    entered: asNumber(row[6]),
    left: asNumberOrNull(row[7]),
    exitEvent: asNumberOrNull(row[8]),
    outcome: CALL_OUTCOMES[asNumber(row[9])] ?? "lost",
    names: siteNames(asTextOrNull(row[12])).slice(0, arity),
    args: isWhole ? args.items : null,
    result: termOf(row[11]),
    publicity: (await publicityOf(source, [ofFunction])).get(ofFunction) ?? "unknown",
  };
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}

/** The call that an event happened in; null: in none, or there is no such event. */
export async function callOfEvent(source: Source, event: number): Promise<number | null> {
  const [row] = await select(
    source,
    sql`SELECT frame FROM raw.events WHERE id = ${event} AND frame IS NOT NULL LIMIT 1`,
  );
  return row === undefined ? null : asNumber(row[0]);
}

export type Conversation = {
  readonly sent: number;
  readonly received: number;
  readonly spawned: number;
  /** names or pids of those it sent to, a few */
  readonly partners: readonly string[];
};

const TALKING: readonly EventKind[] = ["send", "receive", "spawn"];
const MAX_PARTNERS = 4;

/**
 * What went on between the process and others from the call's begin to its end. By time alone: events of
 * instrumented code and of the VM's traces come by different ways, and their ids rise only nearly with time.
 */
export async function conversation(source: Source, facts: CallFacts): Promise<Conversation> {
  const { process, entered } = facts;
  const left = facts.left ?? entered;
  const codes = TALKING.map((kind) => EVENT_KINDS.indexOf(kind));
  const [counts, partners] = await Promise.all([
    select(
      source,
      sql`SELECT kind, count(*) FROM raw.events WHERE t BETWEEN ${entered} AND ${left}
        AND pid = ${process} AND kind IN ${codes} GROUP BY kind`,
    ),
    select(
      source,
      sql`SELECT coalesce(x.name, p.text), count(*) AS n FROM raw.messages m JOIN base.pids p ON p.id = m.to_pid
          LEFT JOIN base.processes x ON x.pid = m.to_pid
        WHERE m.t_sent BETWEEN ${entered} AND ${left} AND m.from_pid = ${process}
        GROUP BY ALL ORDER BY n DESC, 1 LIMIT ${MAX_PARTNERS}`,
    ),
  ]);
  const of = new Map(counts.map(([kind, count]) => [asNumber(kind), asNumber(count)]));
  const [sent = 0, received = 0, spawned = 0] = codes.map((code) => of.get(code));
  return {
    sent,
    received,
    spawned,
    partners: partners.map(([name]) => asText(name)),
  };
}
