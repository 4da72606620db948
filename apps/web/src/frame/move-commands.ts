// Commands that move through time, through processes and through the scale of time.

import { markBeside, panBy, spanOf, zoomAbout } from "@elixirscope/timeline";
import { UNITS } from "../model/transport.ts";
import type { App } from "./app-context.ts";
import type { Command } from "./command.ts";

const ZOOM = 1.35;
const PAN = 0.15;

export function moveCommands(app: App): readonly Command[] {
  const { cinema, transport, stage } = app;
  const group = "Move in time";
  const hasMarks = (): boolean => cinema.marks.value !== null;
  const hasUntil = (): boolean => transport.until.value.trim() !== "";
  return [
    step("step.next", "Next event, or what is stepped by", ".", () => transport.step("next")),
    step("step.previous", "Previous event, or what is stepped by", ",", () =>
      transport.step("previous"),
    ),
    step("state.next", "Next state of the process", "]", () => transport.stepState("next")),
    step("state.previous", "Previous state of the process", "[", () =>
      transport.stepState("previous"),
    ),
    step("step.into", "Step into: next line, also of what is called", "i", () =>
      transport.stepBy("into", "next"),
    ),
    step("step.into.back", "Step back into: previous line, also of what is called", "Shift+i", () =>
      transport.stepBy("into", "previous"),
    ),
    step("step.out", "Step out: the end of the running call", "o", () =>
      transport.stepBy("out", "next"),
    ),
    step("step.out.back", "Step back out: the beginning of the running call", "Shift+o", () =>
      transport.stepBy("out", "previous"),
    ),
    {
      id: "until",
      group,
      title: "Write a condition to run to",
      keys: ["u"],
      words: "breakpoint watchpoint continue until",
      run: () => document.querySelector<HTMLElement>("[data-until]")?.focus(),
    },
    {
      ...step("until.next", "Continue to the next match of the condition", "n", () =>
        transport.run("next"),
      ),
      isOffered: hasUntil,
    },
    {
      ...step("until.previous", "Reverse-continue to the previous match", "Shift+n", () =>
        transport.run("previous"),
      ),
      isOffered: hasUntil,
    },
    {
      ...step("mark.next", "Next row of the query that is marked on the timeline", "m", () =>
        toMark(app, "next"),
      ),
      isOffered: hasMarks,
    },
    {
      ...step("mark.previous", "Previous row that is marked on the timeline", "Shift+m", () =>
        toMark(app, "previous"),
      ),
      isOffered: hasMarks,
    },
    ...UNITS.map((unit): Command => ({
      id: `unit.${unit}`,
      group,
      title: `Step by ${unit}`,
      isOffered: () => transport.unit.value !== unit,
      run: () => transport.choose(unit),
    })),
    {
      id: "cursor.left",
      group,
      title: "Move the cursor a little to the left",
      keys: ["ArrowLeft"],
      run: () => nudge(app, -0.01),
    },
    {
      id: "cursor.right",
      group,
      title: "Move the cursor a little to the right",
      keys: ["ArrowRight"],
      run: () => nudge(app, 0.01),
    },
    {
      id: "cursor.left.more",
      group,
      title: "Move the cursor further left",
      keys: ["Shift+ArrowLeft"],
      run: () => nudge(app, -0.1),
    },
    {
      id: "cursor.right.more",
      group,
      title: "Move the cursor further right",
      keys: ["Shift+ArrowRight"],
      run: () => nudge(app, 0.1),
    },
    {
      id: "cursor.start",
      group,
      title: "Go to the beginning of the recording",
      keys: ["Home"],
      run: () => cinema.goTo({ t: cinema.bounds.peek().t0, event: null }),
    },
    {
      id: "cursor.end",
      group,
      title: "Go to the end of the recording",
      keys: ["End"],
      run: () => cinema.goTo({ t: cinema.bounds.peek().t1, event: null }),
    },
    {
      id: "lane.up",
      group: "Process",
      title: "Select the process above",
      keys: ["ArrowUp"],
      run: () => stage.peek()?.selectNeighbour(-1),
    },
    {
      id: "lane.down",
      group: "Process",
      title: "Select the process below",
      keys: ["ArrowDown"],
      run: () => stage.peek()?.selectNeighbour(1),
    },
    {
      id: "process.none",
      group: "Process",
      title: "Select no process",
      isOffered: () => cinema.pid.value !== null,
      run: () => cinema.select(null),
    },
    { id: "zoom.in", group: "Zoom", title: "Zoom in", keys: ["w"], run: () => zoom(app, 1 / ZOOM) },
    { id: "zoom.out", group: "Zoom", title: "Zoom out", keys: ["s"], run: () => zoom(app, ZOOM) },
    { id: "pan.left", group: "Zoom", title: "Move left", keys: ["a"], run: () => pan(app, -PAN) },
    { id: "pan.right", group: "Zoom", title: "Move right", keys: ["d"], run: () => pan(app, PAN) },
    {
      id: "fit",
      group: "Zoom",
      title: "Fit the whole recording",
      keys: ["f"],
      run: () => cinema.fit(),
    },
    {
      id: "zoom.selection",
      group: "Zoom",
      title: "Zoom to the selected range",
      keys: ["z"],
      isOffered: () => cinema.selection.value !== null,
      run: () => {
        const selection = cinema.selection.peek();
        if (selection !== null) cinema.setView(selection);
      },
    },
  ];

  function step(id: string, title: string, key: string, run: () => Promise<void> | void): Command {
    return { id, group, title, keys: [key], run: () => void run() };
  }
}

export function zoom({ cinema, stage }: App, factor: number): void {
  const view = cinema.view.peek();
  const cursor = cinema.cursor.peek()?.t ?? null;
  const inView = cursor !== null && cursor >= view.t0 && cursor <= view.t1;
  const middle = inView ? cursor : (view.t0 + view.t1) / 2;
  const anchor = stage.peek()?.pointerTime ?? middle;
  cinema.setView(zoomAbout(view, anchor, factor, cinema.bounds.peek()));
}

function pan({ cinema }: App, share: number): void {
  const view = cinema.view.peek();
  cinema.setView(panBy(view, spanOf(view) * share, cinema.bounds.peek()));
}

function nudge({ cinema }: App, share: number): void {
  const view = cinema.view.peek();
  const { t0, t1 } = cinema.bounds.peek();
  const from = cinema.cursor.peek()?.t ?? (view.t0 + view.t1) / 2;
  const t = Math.min(Math.max(t0, from + spanOf(view) * share), t1);
  cinema.goTo({ t, event: null });
}

function toMark({ cinema }: App, direction: "next" | "previous"): void {
  const marks = cinema.marks.peek();
  if (marks === null) {
    cinema.notify("Nothing is marked: run a query, then “Mark on timeline”.");
    return;
  }
  const { t0, t1 } = cinema.bounds.peek();
  const from = cinema.cursor.peek()?.t ?? (direction === "next" ? t0 - 1 : t1 + 1);
  const mark = markBeside(marks.all, from, direction);
  if (mark === null)
    cinema.notify(`No marked row is ${direction === "next" ? "later" : "earlier"}.`);
  else cinema.goTo(mark);
}
