import { afterEach, beforeEach, expect, it } from "vitest";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder } from "../testing/support.ts";
import { RecordingReader, RecordingWriter } from "./index.ts";

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
});
afterEach(() => folder[Symbol.dispose]());

const SUMMARY = "SELECT count(*), min(id), max(id) FROM events";
const DIGESTED = "SELECT database_name FROM duckdb_tables() WHERE table_name = 'digest' ORDER BY 1";

async function asked(sql: string): Promise<unknown> {
  const reader = await RecordingReader.open(path);
  const { rows } = await reader.query(sql);
  await reader.close();
  return rows.flat();
}

it("comes for each partition that is large enough, when it is sealed and at the end", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST, {
    rotation: { rows: 100 },
    digestEvents: 60,
  });
  for (const [from, to] of [
    [1, 100],
    [101, 200],
    [201, 250],
  ] as const) {
    addEvents(writer, from, to);
    await writer.flush();
  }
  await writer.close(STOPPED);
  expect(await asked(DIGESTED)).toEqual(["p1", "p2"]);
  expect(await asked(SUMMARY)).toEqual([250, 1, 250]);
  expect(await asked("SELECT sum(events)::INTEGER FROM p2.activity")).toEqual([100]);
});

it("comes later for a partition whose writer died", async () => {
  const first = await RecordingWriter.create(path, MANIFEST, { digestEvents: 60 });
  addEvents(first, 1, 100);
  await first.flush();
  await first.abandon();
  expect(await asked(DIGESTED)).toEqual([]);
  const second = await RecordingWriter.resume(path, { digestEvents: 60 });
  addEvents(second, 101, 120);
  await second.close(STOPPED);
  expect(await asked(DIGESTED)).toEqual(["p1"]);
  expect(await asked(SUMMARY)).toEqual([120, 1, 120]);
});

it("is left when its partition expires or the writer gives up, and nothing else is lost", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST, {
    rotation: { rows: 50_000 },
    retention: { maxBytes: 1_000_000 },
    digestEvents: 1,
  });
  for (let batch = 0; batch < 12; batch += 1) {
    addEvents(writer, batch * 50_000 + 1, (batch + 1) * 50_000);
    await writer.flush();
  }
  await writer.abandon();
  const [kept] = (await asked(
    "SELECT count(*) + (SELECT sum(count) FROM gaps WHERE reason = 'expired') FROM events",
  )) as readonly unknown[];
  expect(Number(kept)).toBe(600_000);
});
