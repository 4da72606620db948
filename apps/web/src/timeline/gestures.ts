// Pointer and wheel on the three canvases: scrub, zoom about the pointer, pan, select, pick.

import { clampRange, panBy, spanOf, timeScale, tOf, xOf, zoomAbout } from "@elixirscope/timeline";
import type { TimeRange } from "@elixirscope/wire";
import type { Cinema } from "../model/cinema.ts";
import type { PointedAt, Stage, StageElements } from "./stage.ts";

type Point = { readonly x: number; readonly y: number };
/** What a drag does; `moved` is false for a click. */
type Drag = {
  move(point: Point): void;
  end(point: Point, moved: boolean): void;
};

const CLICK_PX = 4;
const EDGE_PX = 6;
const WHEEL_ZOOM = 0.0018;

export type Hover = {
  readonly x: number;
  readonly y: number;
  readonly hit: PointedAt["hit"];
};

export function attachGestures(
  cinema: Cinema,
  stage: Stage,
  elements: StageElements,
  onHover: (hover: Hover | null) => void,
): () => void {
  const { overview, ruler, lanes, scroller } = elements;
  const undo = [
    onDrag(lanes, (start, event) =>
      event.shiftKey
        ? selectRange(cinema, stage, start)
        : grabLanes(cinema, stage, scroller, start),
    ),
    onDrag(ruler, (start, event) =>
      event.shiftKey ? selectRange(cinema, stage, start) : scrub(cinema, stage, start),
    ),
    onDrag(overview, (start) => grabOverview(cinema, stage, overview, start)),
    onWheel(lanes, (event) => wheelOnLanes(cinema, stage, event)),
    onWheel(ruler, (event) => zoomAt(cinema, tOf(stage.scale, event.offsetX), event)),
    onWheel(overview, (event) => {
      const scale = timeScale(cinema.bounds.peek(), overview.clientWidth);
      zoomAt(cinema, tOf(scale, event.offsetX), event);
    }),
    listen(lanes, "dblclick", (event) => zoomToSpan(cinema, stage, pointOf(lanes, event))),
    listen(lanes, "pointermove", (event) => {
      const point = pointOf(lanes, event);
      stage.pointerTime = tOf(stage.scale, point.x);
      stage.hovered.value = stage.laneIndexAt(point.y);
      const at = event.buttons === 0 ? stage.pointAt(point.x, point.y) : null;
      const thing = at !== null && at.hit.kind !== "lane";
      lanes.classList.toggle("pointing", thing);
      onHover(at === null || !thing ? null : { x: event.clientX, y: event.clientY, hit: at.hit });
    }),
    listen(overview, "pointermove", (event) => {
      const { x, y } = pointOf(overview, event);
      const hit = event.buttons === 0 ? stage.markAt(x, y) : null;
      overview.classList.toggle("pointing", hit !== null);
      onHover(hit === null ? null : { x: event.clientX, y: event.clientY, hit });
    }),
    listen(overview, "pointerleave", () => onHover(null)),
    listen(lanes, "pointerleave", () => {
      stage.pointerTime = null;
      stage.hovered.value = -1;
      onHover(null);
    }),
  ];
  return () => {
    for (const one of undo) one();
  };
}

/** Goes to what was clicked: an event snaps the cursor to its instant, empty lane is the instant itself. */
export function pick(cinema: Cinema, at: PointedAt): void {
  const { pid } = at.lane;
  switch (at.hit.kind) {
    case "mark":
      cinema.goTo({ t: at.hit.mark.t, event: at.hit.mark.event, pid });
      return;
    case "row":
      cinema.goTo(at.hit.mark);
      return;
    case "span":
      cinema.goTo({ t: at.hit.span.t0, event: at.hit.span.call, pid });
      return;
    case "gap":
    case "lane":
      cinema.goTo({ t: at.t, event: null, pid });
      return;
  }
}

function grabLanes(cinema: Cinema, stage: Stage, scroller: HTMLElement, start: Point): Drag {
  const view = cinema.view.peek();
  const { scrollTop } = scroller;
  const nsPerPx = spanOf(view) / stage.scale.widthPx;
  return {
    move: ({ x, y }) => {
      scroller.scrollTop = scrollTop - (y - start.y);
      cinema.setView(panBy(view, (start.x - x) * nsPerPx, cinema.bounds.peek()));
    },
    end: ({ x, y }, moved) => {
      if (moved) return;
      cinema.selection.value = null;
      const at = stage.pointAt(x, y);
      if (at !== null) pick(cinema, at);
    },
  };
}

function scrub(cinema: Cinema, stage: Stage, start: Point): Drag {
  const to = ({ x }: Point): void => {
    const { t0, t1 } = cinema.bounds.peek();
    cinema.following.value = false;
    cinema.cursor.value = { t: clamp(tOf(stage.scale, x), t0, t1), event: null };
  };
  to(start);
  return { move: to, end: () => undefined };
}

