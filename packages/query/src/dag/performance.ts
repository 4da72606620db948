// Where time went: call stacks with how often, how long, and how long of that waiting for messages. A node is
// a function below its callers, so recursion is a chain and the graph a tree.

import { CALL_OUTCOMES, EVENT_KINDS } from "@elixirscope/trace";
import { functionTexts } from "../interned.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, type DagEdge, type DagNode, type DagWeight, type Graph } from "./dag.ts";
import { eventsWhere } from "./event-rows.ts";
import { inIds, ofPids, type IdRange, type Scope } from "./scope.ts";
import { StackFold } from "./stack-fold.ts";
import { largest, pathsOf, type OpenCall, type StackPath } from "./stack-paths.ts";
import { textHash } from "./text-hash.ts";

/** Ids at a time: no more rows than a live recording answers with. */
const WINDOW = 100_000;
const MAX_EVENTS = 5_000_000;
const MAX_OPEN = 50_000;
const RAISED = CALL_OUTCOMES.indexOf("raised");
const OPEN = CALL_OUTCOMES.indexOf("open");
const RECEIVE = EVENT_KINDS.indexOf("receive");

export class PerformanceBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #fold = new StackFold();
  /** of each process the time of its latest event */
  readonly #latest = new Map<number, number>();
  #upTo = 0;
  #read = 0;
  #unread = 0;

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take({ after, upTo }: IdRange): Promise<void> {
    for (let from = after; from < upTo; from += WINDOW) {
      const ids = { after: from, upTo: Math.min(upTo, from + WINDOW) };
      if (this.#read >= MAX_EVENTS) {
        this.#unread += ids.upTo - ids.after;
        continue;
      }
      this.#read += ids.upTo - ids.after;
      this.#upTo = ids.upTo;
      const [receives, calls] = await Promise.all([this.#receives(ids), this.#ended(ids)]);
      for (const row of receives) this.#wait(row);
      for (const row of calls) {
        this.#fold.end({
          call: asNumber(row[0]),
          parent: asNumberOrNull(row[1]),
          function: asNumber(row[2]),
          t: asNumber(row[3]),
          totalNs: asNumber(row[4]),
          selfNs: asNumber(row[5]),
          raised: asNumber(row[6]) === RAISED,
        });
      }
    }
  }

  async #ended(ids: IdRange): Promise<readonly Row[]> {
    const { from, to } = this.#scope;
    return await select(
      this.#source,
      sql`SELECT call::DOUBLE, parent_call::DOUBLE, coalesce("function", 0), t_enter::DOUBLE,
          greatest(0, t_exit - t_enter)::DOUBLE, greatest(0, coalesce(self_ns, 0))::DOUBLE, outcome
        FROM raw.calls WHERE ${inIds(sql`exit_event`, ids)} AND t_enter BETWEEN ${from} AND ${to}
          AND t_exit <= ${to} AND ${ofPids(sql`pid`, this.#scope)}
        ORDER BY exit_event, call DESC`,
    );
  }

  /** Receives in calls, and the latest event of each process, with the event before. */
  async #receives(ids: IdRange): Promise<readonly Row[]> {
    return await select(
      this.#source,
      sql`SELECT e.pid, e.t::DOUBLE, CASE WHEN e.kind = ${RECEIVE} THEN e.frame::DOUBLE END, e.before::DOUBLE, e.is_last,
          m.t_sent::DOUBLE
        FROM (SELECT id, pid, t, kind, frame, lag(t) OVER w AS before, lead(id) OVER w IS NULL AS is_last
            FROM raw.events WHERE ${eventsWhere(this.#scope, ids)} WINDOW w AS (PARTITION BY pid ORDER BY id)) e
          LEFT JOIN (SELECT receive_event, t_sent FROM raw.messages WHERE ${inIds(sql`receive_event`, ids)}) m
            ON m.receive_event = e.id
        WHERE e.kind = ${RECEIVE} AND e.frame IS NOT NULL OR e.is_last ORDER BY e.id`,
    );
  }

  /** From the event before until a message came that had not been there yet. */
  #wait(row: Row): void {
    const [pid, t, frame] = [asNumber(row[0]), asNumber(row[1]), asNumberOrNull(row[2])];
    const before = asNumberOrNull(row[3]) ?? this.#latest.get(pid);
    const sent = asNumberOrNull(row[5]);
    if (row[4] === true) this.#latest.set(pid, t);
    if (frame === null || before === undefined || (sent !== null && sent <= before)) return;
    this.#fold.wait(frame, Math.max(0, t - before));
  }

  async view(): Promise<Graph> {
    const open = await this.#open();
    const paths = pathsOf(this.#fold, open);
    const { depth, limit } = this.#scope;
    const shown = largest(
      paths.filter((path) => path.depth <= depth + 1),
      limit,
    );
    const names = await functionTexts(
      this.#source,
      shown.map((path) => path.function),
    );
    const ids = pathIds(paths, names);
    const nodes = shown.map((path): DagNode => {
      const label = names.get(path.function) ?? "an unknown function";
      const weight = weightOf(path);
      return {
        id: ids(path),
        event: path.first,
        t: path.t,
        pid: null,
        label,
        type: "function",
        weight,
      };
    });
    const edges = shown.flatMap((path): DagEdge[] => {
      if (path.above === null) return [];
      const [source, target] = [ids(path.above), ids(path)];
      const weight = { count: path.calls + path.open, totalNs: path.totalNs };
      return [
        {
          id: edgeId("call", source, target),
          source,
          target,
          type: "call",
          confidence: "exact",
          weight,
        },
      ];
    });
    return { nodes, edges, more: paths.length - shown.length, notes: this.#notes(open) };
  }

  /** Calls without a known end. */
  async #open(): Promise<readonly OpenCall[]> {
    const { from, to } = this.#scope;
    const rows = await select(
      this.#source,
      sql`SELECT call::DOUBLE, parent_call::DOUBLE, coalesce("function", 0), t_enter::DOUBLE, outcome = ${OPEN} OR exit_event IS NOT NULL
        FROM raw.calls
        WHERE call <= ${this.#upTo} AND t_enter BETWEEN ${from} AND ${to} AND ${ofPids(sql`pid`, this.#scope)}
          AND (exit_event IS NULL OR exit_event > ${this.#upTo} OR t_exit > ${to})
        ORDER BY call LIMIT ${MAX_OPEN}`,
    );
    return rows.map((row) => ({
      call: asNumber(row[0]),
      parent: asNumberOrNull(row[1]),
      function: asNumber(row[2]),
      t: asNumber(row[3]),
      isOpen: row[4] === true,
    }));
  }

  #notes(open: readonly OpenCall[]): string[] {
    const endless = open.filter(({ isOpen }) => !isOpen).length;
    return [
      ...(this.#unread === 0
        ? []
        : [`only the first ${MAX_EVENTS} events of the range were added up`]),
      ...(this.#fold.left === 0
        ? []
        : [`${this.#fold.left} calls in rarer stacks are in their callers only`]),
      ...(endless === 0
        ? []
        : [`of ${endless} calls it is not known when they ended: their time is not here`]),
    ];
  }
}

function weightOf(path: StackPath): DagWeight {
  const { calls, open, totalNs, selfNs, waitingNs, raised, first } = path;
  return {
    count: calls + open,
    totalNs,
    selfNs,
    waitingNs,
    ...(raised === 0 ? {} : { raised }),
    ...(open === 0 ? {} : { open }),
    first,
  };
}

/** Made of the names along the stack, so that it is the same in every range and in every recording. */
function pathIds(
  paths: readonly StackPath[],
  names: ReadonlyMap<number, string>,
): (path: StackPath) => string {
  const ids = new Map<StackPath, string>();
  // callers come before what they call
  for (const path of paths) {
    const name = names.get(path.function) ?? String(path.function);
    ids.set(path, `k${textHash(`${path.above === null ? "" : ids.get(path.above)}>${name}`)}`);
  }
  return (path) => ids.get(path) ?? "k";
}
