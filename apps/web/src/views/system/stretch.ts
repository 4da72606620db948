// Which stretch of time the constellation is of: a selected range, else a window before the cursor, else
// the whole recording. The words go on screen.

import { formatDuration } from "@elixirscope/timeline";
import type { TimeRange } from "@elixirscope/wire";

export type Stretch = TimeRange & {
  readonly kind: "selection" | "cursor" | "whole";
  /** instant at which mailboxes are counted */
  readonly at: number;
};

const MS = 1e6;
export const WINDOWS: readonly number[] = [1 * MS, 10 * MS, 100 * MS, 1_000 * MS, 10_000 * MS];

/** A tenth of the recording at most, so that the window is a moment of it. */
export function usualWindow({ t0, t1 }: TimeRange): number {
  return WINDOWS.findLast((ns) => ns <= 100 * MS && ns * 10 <= t1 - t0) ?? MS;
}

export function windowFrom(param: string, bounds: TimeRange): number {
  const chosen = Number(param);
  return WINDOWS.includes(chosen) ? chosen : usualWindow(bounds);
}

export function stretchOf(
  selection: TimeRange | null,
  cursor: number | null,
  windowNs: number,
  bounds: TimeRange,
): Stretch {
  if (selection !== null) {
    const inside = cursor !== null && cursor >= selection.t0 && cursor <= selection.t1;
    return { kind: "selection", ...selection, at: inside ? cursor : selection.t1 };
  }
  if (cursor === null) return { kind: "whole", ...bounds, at: bounds.t1 };
  return { kind: "cursor", t0: cursor - windowNs, t1: cursor, at: cursor };
}

export function stretchText({ kind, t0, t1 }: Stretch, tell: (t: number) => string): string {
  const length = formatDuration(t1 - t0);
  if (kind === "selection") return `Selected range ${tell(t0)} – ${tell(t1)} (${length})`;
  if (kind === "whole") return `Whole recording (${length})`;
  return `Cursor ${tell(t1)} and ${length} before it`;
}
