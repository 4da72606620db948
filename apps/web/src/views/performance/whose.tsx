// Of which process: all of them, or one. The choice offers the process that is selected.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";

export function Whose(): JSX.Element {
  const { cinema } = useApp();
  const pid = cinema.param("performance.pid");
  const pids = [...new Set([pid.value, cinema.pid.value ?? ""])].filter((one) => one !== "");
  return (
    <select
      class="perf-select"
      aria-label="Processes that are added up"
      title="Select a process in the timeline to look at it alone"
      value={pid.value}
      onChange={(event) => {
        pid.value = event.currentTarget.value;
        cinema.param("performance.zoom").value = "";
      }}
    >
      <option value="">All processes</option>
      {pids.map((one) => (
        <option key={one} value={one}>
          Only {one}
        </option>
      ))}
    </select>
  );
}
