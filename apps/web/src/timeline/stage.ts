// The drawing side of the timeline: three canvases, what they need from the server, one frame at a time.
//
// Signals only say "draw again"; drawing happens once per animation frame. Lanes are placed in content
// coordinates and the scroller stays a native one, so wheels, touch and scroll bars behave as everywhere.

import {
  DARK,
  hitFlag,
  hitLane,
  hitMarkLine,
  hitOverviewMark,
  LANE_METRICS,
  LIGHT,
  timeScale,
  tOf,
  type LaneHit,
  type PlacedLane,
  type RowHit,
  type TimeScale,
} from "@elixirscope/timeline";
import type { GapView, LaneColumns, LanePage } from "@elixirscope/wire";
import { computed, effect, signal, untracked, type Signal } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";
import { LaneCache } from "../model/lane-cache.ts";
import { wallClockStart } from "../model/time-text.ts";
import { areSame, isSeen, pinnedRow, rowOf, type HeaderRow, type Window } from "./lane-rows.ts";
import { laneList, StageLoaders, type Visible } from "./stage-loaders.ts";
import { StagePainter, type StageCanvases } from "./stage-painter.ts";

export type StageElements = StageCanvases & {
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly headers: HTMLElement;
};

export type PointedAt = {
  readonly lane: LaneColumns;
  readonly hit: LaneHit | RowHit;
  readonly t: number;
};

export class Stage {
  readonly rows: Signal<readonly HeaderRow[]> = signal<readonly HeaderRow[]>([]);
  readonly pinned: Signal<HeaderRow | null> = signal<HeaderRow | null>(null);
  readonly total: Signal<number | null> = signal<number | null>(null);
  readonly loading: Signal<boolean> = signal(true);
  readonly error: Signal<string | null> = signal<string | null>(null);
  readonly cache: LaneCache = new LaneCache();
  /** index of the lane under the pointer */
  readonly hovered: Signal<number> = signal(-1);
  /** the instant under the pointer, for zooming by keyboard */
  pointerTime: number | null = null;

  readonly #cinema: Cinema;
  readonly #elements: StageElements;
  readonly #visible: Signal<Visible> = signal<Visible>({ first: 0, end: 24, widthPx: 0 });
  readonly #pinnedPid: Signal<string | null> = signal<string | null>(null);
  readonly #loaders: StageLoaders;
  readonly #undo: (() => void)[] = [];
  readonly #painter: StagePainter;
  #frame = 0;
  #list: string;
  #taken: LanePage | null = null;

