// The example in README.md.

import { expect, it } from "vitest";
import { laneColumns } from "../../../tests/support/lane-views.ts";
import {
  hitLane,
  LANE_METRICS,
  LIGHT,
  paintLanes,
  PixelLines,
  timeScale,
  type ImageSurface,
} from "./index.ts";

const span = {
  t0: 250_000,
  t1: 750_000,
  depth: 0,
  label: "Shop.Cart.add/3",
  count: 1,
  call: 7,
  outcome: "returned",
} as const;

const lane = laneColumns({
  pid: "<0.1.0>",
  name: "Shop.Cart",
  group: "shop",
  tSpawned: null,
  tExited: null,
  depth: 1,
  spans: [span],
  marks: [],
});

function nothing(): void {}

function measure(text: string): number {
  return text.length * 6;
}

/** Keeps the texts that are drawn; everything else is of no account here. */
function paper(texts: string[]): ImageSurface {
  return {
    fillStyle: "",
    strokeStyle: "",
    lineWidth: 1,
    globalAlpha: 1,
    font: "",
    textBaseline: "",
    textAlign: "",
    save: nothing,
    restore: nothing,
    beginPath: nothing,
    closePath: nothing,
    moveTo: nothing,
    lineTo: nothing,
    arc: nothing,
    rect: nothing,
    clip: nothing,
    fill: nothing,
    stroke: nothing,
    fillRect: nothing,
    strokeRect: nothing,
    clearRect: nothing,
    fillText: (text) => void texts.push(text),
    measureText: (text) => ({ width: text.length * 6 }),
    setTransform: nothing,
    imageSmoothingEnabled: true,
    drawImage: nothing,
  };
}

it("does what the README says", () => {
  const scale = timeScale({ t0: 0, t1: 1_000_000 }, 800);
  const placed = { lane, top: 0, height: 60, state: "plain", firstOfGroup: true } as const;
  const base = { scale, heightPx: 60, metrics: LANE_METRICS, gaps: [], cursor: null };
  const scene = { ...base, cursorEvent: null, selection: null, lanes: [placed] };
  const texts: string[] = [];
  const tools = { measure, lines: new PixelLines((pixels) => pixels), pixelRatio: 1 };
  paintLanes(paper(texts), scene, LIGHT, tools);
  expect(texts).toContain("Shop.Cart.add/3");
  if (lane === null) throw new Error("no lane");
  expect(hitLane(lane, [], { x: 400, y: 30 }, scale, LANE_METRICS, 60)).toEqual({
    kind: "span",
    span,
  });
});
