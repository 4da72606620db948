// Events by id with what other tables know of them: the function of a call and its end, the message of
// a send and its receive. One look-up describes many, so that links get their titles together.

import { assertNever } from "@elixirscope/base";
import type { EventKind } from "@elixirscope/trace";
import { kindOf } from "./event-kinds.ts";
import { functionText, functionTexts, pidTexts, UNKNOWN_FUNCTION } from "./interned.ts";
import { extentOf, rowsOf } from "./part-rows.ts";
import { payloadsOf } from "./payloads.ts";
import { printTerm, type TermStyle } from "./print.ts";
import { among, RowsById, type FoundRow } from "./rows-by-id.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "./sql.ts";

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
  return await new FactFinder(source).all(ids);
}

type EventRow = Omit<EventFacts, "pid" | "call" | "message"> & { readonly pidIndex: number };

/** What it has found of calls and messages it does not ask for again: neighbours share them. */
export class FactFinder {
  readonly #source: Source;
  readonly #calls: Calls;
  readonly #messages = new Map<number, MessageFacts>();

  constructor(source: Source) {
    this.#source = source;
    this.#calls = new Calls(source);
  }

  async all(ids: readonly number[]): Promise<ReadonlyMap<number, EventFacts>> {
    const [found] = await Promise.all([
      this.#find(ids, frameOf),
      // the calls that events belong to mostly began beside them
      callsById.foresee(this.#source, ids),
    ]);
    return found;
  }

  /** With no more calls than `eventTitle` names. */
  async forTitles(ids: readonly number[]): Promise<ReadonlyMap<number, EventFacts>> {
    return await this.#find(ids, namedFrameOf);
  }

  async #find(
    ids: readonly number[],
    frameWanted: (event: EventRow) => number | null,
  ): Promise<ReadonlyMap<number, EventFacts>> {
    if (ids.length === 0) return new Map();
    const calls = this.#calls;
    const events = await eventRows(this.#source, [...new Set(ids)]);
    const begun = [...idsOf(events, "call"), ...events.flatMap((one) => frameWanted(one) ?? [])];
    const ends = events.filter(({ kind }) => ENDS.has(kind));
    const [texts] = await Promise.all([
      pidTexts(
        this.#source,
        events.map(({ pidIndex }) => pidIndex),
      ),
      // what ended a call mostly has it as its frame: it is looked for by its end where it has not
      calls
        .find(begun, ends.filter(isFrameless).map(idOf))
        .then(async () => await calls.find([], ends.map(idOf))),
      findMessages(this.#source, this.#messages, idsOf(events, "send"), idsOf(events, "receive")),
    ]);
    return new Map(
      events.map(({ pidIndex, ...event }) => [
        event.id,
        {
          ...event,
          pid: texts.get(pidIndex) ?? "",
          call: calls.of(event.id) ?? (event.frame === null ? null : calls.of(event.frame)),
          message: this.#messages.get(event.id) ?? null,
        },
      ]),
    );
  }
}

function frameOf({ frame }: EventRow): number | null {
  return frame;
}

function namedFrameOf({ kind, frame }: EventRow): number | null {
  return NAMED_BY_CALL.has(kind) ? frame : null;
}

const eventsById = new RowsById("events", [
  "id",
  "t",
  "pid",
  "kind",
  "frame",
  "correlation",
  "flags",
  "payload",
  "site",
]);

async function eventRows(source: Source, ids: readonly number[]): Promise<readonly EventRow[]> {
  const rows = await eventsById.of(source, ids);
  const refs = [...rows.values()].map((row) => row[7] ?? 0);
  const payloads = await payloadsOf(
    source,
    refs.filter((ref) => ref !== 0),
  );
  return [...rows.values()].map(
    ([id, t, pid, kind, frame, correlation, flags, payload, site]): EventRow => ({
      id: id ?? 0,
      t: t ?? 0,
      pidIndex: pid ?? 0,
      kind: kindOf(kind ?? 0),
      frame: frame ?? null,
      correlation: correlation ?? null,
      flags: flags ?? 0,
      payload: payloads.get(payload ?? 0) ?? null,
      site: site ?? null,
    }),
  );
}

/** A call may also end with its process. */
const ENDS: ReadonlySet<EventKind> = new Set(["return", "exception", "tail", "exit", "no_clause"]);
/** Their titles name the function that they happened in. */
const NAMED_BY_CALL: ReadonlySet<EventKind> = new Set([
  "return",
  "exception",
  "tail",
  "bind",
  "branch",
  "value",
  "line",
  "no_clause",
]);

function idsOf(events: readonly EventRow[], kind: EventKind): readonly number[] {
  return events.filter((event) => event.kind === kind).map(idOf);
}

function idOf({ id }: EventRow): number {
  return id;
}

function isFrameless({ frame }: EventRow): boolean {
  return frame === null;
}

/** Of fewer columns than calls are shown with: each is read from a block of its own. */
const callsById = new RowsById("calls", ["call", "parent_call", "exit_event", "function"]);

/** Calls by their ids, and by the events that ended them. */
class Calls {
  readonly #source: Source;
  readonly #found = new Map<number, CallFacts>();
  readonly #asked = new Set<number>();

  constructor(source: Source) {
    this.#source = source;
  }

  of(id: number): CallFacts | null {
    return this.#found.get(id) ?? null;
  }

  #isNew(id: number): boolean {
    return !this.#found.has(id) && !this.#asked.has(id);
  }

  #add(facts: CallFacts): void {
    this.#found.set(facts.call, facts);
    if (facts.exitEvent !== null) this.#found.set(facts.exitEvent, facts);
  }

