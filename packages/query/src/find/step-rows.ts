// Steps of a watch, read from the tables one window at a time: calls as they begin and end, events of
// instrumented code that bind what the condition asks for, states. Only rows that matter are read, and
// their terms only there.

import { decode, type Term } from "@elixirscope/etf";
import { CALL_OUTCOMES, EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { CAPTURING_CODES, capturedValues, type SiteNames } from "../captured-values.ts";
import type { Condition } from "../condition/condition.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";
import type { Step, Values } from "./step.ts";
import type { Subject } from "./subject.ts";

/** Half open. By time for what lies on disk; by id for what has come since. */
export type Window = { readonly by: "time" | "id"; readonly from: number; readonly to: number };

/** More rows than this in one window, and it is to be split; an instant cannot be. */
const MAX_ROWS = 50_000;
const MAX_ROWS_OF_INSTANT = 1_000_000;
const RETURNED = CALL_OUTCOMES.indexOf("returned");
const RUNNING: readonly EventKind[] = ["bind", "branch", "value", "line"];
const RUNNING_CODES = RUNNING.map((kind) => EVENT_KINDS.indexOf(kind));

export class StepRows {
  readonly #source: Source;
  readonly #subject: Subject;
  readonly #variables: ReadonlySet<string>;
  readonly #sites: readonly number[];
  #limit = MAX_ROWS;

  constructor(source: Source, subject: Subject, condition: Condition) {
    this.#source = source;
    this.#subject = subject;
    this.#variables = condition.variables;
    this.#sites = [...subject.sites.values()].flatMap(({ site, names }) =>
      subject.lineSites?.has(site) === true ||
      names.some((name) => name !== null && condition.variables.has(name))
        ? [site]
        : [],
    );
  }

  /** In their order; null: too many for one answer. */
  async read(window: Window): Promise<readonly Step[] | null> {
    this.#limit = window.to - window.from <= 1 ? MAX_ROWS_OF_INSTANT : MAX_ROWS;
    const read =
      this.#subject.processes.length > 0
        ? [this.#states(window)]
        : [this.#entered(window), this.#ran(window), this.#left(window)];
    const parts = await Promise.all(read);
    const steps = parts.flatMap((part) => part ?? []);
    if (parts.includes(null)) return null;
    return steps.toSorted((a, b) => a.t - b.t || a.id - b.id);
  }

  /** The calls that were running at an instant, with their latest values. */
  async before(t: number): Promise<readonly Step[]> {
    if (this.#subject.processes.length > 0) return [];
    const running = sql`t_enter < ${t} AND (t_exit >= ${t} OR t_exit IS NULL)`;
    const entered = (await this.#calls(running, sql`t < ${t}`)) ?? [];
    const frames = entered.map(({ id }) => id);
    if (frames.length === 0 || this.#sites.length === 0) return entered;
    const latest = sql`(SELECT frame, site, max(id) AS id, arg_max(t, id) AS t, arg_max(pid, id) AS pid,
        arg_max(kind, id) AS kind, arg_max(payload, id) AS payload, arg_max(flags, id) AS flags
      FROM raw.events WHERE t < ${t} AND frame IN ${frames} AND site IN ${this.#sites} AND kind IN ${RUNNING_CODES}
      GROUP BY frame, site)`;
    return [...entered, ...((await this.#events(latest)) ?? [])].toSorted(
      (a, b) => a.t - b.t || a.id - b.id,
    );
  }

  async #entered({ by, from, to }: Window): Promise<readonly Step[] | null> {
    const column = by === "time" ? sql`t_enter` : sql`call`;
    const other = by === "time" ? sql`t` : sql`event`;
    return await this.#calls(
      sql`${column} >= ${from} AND ${column} < ${to}`,
      sql`${other} >= ${from} AND ${other} < ${to}`,
    );
  }

  /** `further`: which rows of bindings may belong to them. */
  async #calls(
    test: Sql,
    further: Sql,
  ): Promise<readonly Extract<Step, { kind: "enter" }>[] | null> {
    const rows = await this.#select(
      sql`SELECT c.t_enter, c.call, p.text, c.site, c."function", payload(c.args), payload(b.value)
        FROM (SELECT call, pid, site, "function", t_enter, args FROM raw.calls
            WHERE ${test} AND ${this.#ofSubject()} LIMIT ${this.#limit + 1}) c
          LEFT JOIN base.pids p ON p.id = c.pid
          LEFT JOIN (SELECT event, value FROM raw.bindings WHERE site IN ${this.#sites} AND ${further}) b ON b.event = c.call`,
    );
    return (
      rows?.map((row) => {
        const site = asNumberOrNull(row[3]);
        const values = this.#callValues(asBytesOrNull(row[5]), asBytesOrNull(row[6]), site);
        return {
          kind: "enter",
          ...happened(row, site),
          call: asNumber(row[1]),
          function: asNumberOrNull(row[4]),
          values,
        };
      }) ?? null
    );
  }

  async #left({ by, from, to }: Window): Promise<readonly Step[] | null> {
    const column = by === "time" ? sql`t_exit` : sql`exit_event`;
    const result = this.#variables.has("result") ? sql`payload(c.result)` : sql`NULL`;
    const rows = await this.#select(
      sql`SELECT c.t_exit, coalesce(c.exit_event, c.call), p.text, c.site, c.call, c.outcome, ${result}
        FROM (SELECT call, pid, site, t_exit, exit_event, outcome, result FROM raw.calls
            WHERE ${column} >= ${from} AND ${column} < ${to} AND ${this.#ofSubject()} LIMIT ${this.#limit + 1}) c
          LEFT JOIN base.pids p ON p.id = c.pid`,
    );
    return (
      rows?.map((row) => ({
        kind: "exit",
        ...happened(row, asNumberOrNull(row[3])),
        call: asNumber(row[4]),
        result: asNumber(row[5]) === RETURNED ? termOf(row[6]) : null,
      })) ?? null
    );
  }

  async #ran({ by, from, to }: Window): Promise<readonly Step[] | null> {
    if (this.#sites.length === 0) return [];
    const column = by === "time" ? sql`t` : sql`id`;
    return await this.#events(
      sql`(SELECT id, t, pid, site, frame, kind, payload, flags FROM raw.events
        WHERE ${column} >= ${from} AND ${column} < ${to} AND site IN ${this.#sites} AND kind IN ${RUNNING_CODES}
        LIMIT ${this.#limit + 1})`,
    );
  }

  async #events(table: Sql): Promise<readonly Step[] | null> {
    const rows = await this.#select(
      sql`SELECT e.t, e.id, p.text, e.site, e.frame, e.flags,
          CASE WHEN e.kind IN ${CAPTURING_CODES} THEN payload(e.payload) END
        FROM ${table} e LEFT JOIN base.pids p ON p.id = e.pid`,
    );
    return (
      rows?.map((row) => {
        const site = asNumberOrNull(row[3]);
        const captured = {
          payload: asBytesOrNull(row[6]),
          count: asNumberOrNull(row[5]) ?? 0,
          further: null,
        };
        const values = this.#wanted(capturedValues(captured, this.#namesOf(site)));
        return { kind: "bind", ...happened(row, site), call: asNumberOrNull(row[4]) ?? 0, values };
      }) ?? null
    );
  }

  async #states({ by, from, to }: Window): Promise<readonly Step[] | null> {
    const column = by === "time" ? sql`t` : sql`event`;
    const rows = await this.#select(
      sql`SELECT s.t, s.event, p.text, payload(s.state)
        FROM (SELECT t, event, pid, state FROM raw.states
            WHERE ${column} >= ${from} AND ${column} < ${to} AND pid IN ${this.#subject.processes} LIMIT ${this.#limit + 1}) s
          LEFT JOIN base.pids p ON p.id = s.pid`,
    );
    return (
      rows?.map((row) => ({ kind: "state", ...happened(row, null), state: termOf(row[3]) })) ?? null
    );
  }

  async #select(query: Sql): Promise<readonly Row[] | null> {
    const params: string[] = [];
    const text = query.render(params);
    const { rows, truncated } = await this.#source.query(text, { params, limit: this.#limit });
    return truncated ? null : rows;
  }

  #ofSubject(): Sql {
    return sql`("function" IN ${[...this.#subject.functions.keys()]} OR site IN ${[...this.#subject.sites.keys()]})`;
  }

  #namesOf(site: number | null): SiteNames {
    return (site === null ? undefined : this.#subject.sites.get(site)?.names) ?? [];
  }

  #wanted(values: Values): Values {
    return new Map([...values].filter(([name]) => this.#variables.has(name)));
  }

  /** By their names, and as `arg1` to `argN`. */
  #callValues(args: Uint8Array | null, further: Uint8Array | null, site: number | null): Values {
    if (this.#variables.size === 0) return new Map();
    const list = args === null ? null : decode(args);
    const items = list?.ok === true && list.value.kind === "list" ? list.value.items : [];
    const names = this.#namesOf(site);
    const values = new Map<string, Term>(
      capturedValues({ payload: args, count: items.length, further }, names),
    );
    for (const [i, item] of items.entries()) values.set(`arg${i + 1}`, item);
    return this.#wanted(values);
  }
}

function happened(row: Row, site: number | null): Pick<Step, "t" | "id" | "pid" | "site"> {
  return { t: asNumber(row[0]), id: asNumber(row[1]), pid: asTextOrNull(row[2]) ?? "", site };
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}
