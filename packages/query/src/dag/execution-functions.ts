// Which functions called which, with how often and how long: the dynamic call graph. Recursion makes it
// cyclic. A call counts where it began; its time counts where it ended.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { functionTexts } from "../interned.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, type DagEdge, type DagNode, type DagWeight, type Graph } from "./dag.ts";
import { inIds, ofPids, type IdRange, type Scope } from "./scope.ts";

const RAISED = CALL_OUTCOMES.indexOf("raised");

type Sum = {
  readonly caller: number | null;
  readonly callee: number;
  count: number;
  ended: number;
  totalNs: number;
  selfNs: number;
  raised: number;
  first: number;
  last: number;
  t: number;
};

export class FunctionsBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #sums = new Map<string, Sum>();

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take(ids: IdRange): Promise<void> {
    const [begun, ended] = await Promise.all([this.#begun(ids), this.#ended(ids)]);
    for (const row of begun) {
      const sum = this.#sumOf(row);
      sum.count += asNumber(row[2]);
      sum.first = Math.min(sum.first, asNumber(row[3]));
      sum.last = Math.max(sum.last, asNumber(row[4]));
      sum.t = Math.min(sum.t, asNumber(row[5]));
    }
    for (const row of ended) {
      const sum = this.#sumOf(row);
      sum.ended += asNumber(row[2]);
      sum.totalNs += asNumberOrNull(row[3]) ?? 0;
      sum.selfNs += asNumberOrNull(row[4]) ?? 0;
      sum.raised += asNumber(row[5]);
    }
  }

  async #begun(ids: IdRange): Promise<readonly Row[]> {
    return await select(
      this.#source,
      sql`${this.#calls(sql`${inIds(sql`call`, ids)}`)}
        SELECT p."function", c."function", count(*), min(c.call)::DOUBLE, max(c.call)::DOUBLE, min(c.t_enter)::DOUBLE
        FROM c LEFT JOIN p ON p.call = c.parent_call GROUP BY 1, 2`,
    );
  }

  async #ended(ids: IdRange): Promise<readonly Row[]> {
    return await select(
      this.#source,
      sql`${this.#calls(sql`${inIds(sql`exit_event`, ids)}`)}
        SELECT p."function", c."function", count(*), sum(c.t_exit - c.t_enter)::DOUBLE, sum(c.self_ns)::DOUBLE,
          count(*) FILTER (c.outcome = ${RAISED})
        FROM c LEFT JOIN p ON p.call = c.parent_call GROUP BY 1, 2`,
    );
  }

  /** `c`: the calls meant; `p`: those that made them. */
  #calls(which: ReturnType<typeof sql>): ReturnType<typeof sql> {
    const { from, to } = this.#scope;
    return sql`WITH c AS MATERIALIZED (SELECT * FROM raw.calls
        WHERE ${which} AND t_enter BETWEEN ${from} AND ${to} AND "function" IS NOT NULL AND ${ofPids(sql`pid`, this.#scope)}),
      p AS (SELECT call, "function" FROM raw.calls WHERE t_enter <= ${to}
        AND call BETWEEN (SELECT min(parent_call) FROM c) AND (SELECT max(parent_call) FROM c))`;
  }

  #sumOf(row: Row): Sum {
    const [caller, callee] = [asNumberOrNull(row[0]), asNumber(row[1])];
    const key = `${caller ?? ""}>${callee}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const sum = {
      caller,
      callee,
      count: 0,
      ended: 0,
      totalNs: 0,
      selfNs: 0,
      raised: 0,
      first: Infinity,
      last: 0,
      t: Infinity,
    };
    this.#sums.set(key, sum);
    return sum;
  }

  async view(): Promise<Graph> {
    const sums = [...this.#sums.values()].filter(({ count }) => count > 0);
    const whole = new Map<number, Sum>();
    for (const sum of sums) {
      const known = whole.get(sum.callee);
      whole.set(sum.callee, known === undefined ? { ...sum } : added(known, sum));
    }
    const ranked = [...whole.values()]
      .toSorted((a, b) => b.count - a.count || a.callee - b.callee)
      .slice(0, this.#scope.limit);
    const names = await functionTexts(
      this.#source,
      ranked.map(({ callee }) => callee),
    );
    const ids = new Map<number, string>();
    const nodes = ranked.map((sum): DagNode => {
      const label = names.get(sum.callee) ?? "an unknown function";
      const id = `f${label}`;
      ids.set(sum.callee, id);
      // with recursion inner calls are in the time of the outer ones: a function's total is no sum
      const { totalNs: _, ...weight } = weightOf(sum);
      return { id, event: sum.first, t: sum.t, pid: null, label, type: "function", weight };
    });
    const edges = sums.flatMap((sum): DagEdge[] => {
      const [source, target] = [ids.get(sum.caller ?? 0), ids.get(sum.callee)];
      if (source === undefined || target === undefined) return [];
      const id = edgeId("call", source, target);
      return [{ id, source, target, type: "call", confidence: "exact", weight: weightOf(sum) }];
    });
    return { nodes, edges, more: whole.size - nodes.length, notes: [] };
  }
}

function added(a: Sum, b: Sum): Sum {
  return {
    ...a,
    count: a.count + b.count,
    ended: a.ended + b.ended,
    totalNs: a.totalNs + b.totalNs,
    selfNs: a.selfNs + b.selfNs,
    raised: a.raised + b.raised,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    t: Math.min(a.t, b.t),
  };
}

function weightOf({ count, ended, totalNs, selfNs, raised, first, last }: Sum): DagWeight {
  return {
    count,
    totalNs,
    selfNs,
    ...(raised === 0 ? {} : { raised }),
    ...(ended === count ? {} : { open: count - ended }),
    first,
    last,
  };
}
