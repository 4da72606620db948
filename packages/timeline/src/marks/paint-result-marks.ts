// Draws what a query found over the timeline: ticks below the top of the overview, flags in the lanes.

import type { TimeRange } from "@elixirscope/wire";
import type { Palette } from "../palette.ts";
import type { PlacedLane } from "../paint-lanes.ts";
import { timeScale, type TimeScale } from "../scale.ts";
import type { Surface } from "../surface.ts";
import { markedPixels, type ResultMarks } from "./result-marks.ts";

export const FLAG_PX = 6;
/** Below the top of the lane. */
export const FLAG_TOP_PX = 1;
/** Below the band of errors. */
export const CAP_TOP_PX = 5;
export const CAP_PX = 6;
/** Where many stand side by side what is below still shows. */
const THROUGH = 0.3;

export function paintOverviewMarks(
  surface: Surface,
  marks: ResultMarks,
  size: { readonly bounds: TimeRange; readonly widthPx: number; readonly heightPx: number },
  palette: Palette,
): void {
  surface.fillStyle = palette.resultMark;
  for (const x of markedPixels(marks.all.times, timeScale(size.bounds, size.widthPx))) {
    surface.fillRect(x - 1, CAP_TOP_PX, 2.5, CAP_PX);
    surface.globalAlpha = THROUGH;
    surface.fillRect(x, CAP_TOP_PX + CAP_PX, 1, size.heightPx);
    surface.globalAlpha = 1;
  }
}

export function paintLaneMarks(
  surface: Surface,
  marks: ResultMarks,
  scene: {
    readonly scale: TimeScale;
    readonly heightPx: number;
    readonly lanes: readonly PlacedLane[];
  },
  palette: Palette,
): void {
  surface.fillStyle = palette.resultMark;
  surface.globalAlpha = THROUGH;
  for (const x of markedPixels(marks.common.times, scene.scale)) {
    surface.fillRect(x, 0, 1, scene.heightPx);
  }
  surface.globalAlpha = 1;
  for (const { lane, top, height } of scene.lanes) {
    const own = lane === null ? undefined : marks.byPid.get(lane.pid);
    if (own === undefined) continue;
    for (const x of markedPixels(own.times, scene.scale)) {
      const y = top + FLAG_TOP_PX;
      surface.fillRect(x, y, 1.5, height - 2);
      surface.beginPath();
      surface.moveTo(x, y);
      surface.lineTo(x + FLAG_PX, y + FLAG_PX / 2);
      surface.lineTo(x, y + FLAG_PX);
      surface.closePath();
      surface.fill();
    }
  }
}