  constructor(cinema: Cinema, elements: StageElements) {
    this.#cinema = cinema;
    this.#elements = elements;
    this.#list = untracked(() => laneList(cinema));
    this.#painter = new StagePainter(elements);
    const [visible, pinnedPid] = [this.#visible, this.#pinnedPid];
    this.#loaders = new StageLoaders(cinema, { visible, rows: this.rows, pinnedPid });
    this.#fit();
    this.#watch();
  }

  get scale(): TimeScale {
    return timeScale(this.#cinema.view.value, this.#elements.lanes.clientWidth);
  }

  /** Draws at the next animation frame. */
  invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** What is at a point of the lanes' canvas. */
  pointAt(x: number, y: number): PointedAt | null {
    const pinned = this.pinned.peek();
    const overPinned = pinned !== null && y < pinned.height;
    const row = overPinned ? pinned : this.#rowAt(y);
    if (row === null || row.lane === null) return null;
    const top = overPinned ? 0 : row.top - this.#elements.scroller.scrollTop;
    const { scale } = this;
    const point = { x, y: y - top };
    return { lane: row.lane, hit: this.#hit(row.lane, point, row.height), t: tOf(scale, x) };
  }

  /** The row of a query whose cap in the overview is at a point. */
  markAt(x: number, y: number): RowHit | null {
    const marks = this.#cinema.marks.peek();
    if (marks === null) return null;
    const widthPx = this.#elements.overview.clientWidth;
    return hitOverviewMark(marks, { x, y }, { bounds: this.#cinema.bounds.peek(), widthPx });
  }

  /** What was recorded comes before the line of a row, but not before its flag. */
  #hit(lane: LaneColumns, point: { x: number; y: number }, height: number): LaneHit | RowHit {
    const { scale } = this;
    const marks = this.#cinema.marks.peek();
    const flag = marks === null ? null : hitFlag(marks, lane.pid, point, scale);
    if (flag !== null) return flag;
    const hit = hitLane(lane, this.#gapList(), point, scale, LANE_METRICS, height);
    if (marks === null || hit.kind === "mark" || hit.kind === "span") return hit;
    return hitMarkLine(marks, lane.pid, point, scale) ?? hit;
  }

  laneIndexAt(y: number): number {
    const pinned = this.pinned.peek();
    if (pinned !== null && y < pinned.height) return pinned.index;
    return this.cache.stack.indexAt(y + this.#elements.scroller.scrollTop);
  }

  /** Selects the lane above or below the selected one and brings it into sight. */
  selectNeighbour(direction: 1 | -1): void {
    const pid = this.#cinema.pid.peek();
    const known = pid === null ? -1 : this.cache.indexOf(pid);
    const from = known === -1 ? this.#visible.peek().first - (direction === 1 ? 1 : 0) : known;
    const lane = this.cache.get(from + direction);
    if (lane === null) return;
    this.#cinema.select(lane.pid);
    this.scrollTo(from + direction);
  }

  scrollTo(index: number): void {
    const { scroller } = this.#elements;
    const top = this.cache.stack.top(index);
    const bottom = top + this.cache.stack.height(index);
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = bottom - scroller.clientHeight;
    }
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    for (const undo of this.#undo) undo();
    this.#loaders.dispose();
  }

  #watch(): void {
    const cinema = this.#cinema;
    const { scroller } = this.#elements;
    const redraw = (): void => this.invalidate();
    const { overview, gaps, pinnedLane, arrows } = this.#loaders;
    // not whether the next one is under way
    const answers = [
      computed(() => overview.state.value.value),
      computed(() => gaps.state.value.value),
      computed(() => pinnedLane.state.value.value),
      computed(() => arrows.state.value.value),
    ];
    const observer = new ResizeObserver(() => {
      // at once: what the canvases showed is gone with their size
      if (this.#fit()) this.#draw();
    });
    observer.observe(scroller);
    scroller.addEventListener("scroll", redraw, { passive: true });
    this.#undo.push(
      () => observer.disconnect(),
      () => scroller.removeEventListener("scroll", redraw),
      effect(() => this.#takeLanes()),
      effect(() => {
        if (cinema.beat.value < 0) return;
        this.#loaders.refresh();
      }),
      effect(() => {
        for (const s of [cinema.view, cinema.cursor, cinema.selection, cinema.pid]) void s.value;
        for (const s of [cinema.bounds, cinema.marks, this.hovered]) void s.value;
        for (const s of [cinema.settings.dark, cinema.settings.times]) void s.value;
        for (const answer of answers) void answer.value;
        this.invalidate();
      }),
    );
  }

  #takeLanes(): void {
    const { value, params, busy, error } = this.#loaders.lanes.state.value;
    this.error.value = error;
    const list = untracked(() => laneList(this.#cinema));
    if (list !== this.#list) {
      this.#list = list;
      this.cache.clear();
      this.#elements.scroller.scrollTop = 0;
    }
    this.loading.value = busy && this.cache.total === 0;
    if (value === this.#taken) return;
    this.#taken = value;
    if (value !== null && params !== null) {
      const moved = this.cache.put(value, params.offset, this.#visible.peek().first);
      this.total.value = value.total;
      this.#fitSpacer();
      if (moved !== 0) this.#elements.scroller.scrollTop += moved;
    }
    this.invalidate();
  }

  /** To the window; false: they had that size. */
  #fit(): boolean {
    const { lanes, scroller } = this.#elements;
    if (!this.#painter.resize(scroller.clientHeight)) return false;
    this.#fitSpacer();
    this.#visible.value = { ...this.#visible.peek(), widthPx: lanes.clientWidth };
    return true;
  }

  #fitSpacer(): void {
    const { spacer, scroller } = this.#elements;
    const rest = Math.max(0, this.cache.stack.totalHeight - scroller.clientHeight);
    spacer.style.height = `${rest}px`;
  }

  #rowAt(y: number): HeaderRow | null {
    const index = this.cache.stack.indexAt(y + this.#elements.scroller.scrollTop);
    return index === -1 ? null : rowOf(this.cache, index);
  }

  #gapList(): readonly GapView[] {
    return this.#loaders.gaps.state.peek().value ?? [];
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { lanes, scroller, headers } = this.#elements;
    // nothing is laid out: the timeline is folded away
    if (lanes.clientWidth === 0) return;
    const cinema = this.#cinema;
    const { overview, arrows } = this.#loaders;
    const { scrollTop } = scroller;
    headers.style.transform = `translateY(${-scrollTop}px)`;
    const rows = this.#place({ scrollTop, heightPx: scroller.clientHeight });
    const pinned = this.pinned.peek();
    this.#painter.paint({
      palette: cinema.settings.dark.peek() ? DARK : LIGHT,
      bounds: cinema.bounds.peek(),
      scale: timeScale(cinema.view.peek(), lanes.clientWidth),
      cursor: cinema.cursor.peek(),
      selection: cinema.selection.peek(),
      startedAtNs: untracked(() => wallClockStart(cinema)),
      overview: overview.state.peek().value,
      gaps: this.#gapList(),
      arrows: arrows.state.peek().value?.messages ?? [],
      marks: cinema.marks.peek(),
      lanes: rows.map((row) => this.#placed(row, row.top - scrollTop)),
      pinned: pinned === null ? null : this.#placed(pinned, 0),
    });
  }

  #placed(row: HeaderRow, top: number): PlacedLane {
    const selected = row.lane !== null && row.lane.pid === this.#cinema.pid.peek();
    const hovered = row.index === this.hovered.peek();
    return {
      lane: row.lane,
      top,
      height: row.height,
      firstOfGroup: row.firstOfGroup,
      state: selected ? "selected" : hovered ? "hover" : "plain",
    };
  }

  /** Which lanes are in sight, told to the name plates and to the loaders when it changed. */
  #place(window: Window): readonly HeaderRow[] {
    const { first, end } = this.cache.stack.visible(window.scrollTop, window.heightPx);
    const known = this.#visible.peek();
    if (end > 0 && (first !== known.first || end !== known.end)) {
      this.#visible.value = { ...known, first, end };
    }
    const rows: HeaderRow[] = [];
    for (let i = first; i < end; i += 1) rows.push(rowOf(this.cache, i));
    if (!areSame(rows, this.rows.peek())) this.rows.value = rows;
    this.#pin(rows, window);
    return rows;
  }

  /** The selected process stays in sight at the top when its own lane is scrolled away. */
  #pin(rows: readonly HeaderRow[], window: Window): void {
    const pid = this.#cinema.pid.peek();
    const own = rows.find((row) => row.lane?.pid === pid);
    const isInSight = own !== undefined && isSeen(own, window);
    const wanted = pid === null || isInSight || this.cache.total === 0 ? null : pid;
    if (this.#pinnedPid.peek() !== wanted) this.#pinnedPid.value = wanted;
    const sent = this.#loaders.pinnedLane.state.peek().value?.lanes[0] ?? null;
    const lane = wanted === null || sent?.pid !== wanted ? null : sent;
    if (lane === (this.pinned.peek()?.lane ?? null)) return;
    this.pinned.value = lane === null ? null : pinnedRow(lane);
  }
}
