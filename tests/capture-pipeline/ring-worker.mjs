// A thread that fills or empties a ring at full speed; every byte of a record follows from its number.

import { parentPort, workerData } from "node:worker_threads";
import { RING_START, RingBuffer } from "../../packages/capture/dist/index.js";

const { role, shared, slot, records, seed } = workerData;
const ring = RingBuffer.from(shared);
const lengthOf = (n) => (Math.imul(n + seed, 2654435761) >>> 0) % 3000;
const byteOf = (n, i) => (n * 131 + i * 17) & 0xff;

if (role === "write") {
  const writer = ring.writer();
  const bytes = new Uint8Array(3000);
  let refused = 0;
  for (let n = 0; n < records; n++) {
    const length = lengthOf(n);
    for (let i = 0; i < length; i++) bytes[i] = byteOf(n, i);
    while (!writer.write(n & 0xff, n % 10, bytes, 100, 0, length)) refused += 1;
  }
  // the end must not be dropped: it is offered until there is room
  while (!writer.offerKept(255, new Uint8Array(0)))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort.postMessage({ refused });
} else {
  let place = RING_START;
  let reader = ring.reader(slot, place);
  let read = 0;
  let lostFrames = 0;
  let lostEvents = 0;
  let events = 0;
  let wrong = 0;
  let reopened = 0;
  let uncommitted = [];
  const commit = () => {
    reader.commit();
    place = reader.place;
    for (const one of uncommitted) {
      lostFrames += one.lostFrames;
      lostEvents += one.lostEvents;
      events += one.events;
      if (!one.isEnd) read += 1;
    }
    uncommitted = [];
  };
  for (let turn = 0; ; turn++) {
    const record = reader.read();
    if (record === null) {
      commit();
      reader.wait(50);
      continue;
    }
    const isEnd = record.kind === 255 && record.bytes.length === 0 && record.number >= records;
    if (!isEnd) {
      if (record.bytes.length !== lengthOf(record.number)) wrong += 1;
      for (let i = 0; i < record.bytes.length; i++)
        if (record.bytes[i] !== byteOf(record.number, i)) wrong += 1;
      if (record.kind !== (record.number & 0xff) || record.events !== record.number % 10)
        wrong += 1;
    }
    uncommitted.push({
      lostFrames: record.lostFrames,
      lostEvents: record.lostEvents,
      events: record.events,
      isEnd,
    });
    // now and then it dies with what it has read and another begins where it committed
    if (turn % 1009 === 1008 && !isEnd) {
      reader = ring.reader(slot, place);
      uncommitted = [];
      reopened += 1;
      continue;
    }
    if (turn % 13 === 12 || isEnd) {
      commit();
      if (isEnd) break;
    }
    if (workerData.slow && turn % 64 === 0)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort.postMessage({ read, lostFrames, lostEvents, events, wrong, reopened });
}
