// The edge between timeline and side panel: drag it, or move it with the arrow keys; remembered.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";

export const SPLIT = { least: 320, most: 900, start: 440 } as const;
const KEY = "elixirscope.inspector-width";
const STEP_PX = 24;

export function storedWidth(storage: Storage): number {
  const width = Number(storage.getItem(KEY));
  return width >= SPLIT.least && width <= SPLIT.most ? width : SPLIT.start;
}

export function Splitter({ width }: { readonly width: Signal<number> }): JSX.Element {
  const set = (wanted: number): void => {
    const most = Math.min(SPLIT.most, globalThis.innerWidth - 480);
    width.value = Math.round(Math.min(Math.max(SPLIT.least, wanted), most));
    localStorage.setItem(KEY, String(width.value));
  };
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the side panel"
      aria-valuenow={width.value}
      aria-valuemin={SPLIT.least}
      aria-valuemax={SPLIT.most}
      tabIndex={0}
      onDblClick={() => set(SPLIT.start)}
      onKeyDown={(event) => {
        const step =
          event.key === "ArrowLeft" ? STEP_PX : event.key === "ArrowRight" ? -STEP_PX : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        set(width.value + step);
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          set(globalThis.innerWidth - event.clientX);
        }
      }}
    />
  );
}
