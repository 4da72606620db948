// What calls cost: measured by the VM's counters or in the recording, or why nobody can say.

import { bytesText } from "@elixirscope/base";
import type { CostView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { countText, plural } from "../../model/amounts.ts";

export function Cost(props: {
  readonly cost: CostView;
  /** what is taken away is saved */
  readonly saved?: "saved";
}): JSX.Element {
  const { cost, saved } = props;
  if (cost.kind === "unknown") {
    return (
      <p class="small">
        <strong>No estimate:</strong> {cost.reason}.
      </p>
    );
  }
  return (
    <div class="small cost">
      <p>
        {saved === undefined ? "About " : "Saves about "}
        <strong class="tabular">{percentText(cost.cpuPercent)} of one core</strong> in the target,{" "}
        {countText(cost.eventsPerSecond)} events/s from {plural(cost.callsPerSecond, "call")}/s,{" "}
        {bytesText(cost.diskBytesPerSecond)}/s on disk.{" "}
        {saved === undefined && <span class="muted">Messages and states come on top.</span>}
      </p>
      {cost.busiest.length > 0 && (
        <p class="muted">
          Busiest:{" "}
          {cost.busiest.slice(0, 3).map(({ function: name, callsPerSecond }, i) => (
            <span key={name}>
              {i > 0 && ", "}
              <span class="mono">{name}</span> {countText(callsPerSecond)}/s
            </span>
          ))}
        </p>
      )}
      {saved === undefined && cost.tooHot.length > 0 && (
        <p class="warning-text">
          Too hot for the budget, events would be dropped:{" "}
          <span class="mono">{cost.tooHot.map(({ function: name }) => name).join(", ")}</span>
        </p>
      )}
    </div>
  );
}

function percentText(percent: number): string {
  return percent > 0 && percent < 0.05 ? "less than 0.1%" : `${percent.toFixed(1)}%`;
}
