import { expect, it } from "vitest";
import { packReply, unpackReply } from "./packed-reply.ts";
import type { LaneView, Reply } from "./protocol.ts";
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
  marks: KINDS.map((kind, i) => ({ t: i, kind, count: 1 + i, event: i === 0 ? 4 : null })),
};

function sent<M extends "lanes" | "gaps">(method: M, reply: Reply<M>): Reply<M> {
  const json = serializeServerMessage({ kind: "reply", id: 1, result: packReply(method, reply) });
  const message = parseServerMessage(json);
  if (!message.ok || message.value.kind !== "reply") throw new Error(json);
  return unpackReply(method, message.value.result);
}

it("keeps every box and mark of lanes", () => {
  const empty = { ...LANE, pid: "<0.2.0>", spans: [], marks: [], truncated: true };
  const reply = { total: 9, lanes: [LANE, empty, { ...LANE, name: null }] };
  expect(sent("lanes", reply)).toEqual(reply);
});

it("leaves other answers as they are", () => {
  const gaps = [{ t0: 1, t1: 2, pid: null, reason: "dropped", count: 3, detail: null }];
  expect(packReply("gaps", gaps)).toBe(gaps);
  expect(sent("gaps", gaps)).toEqual(gaps);
});
