import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RingBuffer } from "./ring-buffer.ts";
import { RING_OVERFLOWS, type RingOverflow } from "./ring-layout.ts";
import { RING_START } from "./ring-reader.ts";

const CAPACITY = 4096;

function bytesOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7) & 0xff);
}

type Step =
  | { readonly kind: "write"; readonly length: number; readonly events: number }
  | { readonly kind: "read" | "commit" | "crash"; readonly reader: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      length: fc.oneof(
        fc.integer({ min: 0, max: 700 }),
        fc.constantFrom(0, 31, 32, 33, 4000, 5000),
      ),
      events: fc.integer({ min: 0, max: 50 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("read" as const, "read" as const, "commit" as const, "crash" as const),
      reader: fc.integer({ min: 0, max: 1 }),
    }),
  },
);

/** What a reader has to see: everything offered, in order, with what is missing counted exactly. */
class Expected {
  next = 0;
  events = 0;
}

function run(overflow: RingOverflow, steps: readonly Step[]): void {
  const ring = RingBuffer.create({ bytes: CAPACITY, overflow, readers: 2 });
  const writer = ring.writer();
  const readers = [0, 1].map((slot) => ring.reader(slot, RING_START));
  const seen = [new Expected(), new Expected()];
  const places = [RING_START, RING_START];
  const offered: { bytes: Uint8Array; events: number; before: number }[] = [];
  let events = 0;

  for (const one of steps) {
    if (one.kind === "write") {
      const bytes = bytesOf(one.length, offered.length);
      const before = ring.stats();
      if (writer.offer(7, one.events, bytes, 0, bytes.length)) {
        offered.push({ bytes, events: one.events, before: events });
        events += one.events;
      } else {
        assert.equal(overflow, "block");
        assert.deepEqual(ring.stats(), before);
      }
      continue;
    }
    const reader = readers[one.reader];
    const expected = seen[one.reader];
    if (reader === undefined || expected === undefined) throw new Error("no such reader");
    if (one.kind === "commit") {
      reader.commit();
      places[one.reader] = reader.place;
    } else if (one.kind === "crash") {
      const place = places[one.reader] ?? RING_START;
      readers[one.reader] = ring.reader(one.reader, place);
      expected.next = place.nextNumber;
      expected.events = place.nextEvents;
    } else {
      const record = reader.read();
      if (record === null) continue;
      if (overflow === "block") {
        // only what could never fit is missing
        const missing = offered.slice(expected.next, record.number);
        assert(missing.every(({ bytes }) => bytes.length > CAPACITY));
      }
      assert.equal(record.number, expected.next + record.lostFrames);
      const wanted = offered[record.number];
      assert.equal(Buffer.compare(record.bytes, wanted?.bytes ?? Buffer.alloc(0)), 0);
      assert.equal(record.events, wanted?.events);
      assert.equal(record.lostEvents, (wanted?.before ?? 0) - expected.events);
      assert.equal(record.kind, 7);
      expected.next = record.number + 1;
      expected.events = (wanted?.before ?? 0) + record.events;
    }
  }

  const stats = ring.stats();
  assert(stats.usedBytes <= CAPACITY);
  assert(stats.highWaterBytes <= CAPACITY);
  if (overflow !== "drop_oldest") {
    assert.equal(stats.writtenFrames + stats.droppedFrames, offered.length);
    assert.equal(stats.writtenEvents + stats.droppedEvents, events);
  }
}

describe("RingBuffer", () => {
  for (const overflow of RING_OVERFLOWS) {
    it(`${overflow}: readers see what was offered, in order, and know what is missing`, () => {
      const property = fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) =>
        run(overflow, steps),
      );
      expect(fc.check(property, { numRuns: 300 })).toMatchObject({ failed: false });
    });
  }

  it("block: accepts again after the slowest reader has committed, not when it has read", () => {
    const ring = RingBuffer.create({ bytes: CAPACITY, overflow: "block", readers: 2 });
    const writer = ring.writer();
    const readers = [ring.reader(0, RING_START), ring.reader(1, RING_START)];
    const bytes = new Uint8Array(1000);
    let written = 0;
    while (writer.offer(1, 1, bytes, 0, 1000)) written += 1;
    for (let i = 0; i < written; i++)
      for (const reader of readers) expect(reader.read()?.number).toBe(i);
    expect(writer.offer(1, 1, bytes, 0, 1000)).toBe(false);
    readers[0]?.commit();
    expect(writer.offer(1, 1, bytes, 0, 1000)).toBe(false);
    readers[1]?.commit();
    expect(writer.offer(1, 1, bytes, 0, 1000)).toBe(true);
    expect(writer.write(1, 1, new Uint8Array(4000), 20)).toBe(false);
  });

  it("a control record is never dropped to make room and never drops others", () => {
    for (const overflow of RING_OVERFLOWS) {
      const ring = RingBuffer.create({ bytes: CAPACITY, overflow });
      const writer = ring.writer();
      const reader = ring.reader(0, RING_START);
      for (let i = 0; i < 4; i++) writer.offer(1, 1, new Uint8Array(992), 0, 992);
      expect(writer.offerKept(2, new Uint8Array(3))).toBe(false);
      expect(ring.stats().droppedFrames).toBe(0);
      while (reader.read() !== null);
      reader.commit();
      expect(writer.offerKept(2, new Uint8Array(3))).toBe(true);
      expect(reader.read()).toMatchObject({ kind: 2, lostFrames: 0 });
    }
  });

  it("goes on beyond 4 GiB of positions", () => {
    const ring = RingBuffer.create({ bytes: 1 << 20, overflow: "block" });
    const words = new BigInt64Array(ring.shared, 0, 32);
    const start = 2 ** 33 + 64;
    // as after a long session: written, floor, read and committed at the same place
    for (const word of [0, 1, 16, 20]) words[word] = BigInt(start);
    const writer = ring.writer();
    const reader = ring.reader(0, { position: start, nextNumber: 0, nextEvents: 0 });
    for (let i = 0; i < 5000; i++) {
      const bytes = bytesOf(i % 900, i);
      expect(writer.offer(1, 1, bytes, 0, bytes.length)).toBe(true);
      const record = reader.read();
      expect(Buffer.compare(record?.bytes ?? Buffer.alloc(0), bytes)).toBe(0);
      reader.commit();
    }
  });
});
