// Each call by itself, below the one that made it.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { functionTexts, pidTexts } from "../interned.ts";
import { printArguments, styleOf } from "../print.ts";
import { asBytesOrNull, asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, eventNode, type DagEdge, type DagNode, type Graph } from "./dag.ts";
import { inIds, ofPids, type IdRange, type Scope } from "./scope.ts";

const SHOWN_CHARS = 100;

export class CallsBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #calls: number[] = [];
  #more = 0;

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take(ids: IdRange): Promise<void> {
    const { from, to, limit } = this.#scope;
    const room = limit - this.#calls.length;
    const rows = await select(
      this.#source,
      sql`SELECT call::DOUBLE, count(*) OVER () FROM raw.calls
        WHERE ${inIds(sql`call`, ids)} AND t_enter BETWEEN ${from} AND ${to} AND ${ofPids(sql`pid`, this.#scope)}
        ORDER BY call LIMIT ${Math.max(1, room)}`,
    );
    for (const row of rows.slice(0, room)) this.#calls.push(asNumber(row[0]));
    this.#more += (rows[0] === undefined ? 0 : asNumber(rows[0][1])) - Math.min(room, rows.length);
  }

  /** Asked anew each time: a call that was open may have ended. */
  async view(): Promise<Graph> {
    const rows = await select(
      this.#source,
      sql`SELECT call::DOUBLE, parent_call::DOUBLE, pid, "function", t_enter::DOUBLE, (t_exit - t_enter)::DOUBLE,
          self_ns::DOUBLE, outcome, payload(args)
        FROM (SELECT * FROM raw.calls WHERE call IN ${this.#calls} ORDER BY call LIMIT ${this.#calls.length})`,
    );
    const names = await functionTexts(
      this.#source,
      rows.map((row) => asNumberOrNull(row[3]) ?? 0),
    );
    const pids = await pidTexts(
      this.#source,
      rows.map((row) => asNumber(row[2])),
    );
    const style = styleOf(this.#source.manifest);
    const nodes = rows.map((row): DagNode => {
      const call = asNumber(row[0]);
      const args = asBytesOrNull(row[8]);
      const mfa = names.get(asNumberOrNull(row[3]) ?? 0) ?? "an unknown function";
      const written =
        args === null
          ? mfa
          : `${mfa.replace(/\/\d+$/, "")}(${printArguments(args, "line", style)})`;
      return {
        id: eventNode(call),
        event: call,
        t: asNumber(row[4]),
        pid: pids.get(asNumber(row[2])) ?? null,
        label: written.length > SHOWN_CHARS ? `${written.slice(0, SHOWN_CHARS - 3)}...` : written,
        type: "call",
        weight: weightOf(row),
      };
    });
    const known = new Set(nodes.map(({ id }) => id));
    const edges = rows.flatMap((row): DagEdge[] => {
      const parent = asNumberOrNull(row[1]);
      const [source, target] = [eventNode(parent ?? 0), eventNode(asNumber(row[0]))];
      if (parent === null || !known.has(source)) return [];
      return [
        { id: edgeId("call", source, target), source, target, type: "call", confidence: "exact" },
      ];
    });
    return { nodes, edges, more: this.#more, notes: [] };
  }
}

function weightOf(row: readonly unknown[]): NonNullable<DagNode["weight"]> {
  const [totalNs, selfNs] = [asNumberOrNull(row[5]), asNumberOrNull(row[6])];
  const outcome = CALL_OUTCOMES[asNumber(row[7])];
  return {
    count: 1,
    ...(totalNs === null ? {} : { totalNs }),
    ...(selfNs === null ? {} : { selfNs }),
    ...(outcome === "raised" ? { raised: 1 } : {}),
    ...(outcome === "open" ? { open: 1 } : {}),
  };
}
