// Which place of instrumented code ran after which, in one frame or into a called one, with how often.
// Loops and recursion make it cyclic.

import { EVENT_KINDS } from "@elixirscope/trace";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, type DagEdge, type DagNode, type Graph } from "./dag.ts";
import { eventsWhere } from "./event-rows.ts";
import type { IdRange, Scope } from "./scope.ts";

const CALL = EVENT_KINDS.indexOf("call");

type Sum = { count: number; first: number; last: number; t: number };

export class SitesBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #visits = new Map<number, Sum>();
  readonly #steps = new Map<string, Sum & { source: number; target: number; type: string }>();

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take(ids: IdRange): Promise<void> {
    for (const row of await this.#rows(ids)) {
      const [before, target] = [asNumberOrNull(row[0]), asNumber(row[1])];
      const type = asNumber(row[2]) === 1 ? "call" : "next";
      const news = {
        count: asNumber(row[3]),
        first: asNumber(row[4]),
        last: asNumber(row[5]),
        t: asNumber(row[6]),
      };
      this.#visits.set(target, together(this.#visits.get(target), news));
      if (before === null) continue;
      const key = `${type}:${before}>${target}`;
      this.#steps.set(key, {
        ...together(this.#steps.get(key), news),
        source: before,
        target,
        type,
      });
    }
  }

  /** The place before is the frame's last one, and at a frame's beginning the caller's last one. */
  async #rows(ids: IdRange): Promise<readonly Row[]> {
    const { from, to } = this.#scope;
    return await select(
      this.#source,
      sql`WITH found AS MATERIALIZED (
          SELECT id, t, site, frame, kind = ${CALL} AND frame = id AS begins FROM raw.events
          WHERE ${eventsWhere(this.#scope, ids)} AND site IS NOT NULL),
        placed AS (SELECT f.*, CASE WHEN f.begins THEN c.parent_call ELSE f.frame END AS inside
          FROM found f LEFT JOIN (SELECT call, parent_call FROM raw.calls
            WHERE t_enter BETWEEN ${from} AND ${to}) c ON c.call = f.id AND f.begins),
        earlier AS (SELECT id, site, frame FROM raw.events
          WHERE site IS NOT NULL AND t BETWEEN ${from} AND ${to} AND id <= ${ids.upTo}
            AND frame IN (SELECT inside FROM placed))
      SELECT b.site, p.site, p.begins::UTINYINT, count(*), min(p.id)::DOUBLE, max(p.id)::DOUBLE, min(p.t)::DOUBLE
      FROM placed p ASOF LEFT JOIN earlier b ON b.frame = p.inside AND b.id < p.id
      GROUP BY 1, 2, 3`,
    );
  }

  async view(): Promise<Graph> {
    const ranked = [...this.#visits]
      .toSorted((a, b) => b[1].count - a[1].count || a[0] - b[0])
      .slice(0, this.#scope.limit);
    const places = await placesOf(
      this.#source,
      ranked.map(([site]) => site),
    );
    const nodes = ranked.map(([site, { t, count, first, last }]): DagNode => {
      const place = places.get(site) ?? { label: `site ${site}`, kind: "site" };
      const { label, kind } = place;
      return {
        id: siteNode(site),
        event: first,
        t,
        pid: null,
        label,
        type: kind,
        weight: { count, first, last },
      };
    });
    const known = new Set(ranked.map(([site]) => site));
    const edges = [...this.#steps.values()].flatMap((step): DagEdge[] => {
      const { type, count, first, last } = step;
      if (!known.has(step.source) || !known.has(step.target)) return [];
      const [source, target] = [siteNode(step.source), siteNode(step.target)];
      const weight = { count, first, last };
      return [
        { id: edgeId(type, source, target), source, target, type, confidence: "exact", weight },
      ];
    });
    const notes =
      nodes.length === 0
        ? ["no instrumented code ran in the range: use `run`, or `attach --deep`"]
        : [];
    return { nodes, edges, more: this.#visits.size - nodes.length, notes };
  }
}

function siteNode(site: number): string {
  return `s${site}`;
}

function together(a: Sum | undefined, b: Sum): Sum {
  if (a === undefined) return b;
  return {
    count: a.count + b.count,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    t: Math.min(a.t, b.t),
  };
}

async function placesOf(
  source: Source,
  sites: readonly number[],
): Promise<ReadonlyMap<number, { readonly label: string; readonly kind: string }>> {
  const rows = await select(
    source,
    sql`SELECT site, kind, file, line FROM raw.sites WHERE site IN ${sites}`,
  );
  return new Map(
    rows.map((row) => {
      const kind = asTextOrNull(row[1]) ?? "site";
      const line = asNumberOrNull(row[3]);
      const file = asTextOrNull(row[2]) ?? "?";
      return [
        asNumber(row[0]),
        { label: `${file}${line === null ? "" : `:${line}`} ${kind}`, kind },
      ];
    }),
  );
}
