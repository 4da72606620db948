// Causes held in memory while a walk goes back along them. A walk that asked for each event by itself would need
// a query per step: what is not here yet is loaded together with what else its activities did before it.

import type { Source } from "../sql.ts";
import { askedRows, extentOf } from "./asked-rows.ts";
import { causesOf, type CauseEdge } from "./edges.ts";
import { stretchEdges } from "./stretch-edges.ts";
import { stretchRows } from "./stretch-rows.ts";

/** How many ids a load reaches back: at first, and at most. */
const FIRST_REACH = 1_048_576;
const MAX_REACH = 16_777_216;
/** Events that a load reads at most; with less than a quarter of it the next one reaches further. */
const MAX_EVENTS = 60_000;

export class CauseWindow {
  readonly #source: Source;
  readonly #into = new Map<number, readonly CauseEdge[]>();
  readonly #open = new Set<number>();
  #reach = FIRST_REACH;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Undefined: not all is known of it yet, `load` it. */
  into(event: number): readonly CauseEdge[] | undefined {
    return this.#open.has(event) ? undefined : this.#into.get(event);
  }

  /** Afterwards all is known of some of `events`, at least of the latest one. */
  async load(events: readonly number[]): Promise<void> {
    const open = events.filter((event) => this.#open.has(event));
    const unknown = events.filter((event) => !this.#into.has(event));
    await Promise.all([this.#ask(open), this.#stretch(unknown)]);
  }

  async #ask(events: readonly number[]): Promise<void> {
    for (const event of events) {
      this.#open.delete(event);
      this.#into.set(event, []);
    }
    for (const [target, edges] of byTarget(await causesOf(this.#source, events))) {
      this.#into.set(target, edges);
    }
  }

  async #stretch(events: readonly number[]): Promise<void> {
    if (events.length === 0) return;
    const [, to] = extentOf(events);
    const from = Math.max(1, to - this.#reach);
    const near = events.filter((event) => event >= from);
    const asked = await askedRows(this.#source, near);
    const pids = new Set(asked.map(({ pid }) => pid));
    const activities = new Set(asked.map(({ activity }) => activity));
    const rows = await stretchRows(this.#source, { from, to, activities, pids }, MAX_EVENTS);
    const { into, open } = stretchEdges(rows);
    for (const [target, edges] of into) {
      if (this.#into.has(target)) continue;
      this.#into.set(target, edges);
      if (open.has(target)) this.#open.add(target);
    }
    const first = rows.events.count < MAX_EVENTS ? from : (rows.events.id[0] ?? from);
    // those that the recording no longer has
    for (const event of near)
      if (event >= first && !this.#into.has(event)) this.#into.set(event, []);
    if (rows.events.count < MAX_EVENTS / 4) this.#reach = Math.min(MAX_REACH, this.#reach * 4);
  }
}

function byTarget(edges: readonly CauseEdge[]): ReadonlyMap<number, CauseEdge[]> {
  const found = new Map<number, CauseEdge[]>();
  for (const edge of edges) {
    const known = found.get(edge.target);
    if (known === undefined) found.set(edge.target, [edge]);
    else known.push(edge);
  }
  return found;
}
