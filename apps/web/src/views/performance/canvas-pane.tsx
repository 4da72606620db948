// A canvas as wide as its place and as tall as what is in sight of its content, which scrolls natively. It is
// painted once per frame when something changed; keys and the pointer are told in content coordinates.

import {
  beginFrame,
  cachedMeasure,
  DARK,
  LIGHT,
  type Measure,
  type Palette,
  type Surface,
} from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";

export type Sight = { readonly widthPx: number; readonly heightPx: number; readonly topPx: number };
export type Point = { readonly x: number; readonly y: number };
export type Paint = (surface: Surface, sight: Sight, palette: Palette, measure: Measure) => void;

const FONT = "11px system-ui, sans-serif";

export function CanvasPane(props: {
  readonly label: string;
  readonly heightPx: number;
  readonly paint: Paint;
  readonly onWidth: (widthPx: number) => void;
  /** null: the pointer left; `at` is in the content, `x` and `y` in the window */
  readonly onPoint: (
    point: { readonly at: Point; readonly x: number; readonly y: number } | null,
  ) => void;
  readonly onClick: (at: Point) => void;
  readonly onDoubleClick: (at: Point) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}): JSX.Element {
  const { settings } = useApp().cinema;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [painter] = useState(() => new Painter());
  useEffect(() => {
    if (scroller.current === null || canvas.current === null) return undefined;
    return painter.attach(scroller.current, canvas.current, props.onWidth);
  }, []);
  painter.paint = props.paint;
  painter.palette = settings.dark.value ? DARK : LIGHT;
  useEffect(() => painter.invalidate());
  const at = (event: MouseEvent): Point => {
    const box = canvas.current?.getBoundingClientRect();
    const scroll = scroller.current?.scrollTop ?? 0;
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) + scroll };
  };
  return (
    <div
      class="canvas-pane"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={props.label}
      onKeyDown={props.onKey}
      onScroll={() => painter.invalidate()}
    >
      <div class="canvas-sight">
        <canvas
          ref={canvas}
          role="img"
          aria-label={props.label}
          onMouseMove={(event) =>
            props.onPoint({ at: at(event), x: event.clientX, y: event.clientY })
          }
          onMouseLeave={() => props.onPoint(null)}
          onClick={(event) => props.onClick(at(event))}
          onDblClick={(event) => props.onDoubleClick(at(event))}
        />
      </div>
      <div class="canvas-content" style={{ height: `${Math.ceil(props.heightPx)}px` }} />
    </div>
  );
}

class Painter {
  paint: Paint = () => undefined;
  palette: Palette = LIGHT;
  #canvas: HTMLCanvasElement | null = null;
  #scroller: HTMLElement | null = null;
  #frame = 0;
  readonly #measure: Measure = cachedMeasure((text) => {
    const context = this.#canvas?.getContext("2d");
    if (context === null || context === undefined) return 0;
    context.font = FONT;
    return context.measureText(text).width;
  });

  attach(
    scroller: HTMLElement,
    canvas: HTMLCanvasElement,
    onWidth: (widthPx: number) => void,
  ): () => void {
    this.#canvas = canvas;
    this.#scroller = scroller;
    const resized = new ResizeObserver(() => {
      onWidth(scroller.clientWidth);
      this.invalidate();
    });
    resized.observe(scroller);
    return () => {
      resized.disconnect();
      cancelAnimationFrame(this.#frame);
      this.#canvas = null;
    };
  }

  invalidate(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const [canvas, scroller] = [this.#canvas, this.#scroller];
    const context = canvas?.getContext("2d");
    if (canvas === null || scroller === null || context === null || context === undefined) return;
    const { clientWidth: widthPx, clientHeight: heightPx, scrollTop: topPx } = scroller;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(widthPx * ratio), Math.round(heightPx * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.width = `${widthPx}px`;
    canvas.style.height = `${heightPx}px`;
    beginFrame(context, widthPx, heightPx, ratio);
    this.paint(context, { widthPx, heightPx, topPx }, this.palette, this.#measure);
  }
}
