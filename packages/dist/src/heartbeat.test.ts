import { describe, expect, it } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

describe("Heartbeat", () => {
  it("ticks when nothing else was sent for an interval", () => {
    const heartbeat = new Heartbeat(60_000, 0);
    expect(heartbeat.intervalMs).toBe(15_000);
    heartbeat.received(14_000);
    expect(heartbeat.beat(15_000)).toBe("tick");
    heartbeat.sent(20_000);
    heartbeat.received(29_000);
    expect(heartbeat.beat(30_000)).toBe("none");
  });

  it("asks a silent peer before giving it up", () => {
    const heartbeat = new Heartbeat(60_000, 0);
    expect([15_000, 30_000, 45_000, 60_000].map((now) => heartbeat.beat(now))).toEqual([
      "tick",
      "ask",
      "ask",
      "dead",
    ]);
  });

  it("keeps a peer that answers when asked, however long its own ticks are apart", () => {
    const heartbeat = new Heartbeat(60_000, 0);
    for (let now = 15_000; now < 600_000; now += 15_000) {
      const action = heartbeat.beat(now);
      expect(action).not.toBe("dead");
      if (action === "ask") heartbeat.received(now + 1);
    }
  });

  it("does not blame the peer for our own suspension", () => {
    const heartbeat = new Heartbeat(60_000, 0);
    expect(heartbeat.beat(3_600_000)).not.toBe("dead");
  });
});
