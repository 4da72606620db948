import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder } from "../../testing/support.ts";
import {
  isArchive,
  listRecordings,
  packRecording,
  RecordingReader,
  RecordingWriter,
  unpackedFolder,
  unpackRecording,
} from "../index.ts";
import { sumLine, SUMS } from "./archive-entries.ts";
import { paddingOf, readTarHeader, tarHeader } from "./tar-header.ts";

let folder: TemporaryFolder;
let path: string;
let archive: string;

beforeEach(async () => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
  archive = folder.join("a.packed.escope");
  const writer = await RecordingWriter.create(path, MANIFEST, { rotation: { rows: 100 } });
  for (const from of [1, 101]) {
    addEvents(writer, from, from + 99);
    await writer.flush();
  }
  await writer.close(STOPPED);
});

afterEach(() => folder[Symbol.dispose]());

type Entry = { readonly name: string; readonly content: Uint8Array; readonly type?: number };

/** An archive made by somebody else; its sums are right unless it brings its own. */
function forged(entries: readonly Entry[]): string {
  const parts: Uint8Array[] = [];
  for (const { name, content, type = 0x30 } of entries) {
    const header = Buffer.from(tarHeader({ name, size: content.length }, 0));
    // the sum of the header counts the type
    header[156] = type;
    const sum = header.subarray(0, 148).reduce((a, b) => a + b, 0) + 8 * 32;
    const rest = header.subarray(156).reduce((a, b) => a + b, 0);
    header.write(`${(sum + rest).toString(8).padStart(6, "0")}\0 `, 148, "ascii");
    parts.push(header, content, Buffer.alloc(paddingOf(content.length)));
  }
  const file = folder.join("forged.escope");
  writeFileSync(file, Buffer.concat([...parts, Buffer.alloc(1024)]));
  return file;
}

const manifest = { name: "recording.escope/recording.json", content: Buffer.from("{}") };

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => "nothing failed",
    (cause: unknown) => cause,
  );
}

it("gives back the same recording", async () => {
  await packRecording(path, archive);
  expect(await isArchive(archive)).toBe(true);
  await unpackRecording(archive, folder.join("b.escope"));
  const reader = await RecordingReader.open(folder.join("b.escope"));
  const { rows } = await reader.query("SELECT count(*), max(id) FROM events");
  await reader.close();
  expect(rows).toEqual([[200, 200]]);
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" })) {
    if (name === "parts") continue;
    const isSame = readFileSync(folder.join("b.escope", name)).equals(
      readFileSync(`${path}/${name}`),
    );
    expect(isSame, name).toBe(true);
  }
});

it("is a tar archive with sums that the usual tools check", async () => {
  await packRecording(path, archive);
  execFileSync("tar", ["xf", archive, "-C", folder.path]);
  const checked = execFileSync("sha256sum", ["-c", SUMS], { cwd: folder.path, encoding: "utf8" });
  expect(checked).toContain("recording.escope/base.duckdb: OK");
});

it("refuses a recording that is being made", async () => {
  const live = await RecordingWriter.create(folder.join("live.escope"), MANIFEST);
  const error = await failure(packRecording(live.path, archive));
  await live.close(STOPPED);
  expect(error).toMatchObject({ code: "recording_is_live" });
  expect(existsSync(archive)).toBe(false);
});

it("leaves nothing behind when it is interrupted, packing or unpacking", async () => {
  const signal = AbortSignal.abort();
  expect(await failure(packRecording(path, archive, { signal }))).toMatchObject({
    code: "cancelled",
  });
  await packRecording(path, archive);
  const error = await failure(unpackRecording(archive, folder.join("b.escope"), { signal }));
  expect(error).toMatchObject({ code: "cancelled" });
  expect(readdirSync(folder.path).toSorted()).toEqual(["a.escope", "a.packed.escope"]);
});

