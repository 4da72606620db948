import { expect, it } from "vitest";
import { laneColumns, laneView, type LaneView } from "../../../tests/support/lane-views.ts";
import { packReply, unpackReply } from "./packed-reply.ts";
import type { Reply } from "./protocol.ts";
import { parseServerMessage, serializeServerMessage } from "./reply.ts";

const OUTCOMES = ["open", "returned", "raised", "tail", "lost", "mixed"] as const;
const KINDS = ["send", "receive", "state", "exit", "spawn", "exception", "link"] as const;

const LANE: LaneView = {
  pid: "<0.1.0>",
  name: "Shop.Cart",
  group: "shop",
  tSpawned: null,
  tExited: 90,
  depth: 2,
  spans: OUTCOMES.map((outcome, i) => ({
    t0: i * 10,
    t1: i * 10 + 5,
    depth: i % 2,
    label: i < 3 ? "Shop.Cart.add/3" : `Shop.Cart.f${i}/0`,
    count: i + 1,
    call: i === 0 ? 17 : null,
    outcome,
  })),
  marks: KINDS.map((kind, i) => ({ t: 9 - i, kind, count: 1 + i, event: i === 0 ? 4 : null })),
};

/** As text or bytes from the server to the page. */
function sent<M extends "lanes" | "gaps">(method: M, reply: Reply<M>): Reply<M> {
  const message = serializeServerMessage({
    kind: "reply",
    id: 1,
    result: packReply(method, reply),
  });
  const parsed = parseServerMessage(
    typeof message === "string" ? message : new Uint8Array(message).buffer,
  );
  if (!parsed.ok || parsed.value.kind !== "reply") throw new Error(String(message));
  return unpackReply(method, parsed.value.result);
}

it("keeps every box and mark of lanes, in the order in which they are drawn", () => {
  const empty = { ...LANE, pid: "<0.2.0>", spans: [], marks: [], truncated: true };
  const first = laneColumns(LANE);
  const told = [first, { ...laneColumns(empty), labels: first.labels }, { ...first, name: null }];
  const { total, lanes } = sent("lanes", { total: 9, lanes: told });
  expect(total).toBe(9);
  const spans = LANE.spans.toSorted((a, b) => a.depth - b.depth || a.t0 - b.t0);
  const marks = LANE.marks.toSorted((a, b) => a.t - b.t);
  expect(lanes.map(laneView)).toEqual([
    { ...LANE, spans, marks },
    empty,
    { ...LANE, spans, marks, name: null },
  ]);
  expect(lanes[1]?.spans.t0).toHaveLength(0);
  expect(sent("lanes", { total: 0, lanes: [] })).toEqual({ total: 0, lanes: [] });
});

it("refuses bytes that are cut off", () => {
  for (const message of [new ArrayBuffer(2), new Uint8Array([99, 0, 0, 0, 1]).buffer]) {
    expect(parseServerMessage(message)).toMatchObject({ ok: false });
  }
});

it("leaves other answers as they are", () => {
  const gaps = [{ t0: 1, t1: 2, pid: null, reason: "dropped", count: 3, detail: null }];
  expect(packReply("gaps", gaps)).toBe(gaps);
  expect(sent("gaps", gaps)).toEqual(gaps);
});
