// Causes held in memory while a walk goes back along them. A walk that asked for each event by itself would need
// a query per step: what is not here yet is loaded together with what else its activities did before it.

import type { Source } from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { askedRows } from "./asked-rows.ts";
import type { CauseEdge } from "@elixirscope/wire";
import { causesOf } from "./edges.ts";
import { StretchEdges } from "./stretch-edges.ts";
import { stretchRows, type Stretch } from "./stretch-rows.ts";

/**
 * How a walk goes: along one line it needs few events of many processes, most of them close by, so everything that
 * happened before an event is read; a graph needs much of few processes, so these are read, further back.
 */
export type WalkShape = "line" | "graph";

/** Ids that a load along a line reads. */
const LINE_REACH = 32_768;
/** A load of a graph that finds fewer events is followed by one as along a line. */
const NARROW = 2_048;
/** How many ids a load of a graph reaches back: at first, and at most. */
const FIRST_REACH = 524_288;
const MAX_REACH = 16_777_216;
/** Events that a load reads at most; with less than a quarter of it the next one reaches further. */
const MAX_EVENTS = 60_000;

export class CauseWindow {
  readonly #source: Source;
  readonly #shape: WalkShape;
  readonly #asked = new Map<number, readonly CauseEdge[]>();
  readonly #stretches: StretchEdges[] = [];
  #reach = FIRST_REACH;
  /** the last load found little: the walk goes from one process to the next, as a line does; so it begins, too */
  #isNarrow = true;

  constructor(source: Source, shape: WalkShape) {
    this.#source = source;
    this.#shape = shape;
  }

  /** Undefined: not all is known of it yet, `load` it. */
  into(event: number): readonly CauseEdge[] | undefined {
    const asked = this.#asked.get(event);
    if (asked !== undefined) return asked;
    const stretch = this.#stretchOf(event);
    return stretch === undefined || stretch.isOpen(event)
      ? undefined
      : (stretch.into(event) ?? undefined);
  }

  /** Loads what is not known yet. */
  async edgesInto(event: number): Promise<readonly CauseEdge[]> {
    for (;;) {
      const into = this.into(event);
      if (into !== undefined) return into;
      await this.load([event]);
    }
  }

  /** Afterwards all is known of some of `events`, at least of the latest one. */
  async load(events: readonly number[]): Promise<void> {
    const open: number[] = [];
    const unknown: number[] = [];
    for (const event of events) {
      (this.#stretchOf(event) === undefined ? unknown : open).push(event);
    }
    await Promise.all([this.ask(open), this.#stretch(unknown)]);
  }

  /** Afterwards all is known of each of `events`; where the walk goes on from them, `load` is the better way. */
  async ask(events: readonly number[]): Promise<void> {
    if (events.length === 0) return;
    for (const event of events) this.#asked.set(event, []);
    for (const [target, edges] of byTarget(await causesOf(this.#source, events))) {
      this.#asked.set(target, edges);
    }
  }

  #stretchOf(event: number): StretchEdges | undefined {
    return this.#stretches.findLast((stretch) => stretch.has(event));
  }

  async #stretch(events: readonly number[]): Promise<void> {
    if (events.length === 0) return;
    const [, to] = extentOf(events);
    const isLine = this.#shape === "line" || this.#isNarrow;
    const from = Math.max(1, to - (isLine ? LINE_REACH : this.#reach));
    const near = events.filter((event) => event >= from);
    const of = isLine ? null : await this.#placesOf(near);
    const rows = await stretchRows(this.#source, { from, to, of }, MAX_EVENTS);
    const stretch = new StretchEdges(rows);
    this.#stretches.push(stretch);
    const { count } = rows.events;
    const first = count < MAX_EVENTS ? from : (rows.events.id[0] ?? from);
    // those that the recording no longer has
    for (const event of near) {
      if (event >= first && !stretch.has(event)) this.#asked.set(event, []);
    }
    this.#isNarrow = !isLine && count < NARROW;
    if (!isLine && count < MAX_EVENTS / 4) this.#reach = Math.min(MAX_REACH, this.#reach * 4);
  }

  async #placesOf(events: readonly number[]): Promise<Stretch["of"]> {
    const asked = await askedRows(this.#source, events);
    return {
      pids: new Set(asked.map(({ pid }) => pid)),
      activities: new Set(asked.map(({ activity }) => activity)),
    };
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