it("refuses an archive that is cut off anywhere or has a wrong byte", async () => {
  await packRecording(path, archive);
  const bytes = readFileSync(archive);
  const broken = folder.join("broken.escope");
  const whole = bytes.length - 1024;
  for (const length of [600, 5_000, bytes.length >> 1, whole - 600]) {
    writeFileSync(broken, bytes.subarray(0, length));
    const error = await failure(unpackRecording(broken, folder.join("b.escope")));
    expect(error, `cut at ${length}`).toMatchObject({ code: "corrupt_recording" });
  }
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(broken, flipped);
  const error = await failure(unpackRecording(broken, folder.join("b.escope")));
  expect(error).toMatchObject({ code: "corrupt_recording" });
  expect(existsSync(folder.join("b.escope"))).toBe(false);
});

it("refuses names that lead out of the folder, links, what is no part of a recording, and doubles", async () => {
  const text = Buffer.from("x");
  const hostile: readonly Entry[] = [
    { name: "recording.escope/../../evil.duckdb", content: text },
    { name: "/etc/cron.d/evil", content: text },
    { name: "recording.escope/parts/../../base.duckdb", content: text },
    { name: "recording.escope/run.sh", content: text },
    { name: "recording.escope/base.duckdb", content: Buffer.alloc(0), type: 0x32 },
    { name: "recording.escope/parts", content: Buffer.alloc(0), type: 0x35 },
    manifest,
  ];
  for (const entry of hostile) {
    const error = await failure(
      unpackRecording(forged([manifest, entry]), folder.join("b.escope")),
    );
    expect(error, entry.name).toMatchObject({ code: "corrupt_recording" });
  }
  expect(readdirSync(folder.path).toSorted()).toEqual(["a.escope", "forged.escope"]);
});

it("refuses content without its sums, and a size beyond the file before it takes any room", async () => {
  const without = await failure(unpackRecording(forged([manifest]), folder.join("b.escope")));
  expect(String(without)).toContain("no SHA256SUMS");
  const wrong = { name: SUMS, content: Buffer.from(sumLine(manifest.name, "0".repeat(64))) };
  const other = await failure(unpackRecording(forged([manifest, wrong]), folder.join("b.escope")));
  expect(String(other)).toContain("not what its SHA256SUMS says");
  const huge = tarHeader({ name: "recording.escope/base.duckdb", size: 2 ** 40 }, 0);
  const bomb = Buffer.from(readFileSync(forged([manifest])));
  bomb.set(huge, 1024);
  writeFileSync(folder.join("bomb.escope"), bomb);
  const error = await failure(unpackRecording(folder.join("bomb.escope"), folder.join("b.escope")));
  expect(String(error)).toContain("cut off");
});

it("is listed with what it is of, and a damaged one with the reason", async () => {
  await packRecording(path, archive);
  writeFileSync(folder.join("other.escope"), "not a recording");
  const bytes = readFileSync(archive);
  bytes.fill(0x20, 600, 700);
  writeFileSync(folder.join("damaged.escope"), bytes);
  const listed = await listRecordings(folder.path);
  const told = listed.map((one) => `${one.name} ${one.manifest?.id ?? one.error?.code ?? ""}`);
  expect(new Set(told)).toEqual(
    new Set(["a.escope test", "a.packed.escope test", "damaged.escope corrupt_recording"]),
  );
});

it("keeps an unpacked archive until the archive changes", async () => {
  await packRecording(path, archive);
  const cache = folder.join("cache");
  const first = await unpackedFolder(archive, cache);
  expect(await unpackedFolder(archive, cache)).toBe(first);
  writeFileSync(archive, Buffer.concat([readFileSync(archive), Buffer.alloc(512)]));
  expect(await unpackedFolder(archive, cache)).not.toBe(first);
});

it("writes sizes of more than 8 GiB so that they are read back", () => {
  for (const size of [0, 511, 8 ** 11 - 1, 8 ** 11, 2 ** 45]) {
    const header = Buffer.from(tarHeader({ name: "a", size }, 1_700_000_000));
    expect(readTarHeader(header)).toEqual({ ok: true, value: { name: "a", size } });
  }
});
