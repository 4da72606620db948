import type { MessageArrow } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { laneColumns } from "../../../tests/support/lane-views.ts";
import { LANE_METRICS } from "./lane-stack.ts";
import { arrowLines } from "./paint-message-arrows.ts";
import type { PlacedLane } from "./paint-lanes.ts";
import { timeScale } from "./scale.ts";

function placed(pid: string, top: number, state: PlacedLane["state"] = "plain"): PlacedLane {
  const lane = laneColumns({
    pid,
    name: null,
    group: "shop",
    tSpawned: null,
    tExited: null,
    depth: 0,
    spans: [],
    marks: [],
  });
  return { lane, top, height: 40, state, firstOfGroup: false };
}

function sent(from: string, to: string, tSent: number, tReceived: number): MessageArrow {
  return { message: tSent, from, to, tSent, tReceived, sendEvent: null, receiveEvent: null };
}

const [A, B] = ["<0.1.0>", "<0.2.0>"];

it("goes from the sender's lane when it was sent to the receiver's when it was received", () => {
  const lines = arrowLines({
    scale: timeScale({ t0: 0, t1: 100 }, 200),
    metrics: LANE_METRICS,
    lanes: [placed(A, 0), placed(B, 50, "selected")],
    arrows: [sent(A, B, 10, 30), sent(B, "<0.3.0>", 10, 30), sent(A, B, 150, 160)],
  });
  const middle = LANE_METRICS.padding + LANE_METRICS.markRow / 2;
  expect(lines).toMatchObject([
    { x0: 20, y0: middle, x1: 60, y1: 50 + middle, isOfSelected: true },
  ]);
});
