// Paints the timeline's three canvases. Each is painted only when something that it shows changed, and the density of
// the whole recording, some hundred bars, only when it is another one: from then on it is a picture.

import {
  beginFrame,
  cachedMeasure,
  LANE_METRICS,
  paintDensity,
  paintLaneMarks,
  paintLanes,
  paintMessageArrows,
  paintOverview,
  paintOverviewMarks,
  paintRuler,
  PixelLines,
  type LanesScene,
  type LaneTools,
  type Palette,
  type PlacedLane,
  type ResultMarks,
  type TimeScale,
  type ToImage,
} from "@elixirscope/timeline";
import type { GapView, MessageArrow, Overview, TimeRange } from "@elixirscope/wire";

export type StageCanvases = {
  readonly overview: HTMLCanvasElement;
  readonly ruler: HTMLCanvasElement;
  readonly lanes: HTMLCanvasElement;
};

export type StageScene = {
  readonly palette: Palette;
  readonly bounds: TimeRange;
  readonly scale: TimeScale;
  readonly cursor: { readonly t: number; readonly event: number | null } | null;
  readonly selection: TimeRange | null;
  readonly startedAtNs: bigint | null;
  readonly overview: Overview | null;
  readonly gaps: readonly GapView[];
  readonly arrows: readonly MessageArrow[];
  readonly marks: ResultMarks | null;
  readonly lanes: readonly PlacedLane[];
  /** the selected process whose own lane is out of sight: above the others at the top */
  readonly pinned: PlacedLane | null;
};

const FONT = "11px system-ui, sans-serif";

export class StagePainter {
  readonly #canvases: StageCanvases;
  readonly #tools: Omit<LaneTools, "pixelRatio">;
  readonly #density: HTMLCanvasElement = document.createElement("canvas");
  #size = "";
  /** what each canvas was painted of; none after its size changed */
  #painted = new Map<HTMLCanvasElement, readonly unknown[]>();

  constructor(canvases: StageCanvases) {
    this.#canvases = canvases;
    const measure = cachedMeasure((text) => {
      const context = contextOf(canvases.lanes);
      context.font = FONT;
      return context.measureText(text).width;
    });
    this.#tools = { measure, lines: new PixelLines(imageMaker()) };
  }

  /** As large as the page lays them out; what they showed is gone, unless it is false: they had that size. */
  resize(lanesHeightPx: number): boolean {
    const { overview, ruler, lanes } = this.#canvases;
    const widthPx = lanes.clientWidth;
    const heights = `${overview.clientHeight} ${ruler.clientHeight} ${lanesHeightPx}`;
    const size = `${widthPx} ${heights} ${devicePixelRatio}`;
    if (size === this.#size) return false;
    this.#size = size;
    for (const canvas of [overview, ruler]) canvas.style.width = `${widthPx}px`;
    lanes.style.height = `${lanesHeightPx}px`;
    for (const canvas of [overview, ruler, lanes]) {
      canvas.width = Math.max(1, Math.round(widthPx * devicePixelRatio));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
    }
    this.#painted.clear();
    return true;
  }

  paint(scene: StageScene): void {
    this.#paintOverview(scene);
    this.#paintRuler(scene);
    this.#paintLanes(scene);
  }

  #paintOverview({ palette, bounds, scale, cursor, selection, overview, marks }: StageScene): void {
    const canvas = this.#canvases.overview;
    const { t0, t1 } = scale;
    const shown = [palette, bounds, t0, t1, cursor?.t, selection, overview, marks];
    if (this.#isPainted(canvas, shown)) return;
    const { clientWidth: widthPx, clientHeight: heightPx } = canvas;
    const size = { bounds, widthPx, heightPx };
    this.#paintDensity(palette, overview, size);
    const surface = begin(canvas, canvas);
    if (overview !== null) surface.drawImage(this.#density, 0, 0, widthPx, heightPx);
    const window = { t0, t1 };
    paintOverview(surface, { ...size, window, cursor: cursor?.t ?? null, selection }, palette);
    if (marks !== null) paintOverviewMarks(surface, marks, size, palette);
  }

  #paintDensity(
    palette: Palette,
    overview: Overview | null,
    size: { readonly bounds: TimeRange; readonly widthPx: number; readonly heightPx: number },
  ): void {
    if (overview === null) return;
    const { width, height } = this.#canvases.overview;
    const { t0, t1 } = size.bounds;
    if (this.#isPainted(this.#density, [palette, overview, t0, t1, width, height])) return;
    Object.assign(this.#density, { width, height });
    paintDensity(begin(this.#density, this.#canvases.overview), overview, size, palette);
  }

  #paintRuler({ palette, scale, cursor, selection, startedAtNs }: StageScene): void {
    const { ruler } = this.#canvases;
    const { t0, t1 } = scale;
    if (this.#isPainted(ruler, [palette, t0, t1, cursor?.t, selection, startedAtNs])) return;
    const common = { cursor: cursor?.t ?? null, selection, startedAtNs };
    paintRuler(begin(ruler, ruler), { ...common, scale, heightPx: ruler.clientHeight }, palette);
  }

  #paintLanes(scene: StageScene): void {
    const { palette, marks, pinned, arrows } = scene;
    const { lanes } = this.#canvases;
    const surface = begin(lanes, lanes);
    const common = {
      scale: scene.scale,
      metrics: LANE_METRICS,
      gaps: scene.gaps,
      cursor: scene.cursor?.t ?? null,
      cursorEvent: scene.cursor?.event ?? null,
      selection: scene.selection,
      startedAtNs: scene.startedAtNs,
    };
    const tools = { ...this.#tools, pixelRatio: devicePixelRatio };
    const all: LanesScene = { ...common, heightPx: lanes.clientHeight, lanes: scene.lanes };
    paintLanes(surface, all, palette, tools);
    if (arrows.length > 0) paintMessageArrows(surface, { ...all, arrows }, palette);
    if (marks !== null) paintLaneMarks(surface, marks, all, palette);
    if (pinned === null) return;
    const { widthPx } = scene.scale;
    surface.fillStyle = palette.background;
    surface.fillRect(0, 0, widthPx, pinned.height + 3);
    const above: LanesScene = { ...common, heightPx: pinned.height, lanes: [pinned] };
    paintLanes(surface, above, palette, tools);
    if (marks !== null) paintLaneMarks(surface, marks, above, palette);
    surface.fillStyle = palette.groupLine;
    surface.fillRect(0, pinned.height, widthPx, 1);
  }

  /** Otherwise it is to be painted now. */
  #isPainted(canvas: HTMLCanvasElement, shown: readonly unknown[]): boolean {
    const before = this.#painted.get(canvas);
    this.#painted.set(canvas, shown);
    return before !== undefined && shown.every((one, i) => Object.is(one, before[i]));
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("bug: this canvas has no 2d context");
  return context;
}

/** Of a canvas that is as large as one on the page. */
function begin(canvas: HTMLCanvasElement, onPage: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = contextOf(canvas);
  beginFrame(context, onPage.clientWidth, onPage.clientHeight, devicePixelRatio);
  return context;
}

function imageMaker(): ToImage {
  const canvas = document.createElement("canvas");
  // it is written to by the pixel: in the memory of a graphics card that would be slow
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (pixels, width, height) => {
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height < height) canvas.height = 2 * height;
    const bytes = new Uint8ClampedArray(pixels.buffer, 0, 4 * width * height);
    context?.putImageData(new ImageData(bytes, width, height), 0, 0);
    return canvas;
  };
}
