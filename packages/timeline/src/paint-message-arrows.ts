// Messages between lanes that are in sight, from the mark of the sender to that of the receiver. Those of the selected
// process stand out; the others are pale where there is one.

import type { MessageArrow } from "@elixirscope/wire";
import type { LaneMetrics } from "./lane-stack.ts";
import type { PlacedLane } from "./paint-lanes.ts";
import type { Palette } from "./palette.ts";
import { xOf, type TimeScale } from "./scale.ts";
import type { Surface } from "./surface.ts";

const HEAD_PX = 5;
const PALE = 0.3;
const PLAIN = 0.6;

export type ArrowsScene = {
  readonly scale: TimeScale;
  readonly metrics: LaneMetrics;
  readonly lanes: readonly PlacedLane[];
  readonly arrows: readonly MessageArrow[];
};

export type ArrowLine = {
  readonly arrow: MessageArrow;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly isOfSelected: boolean;
};

/** Where they are: without those that have an end at no lane in sight, or lie outside of the view. */
export function arrowLines({ scale, metrics, lanes, arrows }: ArrowsScene): readonly ArrowLine[] {
  const rows = new Map<string, PlacedLane>();
  for (const placed of lanes) if (placed.lane !== null) rows.set(placed.lane.pid, placed);
  const middle = metrics.padding + metrics.markRow / 2;
  return arrows.flatMap((arrow): readonly ArrowLine[] => {
    const [from, to] = [rows.get(arrow.from), rows.get(arrow.to)];
    if (from === undefined || to === undefined) return [];
    const [x0, x1] = [xOf(scale, arrow.tSent), xOf(scale, arrow.tReceived)];
    if (x1 < 0 || x0 > scale.widthPx) return [];
    const isOfSelected = from.state === "selected" || to.state === "selected";
    return [{ arrow, x0, y0: from.top + middle, x1, y1: to.top + middle, isOfSelected }];
  });
}

export function paintMessageArrows(surface: Surface, scene: ArrowsScene, palette: Palette): void {
  const lines = arrowLines(scene);
  const isSelected = scene.lanes.some(({ state }) => state === "selected");
  const [own, others] = [
    lines.filter((line) => line.isOfSelected),
    lines.filter((line) => !line.isOfSelected),
  ];
  surface.strokeStyle = palette.marks.send;
  surface.fillStyle = palette.marks.send;
  surface.lineWidth = 1;
  for (const [some, alpha] of [
    [others, isSelected ? PALE : PLAIN],
    [own, 1],
  ] as const) {
    surface.globalAlpha = alpha;
    surface.beginPath();
    for (const { x0, y0, x1, y1 } of some) {
      surface.moveTo(x0, y0);
      surface.lineTo(x1, y1);
    }
    surface.stroke();
    for (const line of some) head(surface, line);
  }
  surface.globalAlpha = 1;
}

/** Points along the line, its tip at the receiver. */
function head(surface: Surface, { x0, y0, x1, y1 }: ArrowLine): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 2 * HEAD_PX) return;
  const [dx, dy] = [((x1 - x0) / length) * HEAD_PX, ((y1 - y0) / length) * HEAD_PX];
  surface.beginPath();
  surface.moveTo(x1, y1);
  surface.lineTo(x1 - dx - dy / 2, y1 - dy + dx / 2);
  surface.lineTo(x1 - dx + dy / 2, y1 - dy - dx / 2);
  surface.closePath();
  surface.fill();
}
