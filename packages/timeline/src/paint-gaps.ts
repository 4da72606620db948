// What was not recorded, hatched and named where there is room.

import type { GapView, LaneColumns } from "@elixirscope/wire";
import { countText } from "./count-text.ts";
import { emptyBox, gapBox } from "./lane-layout.ts";
import { hatch } from "./paint-glyphs.ts";
import type { LanesScene, PlacedLane } from "./paint-lanes.ts";
import type { Palette } from "./palette.ts";
import type { Surface } from "./surface.ts";
import { fitText, type Measure } from "./text-fit.ts";

const LABEL_PADDING = 4;

export function paintGaps(
  surface: Surface,
  scene: LanesScene,
  placed: PlacedLane & { readonly lane: LaneColumns },
  palette: Palette,
  measure: Measure,
): void {
  const box = emptyBox();
  for (const gap of scene.gaps) {
    if (gap.pid !== null && gap.pid !== placed.lane.pid) continue;
    if (!gapBox(gap, scene.scale, placed.top + 1, placed.height - 1, box)) continue;
    surface.fillStyle = palette.gapFill;
    surface.fillRect(box.x, box.y, box.width, box.height);
    hatch(surface, box, palette.gapLine);
    const label = fitText(gapText(gap), box.width - 2 * LABEL_PADDING, measure);
    if (label === "") continue;
    const y = box.y + box.height - 9;
    surface.fillStyle = palette.background;
    surface.fillRect(box.x + 2, y - 7, measure(label) + 2 * LABEL_PADDING, 14);
    surface.fillStyle = palette.gapText;
    surface.fillText(label, box.x + 2 + LABEL_PADDING, y);
  }
}

/** What a gap is called on screen: never "nothing happened". */
export function gapText(gap: GapView): string {
  const reason = gap.reason.replaceAll("_", " ");
  if (gap.count === null) return `not recorded: ${reason}`;
  return `${countText(gap.count)} not recorded: ${reason}`;
}
