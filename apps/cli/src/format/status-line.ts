// One line about a live recording: how long, how much, how fast, what was lost.

import { bytesText } from "@elixirscope/base";
import type { Status } from "@elixirscope/wire";
import { styled } from "./style.ts";
import { formatCount, formatDurationMs } from "./units.ts";

export function statusText(status: Status, stream: NodeJS.WriteStream): string {
  const loss =
    status.lost === 0 ? "no loss" : styled(stream, "red", `${formatCount(status.lost)} lost`);
  const parts = [
    styled(stream, status.paused ? "yellow" : "green", "●") +
      ` ${formatDurationMs(status.durationNs / 1e6)}`,
    status.paused ? styled(stream, "yellow", "paused from the page") : null,
    `${formatCount(status.events)} events`,
    `${formatCount(Math.round(status.eventsPerSecond))}/s`,
    loss,
    status.targetProbeBytes === null ? null : `probe ${bytesText(status.targetProbeBytes)}`,
    status.ringUse === null ? null : `ring ${Math.round(status.ringUse * 100)}%`,
    status.message === null ? null : styled(stream, "yellow", status.message),
  ];
  return parts.filter((part) => part !== null).join("  ");
}
