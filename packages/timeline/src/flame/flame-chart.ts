// Calls in the order of time, one band of rows per process: a title, then its boxes by depth, with the
// stretches in which it waited striped over the deepest box.

import type { FlameChartProcess, SpanView, TimeRange } from "@elixirscope/wire";
import { hatch } from "../paint-glyphs.ts";
import { spanText } from "../paint-spans.ts";
import { spanColours, type Palette } from "../palette.ts";
import { xOf, type TimeScale } from "../scale.ts";
import type { Surface } from "../surface.ts";
import { fitLabel, fitText, type Measure } from "../text-fit.ts";
import { FLAME_ROW_PX } from "./flame-layout.ts";

export const BAND_TITLE_PX = 18;
const BAND_GAP_PX = 6;
const FONT = "11px system-ui, sans-serif";
const TITLE_FONT = "600 11px system-ui, sans-serif";
const PADDING = 5;
const SMALLEST_LABEL_PX = 22;

export type Band = {
  readonly process: FlameChartProcess;
  readonly top: number;
  readonly height: number;
  /** each on the deepest box that was open then */
  readonly waits: readonly (TimeRange & { readonly depth: number })[];
};

export function layoutBands(processes: readonly FlameChartProcess[]): readonly Band[] {
  const bands: Band[] = [];
  let top = 0;
  for (const process of processes) {
    const height = BAND_TITLE_PX + Math.max(1, process.depth) * FLAME_ROW_PX + BAND_GAP_PX;
    const rows = rowsOf(process.spans);
    const waits = process.waits.map((wait) => ({ ...wait, depth: depthOf(rows, wait) }));
    bands.push({ process, top, height, waits });
    top += height;
  }
  return bands;
}

/** By depth, in the order of time; boxes of one row do not overlap. */
function rowsOf(spans: readonly SpanView[]): readonly (readonly SpanView[])[] {
  const rows: SpanView[][] = [];
  for (const span of spans) (rows[span.depth] ??= []).push(span);
  return rows.map((row) => row.toSorted((a, b) => a.t0 - b.t0));
}

function depthOf(rows: readonly (readonly SpanView[])[], { t0, t1 }: TimeRange): number {
  const middle = (t0 + t1) / 2;
  return Math.max(
    0,
    rows.findLastIndex((row) => {
      const span = row[lastAt(row, middle)];
      return span !== undefined && span.t0 <= middle && span.t1 >= middle;
    }),
  );
}

