// What survives a writer that is killed or runs out of disk. The writers are processes of their own
// and run the built package: build it first (`npx tsc -b packages/store`).

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder, value } from "../testing/support.ts";
import { listRecordings, RecordingReader, RecordingWriter } from "./index.ts";

const CHILD = fileURLToPath(new URL("../testing/writer-child.mjs", import.meta.url));

let folder: TemporaryFolder;
let path: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
});

afterEach(async () => {
  await kill();
  folder[Symbol.dispose]();
});

async function kill(): Promise<void> {
  const running = child;
  child = null;
  if (running === null || running.exitCode !== null || running.signalCode !== null) return;
  const ended = once(running, "exit");
  running.kill("SIGKILL");
  await ended;
}

/** The last id that the child reports as flushed, once it is at least this large or the child has ended. */
async function flushedBy(
  started: ChildProcess,
  atLeast: number,
): Promise<{ id: number; log: string }> {
  child = started;
  let log = "";
  let errors = "";
  const last = (): number => Number([...log.matchAll(/^flushed (\d+)$/gm)].at(-1)?.[1] ?? 0);
  await new Promise<void>((resolve) => {
    started.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    started.stdout?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (last() >= atLeast) resolve();
    });
    started.once("close", resolve);
  });
  expect(errors).toBe("");
  return { id: last(), log };
}

function writerChild(...args: string[]): ChildProcess {
  return spawn(process.execPath, [CHILD, path, JSON.stringify(MANIFEST), ...args]);
}

/** Files of the child may not grow beyond this: writing fails like on a full disk. */
function confinedChild(kilobytes: number, ...args: string[]): ChildProcess {
  const script = `ulimit -f ${kilobytes}; exec "$0" "$@"`;
  return spawn("bash", [
    "-c",
    script,
    process.execPath,
    CHILD,
    path,
    JSON.stringify(MANIFEST),
    ...args,
  ]);
}

it.each([2_000, 9_000, 20_000])(
  "loses nothing that was flushed when killed after %d events",
  async (events) => {
    const { id } = await flushedBy(writerChild(), events);
    await kill();
    expect(JSON.parse(readFileSync(`${path}/recording.json`, "utf8"))).toMatchObject({
      state: "recording",
    });

    // two readers at once; neither changes what it finds
    const readers = await Promise.all([RecordingReader.open(path), RecordingReader.open(path)]);
    for (const reader of readers) {
      expect(reader.manifest.state).toBe("interrupted");
      expect(reader.manifest.counts["events"]).toBeGreaterThanOrEqual(id);
      expect(reader.manifest.durationNs).toBeGreaterThanOrEqual(id * 1000);
      const { rows } = await reader.query(
        "SELECT count(*), count(payload), min(octet_length(payload)) FROM events WHERE id <= ?",
        { params: [id] },
      );
      expect(rows).toEqual([[id, id, 405]]);
    }
    await Promise.all(readers.map((reader) => reader.close()));
    const again = await RecordingReader.open(path);
    expect(await value(again, "SELECT count(*) >= 2000 FROM events")).toBe(true);
    await again.close();
  },
);

it("refuses to read what another process is recording, and lists it as recording", async () => {
  await flushedBy(writerChild(), 1);
  await expect(RecordingReader.open(path)).rejects.toMatchObject({ code: "recording_is_live" });
  await expect(RecordingWriter.resume(path)).rejects.toMatchObject({ code: "recording_is_live" });
  expect((await listRecordings(folder.path)).map(({ manifest }) => manifest?.state)).toEqual([
    "recording",
  ]);
  await kill();
  expect((await listRecordings(folder.path)).map(({ manifest }) => manifest?.state)).toEqual([
    "interrupted",
  ]);
});

it("refuses to read what this process is recording", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST);
  await expect(RecordingReader.open(path)).rejects.toMatchObject({ code: "recording_is_live" });
  await writer.close(STOPPED);
  await (await RecordingReader.open(path)).close();
});

