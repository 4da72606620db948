// Commands about the page itself: views, panels, playing, how it looks, what lies over it.

import { VIEWS, type ViewName } from "@elixirscope/wire";
import { regroupLanes } from "../model/lane-groups.ts";
import { TABS } from "../model/place.ts";
import { TAB_NAMES } from "../panels/tab-names.ts";
import { MAIN_VIEWS } from "../views/views.ts";
import type { App } from "./app-context.ts";
import type { Command } from "./command.ts";

/** The key after `g`. */
const VIEW_KEYS: Readonly<Record<ViewName, string>> = {
  timeline: "t",
  system: "s",
  process: "p",
  code: "c",
  state: "h",
  performance: "f",
  causality: "w",
  insights: "i",
  query: "q",
  recordings: "r",
};

export function viewChord(name: ViewName): string {
  return `g ${VIEW_KEYS[name]}`;
}

export function viewCommands({ cinema }: App): readonly Command[] {
  return VIEWS.flatMap((name): Command[] => {
    const view = MAIN_VIEWS[name];
    if (view === undefined) return [];
    return [
      {
        id: `view.${name}`,
        group: "View",
        title: view.title,
        detail: view.hint,
        keys: [viewChord(name)],
        words: "open view",
        run: () => (cinema.main.value = name),
      },
    ];
  });
}

export function panelCommands({ cinema, layout }: App): readonly Command[] {
  return TABS.map((tab, i): Command => ({
    id: `tab.${tab}`,
    group: "Side panel",
    title: `Show ${lower(TAB_NAMES[tab])} in the side panel`,
    keys: [String(i + 1)],
    run: () => {
      layout.side.open.value = true;
      cinema.tab.value = tab;
    },
  }));
}

export function playCommands({ cinema, playback }: App): readonly Command[] {
  const group = "Play";
  return [
    {
      id: "play",
      group,
      title: "Play and pause; follow a live recording",
      keys: [" "],
      run: () => playback.toggle(),
    },
    {
      id: "play.faster",
      group,
      title: "Play faster",
      keys: ["+"],
      run: () => playback.changeSpeed(1),
    },
    {
      id: "play.slower",
      group,
      title: "Play slower",
      keys: ["-"],
      run: () => playback.changeSpeed(-1),
    },
    {
      id: "play.idle",
      group,
      title: "Skip what is idle when playing, or not",
      keys: ["k"],
      run: () => {
        playback.skipIdle.value = !playback.skipIdle.peek();
        cinema.notify(
          playback.skipIdle.peek()
            ? "Stretches without events are skipped when playing."
            : "Stretches without events are played.",
        );
      },
    },
    {
      id: "live.follow",
      group,
      title: "Follow the end of the live recording",
      isOffered: () => cinema.live.value && !cinema.following.value,
      run: () => cinema.follow(true),
    },
    {
      id: "live.pause",
      group,
      title: "Pause recording, or go on",
      detail: "nothing is recorded, at next to no cost; the probe stays",
      keys: ["Shift+r"],
      words: "resume session live",
      isOffered: () => cinema.live.value,
      run: () => {
        if (cinema.live.peek()) void cinema.pause(!cinema.paused.peek());
      },
    },
    {
      id: "live.stop",
      group,
      title: "Stop recording and take the probe out of the target",
      isOffered: () => cinema.live.value,
      run: () => void cinema.stop(),
    },
  ];
}

export function pageCommands(app: App): readonly Command[] {
  const { cinema, layout, overlay, searchOpen } = app;
  const { settings } = cinema;
  const group = "Page";
  return [
    {
      id: "palette",
      group,
      title: "Commands",
      keys: ["Ctrl+k"],
      isOffered: () => false,
      run: () => (overlay.value = overlay.peek() === "palette" ? null : "palette"),
    },
    {
      id: "search",
      group,
      title: "Search functions, processes and messages",
      keys: ["/"],
      run: () => (searchOpen.value = true),
    },
    {
      id: "escape",
      group,
      title: "Close what is open; clear the selected range",
      keys: ["Escape"],
      isOffered: () => false,
      run: () => closeOne(app),
    },
    {
      id: "session",
      group,
      title: "Session: what is recorded, at what cost, change it, its audit",
      words: "plan trace add remove sampling instrument",
      run: () => (overlay.value = "session"),
    },
    {
      id: "recordings",
      group,
      title: "All recordings: open another, import, record a node",
      keys: [viewChord("recordings")],
      run: () => (cinema.main.value = "recordings"),
    },
    {
      id: "help",
      group,
      title: "Keyboard shortcuts and legend",
      keys: ["?"],
      words: "help keys",
      run: () => (overlay.value = "help"),
    },
    {
      id: "settings",
      group,
      title: "Settings",
      keys: ["Ctrl+,"],
      words: "preferences theme density time",
      run: () => (overlay.value = "settings"),
    },
    {
      id: "loss",
      group,
      title: "What is missing from this recording",
      keys: ["l"],
      words: "loss gaps dropped not recorded",
      run: () => (overlay.value = "loss"),
    },
    {
      id: "theme",
      group,
      title: "Change between light and dark",
      keys: ["t"],
      words: "theme colours",
      run: () => (settings.theme.value = settings.dark.peek() ? "light" : "dark"),
    },
    {
      id: "theme.system",
      group,
      title: "Use the theme of the system",
      isOffered: () => settings.theme.value !== "system",
      run: () => (settings.theme.value = "system"),
    },
    {
      id: "times",
      group,
      title: "Change between time since the start and UTC",
      words: "wall clock relative",
      run: () => (settings.times.value = settings.times.peek() === "utc" ? "relative" : "utc"),
    },
    {
      id: "lanes.groups",
      group,
      title: "Group lanes by application or by supervisor",
      words: "supervision tree order timeline",
      run: () => regroupLanes(cinema),
    },
    {
      id: "density",
      group,
      title: "Change between comfortable and compact",
      words: "density size",
      run: () =>
        (settings.density.value =
          settings.density.peek() === "compact" ? "comfortable" : "compact"),
    },
    {
      id: "layout.side",
      group,
      title: "Show or hide the side panel",
      keys: ["\\"],
      words: "collapse",
      run: () => (layout.side.open.value = !layout.side.open.peek()),
    },
    {
      id: "layout.timeline",
      group,
      title: "Show or hide the lanes below the view",
      keys: ["b"],
      words: "collapse timeline",
      run: () => (layout.lanes.open.value = !layout.lanes.open.peek()),
    },
    {
      id: "layout.reset",
      group,
      title: "Reset the layout",
      run: () => layout.reset(),
    },
    {
      id: "tour",
      group,
      title: "Start the tour",
      words: "guide onboarding introduction help",
      run: () => (app.tourStep.value = 0),
    },
  ];
}

/** The topmost of what is open; the selected range when nothing is. */
function closeOne({ cinema, tourStep, transport }: App): void {
  if (tourStep.peek() !== null) tourStep.value = null;
  else if (transport.outcome.peek() !== null) transport.outcome.value = null;
  else cinema.selection.value = null;
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
