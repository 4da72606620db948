// The stretch of time that the view is about: the selection, else what the timeline shows. Adding up its calls
// takes the server a while, so it is asked for when the timeline rests, and of a live recording now and then.

import type { TimeRange } from "@elixirscope/wire";
import { signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import type { Cinema } from "../../model/cinema.ts";

const REST_MS = 250;
const LIVE_MS = 5_000;

export type AskedRange = TimeRange & { readonly of: "selection" | "view" };

/** What every mode gets. */
export type ModeProps = { readonly range: ReadonlySignal<AskedRange | null> };

/** Null until the recording is known. */
export function useAskedRange(): ReadonlySignal<AskedRange | null> {
  const { cinema } = useApp();
  const [range] = useState(() => signal<AskedRange | null>(rangeOf(cinema)));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let taken = performance.now();
    const take = (): void => {
      timer = undefined;
      taken = performance.now();
      const next = rangeOf(cinema);
      if (!isSame(range.peek(), next)) range.value = next;
    };
    const changed = (): void => {
      const isMoving = cinema.live.peek() && cinema.selection.peek() === null;
      const wait = isMoving ? Math.max(REST_MS, taken + LIVE_MS - performance.now()) : REST_MS;
      if (isMoving && timer !== undefined) return;
      clearTimeout(timer);
      timer = setTimeout(take, range.peek() === null ? 0 : wait);
    };
    const stops = [
      cinema.view.subscribe(changed),
      cinema.selection.subscribe(changed),
      cinema.info.subscribe(changed),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, []);
  return range;
}

function rangeOf(cinema: Cinema): AskedRange | null {
  if (cinema.info.peek() === null) return null;
  const selection = cinema.selection.peek();
  const bounds = cinema.bounds.peek();
  const { t0, t1 } = selection ?? cinema.view.peek();
  const from = Math.max(bounds.t0, Math.round(t0));
  return {
    t0: from,
    t1: Math.max(from + 1, Math.min(bounds.t1, Math.round(t1))),
    of: selection === null ? "view" : "selection",
  };
}

function isSame(a: AskedRange | null, b: AskedRange | null): boolean {
  return a?.t0 === b?.t0 && a?.t1 === b?.t1 && a?.of === b?.of;
}