it("believes no lock note of a dead process whose pid came back", async () => {
  const writer = await RecordingWriter.create(path, MANIFEST);
  addEvents(writer, 1, 5);
  await writer.close(STOPPED);
  for (const note of [JSON.stringify({ pid: process.pid, startedMs: 1000 }), '{"pid": 1']) {
    writeFileSync(`${path}/writer.lock`, note);
    const reader = await RecordingReader.open(path);
    expect(await value(reader, "SELECT count(*) FROM events")).toBe(5);
    await reader.close();
  }
});

it("goes on after a dead writer, with its dictionaries and without its open calls", async () => {
  const { id } = await flushedBy(writerChild(), 1000);
  await kill();
  const writer = await RecordingWriter.resume(path);
  const before = Number(await value(writer, "SELECT count(*) FROM events"));
  expect(before).toBeGreaterThanOrEqual(id);
  expect(writer.pids.intern("<0.1.0>", "shop@127.0.0.1")).toBe(1);
  expect(writer.pids.intern("<0.2.0>", "shop@127.0.0.1")).toBe(2);
  addEvents(writer, 1_000_001, 1_000_010);
  expect(await value(writer, "SELECT count(*) FROM events")).toBe(before + 10);
  await writer.close(STOPPED);
  const reader = await RecordingReader.open(path);
  expect(reader.manifest).toMatchObject({ state: "closed", counts: { events: before + 10 } });
  expect(
    await value(reader, "SELECT count(payload) FROM events WHERE id <= ?".replace("?", String(id))),
  ).toBe(id);
  await reader.close();
  await expect(RecordingWriter.resume(path)).rejects.toMatchObject({ code: "closed" });
});

it("goes on in this process after a writer thread has failed", async () => {
  const worker = new Worker(
    fileURLToPath(new URL("../testing/writer-thread.mjs", import.meta.url)),
    {
      workerData: { folder: path, manifest: MANIFEST },
      // the test runner imports sources, the thread runs the built package
      execArgv: [],
    },
  );
  let flushed = 0;
  let liveError: unknown = null;
  worker.on("message", (id: number) => {
    flushed = id;
    RecordingReader.open(path).catch((error: unknown) => {
      liveError ??= error;
    });
  });
  const [error] = await new Promise<unknown[]>((resolve) => {
    worker.once("error", (thrown) => resolve([thrown]));
    worker.once("exit", (code) => resolve([code]));
  });
  expect(error).toBe(1);
  expect(flushed).toBeGreaterThan(0);
  expect(liveError).toMatchObject({ code: "recording_is_live" });
  const writer = await RecordingWriter.resume(path);
  const { rows } = await writer.query("SELECT count(*), count(payload) FROM events WHERE id <= ?", {
    params: [flushed],
  });
  expect(rows).toEqual([[flushed, flushed]]);
  await writer.close(STOPPED);
});

it.each([
  ["the payload log", 3_000, []],
  ["the database", 1_000, ["--no-payload"]],
])(
  "stops with disk_full when %s can grow no more, and keeps what was flushed",
  async (_what, kilobytes, args) => {
    const { id, log } = await flushedBy(
      confinedChild(kilobytes, "Infinity", "{}", ...args),
      Infinity,
    );
    expect(log).toMatch(/^failed disk_full .*disk is full/m);
    expect(log).toMatch(/^closed$/m);
    expect(id).toBeGreaterThan(0);
    const reader = await RecordingReader.open(path);
    expect(reader.manifest.stopped).toMatchObject({ code: "disk_full" });
    const { rows } = await reader.query(
      "SELECT count(*), count(payload) FROM events WHERE id <= ?",
      {
        params: [id],
      },
    );
    expect(rows).toEqual([[id, args.length === 0 ? id : 0]]);
    await reader.close();
  },
);

it("leaves nothing behind when there is not even room to begin", async () => {
  const started = confinedChild(1);
  let errors = "";
  started.stderr?.on("data", (text: Buffer) => {
    errors += text.toString();
  });
  child = started;
  await once(started, "close");
  expect(errors).toContain("disk_full");
  expect(existsSync(path)).toBe(false);
});

it("does not begin when less than the reserve is free, and leaves nothing", async () => {
  const options = { reserveBytes: Number.MAX_SAFE_INTEGER };
  const creation = RecordingWriter.create(path, MANIFEST, options);
  await expect(creation).rejects.toMatchObject({ code: "disk_full" });
  expect(existsSync(path)).toBe(false);
});
