// Instants of lanes: a glyph where there is room for it, a thin tick where the one before is too near. Ticks stand in
// lines of pixels; glyphs of a kind are one path for all lanes.

import { MARKS, type LaneColumns, type MarkView } from "@elixirscope/wire";
import { emptyBox, MARK_RADIUS, markBox, markRow } from "./lane-layout.ts";
import type { LanesScene } from "./paint-lanes.ts";
import type { Palette } from "./palette.ts";
import { addGlyph } from "./paint-glyphs.ts";
import { pixelOf, type PixelLines } from "./pixel-lines.ts";
import type { Surface } from "./surface.ts";

type Kind = MarkView["kind"];

/** They are never thinned out, and lie above the others. */
const IMPORTANT: readonly Kind[] = ["exception", "exit"];
const ORDER: readonly Kind[] = [...MARKS.filter((kind) => !IMPORTANT.includes(kind)), ...IMPORTANT];

export class LaneMarks {
  /** x and y in turns */
  readonly #glyphs = new Map<Kind, number[]>(ORDER.map((kind) => [kind, []]));
  #atCursor: { readonly x: number; readonly y: number } | null = null;

  lineUp(
    lines: PixelLines,
    scene: LanesScene,
    lane: LaneColumns,
    top: number,
    palette: Palette,
  ): void {
    const { marks } = lane;
    const pixels = MARKS.map((kind) => pixelOf(palette.marks[kind]));
    const box = emptyBox();
    const rows = [emptyRow(), emptyRow()] as const;
    for (let i = 0; i < marks.t.length; i += 1) {
      if (!markBox(marks, i, scene.scale, top, scene.metrics, box)) continue;
      const place = marks.kind[i] ?? 0;
      const kind = MARKS[place] ?? "link";
      const row = rows[markRow(kind)];
      const x = box.x + MARK_RADIUS;
      const y = box.y + box.height / 2;
      const isCrowded = x - row.lastX < 2 * MARK_RADIUS && !IMPORTANT.includes(kind);
      row.lastX = x;
      if (isCrowded) {
        if (row.line === -1) lines.show((row.line = lines.add()), box.y, box.height);
        lines.fill(row.line, Math.round(x) - 1, Math.round(x) + 1, pixels[place] ?? 0);
      } else this.#glyphs.get(kind)?.push(x, y);
      if (scene.cursorEvent !== null && marks.event[i] === scene.cursorEvent) {
        this.#atCursor = { x, y };
      }
    }
  }

  paint(surface: Surface, palette: Palette): void {
    for (const [kind, places] of this.#glyphs) {
      if (places.length === 0) continue;
      surface.fillStyle = palette.marks[kind];
      surface.beginPath();
      for (let i = 0; i < places.length; i += 2) {
        addGlyph(surface, kind, places[i] ?? 0, places[i + 1] ?? 0);
      }
      surface.fill();
    }
    if (this.#atCursor === null) return;
    const { x, y } = this.#atCursor;
    surface.strokeStyle = palette.cursor;
    surface.lineWidth = 1.5;
    surface.beginPath();
    surface.arc(x, y, MARK_RADIUS + 3, 0, 2 * Math.PI);
    surface.stroke();
  }
}

/** `line` -1: it has no tick yet. */
function emptyRow(): { line: number; lastX: number } {
  return { line: -1, lastX: Number.NEGATIVE_INFINITY };
}