/** The last that began at `t` or before; the first where none did. */
function lastAt(row: readonly SpanView[], t: number): number {
  let [low, high] = [0, row.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((row[middle]?.t0 ?? 0) <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function bandsHeight(bands: readonly Band[]): number {
  const last = bands.at(-1);
  return last === undefined ? 0 : last.top + last.height;
}

export type ChartHit = { readonly process: FlameChartProcess; readonly span: SpanView | null };

export function hitChart(
  bands: readonly Band[],
  { x, y }: { readonly x: number; readonly y: number },
  scale: TimeScale,
): ChartHit | null {
  const band = bands.find(({ top, height }) => y >= top && y < top + height);
  if (band === undefined) return null;
  const depth = Math.floor((y - band.top - BAND_TITLE_PX) / FLAME_ROW_PX);
  const span = band.process.spans.findLast((one) => {
    if (one.depth !== depth) return false;
    const x0 = xOf(scale, one.t0);
    return x >= x0 && x < Math.max(x0 + 1, xOf(scale, one.t1));
  });
  return { process: band.process, span: span ?? null };
}

export type ChartScene = {
  readonly bands: readonly Band[];
  readonly scale: TimeScale;
  readonly topPx: number;
  readonly heightPx: number;
  readonly hover: SpanView | null;
  readonly cursor: { readonly t: number; readonly event: number | null } | null;
  readonly search: string;
};

export function paintChart(
  surface: Surface,
  scene: ChartScene,
  palette: Palette,
  measure: Measure,
): void {
  const { scale, topPx, heightPx } = scene;
  for (const band of scene.bands) {
    const y = band.top - topPx;
    if (y > heightPx || y + band.height < 0) continue;
    paintTitle(surface, band, y, scale.widthPx, palette, measure);
    surface.font = FONT;
    for (const span of band.process.spans) {
      paintSpan(surface, scene, span, y + BAND_TITLE_PX, palette, measure);
    }
    paintWaits(surface, band, y + BAND_TITLE_PX, scale, palette);
  }
  if (scene.cursor === null) return;
  const x = xOf(scale, scene.cursor.t);
  if (x < 0 || x > scale.widthPx) return;
  surface.fillStyle = palette.cursor;
  surface.fillRect(Math.round(x), 0, 1, heightPx);
}

function paintTitle(
  surface: Surface,
  { process }: Band,
  y: number,
  widthPx: number,
  palette: Palette,
  measure: Measure,
): void {
  surface.fillStyle = palette.line;
  surface.fillRect(0, y, widthPx, 1);
  surface.font = TITLE_FONT;
  surface.fillStyle = palette.text;
  const name = process.name === null ? process.pid : `${process.name}  ${process.pid}`;
  const cut = process.truncated ? "  · more boxes than are drawn: zoom in" : "";
  surface.fillText(
    fitText(name + cut, widthPx - 2 * PADDING, measure),
    PADDING,
    y + BAND_TITLE_PX / 2 + 1,
  );
}

function paintSpan(
  surface: Surface,
  { scale, hover, cursor, search }: ChartScene,
  span: SpanView,
  top: number,
  palette: Palette,
  measure: Measure,
): void {
  const x0 = Math.max(-1, xOf(scale, span.t0));
  const x1 = Math.min(scale.widthPx + 1, xOf(scale, span.t1));
  if (x1 < 0 || x0 > scale.widthPx) return;
  const y = top + span.depth * FLAME_ROW_PX;
  const height = FLAME_ROW_PX - 1;
  const width = Math.max(1, x1 - x0 > 3 ? x1 - x0 - 1 : x1 - x0);
  const colours = spanColours(palette, span.label);
  const matches = search === "" || span.label.toLowerCase().includes(search);
  surface.globalAlpha = matches ? 1 : 0.28;
  surface.fillStyle = span.count > 1 ? colours.merged : colours.fill;
  surface.fillRect(x0, y, width, height);
  if (span.outcome === "raised" || span.outcome === "mixed") {
    surface.fillStyle = palette.spanError;
    surface.fillRect(x0, y + height - 2, width, 2);
  }
  if (width >= SMALLEST_LABEL_PX) {
    const left = Math.max(0, x0);
    const label = fitLabel(spanText(span), x0 + width - left - 2 * PADDING, measure);
    surface.fillStyle = palette.spanText;
    if (label !== "") surface.fillText(label, left + PADDING, y + FLAME_ROW_PX / 2);
  }
  surface.globalAlpha = 1;
  const isHere = span.call !== null && span.call === cursor?.event;
  if (hover !== span && !isHere) return;
  surface.strokeStyle = palette.cursor;
  surface.lineWidth = isHere ? 2 : 1;
  surface.strokeRect(x0 + 0.5, y + 0.5, Math.max(1, width - 1), height - 1);
}

function paintWaits(
  surface: Surface,
  { waits }: Band,
  top: number,
  scale: TimeScale,
  palette: Palette,
): void {
  for (const wait of waits) {
    const x0 = Math.max(0, xOf(scale, wait.t0));
    const x1 = Math.min(scale.widthPx, xOf(scale, wait.t1));
    if (x1 <= x0) continue;
    const y = top + wait.depth * FLAME_ROW_PX + FLAME_ROW_PX - 7;
    const box = { x: x0, y, width: Math.max(1, x1 - x0), height: 6 };
    surface.fillStyle = palette.waiting;
    surface.fillRect(box.x, box.y, box.width, box.height);
    if (box.width > 3) hatch(surface, box, palette.waitingLine);
  }
}
