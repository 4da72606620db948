// The edge between two parts of the page: drag it, or move it with the arrow keys; remembered.

import type { JSX } from "preact";
import type { Split } from "../model/layout.ts";

const STEP_PX = 24;

export function Splitter({ split }: { readonly split: Split }): JSX.Element {
  const { size, axis, least, most, rest } = split;
  const isColumn = axis === "column";
  const set = (wanted: number): void => {
    const room = (isColumn ? globalThis.innerWidth : globalThis.innerHeight) - rest;
    size.value = Math.round(Math.min(Math.max(least, wanted), most, room));
  };
  const [grow, shrink] = isColumn ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (
    <div
      class={`splitter ${axis}`}
      role="separator"
      aria-orientation={isColumn ? "vertical" : "horizontal"}
      aria-label={split.name}
      aria-valuenow={size.value}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onDblClick={() => set(split.start)}
      onKeyDown={(event) => {
        const step = event.key === grow ? STEP_PX : event.key === shrink ? -STEP_PX : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        set(size.value + step);
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const after = event.currentTarget.parentElement?.getBoundingClientRect();
        if (after === undefined) return;
        set(isColumn ? after.right - event.clientX : after.bottom - event.clientY);
      }}
    />
  );
}
