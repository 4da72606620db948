// The window of a long list: of rows of one height only those in sight, and a few beyond, are in the document.

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Rows beyond the window, so that scrolling does not show its edge. */
const OVERSCAN = 8;

export type RowsInSight = {
  /** of the element that scrolls, which is there from the beginning */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** half open, of as many rows */
  readonly inSight: (rows: number) => { readonly first: number; readonly end: number };
};

export function useRowsInSight(rowPx: number): RowsInSight {
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useSignal({ top: 0, height: 400 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      seen.value = { top: element.scrollTop, height: element.clientHeight };
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  const { top, height } = seen.value;
  return {
    scroller,
    inSight: (rows) => ({
      first: Math.max(0, Math.floor(top / rowPx) - OVERSCAN),
      end: Math.min(rows, Math.ceil((top + height) / rowPx) + OVERSCAN),
    }),
  };
}
