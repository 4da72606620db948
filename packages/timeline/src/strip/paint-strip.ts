// The strip of a state's versions: colour is the callback, height how much changed. What did not change
// is a low line; several versions in one cell are paler and say how many.

import type { StateCell } from "@elixirscope/wire";
import { spanColours, type Palette } from "../palette.ts";
import type { Surface } from "../surface.ts";
import { fitText, type Measure } from "../text-fit.ts";
import { cellSpan, stripX, type StripLayout } from "./strip-layout.ts";

export type StripScene = StripLayout & {
  readonly heightPx: number;
  readonly cursor: number | null;
  /** the instant of the version that is compared with */
  readonly pinned: number | null;
  /** under the pointer */
  readonly hovered: number;
};

const FLOOR_PX = 1;
const LEAST = 0.1;
const LABEL_PADDING = 3;

export function paintStrip(
  surface: Surface,
  scene: StripScene,
  palette: Palette,
  measure: Measure,
): void {
  const { widthPx, heightPx, cells } = scene;
  surface.fillStyle = palette.alive;
  surface.fillRect(0, 0, widthPx, heightPx);
  const most = Math.max(1, ...cells.map(({ changes }) => changes ?? 0));
  for (const [i, cell] of cells.entries())
    paintCell(surface, scene, i, cell, most, palette, measure);
  surface.fillStyle = palette.groupLine;
  surface.fillRect(0, heightPx - FLOOR_PX, widthPx, FLOOR_PX);
  if (scene.pinned !== null) paintPin(surface, scene, scene.pinned, palette);
  const x = scene.cursor === null ? null : stripX(scene, scene.cursor);
  if (x === null) return;
  surface.fillStyle = palette.cursor;
  surface.fillRect(x - 0.75, 0, 1.5, heightPx);
}

/** From nothing to all of the strip's height. */
export function cellHeight({ count, changed, changes }: StateCell, most: number): number {
  if (count > 1) return changed === 0 ? LEAST : 0.35 + 0.65 * (changed / count);
  if (changed === 0 || changes === 0) return LEAST;
  // the first version, or one that was too large to be counted
  if (changes === null) return 0.6;
  return 0.35 + (0.65 * Math.log1p(changes)) / Math.log1p(most);
}

function paintCell(
  surface: Surface,
  scene: StripScene,
  index: number,
  cell: StateCell,
  most: number,
  palette: Palette,
  measure: Measure,
): void {
  const { x0, x1 } = cellSpan(scene, index);
  const gap = x1 - x0 > 4 ? 1 : 0;
  const full = scene.heightPx - 4;
  const height = Math.max(2, cellHeight(cell, most) * full);
  if (index === scene.hovered) {
    surface.fillStyle = palette.laneHover;
    surface.fillRect(x0, 0, x1 - x0, scene.heightPx);
  }
  const { fill, merged } = spanColours(palette, cell.callback ?? "");
  const known = cell.callback !== null;
  surface.fillStyle = known ? (cell.count > 1 ? merged : fill) : palette.densityOutside;
  surface.fillRect(x0, scene.heightPx - height, x1 - x0 - gap, height);
  // the beginning of a version is where its state came to be
  surface.fillStyle = known ? fill : palette.density;
  surface.fillRect(x0, scene.heightPx - height, Math.min(2, x1 - x0), height);
  if (cell.count === 1) return;
  const label = `×${cell.count}`;
  if (fitText(label, x1 - x0 - 2 * LABEL_PADDING, measure) !== label) return;
  surface.fillStyle = palette.spanText;
  surface.fillText(label, x0 + LABEL_PADDING + 1, scene.heightPx - 9);
}

function paintPin(surface: Surface, scene: StripScene, t: number, palette: Palette): void {
  const x = stripX(scene, t);
  if (x === null) return;
  surface.fillStyle = palette.gapText;
  surface.fillRect(x - 0.75, 0, 1.5, scene.heightPx);
  surface.beginPath();
  surface.moveTo(x - 5, 0);
  surface.lineTo(x + 5, 0);
  surface.lineTo(x, 7);
  surface.closePath();
  surface.fill();
}
