// The drawing side of the diagram: one canvas that stays in sight while the content scrolls below it.
//
// Signals only say "draw again". Places are worked out anew when the answer, the range or the size changed;
// scrolling and pointing only paint.

import {
  beginFrame,
  cachedMeasure,
  DARK,
  hitSequence,
  layoutSequence,
  LIGHT,
  orderAxis,
  paintSequence,
  placeColumns,
  SEQUENCE_FONT,
  timeAt,
  timeAxis,
  yAt,
  type Measure,
  type PlacedColumn,
  type SequenceHit,
  type SequenceLayout,
} from "@elixirscope/timeline";
import type { SequenceColumn, SequenceView, TimeRange } from "@elixirscope/wire";
import { effect, signal, untracked, type Signal } from "@preact/signals";
import type { Cinema } from "../../model/cinema.ts";
import { wallClockStart } from "../../model/time-text.ts";
import type { ProcessModel } from "./process-model.ts";

export type DiagramElements = {
  readonly scroller: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly spacer: HTMLElement;
};

export type DiagramPoint = { readonly hit: SequenceHit | null; readonly t: number };

/** The heads of the columns, above the canvas. */
export const HEAD_PX = 42;
const REVEAL_PX = 40;

type Built = {
  readonly view: SequenceView | null;
  readonly range: TimeRange;
  readonly columns: readonly PlacedColumn[];
  readonly heightPx: number;
  readonly kind: "time" | "order";
  readonly layout: SequenceLayout;
};

