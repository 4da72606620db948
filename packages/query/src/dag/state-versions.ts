// How states evolved: each version of a process's state, with what changed in it, and the message it came of.
// Terms are read and compared when the graph is looked at, two at a time.

import { decode } from "@elixirscope/etf";
import { MESSAGE_KINDS } from "@elixirscope/trace";
import { isCut } from "../cut.ts";
import { diffEntry } from "../diff-view.ts";
import { diffTerms } from "../diff.ts";
import { requestIn } from "../otp-message.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { edgeId, eventNode, type DagEdge, type DagNode, type Graph } from "./dag.ts";
import { acyclic, edgeNotes, eventEdge, type EventEdge, type EventPoint } from "./event-graph.ts";
import { inIds, ofPids, type IdRange, type Scope } from "./scope.ts";

const SHOWN_CHANGES = 3;
const MAX_CHANGES = 100;

type Version = {
  readonly event: number;
  readonly t: number;
  readonly pid: number;
  readonly version: number;
  readonly state: number | null;
  readonly cause: number | null;
  readonly callback: string | null;
};

type Cause = EventPoint & { readonly label: string };

export class StateBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #versions: Version[] = [];
  #more = 0;

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  async take(ids: IdRange): Promise<void> {
    const { from, to, limit } = this.#scope;
    const room = limit - this.#versions.length;
    const where = sql`${inIds(sql`event`, ids)} AND t BETWEEN ${from} AND ${to} AND ${ofPids(sql`pid`, this.#scope)}`;
    const rows = await select(
      this.#source,
      sql`SELECT s.event, s.t, s.pid, s.version, s.state, s.cause_message, n.text, s.total
        FROM (SELECT *, count(*) OVER () AS total FROM raw.states WHERE ${where} ORDER BY event LIMIT ${Math.max(1, room)}) s
          LEFT JOIN base.names n ON n.id = s.callback ORDER BY s.event`,
    );
    const taken = rows.slice(0, room).map((row) => ({
      event: asNumber(row[0]),
      t: asNumber(row[1]),
      pid: asNumber(row[2]),
      version: asNumber(row[3]),
      state: asNumberOrNull(row[4]),
      cause: asNumberOrNull(row[5]),
      callback: asTextOrNull(row[6]),
    }));
    this.#versions.push(...taken);
    this.#more += (rows[0] === undefined ? 0 : asNumber(rows[0][7])) - taken.length;
  }

  async view(): Promise<Graph> {
    const causes = await this.#causes();
    // a version and its message come and go together
    let room = this.#scope.limit;
    const versions = this.#versions.filter(({ cause }) => {
      room -= cause !== null && causes.has(cause) ? 2 : 1;
      return room >= 0;
    });
    const style = styleOf(this.#source.manifest);
    const kept = new Set(versions.map(({ cause }) => cause));
    const shown = [...causes.values()].filter(({ id }) => kept.has(id));
    const changes = await this.#changes(versions, style);
    const edges = versions.flatMap(({ event, cause }): EventEdge[] =>
      cause === null || !causes.has(cause)
        ? []
        : [{ source: cause, target: event, type: "cause", confidence: "exact" }],
    );
    const graph = acyclic(
      [
        ...versions.map((version) => ({
          id: version.event,
          t: version.t,
          pid: version.pid,
          kind: 0,
        })),
        ...shown,
      ],
      edges,
    );
    return {
      nodes: await this.#nodes(versions, shown),
      edges: [...changes, ...graph.edges.map(eventEdge)],
      more: this.#more + this.#versions.length - versions.length,
      notes: edgeNotes(graph),
    };
  }

  async #nodes(
    versions: readonly Version[],
    causes: readonly Cause[],
  ): Promise<readonly DagNode[]> {
    const refs = await processRefs(
      this.#source,
      [...versions, ...causes].map(({ pid }) => pid),
    );
    const states = versions.map(({ event, t, pid, version, callback }): DagNode => {
      const ref = refs.get(pid);
      const after = callback === null ? "" : ` after ${callback}`;
      const label = `${ref?.name ?? ref?.pid ?? "?"} version ${version}${after}`;
      return { id: eventNode(event), event, t, pid: ref?.pid ?? null, label, type: "state" };
    });
    const messages = causes.map(({ id, t, pid, label }): DagNode => {
      const ref = refs.get(pid);
      return { id: eventNode(id), event: id, t, pid: ref?.pid ?? null, label, type: "message" };
    });
    return [...states, ...messages];
  }

  /** By the id of the message. */
  async #causes(): Promise<ReadonlyMap<number, Cause>> {
    const ids = this.#versions.flatMap(({ cause }) => (cause === null ? [] : [cause]));
    if (ids.length === 0) return new Map();
    const rows = await select(
      this.#source,
      sql`SELECT m.message, coalesce(m.t_sent, m.t_received), CASE WHEN m.send_event IS NULL THEN m.to_pid ELSE m.from_pid END,
          m.kind, payload(m.body)
        FROM (SELECT * FROM raw.messages WHERE message IN ${ids} LIMIT ${ids.length}) m`,
    );
    const style = styleOf(this.#source.manifest);
    return new Map(
      rows.map((row) => {
        const [id, body] = [asNumber(row[0]), asBytesOrNull(row[4])];
        const kind = MESSAGE_KINDS[asNumber(row[3])] ?? "plain";
        const term = body === null ? null : decode(body);
        const text =
          term?.ok === true
            ? short(printTerm(requestIn(term.value), "line", style))
            : "not recorded";
        return [
          id,
          {
            id,
            t: asNumber(row[1]),
            pid: asNumberOrNull(row[2]) ?? 0,
            kind: 0,
            label: `${kind} ${text}`,
          },
        ];
      }),
    );
  }

  /** From each version to the next one of its process. */
  async #changes(versions: readonly Version[], style: TermStyle): Promise<readonly DagEdge[]> {
    const terms = await this.#terms(versions);
    const latest = new Map<number, Version>();
    const edges: DagEdge[] = [];
    for (const version of versions) {
      const before = latest.get(version.pid);
      latest.set(version.pid, version);
      if (before === undefined) continue;
      const [source, target] = [eventNode(before.event), eventNode(version.event)];
      const change = changeOf(terms.get(before.event), terms.get(version.event), style);
      // numbers of versions have no holes, so one that is missing was not recorded
      const isNext = version.version === before.version + 1;
      edges.push({
        id: edgeId("change", source, target),
        source,
        target,
        type: "change",
        confidence: isNext ? "exact" : "ordered",
        ...change,
      });
    }
    return edges;
  }

  async #terms(versions: readonly Version[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const events = versions.map(({ event }) => event);
    if (events.length === 0) return new Map();
    const rows = await select(
      this.#source,
      sql`SELECT event, payload(state) FROM (
        SELECT event, state FROM raw.states WHERE event IN ${events} LIMIT ${events.length})`,
    );
    return new Map(
      rows.flatMap((row): [number, Uint8Array][] => {
        const bytes = asBytesOrNull(row[1]);
        return bytes === null ? [] : [[asNumber(row[0]), bytes]];
      }),
    );
  }
}

