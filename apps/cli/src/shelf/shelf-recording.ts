// A listed recording as the page shows it.

import type { ShelfRecording } from "@elixirscope/server";
import type { ListedRecording } from "@elixirscope/store";
import { lostEvents } from "../live-source.ts";

export function shelfRecording(listed: ListedRecording): ShelfRecording {
  const { name, path, bytes, modifiedMs, pinned, packed, manifest, error } = listed;
  const common = { name, path, bytes, modifiedMs, pinned, packed };
  if (manifest === null) {
    return {
      ...common,
      state: "corrupt",
      problem: error.message,
      stopped: null,
      target: null,
      startedMs: null,
      durationNs: null,
      events: null,
      lost: null,
    };
  }
  return {
    ...common,
    state: manifest.state === "recording" ? "live" : manifest.state,
    problem: null,
    stopped: manifest.stopped?.message ?? null,
    target: manifest.target.node,
    startedMs: wallClock(manifest.startedAtNs),
    durationNs: manifest.durationNs === 0 ? null : manifest.durationNs,
    events: manifest.counts["events"] ?? null,
    // what was let go of on purpose is not lost
    lost: manifest.durationNs === 0 ? null : lostEvents(manifest.loss),
  };
}

function wallClock(ns: string): number | null {
  return /^\d{1,30}$/.test(ns) ? Number(BigInt(ns) / 1_000_000n) : null;
}
