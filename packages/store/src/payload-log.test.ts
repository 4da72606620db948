import { appendFileSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryFolder } from "../testing/support.ts";
import { offsetOfRef, partOfRef, PayloadBlocks } from "./payload-blocks.ts";
import { PayloadLog } from "./payload-log.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7) % 256);
}

it("gives every payload back, from the open block, from waiting blocks and from the file", async () => {
  const log = await PayloadLog.create(3, folder.join("p"));
  const sizes = [0, 1, 13, 100_000, 250_000, 3_000_000, 262_140, 5];
  const refs = sizes.map((size, seed) => log.append(bytes(size, seed), 0, size));
  expect(refs.every((ref) => partOfRef(ref) === 3 && ref > 0 && Number.isSafeInteger(ref))).toBe(
    true,
  );
  const read = (source: { read: (offset: number) => Uint8Array | null }): (number | null)[] =>
    refs.map((ref, seed) => {
      const found = source.read(offsetOfRef(ref));
      const wanted = bytes(sizes[seed] ?? -1, seed);
      return found !== null && Buffer.compare(found, wanted) === 0 ? found.length : null;
    });
  expect(read(log)).toEqual(sizes);
  await log.write();
  expect(log.pendingBytes).toBe(0);
  expect(read(log)).toEqual(sizes);
  await log.finish();
  log[Symbol.dispose]();
  const blocks = PayloadBlocks.open(folder.join("p"));
  expect(read(blocks)).toEqual(sizes);
  expect(blocks.read(offsetOfRef(refs.at(-1) ?? 0) + 1000)).toBeNull();
  blocks[Symbol.dispose]();
});

it("keeps a part of a larger buffer", async () => {
  const log = await PayloadLog.create(1, folder.join("p"));
  const ref = log.append(Uint8Array.of(1, 2, 3, 4, 5), 1, 4);
  expect([...(log.read(offsetOfRef(ref)) ?? [])]).toEqual([2, 3, 4]);
  await log.finish();
  log[Symbol.dispose]();
});

it("reuses blocks without mixing what they held", async () => {
  const log = await PayloadLog.create(1, folder.join("p"));
  const refs: number[] = [];
  for (let seed = 0; seed < 40; seed++) {
    refs.push(log.append(bytes(120_000, seed), 0, 120_000));
    if (seed % 7 === 6) await log.drain();
  }
  for (const [seed, ref] of refs.entries()) {
    expect(Buffer.compare(log.read(offsetOfRef(ref)) ?? bytes(0, 0), bytes(120_000, seed))).toBe(0);
  }
  await log.finish();
  log[Symbol.dispose]();
});

it("ignores a torn tail when reading and cuts it off when taking over", async () => {
  const log = await PayloadLog.create(1, folder.join("p"));
  const kept = log.append(bytes(1000, 1), 0, 1000);
  await log.write();
  const end = statSync(folder.join("p")).size;
  const lost = log.append(bytes(1000, 2), 0, 1000);
  await log.finish();
  log[Symbol.dispose]();
  truncateSync(folder.join("p"), end + 40);
  const reading = PayloadBlocks.open(folder.join("p"));
  expect(reading.read(offsetOfRef(kept))?.length).toBe(1000);
  expect(reading.read(offsetOfRef(lost))).toBeNull();
  reading[Symbol.dispose]();
  appendFileSync(folder.join("p"), Buffer.alloc(9));
  PayloadBlocks.openTruncated(folder.join("p"))[Symbol.dispose]();
  expect(statSync(folder.join("p")).size).toBe(end);
});

it("reads a damaged block as missing", async () => {
  const log = await PayloadLog.create(1, folder.join("p"));
  const ref = log.append(bytes(1000, 1), 0, 1000);
  await log.finish();
  log[Symbol.dispose]();
  writeSync(openSync(folder.join("p"), "r+"), Buffer.from([1, 2, 3]), 0, 3, 60);
  const reading = PayloadBlocks.open(folder.join("p"));
  expect(reading.read(offsetOfRef(ref))).toBeNull();
  reading[Symbol.dispose]();
});
