// What the timeline asks the server for: all of it depends on what is in view and on the lanes in sight.

import { MARKS, type LaneColumns } from "@elixirscope/wire";
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";
import { laneGroups } from "../model/lane-groups.ts";
import { laneParams, timeParams } from "../model/lane-cache.ts";
import { Loader, type Want } from "../model/loader.ts";

/** Messages between the lanes in sight; more than this are told by their marks alone. */
const MOST_ARROWS = 300;
/** Where more was sent than this it is not even asked: most of it may go elsewhere, but a search takes its time. */
const MOST_SENT = 5_000;
const MOST_LANES = 128;
/** Arrows move with the lanes; new ones are asked for when the view rests, so that lanes come sooner until then. */
const AFTER_GESTURE_MS = 80;

export type Visible = { readonly first: number; readonly end: number; readonly widthPx: number };

export type Sight = {
  readonly visible: ReadonlySignal<Visible>;
  readonly rows: ReadonlySignal<readonly { readonly lane: LaneColumns | null }[]>;
  readonly pinnedPid: ReadonlySignal<string | null>;
};

export class StageLoaders {
  readonly overview: Loader<"overview">;
  readonly gaps: Loader<"gaps">;
  readonly lanes: Loader<"lanes">;
  readonly pinnedLane: Loader<"lanes">;
  readonly arrows: Loader<"messageArrows">;
  readonly #stop: () => void;

  constructor(cinema: Cinema, { visible, rows, pinnedPid }: Sight) {
    const { info, view } = cinema;
    this.lanes = new Loader(cinema, "lanes", (last) => {
      const { first, end, widthPx } = visible.value;
      if (info.value === null || widthPx === 0) return null;
      const [filter, groups] = [cinema.filter.value, laneGroups(cinema)];
      const params = laneParams({ view: view.value, widthPx, first, end, filter, groups }, last);
      return { subject: laneList(cinema), params };
    });
    // what is looked at first is answered first: on few processors they would hold each other up
    const haveLanesCome = signal(false);
    this.#stop = effect(() => {
      const { value, error } = this.lanes.state.value;
      if (value !== null || error !== null) haveLanesCome.value = true;
    });
    this.overview = new Loader(cinema, "overview", () => {
      const { widthPx } = visible.value;
      if (info.value === null || widthPx === 0 || !haveLanesCome.value) return null;
      const buckets = Math.max(1, Math.round(widthPx / 2));
      return { subject: "", params: { ...cinema.bounds.value, buckets } };
    });
    this.gaps = new Loader(cinema, "gaps", () => {
      if (info.value === null) return null;
      const { t0, t1 } = timeParams(view.value, 1);
      return { subject: "", params: { t0, t1 } };
    });
    this.pinnedLane = new Loader(cinema, "lanes", () => {
      const pid = pinnedPid.value;
      const { widthPx } = visible.value;
      if (pid === null || widthPx === 0) return null;
      const range = timeParams(view.value, widthPx);
      const groups = laneGroups(cinema);
      return {
        subject: `${groups} ${pid}`,
        params: { ...range, pids: [pid], groups, offset: 0, limit: 1 },
      };
    });
    const page = computed(() => this.lanes.state.value.value);
    const pids = computed(() => new Set(rows.value.flatMap(({ lane }) => lane?.pid ?? [])));
    // counted for each answer, not for each view
    const sent = computed(() => sentBy(page.value?.lanes ?? [], pids.value));
    const askArrows = (): Want<"messageArrows"> | null => {
      if (pids.value.size < 2 || sent.value > MOST_SENT) return null;
      const { t0, t1 } = timeParams(view.value, 1);
      const asked = [...pids.value].toSorted().slice(0, MOST_LANES);
      return { subject: "", params: { t0, t1, pids: asked, limit: MOST_ARROWS } };
    };
    this.arrows = new Loader(cinema, "messageArrows", askArrows, AFTER_GESTURE_MS);
  }

  /** Of a recording that grows; the overview is asked for anew as its end moves. */
  refresh(): void {
    for (const loader of [this.lanes, this.gaps, this.pinnedLane, this.arrows]) loader.refresh();
  }

  dispose(): void {
    this.#stop();
    const { overview, gaps, lanes, pinnedLane, arrows } = this;
    for (const loader of [overview, gaps, lanes, pinnedLane, arrows]) loader.dispose();
  }
}

/** The same for lanes that stand in the same order. */
export function laneList(cinema: Cinema): string {
  return `${laneGroups(cinema)} ${cinema.filter.value}`;
}

const SEND = MARKS.indexOf("send");

function sentBy(lanes: readonly LaneColumns[], pids: ReadonlySet<string>): number {
  let sent = 0;
  for (const { pid, marks } of lanes) {
    if (!pids.has(pid)) continue;
    for (let i = 0; i < marks.kind.length; i += 1) {
      if (marks.kind[i] === SEND) sent += marks.count[i] ?? 0;
    }
  }
  return sent;
}