function selectRange(cinema: Cinema, stage: Stage, start: Point): Drag {
  const from = tOf(stage.scale, start.x);
  const { t0, t1 } = cinema.bounds.peek();
  return {
    move: ({ x }) => {
      const to = tOf(stage.scale, x);
      const range = {
        t0: clamp(Math.min(from, to), t0, t1),
        t1: clamp(Math.max(from, to), t0, t1),
      };
      cinema.selection.value = range.t1 > range.t0 ? range : null;
    },
    end: (_point, moved) => {
      if (!moved) cinema.selection.value = null;
    },
  };
}

/** Inside the window: move it. On its edges: resize it. Outside: draw a new one, or click to bring it. */
function grabOverview(
  cinema: Cinema,
  stage: Stage,
  overview: HTMLCanvasElement,
  start: Point,
): Drag {
  const bounds = cinema.bounds.peek();
  const scale = timeScale(bounds, overview.clientWidth);
  const view = cinema.view.peek();
  const whole = spanOf(view) >= spanOf(bounds);
  const x0 = xOf(scale, view.t0);
  const x1 = xOf(scale, view.t1);
  const set = (range: TimeRange): void => cinema.setView(clampRange(range, bounds));
  const centre = ({ x }: Point): void => {
    if (whole) cinema.goTo({ t: clamp(tOf(scale, x), bounds.t0, bounds.t1), event: null });
    else set(panBy(view, tOf(scale, x) - (view.t0 + view.t1) / 2, bounds));
  };
  const click = (point: Point, moved: boolean): void => {
    if (moved) return;
    const row = stage.markAt(point.x, point.y);
    if (row === null) centre(point);
    else cinema.goTo(row.mark);
  };
  const near = (x: number): boolean => !whole && Math.abs(start.x - x) <= EDGE_PX;
  if (near(x0) || near(x1)) {
    const fixed = near(x0) ? view.t1 : view.t0;
    return { move: ({ x }) => set(ordered(fixed, tOf(scale, x))), end: () => undefined };
  }
  if (!whole && start.x > x0 && start.x < x1) {
    return {
      move: ({ x }) => set(panBy(view, tOf(scale, x) - tOf(scale, start.x), bounds)),
      end: click,
    };
  }
  const from = tOf(scale, start.x);
  return { move: ({ x }) => set(ordered(from, tOf(scale, x))), end: click };
}

function zoomToSpan(cinema: Cinema, stage: Stage, point: Point): void {
  const at = stage.pointAt(point.x, point.y);
  if (at?.hit.kind !== "span") return;
  const { t0, t1 } = at.hit.span;
  const air = (t1 - t0) * 0.1;
  cinema.setView(clampRange({ t0: t0 - air, t1: t1 + air }, cinema.bounds.peek()));
}

/** Plain wheel scrolls the lanes natively; with Ctrl it zooms, with Shift or sideways it pans. */
function wheelOnLanes(cinema: Cinema, stage: Stage, event: WheelEvent): void {
  if (event.ctrlKey || event.metaKey) {
    zoomAt(cinema, tOf(stage.scale, event.offsetX), event);
    return;
  }
  const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
  event.preventDefault();
  const view = cinema.view.peek();
  const delta = (sideways * spanOf(view)) / stage.scale.widthPx;
  cinema.setView(panBy(view, delta, cinema.bounds.peek()));
}

function zoomAt(cinema: Cinema, t: number, event: WheelEvent): void {
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const factor = Math.exp(clamp(event.deltaY * lines, -400, 400) * WHEEL_ZOOM);
  cinema.setView(zoomAbout(cinema.view.peek(), t, factor, cinema.bounds.peek()));
}

function onDrag(
  element: HTMLElement,
  begin: (start: Point, event: PointerEvent) => Drag,
): () => void {
  return listen(element, "pointerdown", (down) => {
    if (down.button !== 0) return;
    element.setPointerCapture(down.pointerId);
    const start = pointOf(element, down);
    const drag = begin(start, down);
    let moved = false;
    const finish = (event: PointerEvent): void => {
      stopMove();
      stopUp();
      stopCancel();
      element.classList.remove("dragging");
      drag.end(pointOf(element, event), moved);
    };
    const stopMove = listen(element, "pointermove", (event) => {
      const point = pointOf(element, event);
      const far = Math.abs(point.x - start.x) + Math.abs(point.y - start.y) >= CLICK_PX;
      if (!moved && !far) return;
      moved = true;
      element.classList.add("dragging");
      drag.move(point);
    });
    const stopUp = listen(element, "pointerup", finish);
    const stopCancel = listen(element, "pointercancel", finish);
  });
}

function onWheel(element: HTMLElement, handler: (event: WheelEvent) => void): () => void {
  // not passive: zooming must keep the page from zooming too
  element.addEventListener("wheel", handler, { passive: false });
  return () => element.removeEventListener("wheel", handler);
}

function listen<K extends keyof HTMLElementEventMap>(
  element: HTMLElement,
  type: K,
  handler: (event: HTMLElementEventMap[K]) => void,
): () => void {
  element.addEventListener(type, handler);
  return () => element.removeEventListener(type, handler);
}

function pointOf(element: HTMLElement, event: MouseEvent): Point {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function ordered(a: number, b: number): TimeRange {
  return { t0: Math.min(a, b), t1: Math.max(a, b) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
