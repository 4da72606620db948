import { Worker } from "node:worker_threads";
import { RING_OVERFLOWS, RingBuffer } from "@elixirscope/capture";
import { describe, expect, it } from "vitest";

const RECORDS = 30_000;
/** Numbers 0 … n-1, each with its last digit as its number of events. */
const EVENTS = (RECORDS / 10) * 45;

type ReadResult = {
  read: number;
  lostFrames: number;
  lostEvents: number;
  events: number;
  wrong: number;
  reopened: number;
};

function thread<T>(workerData: object): Promise<T> {
  const worker = new Worker(new URL("ring-worker.mjs", import.meta.url), {
    workerData,
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function isComplete(result: ReadResult): boolean {
  return result.read === RECORDS && result.events === EVENTS && result.reopened > 0;
}

describe("a ring between real threads", () => {
  for (const overflow of RING_OVERFLOWS) {
    it(`${overflow}: one producer, two readers that die now and then; every byte checked`, async () => {
      const ring = RingBuffer.create({ bytes: 65_536, overflow, readers: 2 });
      const common = { shared: ring.shared, records: RECORDS, seed: 5 };
      const readers = [0, 1].map((slot) =>
        thread<ReadResult>({ ...common, role: "read", slot, slow: slot === 1 }),
      );
      await thread({ ...common, role: "write" });
      for (const result of await Promise.all(readers)) {
        expect(result.wrong).toBe(0);
        expect(result.read + result.lostFrames).toBe(RECORDS);
        expect(result.events + result.lostEvents).toBe(EVENTS);
        expect(result.read).toBeGreaterThan(0);
        expect(isComplete(result) || overflow !== "block").toBe(true);
      }
      expect(ring.stats().droppedFrames > 0).toBe(overflow !== "block");
    });
  }
});
