// A sequence diagram, drawn from the back to the front: what is missing, lifelines with their mailboxes,
// requests at work, messages, marks, the cursor.

import type { GapView, MailboxDepth, TimeRange } from "@elixirscope/wire";
import type { Palette } from "../palette.ts";
import { timeScale } from "../scale.ts";
import type { Surface } from "../surface.ts";
import type { Measure } from "../text-fit.ts";
import { formatDuration, formatTime, formatWallClock, ticks } from "../time-text.ts";
import { paintLifelines, paintMarks } from "./paint-lifelines.ts";
import { paintMerged, paintMessages } from "./paint-messages.ts";
import { timeAt, yAt } from "./sequence-axis.ts";
import { firstBelow, SEQUENCE_METRICS, type SequenceLayout } from "./sequence-layout.ts";

export type SequenceScene = {
  readonly layout: SequenceLayout;
  /** how far the content is scrolled up */
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly gaps: readonly GapView[];
  readonly depths: readonly MailboxDepth[];
  /** of `depths` */
  readonly depthRange: TimeRange;
  readonly cursor: number | null;
  /** wall clock at t = 0: instants are told in UTC; null: since the start */
  readonly startedAtNs: bigint | null;
  readonly selectedPid: string | null;
  /** the message at the cursor */
  readonly current: number | null;
  /** under the pointer, with what answers it or what it answers */
  readonly hovered: ReadonlySet<number>;
};

export const SEQUENCE_FONT = "11px system-ui, sans-serif";
const LEAST_BETWEEN_TIMES = 16;
const HALF_LINE = 7;

export function paintSequence(
  surface: Surface,
  scene: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  surface.font = SEQUENCE_FONT;
  paintGrid(surface, scene, palette);
  paintLifelines(surface, scene, palette, measure);
  paintMerged(surface, scene, palette, measure);
  paintMessages(surface, scene, palette, measure);
  paintMarks(surface, scene, palette);
  paintBreaks(surface, scene, palette, measure);
  paintTimes(surface, scene, palette);
  if (scene.cursor !== null) paintCursor(surface, scene, scene.cursor, palette, measure);
}

function evenTicks({
  layout,
  top,
  heightPx,
  startedAtNs,
}: SequenceScene): ReturnType<typeof ticks> {
  const { axis } = layout;
  const shown = { t0: timeAt(axis, top), t1: timeAt(axis, top + heightPx) };
  return ticks(timeScale(shown, heightPx), 44, startedAtNs);
}

function paintGrid(surface: Surface, scene: SequenceScene, palette: Palette): void {
  const { layout, top, widthPx } = scene;
  if (layout.axis.kind !== "time") return;
  surface.fillStyle = palette.grid;
  for (const { t } of evenTicks(scene)) {
    surface.fillRect(
      SEQUENCE_METRICS.gutter - 6,
      Math.round(yAt(layout.axis, t) - top),
      widthPx,
      1,
    );
  }
}

function paintTimes(surface: Surface, scene: SequenceScene, palette: Palette): void {
  const { layout, top, heightPx } = scene;
  const { axis, arrows, merged, marks } = layout;
  const right = SEQUENCE_METRICS.gutter - 10;
  // the cursor's flag has its place for itself
  const flag = scene.cursor === null ? -Infinity : yAt(axis, scene.cursor);
  const label = (text: string, y: number): void => {
    if (Math.abs(y - flag) >= LEAST_BETWEEN_TIMES) surface.fillText(text, right, y - top);
  };
  surface.fillStyle = palette.mutedText;
  surface.textAlign = "right";
  if (axis.kind === "time") {
    for (const tick of evenTicks(scene)) {
      // those at the edges are not cut
      const y = Math.min(Math.max(yAt(axis, tick.t), top + HALF_LINE), top + heightPx - HALF_LINE);
      label(tick.label, y);
    }
  } else {
    // by order a time stands where something happened: there is no even scale to count on
    const seen = [arrows, merged, marks].flatMap((things) =>
      things
        .slice(
          firstBelow(things, top - 2 * LEAST_BETWEEN_TIMES),
          firstBelow(things, top + heightPx),
        )
        .map(({ y }) => y),
    );
    let last = -Infinity;
    for (const y of seen.toSorted((a, b) => a - b)) {
      if (y - last < LEAST_BETWEEN_TIMES) continue;
      label(instant(scene, timeAt(axis, y)), y);
      last = y;
    }
  }
  surface.textAlign = "left";
}

function instant({ startedAtNs }: SequenceScene, t: number): string {
  return startedAtNs === null ? formatTime(t, 1000) : formatWallClock(startedAtNs, t, 1000);
}

function paintBreaks(
  surface: Surface,
  { layout, top, widthPx, heightPx }: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { gutter } = SEQUENCE_METRICS;
  for (const { t0, t1, y0, y1 } of layout.axis.breaks) {
    const y = Math.round((y0 + y1) / 2 - top);
    if (y < 0 || y > heightPx) continue;
    surface.fillStyle = palette.groupLine;
    for (let x = gutter; x < widthPx; x += 6) surface.fillRect(x, y, 2, 1);
    const label = `${formatDuration(t1 - t0)} later`;
    surface.fillStyle = palette.background;
    surface.fillRect(gutter + 4, y - 7, measure(label) + 10, 14);
    surface.fillStyle = palette.mutedText;
    surface.fillText(label, gutter + 9, y);
  }
}

function paintCursor(
  surface: Surface,
  scene: SequenceScene,
  t: number,
  palette: Palette,
  measure: Measure,
): void {
  const { layout, top, widthPx, heightPx } = scene;
  const { ts } = layout.axis;
  if (t < (ts[0] ?? t) || t > (ts.at(-1) ?? t)) return;
  const y = Math.round(yAt(layout.axis, t) - top);
  if (y < -1 || y > heightPx + 1) return;
  surface.fillStyle = palette.cursor;
  surface.fillRect(0, y, widthPx, 1);
  const label = instant(scene, t);
  const width = measure(label) + 10;
  const middle = Math.min(Math.max(y, 8), heightPx - 8);
  surface.fillRect(0, middle - 8, width, 16);
  surface.fillStyle = palette.cursorText;
  surface.fillText(label, 5, middle + 0.5);
}
