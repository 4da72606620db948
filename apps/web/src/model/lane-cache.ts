// The lanes that were sent so far, by their place in the list, and how to ask for those in sight.
//
// 10,000 processes are a number, not data: only visible lanes are asked for. What is known stays on
// screen, stretched by the time scale, until sharper detail arrives.

import { heightOf, LaneStack, spanOf } from "@elixirscope/timeline";
import type { LaneColumns, LaneGroups, LanePage, Params, TimeRange } from "@elixirscope/wire";

/** Lanes asked for beyond both ends of what is in sight; asked again when there are less than so many left. */
const OVERSCAN = 6;
const FEWEST_LEFT = 2;
/** Time asked for beyond both ends, as a share of the view. */
const MARGIN = 0.35;
const MOST_KEPT = 600;
const MOST_ASKED = 120;

export class LaneCache {
  readonly stack: LaneStack = new LaneStack();
  readonly #lanes = new Map<number, LaneColumns>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get(index: number): LaneColumns | null {
    return this.#lanes.get(index) ?? null;
  }

  indexOf(pid: string): number {
    for (const [index, lane] of this.#lanes) if (lane.pid === pid) return index;
    return -1;
  }

  clear(): void {
    this.#lanes.clear();
    this.#total = 0;
    this.stack.reset(0);
  }

  /** Takes a page of lanes and returns by how much the content above lane `anchor` moved. */
  put(reply: LanePage, offset: number, anchor: number): number {
    if (reply.total !== this.#total) {
      // processes came or went: places may have shifted, only this page is sure
      for (const index of this.#lanes.keys()) {
        const inside = index >= offset && index < offset + reply.lanes.length;
        if (!inside) this.#lanes.delete(index);
      }
      this.#total = reply.total;
      this.stack.resize(reply.total);
    }
    let moved = 0;
    for (const [i, lane] of reply.lanes.entries()) {
      const index = offset + i;
      const known = this.#lanes.get(index);
      // zooming in must not make lanes jump: a lane keeps the most rows it ever needed
      const depth = known?.pid === lane.pid ? Math.max(known.depth, lane.depth) : lane.depth;
      this.#lanes.set(index, { ...lane, depth });
      const delta = this.stack.setHeight(index, heightOf({ ...lane, depth }, this.stack.metrics));
      if (index < anchor) moved += delta;
    }
    this.#forgetFar(anchor);
    return moved;
  }

  #forgetFar(anchor: number): void {
    if (this.#lanes.size <= MOST_KEPT) return;
    for (const index of this.#lanes.keys()) {
      if (Math.abs(index - anchor) > MOST_KEPT / 2) this.#lanes.delete(index);
    }
  }
}

export type LaneWindow = {
  readonly view: TimeRange;
  readonly widthPx: number;
  readonly first: number;
  readonly end: number;
  readonly filter: string;
  readonly groups: LaneGroups;
};

/**
 * The request for what is in sight, a little more on every side so that panning finds something. The last one again
 * where its reply has all of it.
 */
export function laneParams(window: LaneWindow, last: Params<"lanes"> | null): Params<"lanes"> {
  const { view, widthPx, first, end, filter, groups } = window;
  const offset = Math.max(0, first - OVERSCAN);
  const params = {
    ...timeParams(view, widthPx),
    ...(filter === "" ? {} : { filter }),
    groups,
    offset,
    limit: Math.max(1, Math.min(MOST_ASKED, end + OVERSCAN - offset)),
  };
  return last !== null && isSameLook(last, params) && holds(last, window) ? last : params;
}

/** Of the same lanes, too. */
function isSameLook(a: Params<"lanes">, b: Params<"lanes">): boolean {
  const isSameList = a.filter === b.filter && a.groups === b.groups;
  return isSameList && a.t0 === b.t0 && a.t1 === b.t1 && a.buckets === b.buckets;
}

function holds({ offset, limit }: Params<"lanes">, { first, end }: LaneWindow): boolean {
  return offset <= Math.max(0, first - FEWEST_LEFT) && offset + limit >= end + FEWEST_LEFT;
}

/** Range and buckets, snapped so that small pans ask for the same again. */
export function timeParams(
  view: TimeRange,
  widthPx: number,
): { readonly t0: number; readonly t1: number; readonly buckets: number } {
  const span = spanOf(view);
  const snap = Math.max(1, Math.round(span * MARGIN * 0.5));
  const t0 = Math.floor((view.t0 - span * MARGIN) / snap) * snap;
  const t1 = Math.ceil((view.t1 + span * MARGIN) / snap) * snap;
  const buckets = Math.round((widthPx * (t1 - t0)) / span);
  return { t0, t1, buckets: Math.min(8_000, Math.max(1, buckets)) };
}
