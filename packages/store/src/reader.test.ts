import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder, value } from "../testing/support.ts";
import { listRecordings, RecordingReader, RecordingWriter, StoreError } from "./index.ts";

let folder: TemporaryFolder;
let path: string;

beforeEach(async () => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
  const writer = await RecordingWriter.create(path, MANIFEST, { rotation: { rows: 100 } });
  for (const from of [1, 101]) {
    addEvents(writer, from, from + 99);
    await writer.flush();
  }
  await writer.close(STOPPED);
});

afterEach(() => folder[Symbol.dispose]());

async function openError(target: string): Promise<StoreError> {
  try {
    await (await RecordingReader.open(target)).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error(`${target} opened`);
}

async function creationCode(target: string): Promise<string> {
  try {
    await RecordingWriter.create(target, MANIFEST);
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return "created";
}

function edit(change: (manifest: Record<string, unknown>) => void): void {
  const manifest: Record<string, unknown> = JSON.parse(
    readFileSync(`${path}/recording.json`, "utf8"),
  );
  change(manifest);
  writeFileSync(`${path}/recording.json`, JSON.stringify(manifest));
}

it("says what is wrong with a path that holds no recording", async () => {
  mkdirSync(folder.join("empty"));
  writeFileSync(folder.join("file"), "x");
  for (const name of ["empty", "file", "missing"]) {
    const error = await openError(folder.join(name));
    expect(error.code).toBe("not_a_recording");
    expect(error.message).toContain(folder.join(name));
  }
});

it("refuses a newer format and says to update", async () => {
  edit((manifest) => (manifest["format"] = 2));
  expect(await openError(path)).toMatchObject({
    code: "newer_format",
    message: expect.stringMatching(/format 2.*up to 1.*update/),
  });
});

it.each([
  ["cut off", () => writeFileSync(`${path}/recording.json`, '{"format": 1,')],
  ["empty", () => writeFileSync(`${path}/recording.json`, "")],
  ["not an object", () => writeFileSync(`${path}/recording.json`, "[1]")],
  ["without a target", () => edit((manifest) => delete manifest["target"])],
  ["with a wrong type", () => edit((manifest) => (manifest["counts"] = 5))],
])("reports a recording.json that is %s as corrupt", async (_what, damage) => {
  damage();
  const error = await openError(path);
  expect(error.code).toBe("corrupt_recording");
  expect(error.message).toContain("recording.json");
});

it.each(["base.duckdb", "parts/0001.duckdb", "parts/0002.payload"])(
  "names %s when it is missing",
  async (name) => {
    rmSync(`${path}/${name}`);
    const error = await openError(path);
    expect(error.code).toBe("corrupt_recording");
    expect(error.message).toContain(`${name} is missing`);
  },
);

it.each([
  ["overwritten", () => writeFileSync(`${path}/parts/0001.duckdb`, "no database at all")],
  ["truncated", () => truncateSync(`${path}/parts/0001.duckdb`, 5000)],
  ["empty", () => truncateSync(`${path}/base.duckdb`, 0)],
  ["of another program", () => writeFileSync(`${path}/base.duckdb`, Buffer.alloc(100_000, 7))],
])("reports a database file that is %s as corrupt", async (_what, damage) => {
  damage();
  expect((await openError(path)).code).toBe("corrupt_recording");
});

it("reads payloads of a damaged log as missing and the rest as it is", async () => {
  truncateSync(`${path}/parts/0001.payload`, 30);
  const reader = await RecordingReader.open(path);
  expect((await reader.query("SELECT count(*), count(payload) FROM events")).rows).toEqual([
    [200, 100],
  ]);
  await reader.close();
});

it("answers several queries at once and refuses them after closing", async () => {
  const reader = await RecordingReader.open(path);
  const counts = await Promise.all(
    Array.from({ length: 10 }, () =>
      value(reader, "SELECT count(*) FROM events WHERE payload IS NOT NULL"),
    ),
  );
  expect(new Set(counts)).toEqual(new Set([200]));
  await reader.close();
  await expect(reader.query("SELECT 1")).rejects.toMatchObject({ code: "closed" });
});

it("ends running and waiting queries when it is closed", async () => {
  const reader = await RecordingReader.open(path);
  const endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b";
  const queries = [1, 2, 3, 4].map(() => reader.query(endless));
  const outcomes = Promise.allSettled(queries);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await reader.close();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "closed" } });
  }
});

it("opens a folder with quotes and blanks in its name", async () => {
  const odd = folder.join('it\'s a "test" ä.escope');
  const writer = await RecordingWriter.create(odd, MANIFEST);
  addEvents(writer, 1, 3);
  await writer.close(STOPPED);
  const reader = await RecordingReader.open(odd);
  expect(await value(reader, "SELECT count(payload) FROM events")).toBe(3);
  await reader.close();
});

it("creates no recording over something that exists or where it must not", async () => {
  mkdirSync(folder.join("other"));
  writeFileSync(folder.join("other", "x"), "");
  writeFileSync(folder.join("file"), "x");
  expect(await creationCode(path)).toBe("exists");
  expect(await creationCode(folder.join("other"))).toBe("exists");
  expect(await creationCode(folder.join("file"))).toBe("exists");
  expect(await creationCode(folder.join("file", "below"))).toBe("exists");
  // not even root may create a folder there
  expect(await creationCode("/sys/elixirscope.escope")).toBe("unwritable");
  mkdirSync(folder.join("empty.escope"));
  const writer = await RecordingWriter.create(folder.join("empty.escope"), MANIFEST);
  await writer.close(STOPPED);
});

it("lists recordings newest first, broken ones with their error", async () => {
  mkdirSync(folder.join("broken.escope"));
  writeFileSync(folder.join("broken.escope", "recording.json"), "{");
  mkdirSync(folder.join("not-listed"));
  const writer = await RecordingWriter.create(folder.join("b.escope"), MANIFEST);
  const listed = await listRecordings(folder.path);
  expect(listed.map(({ name }) => name)).toHaveLength(3);
  const byName = new Map(listed.map((entry) => [entry.name, entry]));
  expect(byName.get("a.escope")?.manifest).toMatchObject({
    state: "closed",
    counts: { events: 200 },
  });
  expect(byName.get("a.escope")?.bytes).toBeGreaterThan(10_000);
  expect(byName.get("b.escope")?.manifest?.state).toBe("recording");
  expect(byName.get("broken.escope")?.error?.code).toBe("corrupt_recording");
  const times = listed.map(({ modifiedMs }) => modifiedMs);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  await writer.close(STOPPED);
  await expect(listRecordings(folder.join("nowhere"))).rejects.toBeInstanceOf(StoreError);
});
