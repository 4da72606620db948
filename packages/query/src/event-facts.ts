// Events by id with what other tables know of them: the function of a call and its end, the message of
// a send and its receive. One look-up describes many, so that links get their titles together.

import { assertNever } from "@elixirscope/base";
import type { EventKind } from "@elixirscope/trace";
import { kindOf } from "./event-kinds.ts";
import { mfaText } from "./names.ts";
import { printTerm, type TermStyle } from "./print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "./sql.ts";

export type EventFacts = {
  readonly id: number;
  readonly t: number;
  readonly pid: string;
  readonly kind: EventKind;
  readonly frame: number | null;
  readonly correlation: number | null;
  readonly payload: Uint8Array | null;
  /** of instrumented code: how many variables its payload holds; else the probe's flags */
  readonly flags: number;
  readonly site: number | null;
  /** of a call, return or exception: the call; of others: the call they happened in */
  readonly call: CallFacts | null;
  readonly message: MessageFacts | null;
};

export type CallFacts = {
  readonly call: number;
  readonly parent: number | null;
  readonly mfa: string;
  readonly exitEvent: number | null;
};

export type MessageFacts = {
  readonly from: string | null;
  readonly to: string | null;
  readonly sendEvent: number | null;
  readonly receiveEvent: number | null;
  readonly match: number;
};

export async function eventFacts(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, EventFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT e.id, e.t, p.text, e.kind, e.frame, e.correlation, e.flags, payload(e.payload), e.site
      FROM (SELECT * FROM raw.events WHERE id IN ${ids}) e LEFT JOIN base.pids p ON p.id = e.pid`,
  );
  const events = rows.map((row) => ({
    id: asNumber(row[0]),
    t: asNumber(row[1]),
    pid: asTextOrNull(row[2]) ?? "",
    kind: kindOf(asNumber(row[3])),
    frame: asNumberOrNull(row[4]),
    correlation: asNumberOrNull(row[5]),
    flags: asNumberOrNull(row[6]) ?? 0,
    payload: asBytesOrNull(row[7]),
    site: asNumberOrNull(row[8]),
  }));
  const [calls, messages] = await Promise.all([
    callsOf(
      source,
      events.flatMap(({ id, kind, frame }) => [
        ...(kind === "call" ? [id] : []),
        ...(frame === null ? [] : [frame]),
      ]),
      idsOf(events, ENDS),
    ),
    messagesOf(source, idsOf(events, MESSAGE_ENDS)),
  ]);
  return new Map(
    events.map((event) => [
      event.id,
      {
        ...event,
        call:
          calls.get(event.id) ?? (event.frame === null ? null : (calls.get(event.frame) ?? null)),
        message: messages.get(event.id) ?? null,
      },
    ]),
  );
}

const MESSAGE_ENDS: ReadonlySet<EventKind> = new Set(["send", "receive"]);
/** A call may also end with its process. */
const ENDS: ReadonlySet<EventKind> = new Set(["return", "exception", "tail", "exit", "no_clause"]);

function idsOf(
  events: readonly { readonly id: number; readonly kind: EventKind }[],
  kinds: ReadonlySet<EventKind>,
): readonly number[] {
  return events.flatMap(({ id, kind }) => (kinds.has(kind) ? [id] : []));
}

/** By their ids, and by the events that ended them. */
async function callsOf(
  source: Source,
  calls: readonly number[],
  ends: readonly number[],
): Promise<ReadonlyMap<number, CallFacts>> {
  if (calls.length === 0 && ends.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT c.call, c.parent_call, c.exit_event, f.module, f."function", f.arity
      FROM (${eitherOf(sql`raw.calls`, sql`call IN ${calls}`, sql`exit_event IN ${ends}`)}) c
        LEFT JOIN base.functions f ON f.id = c."function"`,
  );
  const found = new Map<number, CallFacts>();
  for (const row of rows) {
    const facts = {
      call: asNumber(row[0]),
      parent: asNumberOrNull(row[1]),
      exitEvent: asNumberOrNull(row[2]),
      mfa: mfaText(
        asTextOrNull(row[3]) ?? "?",
        asTextOrNull(row[4]) ?? "?",
        asNumberOrNull(row[5]) ?? 0,
      ),
    };
    found.set(facts.call, facts);
    if (facts.exitEvent !== null) found.set(facts.exitEvent, facts);
  }
  return found;
}

/** DuckDB skips row groups by one test, not by two with OR between. A row may come twice. */
function eitherOf(table: Sql, one: Sql, other: Sql): Sql {
  return sql`SELECT * FROM ${table} WHERE ${one} UNION ALL SELECT * FROM ${table} WHERE ${other}`;
}

async function messagesOf(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, MessageFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT f.text, o.text, m.send_event, m.receive_event, m.match
      FROM (${eitherOf(sql`raw.messages`, sql`send_event IN ${ids}`, sql`receive_event IN ${ids}`)}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid`,
  );
  const found = new Map<number, MessageFacts>();
  for (const row of rows) {
    const facts = {
      from: asTextOrNull(row[0]),
      to: asTextOrNull(row[1]),
      sendEvent: asNumberOrNull(row[2]),
      receiveEvent: asNumberOrNull(row[3]),
      match: asNumber(row[4]),
    };
    if (facts.sendEvent !== null) found.set(facts.sendEvent, facts);
    if (facts.receiveEvent !== null) found.set(facts.receiveEvent, facts);
  }
  return found;
}

export function eventTitle(event: EventFacts, style: TermStyle): string {
  const mfa = event.call?.mfa ?? "an unknown function";
  switch (event.kind) {
    case "call":
      return mfa;
    case "return":
      return `return from ${mfa}`;
    case "exception":
      return `exception in ${mfa}`;
    case "send":
      return `send to ${event.message?.to ?? "an unknown process"}`;
    case "receive":
      return `receive from ${event.message?.from ?? "a timer, a port or the VM"}`;
    case "spawn":
      return "spawn";
    case "exit":
      return event.payload === null ? "exit" : `exit: ${short(event.payload, style)}`;
    case "link":
    case "unlink":
    case "register":
    case "unregister":
      return event.kind;
    case "getting_linked":
      return "linked by another process";
    case "getting_unlinked":
      return "unlinked by another process";
    case "state":
      return "new state";
    case "handle":
      return "message taken by the behaviour";
    case "module":
      return "module changed";
    case "tail":
      return `${mfa} goes on as another function`;
    case "bind":
      return `variables bound in ${mfa}`;
    case "branch":
      return `branch taken in ${mfa}`;
    case "value":
      return `expression in ${mfa}`;
    case "line":
      return `line in ${mfa}`;
    case "no_clause":
      return `no clause of ${mfa} matched`;
    case "none":
      return "unknown event";
    default:
      return assertNever(event.kind);
  }
}

function short(payload: Uint8Array, style: TermStyle): string {
  const text = printTerm(payload, "line", style);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
