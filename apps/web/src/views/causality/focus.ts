// Which event the view is about: the one that the address names, else the one at the cursor, else the last one of
// the selected process up to the cursor. While the recording plays it stays where it was.

import { useComputed, useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { eventIn } from "../../model/place.ts";

export type Focus = {
  readonly event: number | null;
  /** the address names it: the cursor may go elsewhere */
  readonly isPinned: boolean;
};

export function useFocus(): ReadonlySignal<Focus> {
  const { cinema, playback } = useApp();
  const pinned = cinema.param("causality.event");
  const held = useSignal<Focus>({ event: null, isPinned: false });
  const nearest = useLoader(
    "step",
    () => {
      const { value: cursor } = cinema.cursor;
      const pid = cinema.pid.value;
      if (eventIn(pinned.value) !== null || cursor === null || cursor.event !== null) return null;
      if (pid === null || playback.playing.value) return null;
      return { subject: pid, params: { t: cursor.t + 1, direction: "previous", pid } };
    },
    "still",
  );
  const found = useSignal(nearest.value);
  found.value = nearest.value;
  const wanted = useComputed((): Focus => {
    const named = eventIn(pinned.value);
    if (named !== null) return { event: named, isPinned: true };
    const event = cinema.cursor.value?.event ?? null;
    return { event: event ?? found.value?.event ?? null, isPinned: false };
  });
  useSignalEffect(() => {
    if (!playback.playing.value || wanted.value.isPinned) held.value = wanted.value;
  });
  return held;
}

/** `<event>:<name or path>`; null: it names no event. */
export function originIn(text: string): { readonly event: number; readonly what: string } | null {
  const [, event, what] = /^(\d{1,15})(?::(.*))?$/s.exec(text) ?? [];
  return event === undefined ? null : { event: Number(event), what: what ?? "" };
}
