import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  addEvent,
  addEvents,
  MANIFEST,
  STOPPED,
  TemporaryFolder,
  value,
} from "../testing/support.ts";
import { RecordingReader, RecordingWriter, type WriterOptions } from "./index.ts";

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
});
afterEach(() => folder[Symbol.dispose]());

async function writeBatches(options: WriterOptions, batches: number): Promise<RecordingWriter> {
  const writer = await RecordingWriter.create(path, MANIFEST, {
    flushIntervalMs: 60_000,
    ...options,
  });
  for (let batch = 0; batch < batches; batch++) {
    addEvents(writer, batch * 100 + 1, batch * 100 + 100);
    await writer.flush();
  }
  return writer;
}

const SUMMARY = "SELECT count(*), min(id), max(id), count(payload) FROM events";

it("answers over many partitions like over one", async () => {
  const writer = await writeBatches({ rotation: { rows: 100 } }, 5);
  expect((await writer.query(SUMMARY)).rows).toEqual([[500, 1, 500, 500]]);
  await writer.close(STOPPED);
  expect(existsSync(folder.join("a.escope", "parts", "0006.duckdb"))).toBe(true);
  const reader = await RecordingReader.open(path);
  expect((await reader.query(SUMMARY)).rows).toEqual([[500, 1, 500, 500]]);
  expect((await reader.query("SELECT payload FROM events WHERE id = 250")).rows).toEqual([
    [Uint8Array.of(131, 97, 250)],
  ]);
  await reader.close();
});

it("keeps open calls visible, once, across a rotation", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST, { rotation: { rows: 10 } });
  let open = true;
  writer.setOpenRows(() => {
    if (!open) return;
    const i = writer.tables.open_calls.next();
    writer.tables.open_calls.columns.call[i] = 1;
  });
  addEvents(writer, 1, 10);
  await writer.flush();
  expect((await writer.query("SELECT call, outcome FROM calls")).rows).toEqual([[1, "open"]]);
  addEvents(writer, 11, 15);
  expect((await writer.query("SELECT call, outcome FROM calls")).rows).toEqual([[1, "open"]]);
  open = false;
  const i = writer.tables.calls.next();
  writer.tables.calls.columns.call[i] = 1;
  writer.tables.calls.columns.outcome[i] = 1;
  expect((await writer.query("SELECT call, outcome FROM calls")).rows).toEqual([[1, "returned"]]);
  await writer.close(STOPPED);
});

it("removes the oldest partitions beyond the size limit and says what went", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST, {
    flushIntervalMs: 60_000,
    retention: { maxBytes: 6_000_000 },
  });
  const bulky = new Uint8Array(2000);
  for (let batch = 0; batch < 20; batch++) {
    for (let n = 1; n <= 500; n++) {
      for (let i = 0; i < bulky.length; i++) bulky[i] = Math.random() * 256;
      addEvent(writer, { id: batch * 500 + n, payload: bulky });
    }
    await writer.flush();
  }
  expect(existsSync(folder.join("a.escope", "parts", "0001.duckdb"))).toBe(false);
  expect(existsSync(folder.join("a.escope", "parts", "0001.payload"))).toBe(false);
  await writer.close(STOPPED);
  const reader = await RecordingReader.open(path);
  const events = Number(await value(reader, "SELECT count(*) FROM events"));
  const first = Number(await value(reader, "SELECT min(id) FROM events"));
  expect(events).toBeLessThan(6000);
  expect(events).toBeGreaterThan(500);
  expect(first).toBe(10_000 - events + 1);
  expect(await value(reader, "SELECT count(*) FROM events WHERE payload IS NULL")).toBe(0);
  const gaps = "SELECT min(t_from), max(t_to), sum(count) FROM gaps WHERE reason = 'expired'";
  expect((await reader.query(gaps)).rows).toEqual([[1000, (first - 1) * 1000, first - 1]]);
  expect(reader.manifest.loss["expired"]).toBe(first - 1);
  await reader.close();
});

it("removes partitions that ended longer ago than the age limit", async () => {
  const writer = await writeBatches({ retention: { maxAgeMs: 400 }, rotation: { rows: 100 } }, 2);
  await expect
    .poll(
      async () => {
        addEvent(writer, { id: 1000 });
        await writer.flush();
        return await value(writer, "SELECT min(id) FROM events");
      },
      { timeout: 10_000 },
    )
    .toBe(1000);
  const gaps = await writer.query("SELECT t_from, t_to, count FROM gaps ORDER BY t_from LIMIT 2");
  expect(gaps.rows).toEqual([
    [1000, 100_000, 100],
    [101_000, 200_000, 100],
  ]);
  await writer.close(STOPPED);
});

it("goes on answering while partitions rotate and expire under a running query", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST, {
    rotation: { rows: 2000 },
    retention: { maxBytes: 1_000_000 },
  });
  const answers: Promise<unknown>[] = [];
  for (let batch = 0; batch < 30; batch++) {
    for (let n = 1; n <= 1000; n++) {
      addEvent(writer, {
        id: batch * 1000 + n,
        payload: new Uint8Array(200).fill(Math.random() * 256),
      });
    }
    answers.push(value(writer, "SELECT count(*) = count(DISTINCT id) FROM events"));
    answers.push(value(writer, "SELECT max(octet_length(payload)) = 200 FROM events"));
    await writer.flush();
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set([true]));
  await writer.close(STOPPED);
});
