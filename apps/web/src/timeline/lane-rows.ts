// The rows of lanes as they stand in the scroller: what painting, name plates and hits have in common.

import { heightOf, LANE_METRICS } from "@elixirscope/timeline";
import type { LaneColumns } from "@elixirscope/wire";
import type { LaneCache } from "../model/lane-cache.ts";

/** One lane's name plate, in content coordinates (the pinned one in those of the window). */
export type HeaderRow = {
  readonly index: number;
  readonly lane: LaneColumns | null;
  readonly top: number;
  readonly height: number;
  readonly firstOfGroup: boolean;
};

export type Window = { readonly scrollTop: number; readonly heightPx: number };

/** No index of a lane: the pinned one is none of the list. */
const PINNED = -2;
/** A lane of which less is seen counts as scrolled away. */
const SEEN_PX = 20;

export function rowOf(cache: LaneCache, index: number): HeaderRow {
  const lane = cache.get(index);
  const before = index === 0 ? null : cache.get(index - 1);
  const firstOfGroup = lane !== null && before !== null && before.group !== lane.group;
  const { stack } = cache;
  return { index, lane, top: stack.top(index), height: stack.height(index), firstOfGroup };
}

export function pinnedRow(lane: LaneColumns): HeaderRow {
  const height = heightOf(lane, LANE_METRICS);
  return { index: PINNED, lane, top: 0, height, firstOfGroup: false };
}

export function isSeen({ top, height }: HeaderRow, { scrollTop, heightPx }: Window): boolean {
  return top + height > scrollTop + SEEN_PX && top < scrollTop + heightPx - SEEN_PX;
}

/** For the plates: they show no boxes. */
export function areSame(a: readonly HeaderRow[], b: readonly HeaderRow[]): boolean {
  return (
    a.length === b.length &&
    a.every((row, i) => {
      const other = b[i];
      return (
        row.index === other?.index &&
        row.top === other.top &&
        row.height === other.height &&
        row.firstOfGroup === other.firstOfGroup &&
        row.lane?.pid === other.lane?.pid &&
        row.lane?.name === other.lane?.name
      );
    })
  );
}
