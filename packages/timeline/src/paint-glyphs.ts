// Shapes drawn by hand: marks, hatching, arrows. Colour alone never tells two kinds apart.

import type { MarkView } from "@elixirscope/wire";
import type { Box, Surface } from "./surface.ts";

const HATCH_STEP = 7;

/** Diagonal lines clipped to the box, continuous with the neighbours. */
export function hatch(surface: Surface, box: Box, colour: string): void {
  surface.save();
  surface.beginPath();
  surface.rect(box.x, box.y, box.width, box.height);
  surface.clip();
  surface.strokeStyle = colour;
  surface.lineWidth = 1;
  surface.beginPath();
  const bottom = box.y + box.height;
  const start = Math.floor((box.x + box.y) / HATCH_STEP) * HATCH_STEP;
  for (let d = start; d - bottom < box.x + box.width; d += HATCH_STEP) {
    surface.moveTo(d - box.y, box.y);
    surface.lineTo(d - bottom, bottom);
  }
  surface.stroke();
  surface.restore();
}

/** The glyph of a mark around (x, y), about seven pixels wide. */
export function glyph(surface: Surface, kind: MarkView["kind"], x: number, y: number): void {
  surface.beginPath();
  addGlyph(surface, kind, x, y);
  surface.fill();
}

/** To the path, for filling: that closes it, and in a long path `closePath` would cost more than all else. */
export function addGlyph(surface: Surface, kind: MarkView["kind"], x: number, y: number): void {
  switch (kind) {
    case "send": // points up and away
      triangle(surface, x, y, -1);
      break;
    case "receive": // points down into the lane
      triangle(surface, x, y, 1);
      break;
    case "state":
      surface.moveTo(x, y - 4);
      surface.lineTo(x + 4, y);
      surface.lineTo(x, y + 4);
      surface.lineTo(x - 4, y);
      break;
    case "spawn":
      surface.moveTo(x + 3.2, y);
      surface.arc(x, y, 3.2, 0, 2 * Math.PI);
      break;
    case "exit":
      surface.rect(x - 3, y - 3, 6, 6);
      break;
    case "exception":
      cross(surface, x, y);
      break;
    case "link":
      surface.rect(x - 3.5, y - 1, 7, 2);
      break;
  }
}

function triangle(surface: Surface, x: number, y: number, direction: 1 | -1): void {
  surface.moveTo(x - 3.6, y - 3 * direction);
  surface.lineTo(x + 3.6, y - 3 * direction);
  surface.lineTo(x, y + 3.6 * direction);
}

function cross(surface: Surface, x: number, y: number): void {
  const r = 3.8;
  const w = 1.3;
  surface.moveTo(x - r, y - r + w);
  surface.lineTo(x - r + w, y - r);
  surface.lineTo(x, y - w);
  surface.lineTo(x + r - w, y - r);
  surface.lineTo(x + r, y - r + w);
  surface.lineTo(x + w, y);
  surface.lineTo(x + r, y + r - w);
  surface.lineTo(x + r - w, y + r);
  surface.lineTo(x, y + w);
  surface.lineTo(x - r + w, y + r);
  surface.lineTo(x - r, y + r - w);
  surface.lineTo(x - w, y);
}