type ChangeText = { readonly label: string; readonly weight: { readonly count: number } };

function changeOf(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  style: TermStyle,
): ChangeText {
  const unknown = { label: "change not recorded", weight: { count: 0 } };
  if (before === undefined || after === undefined) return unknown;
  if (Buffer.compare(before, after) === 0) return { label: "no change", weight: { count: 0 } };
  const [old, news] = [decode(before), decode(after)];
  if (!old.ok || !news.ok) return unknown;
  const { changes, complete } = diffTerms(old.value, news.value, MAX_CHANGES);
  const count = changes.length;
  if (count === 0) {
    const label = isCut(before) || isCut(after) ? "no change in what was recorded" : "no change";
    return { label, weight: { count } };
  }
  const shown = changes.slice(0, SHOWN_CHANGES).map((change) => {
    const { path, kind, before: was, after: is } = diffEntry(change, style);
    const where = path === "" ? "" : `${path.replace(/^\./, "")}: `;
    if (kind === "added") return `${where}+ ${short(is ?? "")}`;
    if (kind === "removed") return `${where}- ${short(was ?? "")}`;
    return `${where}${short(was ?? "")} → ${short(is ?? "")}`;
  });
  const rest = count - shown.length;
  const more = rest > 0 ? [`${rest}${complete ? "" : " or more"} further changes`] : [];
  return { label: [...shown, ...more].join("\n"), weight: { count } };
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