  async find(calls: readonly number[], ends: readonly number[]): Promise<void> {
    const begun = [...new Set(calls)].filter((id) => this.#isNew(id));
    const ended = ends.filter((id) => this.#isNew(id));
    for (const id of [...begun, ...ended]) this.#asked.add(id);
    const [ofBegun, ofEnded] = await Promise.all([
      begun.length === 0 ? [] : callsById.of(this.#source, begun),
      ended.length === 0 ? [] : this.#endedBy(ended),
    ]);
    const rows = [...new Map(ofBegun).values(), ...ofEnded];
    const names = await functionTexts(
      this.#source,
      rows.map(([, , , id]) => id ?? 0),
    );
    for (const [call, parent, exitEvent, id] of rows) {
      this.#add({
        call: call ?? 0,
        parent: parent ?? null,
        exitEvent: exitEvent ?? null,
        mfa: names.get(id ?? 0) ?? functionText(UNKNOWN_FUNCTION),
      });
    }
  }

  async #endedBy(events: readonly number[]): Promise<readonly FoundRow[]> {
    const calls = await rowsOf(this.#source, "calls", { exit_event: extentOf(events) });
    const rows = await select(
      this.#source,
      sql`SELECT call, parent_call, exit_event, "function" FROM ${calls} WHERE ${among(sql`exit_event`, events)}`,
    );
    return rows.map((row) => row.map(asNumberOrNull));
  }
}

type Chosen = { readonly rows: Sql; readonly column: Sql; readonly ids: readonly number[] };

/**
 * In two, since DuckDB skips row groups by one test, not by two with OR between; a test that has nothing
 * to find is left out. A row may come twice. Null: there is nothing to ask for.
 */
function either(one: Chosen, other: Chosen): Sql | null {
  const [first, second] = [one, other]
    .filter(({ ids }) => ids.length > 0)
    .map(({ rows, column, ids }) => sql`${rows} WHERE ${among(column, ids)}`);
  if (first === undefined) return null;
  return second === undefined ? first : sql`${first} UNION ALL ${second}`;
}

async function findMessages(
  source: Source,
  found: Map<number, MessageFacts>,
  sends: readonly number[],
  receives: readonly number[],
): Promise<void> {
  const isMissing = (id: number): boolean => !found.has(id);
  const [sent, received] = [sends.filter(isMissing), receives.filter(isMissing)];
  const columns = sql`SELECT from_pid, to_pid, send_event, receive_event, match FROM`;
  const [ofSent, ofReceived] = await Promise.all([
    rowsOf(source, "messages", { send_event: extentOf(sent) }),
    rowsOf(source, "messages", { receive_event: extentOf(received) }),
  ]);
  const chosen = either(
    { rows: sql`${columns} ${ofSent}`, column: sql`send_event`, ids: sent },
    { rows: sql`${columns} ${ofReceived}`, column: sql`receive_event`, ids: received },
  );
  if (chosen === null) return;
  const rows = await select(source, chosen);
  const processes = rows.flatMap(([from, to]) => [asNumberOrNull(from), asNumberOrNull(to)]);
  const texts = await pidTexts(
    source,
    processes.filter((pid) => pid !== null),
  );
  const textOf = (pid: unknown): string | null => texts.get(asNumberOrNull(pid) ?? 0) ?? null;
  for (const row of rows) {
    addMessage(found, {
      from: textOf(row[0]),
      to: textOf(row[1]),
      sendEvent: asNumberOrNull(row[2]),
      receiveEvent: asNumberOrNull(row[3]),
      match: asNumber(row[4]),
    });
  }
}

function addMessage(found: Map<number, MessageFacts>, facts: MessageFacts): void {
  if (facts.sendEvent !== null) found.set(facts.sendEvent, facts);
  if (facts.receiveEvent !== null) found.set(facts.receiveEvent, facts);
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
