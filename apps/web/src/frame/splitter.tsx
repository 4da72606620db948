// The edge between two parts of the page: drag it, or move it with the arrow keys; remembered.

import { signal, type Signal } from "@preact/signals";
import type { JSX } from "preact";

export type Split = {
  /** how large the part after the edge is */
  readonly size: Signal<number>;
  readonly name: string;
  readonly key: string;
  /** `column`: parts side by side */
  readonly axis: "column" | "row";
  readonly least: number;
  readonly most: number;
  readonly start: number;
  /** what the part before the edge keeps at least */
  readonly rest: number;
};

const STEP_PX = 24;

export function storedSplit(storage: Storage, split: Omit<Split, "size">): Split {
  const size = Number(storage.getItem(split.key));
  const fits = size >= split.least && size <= split.most;
  return { ...split, size: signal(fits ? size : split.start) };
}

export function Splitter({ split }: { readonly split: Split }): JSX.Element {
  const { size, axis, least, most, rest } = split;
  const isColumn = axis === "column";
  const set = (wanted: number): void => {
    const room = (isColumn ? globalThis.innerWidth : globalThis.innerHeight) - rest;
    size.value = Math.round(Math.min(Math.max(least, wanted), most, room));
    localStorage.setItem(split.key, String(size.value));
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
