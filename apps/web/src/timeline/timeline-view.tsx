// The timeline: toolbar, overview strip, ruler and the lanes. Elements here, drawing in the stage.

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { laneGroups, regroupLanes } from "../model/lane-groups.ts";
import { attachGestures, type Hover } from "./gestures.ts";
import { HeaderPlates } from "./header-plates.tsx";
import { MarksLegend } from "./marks-legend.tsx";
import { Stage, type StageElements } from "./stage.ts";
import { Toolbar } from "./toolbar.tsx";
import { Tooltip } from "./tooltip.tsx";

/** `folded`: only its toolbar is shown. */
export function TimelineView({ folded }: { readonly folded: boolean }): JSX.Element {
  const { cinema, stage } = useApp();
  const overview = useRef<HTMLCanvasElement>(null);
  const ruler = useRef<HTMLCanvasElement>(null);
  const lanes = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const headers = useRef<HTMLDivElement>(null);
  const hover = useSignal<Hover | null>(null);
  // before the first paint: lanes are asked for as soon as it is known how many fit
  useLayoutEffect(() => {
    const elements: StageElements = {
      overview: mounted(overview.current),
      ruler: mounted(ruler.current),
      lanes: mounted(lanes.current),
      scroller: mounted(scroller.current),
      spacer: mounted(spacer.current),
      headers: mounted(headers.current),
    };
    const made = new Stage(cinema, elements);
    stage.value = made;
    const detach = attachGestures(cinema, made, elements, (next) => (hover.value = next));
    return () => {
      detach();
      stage.value = null;
      made.dispose();
    };
  }, []);
  return (
    <section class={folded ? "timeline folded" : "timeline"} aria-label="Timeline">
      <Toolbar />
      <div class="strip-row overview-row">
        <div class="corner muted overview-corner">
          Whole recording
          <MarksLegend />
        </div>
        <canvas
          ref={overview}
          role="img"
          aria-label="Event density of the whole recording, errors in red, loss hatched; drag to choose what is shown"
        />
      </div>
      <div class="strip-row ruler-row">
        <div class="corner">
          <LaneFilter />
          <LaneGroupsButton />
        </div>
        <canvas ref={ruler} role="img" aria-label="Time ruler; drag to move the cursor" />
      </div>
      <div class="lanes" ref={scroller} tabIndex={0} role="region" aria-label="Process lanes">
        <div class="lanes-window">
          <div class="plates" role="group" aria-label="Processes">
            <div class="plates-moving" ref={headers}>
              <HeaderPlates />
            </div>
            <HeaderPlates pinned />
          </div>
          <canvas ref={lanes} role="img" aria-label="Calls and events of the processes in sight" />
          <LanesNote />
        </div>
        <div ref={spacer} />
      </div>
      <Tooltip hover={hover} />
    </section>
  );
}

function LaneFilter(): JSX.Element {
  const { cinema } = useApp();
  return (
    <input
      type="search"
      class="lane-filter"
      placeholder="Filter processes"
      aria-label="Filter processes by name, pid or application"
      value={cinema.filter.value}
      onInput={(event) => (cinema.filter.value = event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

function LaneGroupsButton(): JSX.Element {
  const { cinema } = useApp();
  const byTree = laneGroups(cinema) === "supervisor";
  return (
    <button
      type="button"
      class={byTree ? "icon-button small-button on" : "icon-button small-button"}
      aria-label="Group lanes by supervisor"
      aria-pressed={byTree}
      title={
        byTree
          ? "Lanes stand by supervisor, the tree from the top down; press for applications"
          : "Lanes stand by application; press for the supervision tree"
      }
      onClick={() => regroupLanes(cinema)}
    >
      <Icon name="tree" />
    </button>
  );
}

/** Why there are no lanes, when there are none. */
function LanesNote(): JSX.Element | null {
  const { cinema, stage } = useApp();
  const made = stage.value;
  if (made === null) return null;
  if (made.error.value !== null) {
    return (
      <p class="lanes-note error" role="alert">
        The lanes could not be read: {made.error.value}
      </p>
    );
  }
  if (made.loading.value || made.total.value === null) {
    return <p class="lanes-note muted">Loading processes…</p>;
  }
  if (made.total.value > 0) return null;
  if (cinema.filter.value !== "") {
    return (
      <p class="lanes-note muted">
        No process matches “{cinema.filter.value}”.
        <button type="button" class="button" onClick={() => (cinema.filter.value = "")}>
          Clear filter
        </button>
      </p>
    );
  }
  return (
    <p class="lanes-note muted">
      {cinema.live.value
        ? "Nothing was recorded yet. Lanes appear with the first event."
        : "This recording has no processes: nothing that the plan traces happened."}
    </p>
  );
}

function mounted<T>(element: T | null): T {
  if (element === null) throw new Error("bug: the timeline is not mounted");
  return element;
}
