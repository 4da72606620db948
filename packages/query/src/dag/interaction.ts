// Processes and what went between them: one edge for each kind of message, spawn, link or signal from one
// process to another, with how many, the first and the last. Sums are made by SQL, so that it costs the same
// to add up ten messages or ten million.
//
// A message counts where it was sent; one without a known send counts where it was received. Where the two
// ends of messages could not be joined, both are there: the greater number of the two is told.

import { LINK_TYPES, MESSAGE_KINDS, type Confidence, type LinkType } from "@elixirscope/trace";
import { processRefs } from "../process-refs.ts";
import { asNumber, asText, select, sql, type Row, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, type DagEdge, type DagNode, type Graph } from "./dag.ts";
import { inIds, type IdRange, type Scope } from "./scope.ts";

/** Pairs of processes beyond that are not added up. */
const MAX_PAIRS = 100_000;
const LINKS: readonly LinkType[] = ["spawn", "link", "monitor", "exit"];

type Sum = {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  sent: number;
  receivedOnly: number;
  first: number;
  last: number;
  t: number;
};

export class InteractionBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #sums = new Map<string, Sum>();
  #isCut = false;

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take(ids: IdRange): Promise<void> {
    const [messages, links] = await Promise.all([this.#messages(ids), this.#links(ids)]);
    for (const row of [...messages, ...links]) this.#add(row);
    if (messages.length === MAX_PAIRS || links.length === MAX_PAIRS) this.#isCut = true;
  }

  async #messages(ids: IdRange): Promise<readonly Row[]> {
    const { from, to, pids } = this.#scope;
    const isOurs = pids === null ? sql`true` : sql`(from_pid IN ${pids} OR to_pid IN ${pids})`;
    return await select(
      this.#source,
      sql`SELECT from_pid, to_pid, list_value${MESSAGE_KINDS}[kind + 1], count(send_event),
          count(*) - count(send_event), min(message)::DOUBLE, max(message)::DOUBLE,
          min(coalesce(t_sent, t_received))::DOUBLE
        FROM raw.messages
        WHERE ${inIds(sql`coalesce(send_event, receive_event)`, ids)} AND from_pid IS NOT NULL AND to_pid IS NOT NULL
          AND coalesce(t_sent, t_received) BETWEEN ${from} AND ${to} AND ${isOurs}
        GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT ${MAX_PAIRS}`,
    );
  }

  async #links(ids: IdRange): Promise<readonly Row[]> {
    const { from, to, pids } = this.#scope;
    const codes = LINKS.map((type) => LINK_TYPES.indexOf(type));
    const isOurs = pids === null ? sql`true` : sql`(s.pid IN ${pids} OR t.pid IN ${pids})`;
    return await select(
      this.#source,
      sql`WITH l AS MATERIALIZED (SELECT * FROM raw.links
          WHERE type IN ${codes} AND ${inIds(sql`greatest(source_event, target_event)`, ids)}),
        e AS (SELECT id, pid, t FROM raw.events WHERE id BETWEEN
          (SELECT min(least(source_event, target_event)) FROM l) AND ${ids.upTo})
        SELECT s.pid, t.pid, list_value${LINK_TYPES}[l.type + 1], count(*), 0,
          min(s.id)::DOUBLE, max(s.id)::DOUBLE, min(s.t)::DOUBLE
        FROM l JOIN e s ON s.id = l.source_event JOIN e t ON t.id = l.target_event
        WHERE s.t BETWEEN ${from} AND ${to} AND ${isOurs} AND s.pid <> t.pid
        GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT ${MAX_PAIRS}`,
    );
  }

  #add(row: Row): void {
    const [from, to, type] = [asNumber(row[0]), asNumber(row[1]), asText(row[2])];
    const key = `${type}:${from}>${to}`;
    const [sent, receivedOnly] = [asNumber(row[3]), asNumber(row[4])];
    const [first, last, t] = [asNumber(row[5]), asNumber(row[6]), asNumber(row[7])];
    const sum = this.#sums.get(key);
    if (sum === undefined) {
      if (this.#sums.size >= MAX_PAIRS) this.#isCut = true;
      else this.#sums.set(key, { from, to, type, sent, receivedOnly, first, last, t });
      return;
    }
    sum.sent += sent;
    sum.receivedOnly += receivedOnly;
    sum.first = Math.min(sum.first, first);
    sum.last = Math.max(sum.last, last);
    sum.t = Math.min(sum.t, t);
  }

  async view(): Promise<Graph> {
    const { limit, focus } = this.#scope;
    const sums = [...this.#sums.values()];
    const activity = new Map<number, { count: number; first: number; t: number }>();
    for (const sum of sums) {
      for (const pid of [sum.from, sum.to]) {
        const known = activity.get(pid) ?? { count: 0, first: sum.first, t: sum.t };
        activity.set(pid, {
          count: known.count + countOf(sum),
          first: Math.min(known.first, sum.first),
          t: Math.min(known.t, sum.t),
        });
      }
    }
    // the busiest; the one that was asked about in any case
    const ranked = [...activity]
      .toSorted(
        (a, b) =>
          rank(b[0], focus?.pid) - rank(a[0], focus?.pid) || b[1].count - a[1].count || a[0] - b[0],
      )
      .slice(0, limit);
    const refs = await processRefs(
      this.#source,
      ranked.map(([pid]) => pid),
    );
    const nodes = ranked.map(([pid, { count, first, t }]): DagNode => {
      const ref = refs.get(pid) ?? { pid: `#${pid}`, name: null };
      const label = ref.name === null ? ref.pid : `${ref.name} ${ref.pid}`;
      const weight = { count, first };
      return {
        id: processNode(ref.pid),
        event: first,
        t,
        pid: ref.pid,
        label,
        type: "process",
        weight,
      };
    });
    const ids = new Map(ranked.map(([pid], at) => [pid, nodes[at]?.id ?? ""]));
    return {
      nodes,
      edges: sums.flatMap((sum) => edgeOf(sum, ids)).toSorted(byFirst),
      more: activity.size - nodes.length,
      notes: notesOf(sums, this.#isCut),
    };
  }
}

export function processNode(pid: string): string {
  return `p${pid}`;
}

function rank(pid: number, focus: number | undefined): number {
  return pid === focus ? 1 : 0;
}

function countOf({ sent, receivedOnly }: Sum): number {
  return Math.max(sent, receivedOnly);
}

function edgeOf(sum: Sum, ids: ReadonlyMap<number, string>): DagEdge[] {
  const [source, target] = [ids.get(sum.from), ids.get(sum.to)];
  if (source === undefined || target === undefined) return [];
  const { type, first, last } = sum;
  // without a send the sender is known from what the message says
  const confidence: Confidence = sum.receivedOnly === 0 || sum.sent > 0 ? "exact" : "inferred";
  const weight = { count: countOf(sum), first, last };
  return [{ id: edgeId(type, source, target), source, target, type, confidence, weight }];
}

function byFirst(a: DagEdge, b: DagEdge): number {
  return (a.weight?.first ?? 0) - (b.weight?.first ?? 0) || (a.id < b.id ? -1 : 1);
}

function notesOf(sums: readonly Sum[], isCut: boolean): string[] {
  const half = sums.filter(({ receivedOnly }) => receivedOnly > 0).length;
  return [
    ...(half === 0
      ? []
      : [
          "the sends and receives of some messages were recorded apart: the greater number of the two is told",
        ]),
    ...(isCut ? ["the rarest kinds of traffic between processes were not added up"] : []),
  ];
}
