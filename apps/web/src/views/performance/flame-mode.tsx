// The flame graph: merged stacks, or calls in the order of time; what it is of, and what it is searched for.

import type { FlameTime } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { saveFile } from "../../frame/save-file.ts";
import { FlameChartPane } from "./flame-chart-pane.tsx";
import { FlamePane } from "./flame-pane.tsx";
import { FLAME_TIMES, oneOf } from "./params.ts";
import type { ModeProps } from "./asked-range.ts";
import { Whose } from "./whose.tsx";

const TIMES: readonly (readonly [FlameTime, string, string])[] = [
  ["all", "All time", "Running and waiting"],
  ["running", "Running", "Without the time in which a call waited for a message"],
  ["waiting", "Waiting", "Only the time in which a call waited for a message"],
];

export function FlameMode({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const order = oneOf(cinema.param("performance.order").value, ["heavy", "time"], "heavy");
  const time = cinema.param("performance.time");
  return (
    <>
      <div class="perf-tools" role="toolbar" aria-label="Flame graph">
        <div class="segmented" role="group" aria-label="Order of frames">
          <button
            type="button"
            aria-pressed={order === "heavy"}
            title="Same stacks are one, the widest on the left"
            onClick={() => (cinema.param("performance.order").value = "")}
          >
            Merged
          </button>
          <button
            type="button"
            aria-pressed={order === "time"}
            title="Every call where it ran"
            onClick={() => (cinema.param("performance.order").value = "time")}
          >
            In time order
          </button>
        </div>
        {order === "heavy" && (
          <select
            class="perf-select"
            aria-label="What the widths are"
            value={oneOf(time.value, FLAME_TIMES, "all")}
            onChange={(event) => {
              const { value } = event.currentTarget;
              time.value = value === "all" ? "" : value;
            }}
          >
            {TIMES.map(([name, title, hint]) => (
              <option key={name} value={name} title={hint}>
                {title}
              </option>
            ))}
          </select>
        )}
        <Whose />
        <FlameSearch />
        <span class="grow" />
        {order === "heavy" && <Export range={range} />}
      </div>
      {order === "heavy" ? <FlamePane range={range} /> : <FlameChartPane range={range} />}
    </>
  );
}

function FlameSearch(): JSX.Element {
  const { cinema } = useApp();
  const search = cinema.param("performance.search");
  return (
    <input
      type="search"
      class="perf-search"
      placeholder="Highlight functions"
      aria-label="Highlight functions whose name contains"
      value={search.value}
      onInput={(event) => (search.value = event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

/** Of the whole range, not only of what is zoomed into. */
function Export({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const save = (format: "folded" | "speedscope"): Promise<void> =>
    cinema.attempt(async () => {
      if (range.value === null) return;
      const { t0, t1 } = range.value;
      const pid = cinema.param("performance.pid").value;
      const file = await cinema.connection.request("flameFile", {
        t0,
        t1,
        format,
        time: oneOf(cinema.param("performance.time").value, FLAME_TIMES, "all"),
        ...(pid === "" ? {} : { pid }),
      });
      saveFile(file.name, new Blob([file.text], { type: file.mime }));
    });
  return (
    <span class="perf-export" role="group" aria-label="Save the flame graph">
      <button
        type="button"
        class="button"
        title="Folded stacks with their own time in ns, for flamegraph.pl and inferno"
        onClick={() => void save("folded")}
      >
        <Icon name="in" />
        Folded
      </button>
      <button
        type="button"
        class="button"
        title="A file for speedscope"
        onClick={() => void save("speedscope")}
      >
        <Icon name="in" />
        Speedscope
      </button>
    </span>
  );
}
