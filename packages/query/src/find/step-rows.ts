// Steps of a watch, read from the tables one window at a time: calls as they begin and end, events of
// instrumented code that bind what the condition asks for, states. Only rows that matter are read, and
// their terms only there.

import { decode, type Term } from "@elixirscope/etf";
import { CALL_OUTCOMES, EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { CAPTURING_CODES, capturedValues, listOf, type SiteNames } from "../captured-values.ts";
import type { Condition } from "../condition/condition.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import type { Step, Values } from "./step.ts";
import type { Subject } from "./subject.ts";

/** Half open. By time for what lies on disk; by id for what has come since. */
export type Window = { readonly by: "time" | "id"; readonly from: number; readonly to: number };

/** Rows of one window at the most. */
export const MAX_ROWS = 20_000;
const RETURNED = CALL_OUTCOMES.indexOf("returned");
const RUNNING: readonly EventKind[] = ["bind", "branch", "value", "line", "send", "tail"];
const RUNNING_CODES = RUNNING.map((kind) => EVENT_KINDS.indexOf(kind));

export class StepRows {
  readonly #source: Source;
  readonly #subject: Subject;
  readonly #variables: ReadonlySet<string>;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #sites: readonly number[];

  constructor(source: Source, subject: Subject, condition: Condition) {
    this.#source = source;
    this.#subject = subject;
    this.#variables = condition.variables;
    this.#positions = positionsOf(condition.variables);
    this.#sites = [...subject.sites.values()].flatMap(({ site, names }) =>
      subject.lineSites?.has(site) === true ||
      names.some((name) => name !== null && condition.variables.has(name))
        ? [site]
        : [],
    );
  }

  /** What becomes known of a call is not all known when it begins. */
  get followsCalls(): boolean {
    return this.#sites.length > 0 || this.#variables.has("result");
  }

  /** How many rows a window has, without reading their terms. */
  async count({ by, from, to }: Window): Promise<number> {
    const within = (time: Sql, id: Sql): Sql => {
      const column = by === "time" ? time : id;
      return sql`${column} >= ${from} AND ${column} < ${to}`;
    };
    const calls = (time: Sql, id: Sql): Sql =>
      sql`(SELECT count(*) FROM raw.calls WHERE ${within(time, id)} AND ${this.#ofSubject()})`;
    const parts = this.#isOfStates
      ? [
          sql`(SELECT count(*) FROM raw.states WHERE ${within(sql`t`, sql`event`)} AND pid IN ${this.#subject.processes})`,
        ]
      : [
          calls(sql`t_enter`, sql`call`),
          ...(this.followsCalls ? [calls(sql`t_exit`, sql`exit_event`)] : []),
          ...(this.#sites.length === 0
            ? []
            : [
                sql`(SELECT count(*) FROM raw.events WHERE ${within(sql`t`, sql`id`)} AND ${this.#isRunning()})`,
              ]),
        ];
    const sum = parts.reduce((all, part) => sql`${all} + ${part}`);
    const [row] = await select(this.#source, sql`SELECT ${sum}`);
    return asNumber(row?.[0] ?? 0);
  }

  /** In their order. */
  async read(window: Window): Promise<readonly Step[]> {
    const parts = this.#isOfStates
      ? [await this.#states(window)]
      : [
          await this.#entered(window),
          ...(this.#sites.length > 0 ? [await this.#ran(window)] : []),
          ...(this.followsCalls ? [await this.#left(window)] : []),
        ];
    return parts.flat().toSorted((a, b) => a.t - b.t || a.id - b.id);
  }

  get #isOfStates(): boolean {
    return this.#subject.processes.length > 0;
  }

  #isRunning(): Sql {
    return sql`site IN ${this.#sites} AND kind IN ${RUNNING_CODES}`;
  }

  /** The calls that were running at an instant, with their latest values. */
  async before(t: number): Promise<readonly Step[]> {
    if (!this.followsCalls) return [];
    const running = sql`t_enter < ${t} AND (t_exit >= ${t} OR t_exit IS NULL)`;
    const entered = await this.#calls(running, sql`t < ${t}`);
    const frames = entered.map(({ id }) => id);
    if (frames.length === 0 || this.#sites.length === 0) return entered;
    const latest = sql`(SELECT frame, site, max(id) AS id, arg_max(t, id) AS t, arg_max(pid, id) AS pid,
        arg_max(kind, id) AS kind, arg_max(payload, id) AS payload, arg_max(flags, id) AS flags
      FROM raw.events WHERE t < ${t} AND frame IN ${frames} AND ${this.#isRunning()}
      GROUP BY frame, site)`;
    return [...entered, ...(await this.#events(latest))].toSorted(
      (a, b) => a.t - b.t || a.id - b.id,
    );
  }

  async #entered({ by, from, to }: Window): Promise<readonly Step[]> {
    const column = by === "time" ? sql`t_enter` : sql`call`;
    const other = by === "time" ? sql`t` : sql`event`;
    return await this.#calls(
      sql`${column} >= ${from} AND ${column} < ${to}`,
      sql`${other} >= ${from} AND ${other} < ${to}`,
    );
  }

  /** `further`: which rows of bindings may belong to them. */
  async #calls(test: Sql, further: Sql): Promise<readonly Extract<Step, { kind: "enter" }>[]> {
    const rows = await select(
      this.#source,
      sql`SELECT c.t_enter, c.call, c.pid, c.site, c."function", payload(c.args), payload(b.value)
        FROM (SELECT call, pid, site, "function", t_enter, args FROM raw.calls
            WHERE ${test} AND ${this.#ofSubject()}) c
          LEFT JOIN (SELECT event, value FROM raw.bindings WHERE site IN ${this.#sites} AND ${further}) b ON b.event = c.call`,
    );
    return rows.map((row) => {
      const site = asNumberOrNull(row[3]);
      const values = this.#callValues(asBytesOrNull(row[5]), asBytesOrNull(row[6]), site);
      return {
        kind: "enter",
        ...happened(row, site),
        call: asNumber(row[1]),
        function: asNumberOrNull(row[4]),
        values,
      };
    });
  }

  async #left({ by, from, to }: Window): Promise<readonly Step[]> {
    const column = by === "time" ? sql`t_exit` : sql`exit_event`;
    const result = this.#variables.has("result") ? sql`payload(c.result)` : sql`NULL`;
    const rows = await select(
      this.#source,
      sql`SELECT c.t_exit, coalesce(c.exit_event, c.call), c.pid, c.site, c.call, c.outcome, ${result}
        FROM (SELECT call, pid, site, t_exit, exit_event, outcome, result FROM raw.calls
            WHERE ${column} >= ${from} AND ${column} < ${to} AND ${this.#ofSubject()}) c`,
    );
    return rows.map((row) => ({
      kind: "exit",
      ...happened(row, asNumberOrNull(row[3])),
      call: asNumber(row[4]),
      result: asNumber(row[5]) === RETURNED ? termOf(row[6]) : null,
    }));
  }

  async #ran({ by, from, to }: Window): Promise<readonly Step[]> {
    const column = by === "time" ? sql`t` : sql`id`;
    return await this.#events(
      sql`(SELECT id, t, pid, site, frame, kind, payload, flags FROM raw.events
        WHERE ${column} >= ${from} AND ${column} < ${to} AND ${this.#isRunning()}
       )`,
    );
  }

  async #events(table: Sql): Promise<readonly Step[]> {
    const rows = await select(
      this.#source,
      sql`SELECT e.t, e.id, e.pid, e.site, e.frame, e.flags,
          CASE WHEN e.kind IN ${CAPTURING_CODES} THEN payload(e.payload) END
        FROM ${table} e`,
    );
    return rows.map((row) => {
      const site = asNumberOrNull(row[3]);
      const captured = {
        payload: asBytesOrNull(row[6]),
        count: asNumberOrNull(row[5]) ?? 0,
        further: null,
      };
      const values = capturedValues(captured, this.#namesOf(site), this.#variables);
      return { kind: "bind", ...happened(row, site), call: asNumberOrNull(row[4]) ?? 0, values };
    });
  }

  async #states({ by, from, to }: Window): Promise<readonly Step[]> {
    const column = by === "time" ? sql`t` : sql`event`;
    const rows = await select(
      this.#source,
      sql`SELECT s.t, s.event, s.pid, payload(s.state)
        FROM (SELECT t, event, pid, state FROM raw.states
            WHERE ${column} >= ${from} AND ${column} < ${to} AND pid IN ${this.#subject.processes}) s`,
    );
    return rows.map((row) => ({ kind: "state", ...happened(row, null), state: termOf(row[3]) }));
  }

  #ofSubject(): Sql {
    return sql`("function" IN ${[...this.#subject.functions.keys()]} OR site IN ${[...this.#subject.sites.keys()]})`;
  }

  #namesOf(site: number | null): SiteNames {
    return (site === null ? undefined : this.#subject.sites.get(site)?.names) ?? [];
  }

  /** By their names, and as `arg1` to `argN`. */
  #callValues(args: Uint8Array | null, further: Uint8Array | null, site: number | null): Values {
    const list = listOf(args);
    const count = list?.size ?? 0;
    const names = this.#namesOf(site);
    const values = capturedValues({ payload: args, count, further }, names, this.#variables);
    for (const [name, place] of this.#positions) {
      const value = list?.at(place);
      if (value !== undefined) values.set(name, value.toTerm());
    }
    return values;
  }
}

/** `arg2` is the second argument. */
function positionsOf(variables: ReadonlySet<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of variables) {
    const place = /^arg([1-9]\d{0,2})$/.exec(name)?.[1];
    if (place !== undefined) found.set(name, Number(place) - 1);
  }
  return found;
}

function happened(row: Row, site: number | null): Pick<Step, "t" | "id" | "pid" | "site"> {
  return { t: asNumber(row[0]), id: asNumber(row[1]), pid: asNumberOrNull(row[2]) ?? 0, site };
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}
