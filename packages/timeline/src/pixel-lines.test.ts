import type { MarkView, SpanView } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { laneColumns } from "../../../tests/support/lane-views.ts";
import { LANE_METRICS } from "./lane-stack.ts";
import { LaneMarks } from "./paint-marks.ts";
import { lineUpSpans } from "./paint-spans.ts";
import { LIGHT, spanColours } from "./palette.ts";
import { pixelOf, PixelLines, type ImageSurface } from "./pixel-lines.ts";
import { timeScale } from "./scale.ts";

const WIDTH = 40;
const CALL = { depth: 0, label: "A.f/0", count: 1, call: null, outcome: "returned" } as const;
const FILL = pixelOf(spanColours(LIGHT, CALL.label).fill);
const MERGED = pixelOf(spanColours(LIGHT, CALL.label).merged);
const ERROR = pixelOf(LIGHT.spanError);
const SEND = pixelOf(LIGHT.marks.send);

type Drawn = { readonly y: number; readonly height: number; readonly pixels: readonly number[] };

/** One lane on a canvas of 40 pixels, one unit of time each: the images in the order in which they are drawn. */
function drawn(
  spans: readonly SpanView[],
  marks: readonly MarkView[] = [],
  pixelRatio = 1,
): Drawn[] {
  const view = { pid: "<0.1.0>", name: null, group: "", tSpawned: null, tExited: null, depth: 1 };
  const lane = laneColumns({ ...view, spans, marks });
  const lines = new PixelLines((pixels) => pixels);
  lines.begin(WIDTH, pixelRatio);
  const scene = {
    scale: timeScale({ t0: 0, t1: WIDTH }, WIDTH),
    heightPx: 60,
    metrics: LANE_METRICS,
    lanes: [],
    gaps: [],
    cursor: null,
    cursorEvent: null,
    selection: null,
  };
  const placed = { lane, top: 0, height: 60, state: "plain", firstOfGroup: false } as const;
  lineUpSpans(lines, scene, placed, LIGHT);
  new LaneMarks().lineUp(lines, scene, lane, 0, LIGHT);
  const images: Drawn[] = [];
  const surface = {
    imageSmoothingEnabled: true,
    drawImage: (image: object, ...[, line, width, , , y, , height]: readonly number[]) => {
      const from = (line ?? 0) * (width ?? 0);
      const pixels = (image as Uint32Array).slice(from, from + (width ?? 0));
      images.push({ y: y ?? -1, height: height ?? -1, pixels: [...pixels] });
    },
  };
  lines.draw(surface as unknown as ImageSurface);
  expect(surface.imageSmoothingEnabled).toBe(images.length === 0);
  return images;
}

/** Where a line has a colour, as runs. */
function runs(pixels: readonly number[] | undefined, colour: number): readonly string[] {
  const found = (pixels ?? []).flatMap((pixel, x) => (pixel === colour ? [x] : []));
  const starts = found.filter((x) => !found.includes(x - 1));
  return starts.map((x) => {
    let end = x;
    while (found.includes(end + 1)) end += 1;
    return `${String(x)}-${String(end)}`;
  });
}

it("draws a row of calls as one line, with a hairline of air where they are wide enough", () => {
  const [row, ...others] = drawn([
    { ...CALL, t0: 0, t1: 10 },
    { ...CALL, t0: 10, t1: 10.1 },
    { ...CALL, t0: 20, t1: 23, count: 9 },
    { ...CALL, t0: 35, t1: 90 },
    { ...CALL, t0: 90, t1: 95 },
  ]);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ y: 22, height: LANE_METRICS.spanRow - 1 });
  expect(runs(row?.pixels, FILL)).toEqual(["0-8", "10-10", "35-39"]);
  expect(runs(row?.pixels, MERGED)).toEqual(["20-22"]);
});

it("is as fine as the screen", () => {
  const [row] = drawn([{ ...CALL, t0: 10, t1: 20 }], [], 2);
  expect(row?.pixels).toHaveLength(2 * WIDTH);
  expect(runs(row?.pixels, FILL)).toEqual(["20-37"]);
});

it("draws how calls ended over their row", () => {
  const images = drawn([
    { ...CALL, t0: 0, t1: 5, outcome: "raised" },
    { ...CALL, t0: 10, t1: 15, outcome: "tail" },
    { ...CALL, t0: 20, t1: 25, outcome: "mixed" },
    { ...CALL, t0: 30, t1: 35, outcome: "raised" },
  ]);
  const [row, raised, ragged] = images;
  expect(runs(row?.pixels, FILL)).toHaveLength(4);
  expect(raised).toMatchObject({ y: 35, height: 3 });
  expect(runs(raised?.pixels, ERROR)).toEqual(["0-4", "30-34"]);
  expect(runs(ragged?.pixels, pixelOf(LIGHT.spanOpen))).toEqual(["13-14"]);
  expect(images.filter(({ height }) => height === 2).map(({ y }) => y)).toEqual([22, 26, 30, 34]);
  const mixed = images.at(-1);
  expect(mixed).toMatchObject({ y: 36, height: 1 });
  expect(runs(mixed?.pixels, ERROR)).toEqual(["20-24"]);
});

it("draws ticks where marks are too near for glyphs", () => {
  const mark = { kind: "send", count: 1, event: null } as const;
  const [row, ...others] = drawn(
    [],
    [4, 6, 20, 25].map((t) => ({ ...mark, t })),
  );
  expect(others).toEqual([]);
  expect(runs(row?.pixels, SEND)).toEqual(["5-6", "24-25"]);
});
