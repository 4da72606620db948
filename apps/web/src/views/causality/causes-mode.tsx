// Causes and effects of one event: the drawing of them and, of a crash, its report beside it.

import type { Crashes, WhyView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { timeText } from "../../model/time-text.ts";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CausePicture } from "./cause-picture.tsx";
import { CRASHES_SHOWN, CrashList, crashesTitle } from "./crash-list.tsx";
import { CrashReport } from "./crash-report.tsx";
import { useFocus } from "./focus.ts";

export function CausesMode({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { cinema } = useApp();
  const focus = useFocus();
  // of a live recording they are asked for anew when somebody looks
  const looks = useSignal(0);
  const crashes = useLoader(
    "crashes",
    () => ({ subject: `crashes ${looks.value}`, params: { limit: CRASHES_SHOWN } }),
    "still",
  );
  const story = useLoader(
    "why",
    () => {
      const { event } = focus.value;
      return event === null ? null : { subject: String(event), params: { event } };
    },
    "still",
  );
  const { event, isPinned } = focus.value;
  return (
    <>
      <div class="view-bar">
        {children}
        <span class="grow" />
        <FocusNote event={event} isPinned={isPinned} story={story.value} />
        <CrashMenu
          found={crashes.value}
          event={event}
          failed={crashes.error}
          onLook={() => {
            if (cinema.live.value) looks.value += 1;
          }}
        />
      </div>
      {event === null ? (
        <NoEvent found={crashes.value} busy={crashes.busy} />
      ) : story.value === null && !story.busy ? (
        (waitingNote(story, "story of this event") ?? (
          <PanelNote title={`Event ${event} is not in this recording`}>
            Choose a crash above, or an event in the timeline.
          </PanelNote>
        ))
      ) : (
        <div class={story.value?.kind === "crash" ? "why-columns" : "why-columns alone"}>
          {story.value?.kind === "crash" && <CrashReport key={event} crash={story.value} />}
          <CausePicture key={`causes of ${event}`} event={event} />
        </div>
      )}
    </>
  );
}

function FocusNote(props: {
  readonly event: number | null;
  readonly isPinned: boolean;
  readonly story: WhyView | null;
}): JSX.Element | null {
  const { cinema } = useApp();
  if (props.event === null) return null;
  const who = props.story?.process;
  return (
    <span class="focus-note small">
      {props.story !== null && (
        <span class="muted clip" title={who?.pid}>
          {who?.name ?? who?.pid} at {timeText(cinema, props.story.t, 1000)}
        </span>
      )}
      {props.isPinned ? (
        <button
          type="button"
          class="why-button"
          title="This event is held. Show the causes of whatever the cursor is at instead"
          onClick={() => (cinema.param("causality.event").value = "")}
        >
          Follow the cursor
        </button>
      ) : (
        <span class="muted">
          {cinema.following.value ? "held while the recording is followed" : "follows the cursor"}
        </span>
      )}
    </span>
  );
}

function CrashMenu(props: {
  readonly found: Crashes | null;
  readonly event: number | null;
  readonly failed: string | null;
  readonly onLook: () => void;
}): JSX.Element {
  const { cinema } = useApp();
  const open = useSignal(false);
  const { found } = props;
  const count = found === null ? "…" : crashesTitle(found);
  const close = (): void => {
    open.value = false;
  };
  return (
    <div
      class="crash-menu"
      onKeyDown={(key) => {
        if (key.key !== "Escape" || !open.value) return;
        key.preventDefault();
        close();
      }}
    >
      <button
        type="button"
        class="button"
        aria-expanded={open.value}
        title={props.failed ?? "Crashes of this recording, newest first"}
        disabled={found?.crashes.length === 0 && !cinema.live.value}
        onClick={() => {
          open.value = !open.value;
          if (open.value) props.onLook();
        }}
      >
        Crashes <span class="muted tabular">{props.failed === null ? count : "not known"}</span>
        <Icon name="chevron" />
      </button>
      {open.value && found !== null && (
        <div class="crash-pop">
          {found.crashes.length === 0 && <p class="muted small crash-more">No crash so far.</p>}
          <CrashList found={found} event={props.event} onChosen={close} />
        </div>
      )}
    </div>
  );
}

function NoEvent(props: { readonly found: Crashes | null; readonly busy: boolean }): JSX.Element {
  const { found } = props;
  return (
    <div class="why-scroll">
      <PanelNote title="No event chosen">
        Put the cursor at an event, or select a process and an instant.
        {found !== null && found.crashes.length > 0 && " These processes crashed:"}
        {found !== null && found.crashes.length === 0 && " No process is known to have crashed."}
      </PanelNote>
      {found !== null && <CrashList found={found} event={null} />}
    </div>
  );
}
