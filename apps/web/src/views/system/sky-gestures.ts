// Pointer, wheel and keys on the constellation.

import type { ConstellationHit, Heading } from "@elixirscope/timeline";
import type { SystemEdge, SystemNode } from "@elixirscope/wire";
import type { Sky } from "./sky.ts";

const DRAG_PX = 4;
const ZOOM_STEP = 1.3;
const ARROWS: Readonly<Record<string, Heading>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export type SkyActions = {
  /** a process is selected, a family opened */
  readonly choose: (node: SystemNode) => void;
  readonly focus: (node: SystemNode) => void;
  readonly openEdge: (edge: SystemEdge) => void;
  readonly hover: (hit: ConstellationHit | null, x: number, y: number) => void;
  readonly leave: () => void;
};

/** Answers what undoes it. */
export function attachSkyGestures(
  canvas: HTMLElement,
  host: HTMLElement,
  sky: Sky,
  actions: SkyActions,
): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let pressed: { x: number; y: number; moved: boolean } | null = null;

  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      pressed = { x: event.clientX, y: event.clientY, moved: false };
      canvas.setPointerCapture(event.pointerId);
      host.focus({ preventScroll: true });
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (pressed === null) {
        const hit = sky.hit(event.offsetX, event.offsetY);
        sky.point(hit);
        canvas.classList.toggle("pointing", hit !== null);
        actions.hover(hit, event.clientX, event.clientY);
        return;
      }
      const [dx, dy] = [event.clientX - pressed.x, event.clientY - pressed.y];
      if (!pressed.moved && Math.hypot(dx, dy) < DRAG_PX) return;
      pressed = { x: event.clientX, y: event.clientY, moved: true };
      canvas.classList.add("dragging");
      actions.hover(null, 0, 0);
      sky.pan(dx, dy);
    },
    { signal },
  );
  const release = (): void => {
    pressed = null;
    canvas.classList.remove("dragging");
  };
  canvas.addEventListener(
    "pointerup",
    (event) => {
      const wasClick = pressed !== null && !pressed.moved;
      release();
      if (!wasClick) return;
      const hit = sky.hit(event.offsetX, event.offsetY);
      if (hit?.kind === "node") actions.choose(hit.star.node);
      else if (hit?.kind === "edge") actions.openEdge(hit.edge);
      else actions.leave();
    },
    { signal },
  );
  canvas.addEventListener("pointercancel", release, { signal });
  canvas.addEventListener(
    "pointerleave",
    () => {
      sky.point(null);
      actions.hover(null, 0, 0);
    },
    { signal },
  );
  canvas.addEventListener(
    "dblclick",
    (event) => {
      const hit = sky.hit(event.offsetX, event.offsetY);
      const hull =
        hit?.kind === "node" ? hit.star.node.hull : sky.hullAt(event.offsetX, event.offsetY)?.id;
      if (hull === undefined) sky.fit();
      else sky.fitHull(hull);
    },
    { signal },
  );
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.shiftKey) sky.pan(-event.deltaY * pixels, 0);
      else {
        const factor = Math.exp(-event.deltaY * pixels * 0.0016);
        sky.zoom(factor, { x: event.offsetX, y: event.offsetY });
      }
    },
    { signal, passive: false },
  );
  host.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== host || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!onKey(event.key, sky, actions)) return;
      event.preventDefault();
    },
    { signal },
  );
  return () => abort.abort();
}

/** False: not a key of ours. */
function onKey(key: string, sky: Sky, actions: SkyActions): boolean {
  const heading = ARROWS[key];
  if (heading !== undefined) {
    const next = sky.neighbourOf(sky.focused.peek(), heading);
    if (next !== null) actions.focus(next);
    return true;
  }
  switch (key) {
    case "+":
    case "=":
      sky.zoom(ZOOM_STEP);
      return true;
    case "-":
    case "_":
      sky.zoom(1 / ZOOM_STEP);
      return true;
    case "0":
      sky.fit();
      return true;
    case "Enter": {
      const id = sky.focused.peek();
      const node = id === null ? null : sky.node(id);
      if (node !== null) actions.choose(node);
      return true;
    }
    default:
      return false;
  }
}
