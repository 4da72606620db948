// The guided tour: one note after the other beside what it speaks of. It is offered the first time that the
// demo is opened, and leaves the page usable meanwhile.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";
import { useApp } from "./app-context.ts";
import { Icon } from "./icons.tsx";
import { findLostUpdate, TOUR_STEPS, type LostUpdate, type TourStep } from "./tour-steps.ts";

const MOST_TRIES = 20;
const TRY_AGAIN_MS = 4_000;
/** What one came to see comes first. */
const FIRST_TRY_MS = 1_500;
const SEEN = "elixirscope.tour-seen";
const WIDTH_PX = 330;
const GAP_PX = 12;
/** How long a step waits for what it speaks of, as a view may have to be fetched. */
const WAIT_MS = 4_000;

export function Tour(): JSX.Element | null {
  const { cinema, tourStep } = useApp();
  const race = useSignal<LostUpdate | null>(null);
  const offered = useSignal(false);
  useEffect(() => offerOnce(cinema, race, offered), []);
  const at = tourStep.value;
  useEffect(() => {
    if (at === null || race.value !== null) return;
    void cinema.attempt(async () => {
      race.value = await findLostUpdate(cinema);
      if (race.value !== null) return;
      tourStep.value = null;
      cinema.notify("The tour goes through the example shop: start it with `elixirscope demo`.");
    });
  }, [at]);
  if (at === null) return offered.value ? <Offer offered={offered} /> : null;
  const step = TOUR_STEPS[at];
  if (step === undefined || race.value === null) return null;
  return <Note key={at} step={step} at={at} of={TOUR_STEPS.length} race={race.value} />;
}

/** Looks for the race, in a live recording also later; whoever comes by a link to a place wants that place. */
function offerOnce(
  cinema: Cinema,
  race: Signal<LostUpdate | null>,
  offered: Signal<boolean>,
): () => void {
  const { pid, main, cursor, following, live } = cinema;
  const hasPlace =
    pid.peek() !== null ||
    main.peek() !== "timeline" ||
    (cursor.peek() !== null && !following.peek());
  if (hasPlace || localStorage.getItem(SEEN) !== null) return () => undefined;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout>;
  const look = async (): Promise<void> => {
    tries += 1;
    const found = await findLostUpdate(cinema).catch(() => null);
    race.value = found;
    if (found?.lost != null) offered.value = true;
    else if (live.peek() && tries < MOST_TRIES) timer = setTimeout(() => void look(), TRY_AGAIN_MS);
  };
  timer = setTimeout(() => void look(), FIRST_TRY_MS);
  return () => clearTimeout(timer);
}

function end(offered: Signal<boolean> | null): void {
  localStorage.setItem(SEEN, "1");
  if (offered !== null) offered.value = false;
}

function Offer({ offered }: { readonly offered: Signal<boolean> }): JSX.Element {
  const { tourStep } = useApp();
  return (
    <div class="tour offer" role="region" aria-label="A tour of the shop">
      <h2>New here?</h2>
      <p>A tour of one minute goes through a bug that was planted in this shop: a lost update.</p>
      <div class="tour-foot">
        <span class="grow" />
        <button type="button" class="button" onClick={() => end(offered)}>
          No, thanks
        </button>
        <button
          type="button"
          class="button primary"
          onClick={() => {
            end(offered);
            tourStep.value = 0;
          }}
        >
          Start the tour
        </button>
      </div>
    </div>
  );
}

function Note(props: {
  readonly step: TourStep;
  readonly at: number;
  readonly of: number;
  readonly race: LostUpdate;
}): JSX.Element | null {
  const { step, at, of } = props;
  const { cinema, layout, tourStep } = useApp();
  const place = useSignal<Place | null>(null);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    step.begin?.({ cinema, layout, race: props.race });
    return follow(step.target, note, place, () => {
      // what it speaks of did not come: the next one may
      tourStep.value = at + 1 < of ? at + 1 : null;
    });
  }, []);
  useLayoutEffect(() => note.current?.focus(), [place.value === null]);
  const stop = (): void => {
    end(null);
    tourStep.value = null;
  };
  if (place.value === null) return null;
  const { note: own, target } = place.value;
  return (
    <>
      <div class="tour-frame" style={pixels(target)} aria-hidden="true" />
      <div
        ref={note}
        class="tour"
        role="dialog"
        aria-label={`Tour, ${at + 1} of ${of}: ${step.title}`}
        tabIndex={-1}
        style={{ left: `${own.left}px`, top: `${own.top}px`, width: `${WIDTH_PX}px` }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          event.preventDefault();
          stop();
        }}
      >
        <h2>{step.title}</h2>
        <p>{step.text}</p>
        <div class="tour-foot">
          <span class="muted tabular">
            {at + 1} of {of}
          </span>
          <button type="button" class="button" onClick={stop}>
            {at + 1 === of ? "Close" : "Skip the tour"}
          </button>
          {at > 0 && (
            <button
              type="button"
              class="icon-button"
              aria-label="Back"
              onClick={() => (tourStep.value = at - 1)}
            >
              <Icon name="left" />
            </button>
          )}
          {at + 1 < of && (
            <button type="button" class="button primary" onClick={() => (tourStep.value = at + 1)}>
              Next
            </button>
          )}
        </div>
      </div>
    </>
  );
}

type Box = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};
type Place = {
  readonly target: Box;
  readonly note: { readonly left: number; readonly top: number };
};

function pixels({ left, top, width, height }: Box): Record<string, string> {
  return { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
}

/** Keeps the note beside its target wherever that moves; `onMissing` when it does not come. */
function follow(
  selector: string,
  note: { readonly current: HTMLElement | null },
  place: Signal<Place | null>,
  onMissing: () => void,
): () => void {
  const begun = performance.now();
  let frame = 0;
  const turn = (now: number): void => {
    frame = requestAnimationFrame(turn);
    const target = document.querySelector(selector)?.getBoundingClientRect();
    if (target === undefined || target.width === 0) {
      if (now - begun > WAIT_MS) onMissing();
      return;
    }
    const { left, top, width, height } = target;
    const next = {
      target: { left, top, width, height },
      note: beside(target, note.current?.offsetHeight ?? 150),
    };
    if (JSON.stringify(next) !== JSON.stringify(place.peek())) place.value = next;
  };
  frame = requestAnimationFrame(turn);
  return () => cancelAnimationFrame(frame);
}

/** Below it, else above, else left of it, else inside of it at its lower right. */
function beside(target: DOMRect, heightPx: number): Place["note"] {
  const { innerWidth, innerHeight } = globalThis;
  const left = Math.min(Math.max(GAP_PX, target.left + 24), innerWidth - WIDTH_PX - GAP_PX);
  if (target.bottom + heightPx + 2 * GAP_PX < innerHeight) {
    return { left, top: target.bottom + GAP_PX };
  }
  if (target.top - heightPx - 2 * GAP_PX > 0) return { left, top: target.top - heightPx - GAP_PX };
  const top = innerHeight - heightPx - 3 * GAP_PX;
  if (target.left > WIDTH_PX + 2 * GAP_PX) return { left: target.left - WIDTH_PX - GAP_PX, top };
  return { left: target.right - WIDTH_PX - 2 * GAP_PX, top };
}
