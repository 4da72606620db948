// Which event the view is about: the one that the address names, else the one at the cursor, else the last one of
// the selected process up to the cursor. While the recording plays or is followed it stays where it was.

import { useComputed, useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { eventIn } from "../../model/place.ts";

export type Focus = {
  readonly event: number | null;
  /** the address names it: the cursor may go elsewhere */
  readonly isPinned: boolean;
};

type Held = Focus & { readonly pid: string | null };

export function useFocus(): ReadonlySignal<Focus> {
  const { cinema, playback } = useApp();
  const pinned = cinema.param("causality.event");
  const held = useSignal<Held>({ event: null, isPinned: false, pid: null });
  /** the cursor of a live recording moves on by itself: one event of the selected process is enough then */
  const isHeld = ({ event, pid }: Held): boolean =>
    playback.playing.value ||
    (cinema.following.value && event !== null && pid === cinema.pid.value);
  const nearest = useLoader(
    "step",
    () => {
      const { value: cursor } = cinema.cursor;
      const pid = cinema.pid.value;
      if (eventIn(pinned.value) !== null || cursor === null || cursor.event !== null) return null;
      if (pid === null || isHeld(held.value)) return null;
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
    const { value } = wanted;
    if (!isHeld(held.peek()) || value.isPinned) held.value = { ...value, pid: cinema.pid.value };
  });
  return held;
}

/** `<event>:<name or path>`; null: it names no event. */
export function originIn(text: string): { readonly event: number; readonly what: string } | null {
  const [, event, what] = /^(\d{1,15})(?::(.*))?$/s.exec(text) ?? [];
  return event === undefined ? null : { event: Number(event), what: what ?? "" };
}