export class Diagram {
  readonly columns: Signal<readonly PlacedColumn[]> = signal<readonly PlacedColumn[]>([]);
  /** of the message under the pointer and its counterpart */
  readonly hovered: Signal<ReadonlySet<number>> = signal<ReadonlySet<number>>(new Set());
  readonly #cinema: Cinema;
  readonly #model: ProcessModel;
  readonly #elements: DiagramElements;
  readonly #size: Signal<{ readonly width: number; readonly height: number }> = signal({
    width: 0,
    height: 0,
  });
  readonly #measure: Measure;
  readonly #undo: (() => void)[] = [];
  #built: Built | null = null;
  #frame = 0;
  #toReveal = false;

  constructor(cinema: Cinema, model: ProcessModel, elements: DiagramElements) {
    this.#cinema = cinema;
    this.#model = model;
    this.#elements = elements;
    const { canvas, scroller } = elements;
    this.#measure = cachedMeasure((text) => {
      const context = contextOf(canvas);
      context.font = SEQUENCE_FONT;
      return context.measureText(text).width;
    });
    const redraw = (): void => this.#invalidate();
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(scroller);
    scroller.addEventListener("scroll", redraw, { passive: true });
    this.#undo.push(
      () => observer.disconnect(),
      () => scroller.removeEventListener("scroll", redraw),
      effect(() => {
        const known = model.view.value?.columns ?? [];
        const byPid = new Map(known.map((column) => [column.pid, column]));
        const { width } = this.#size.value;
        const columns = model.pids.value.map((pid) => byPid.get(pid) ?? waitingColumn(pid));
        if (width > 0) this.columns.value = placeColumns(columns, width);
      }),
      effect(() => {
        void cinema.cursor.value;
        this.#toReveal = true;
      }),
      effect(() => {
        for (const s of [model.range, model.axis, this.columns, this.#size]) void s.value;
        for (const s of [cinema.cursor, cinema.pid, this.hovered, model.current]) void s.value;
        for (const s of [cinema.settings.dark, cinema.settings.times]) void s.value;
        void model.view.value;
        void model.mailboxes.value;
        this.#invalidate();
      }),
    );
    this.#resized();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    for (const undo of this.#undo) undo();
  }

  /** The instant at a height of the canvas. */
  timeAt(y: number): number {
    return timeAt(this.#layout().axis, y + this.#top());
  }

  pointAt(x: number, y: number): DiagramPoint {
    const layout = this.#layout();
    const point = { x, y: y + this.#top() };
    const gaps = this.#view()?.gaps ?? [];
    return { hit: hitSequence(layout, gaps, point), t: timeAt(layout.axis, point.y) };
  }

  #view(): SequenceView | null {
    return this.#model.view.peek();
  }

  #top(): number {
    return this.#elements.scroller.scrollTop;
  }

  #invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #resized(): void {
    const { scroller } = this.#elements;
    const width = scroller.clientWidth;
    const height = Math.max(0, scroller.clientHeight - HEAD_PX);
    const known = this.#size.peek();
    if (known.width === width && known.height === height) return;
    this.#size.value = { width, height };
    this.#model.heightPx.value = height;
  }

  #layout(): SequenceLayout {
    const view = this.#view();
    const range = this.#model.range.peek();
    const columns = this.columns.peek();
    const kind = this.#model.axis.peek();
    const heightPx = this.#size.peek().height;
    const built = this.#built;
    if (
      built !== null &&
      built.view === view &&
      built.range === range &&
      built.columns === columns &&
      built.kind === kind &&
      built.heightPx === heightPx
    ) {
      return built.layout;
    }
    const axis =
      kind === "order" && view !== null
        ? orderAxis(view, range, heightPx)
        : timeAxis(range, heightPx);
    const layout = layoutSequence(view ?? EMPTY, columns, axis);
    this.#built = { view, range, columns, heightPx, kind, layout };
    return layout;
  }

  #draw(): void {
    this.#frame = 0;
    const { canvas, spacer, scroller } = this.#elements;
    const { width, height } = this.#size.peek();
    if (width === 0 || height === 0) return;
    const layout = this.#layout();
    const wide = Math.max(width, layout.widthPx);
    fit(canvas, wide, height);
    spacer.style.height = `${Math.max(0, Math.round(layout.axis.heightPx - height))}px`;
    this.#reveal(layout, height);
    const cinema = this.#cinema;
    const model = this.#model;
    const depths = model.mailboxes.peek();
    const context = contextOf(canvas);
    beginFrame(context, wide, height, devicePixelRatio);
    paintSequence(
      context,
      {
        layout,
        top: scroller.scrollTop,
        widthPx: wide,
        heightPx: height,
        gaps: this.#view()?.gaps ?? [],
        depths: depths?.depths ?? [],
        depthRange: depths ?? { t0: 0, t1: 1 },
        cursor: cinema.cursor.peek()?.t ?? null,
        startedAtNs: untracked(() => wallClockStart(cinema)),
        selectedPid: cinema.pid.peek(),
        current: model.current.peek()?.message ?? null,
        hovered: this.hovered.peek(),
      },
      cinema.settings.dark.peek() ? DARK : LIGHT,
      this.#measure,
    );
  }

  /** A cursor that moved is brought into sight, as far as the range has it. */
  #reveal({ axis }: SequenceLayout, height: number): void {
    if (!this.#toReveal || axis.heightPx <= height) return;
    this.#toReveal = false;
    const t = this.#cinema.cursor.peek()?.t;
    const { t0, t1 } = this.#model.range.peek();
    if (t === undefined || t < t0 || t > t1) return;
    const { scroller } = this.#elements;
    const y = yAt(axis, t) - scroller.scrollTop;
    if (y < REVEAL_PX || y > height - REVEAL_PX) {
      scroller.scrollTop += y - height / 2;
    }
  }
}

const EMPTY: SequenceView = {
  t0: 0,
  t1: 1,
  columns: [],
  messages: [],
  merged: [],
  total: 0,
  hidden: 0,
  activations: [],
  marks: [],
  gaps: [],
  limits: [],
};

/** Of a process whose facts are on their way. */
function waitingColumn(pid: string): SequenceColumn {
  return {
    pid,
    name: null,
    behaviour: null,
    parent: null,
    tSpawned: null,
    tExited: null,
    exitReason: null,
    crashed: false,
    known: true,
  };
}

function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const w = Math.round(width * devicePixelRatio);
  const h = Math.round(height * devicePixelRatio);
  if (canvas.width === w && canvas.height === h) return;
  canvas.width = w;
  canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("bug: this canvas has no 2d context");
  return context;
}
