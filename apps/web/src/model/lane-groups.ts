// Which lanes stand together, kept in the address.

import { LANE_GROUPS, type LaneGroups } from "@elixirscope/wire";
import type { Cinema } from "./cinema.ts";

export function laneGroups(cinema: Cinema): LaneGroups {
  const chosen = cinema.param("timeline.groups").value;
  return LANE_GROUPS.find((one) => one === chosen) ?? "application";
}

/** By application, or by supervisor. */
export function regroupLanes(cinema: Cinema): void {
  const groups = cinema.param("timeline.groups");
  groups.value = groups.peek() === "supervisor" ? "" : "supervisor";
}
