// Pointer and wheel on the diagram: point, pick, pan and zoom in time.

import { spanOf } from "@elixirscope/timeline";
import type { SequenceMessage } from "@elixirscope/wire";
import type { Cinema } from "../../model/cinema.ts";
import type { Diagram, DiagramElements, DiagramPoint } from "./diagram.ts";
import type { ProcessModel } from "./process-model.ts";

export type DiagramHover = { readonly x: number; readonly y: number; readonly at: DiagramPoint };

const CLICK_PX = 4;
const WHEEL_ZOOM = 0.0018;
const NOTHING: ReadonlySet<number> = new Set();

export function attachDiagramGestures(
  cinema: Cinema,
  model: ProcessModel,
  diagram: Diagram,
  { canvas, scroller }: DiagramElements,
  onHover: (hover: DiagramHover | null) => void,
): () => void {
  let down: { readonly x: number; readonly y: number; last: number; moved: boolean } | null = null;
  const point = (event: MouseEvent): DiagramPoint => diagram.pointAt(event.offsetX, event.offsetY);
  const panPx = (px: number): void => {
    model.pan((px * spanOf(model.range.peek())) / Math.max(1, canvas.clientHeight));
  };
  const leave = (): void => {
    diagram.hovered.value = NOTHING;
    onHover(null);
  };
  const onMove = (event: PointerEvent): void => {
    if (down !== null) {
      const far = Math.abs(event.clientX - down.x) + Math.abs(event.clientY - down.y);
      if (!down.moved && far < CLICK_PX) return;
      down.moved = true;
      canvas.classList.add("dragging");
      const by = down.last - event.clientY;
      down.last = event.clientY;
      if (model.axis.peek() === "order") scroller.scrollTop += by;
      else panPx(by);
      leave();
      return;
    }
    const at = point(event);
    canvas.classList.toggle("pointing", at.hit !== null && at.hit.kind !== "gap");
    const related = relatedTo(at, model.view.peek()?.messages ?? []);
    if (!sameSet(related, diagram.hovered.peek())) diagram.hovered.value = related;
    onHover(at.hit === null ? null : { x: event.clientX, y: event.clientY, at });
  };
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    down = { x: event.clientX, y: event.clientY, last: event.clientY, moved: false };
  };
  const onUp = (event: PointerEvent): void => {
    const began = down;
    down = null;
    canvas.classList.remove("dragging");
    if (began !== null && !began.moved) pick(cinema, model, diagram, event, point(event));
  };
  const onCancel = (): void => {
    down = null;
    canvas.classList.remove("dragging");
  };
  const onWheel = (event: WheelEvent): void => {
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const by = Math.min(Math.max(event.deltaY * lines, -400), 400);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      model.zoom(diagram.timeAt(event.offsetY), Math.exp(by * WHEEL_ZOOM));
    } else if (model.axis.peek() === "time" && !event.shiftKey && event.deltaX === 0) {
      event.preventDefault();
      panPx(by);
    }
  };
  const abort = new AbortController();
  const { signal } = abort;
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("pointerdown", onDown, { signal });
  canvas.addEventListener("pointerup", onUp, { signal });
  canvas.addEventListener("pointercancel", onCancel, { signal });
  canvas.addEventListener("pointerleave", leave, { signal });
  // not passive: zooming must keep the page from zooming too
  canvas.addEventListener("wheel", onWheel, { signal, passive: false });
  return () => abort.abort();
}

/** An arrow selects its event and the receiver; several are zoomed to; elsewhere a click is an instant. */
function pick(
  cinema: Cinema,
  model: ProcessModel,
  diagram: Diagram,
  event: PointerEvent,
  { hit, t }: DiagramPoint,
): void {
  switch (hit?.kind) {
    case "message":
      model.goTo(hit.arrow.message);
      return;
    case "merged":
      if (hit.arrow.merged.count > 1) model.showAround(hit.arrow.merged);
      else cinema.goTo({ t: hit.arrow.merged.t0, event: hit.arrow.merged.event });
      return;
    case "mark":
      cinema.goTo({ t: hit.placed.mark.t, event: hit.placed.mark.event, pid: hit.placed.mark.pid });
      return;
    case "active":
    case "depth":
    case "gap":
    case undefined:
    default: {
      const column = diagram.columns
        .peek()
        .find(({ left, width }) => event.offsetX >= left && event.offsetX < left + width);
      cinema.goTo({ t: Math.round(t), event: null, pid: column?.column.pid ?? null });
    }
  }
}

/** A request with its reply, a reply with its request. */
function relatedTo(
  { hit }: DiagramPoint,
  messages: readonly SequenceMessage[],
): ReadonlySet<number> {
  if (hit?.kind === "active") return new Set([hit.box.activation.call, hit.box.activation.reply]);
  if (hit?.kind !== "message") return NOTHING;
  const { message, replyTo, kind } = hit.arrow.message;
  if (replyTo !== null) return new Set([message, replyTo]);
  const reply =
    kind === "call" ? messages.find((one) => one.replyTo === message)?.message : undefined;
  return new Set(reply === undefined ? [message] : [message, reply]);
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}
