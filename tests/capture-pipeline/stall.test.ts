import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { RecordingReader } from "@elixirscope/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testManifest } from "./manifest.ts";
import { hello, pid, ProbeSocket, ProbeStream } from "./probe-stream.ts";

const TOKEN = randomBytes(16);
let folder = "";
let collector: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "escope-stall-"));
});

afterEach(async () => {
  collector?.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** `fileKilobytes`: no file can grow beyond that, as on a full disk. */
async function start(
  fileKilobytes = "unlimited",
): Promise<{ port: number; lines: AsyncIterator<string>; dir: string }> {
  const dir = path.join(folder, "a.escope");
  const options = JSON.stringify({ dir, manifest: testManifest(), token: TOKEN.toString("hex") });
  const script = path.join(import.meta.dirname, "stalled-collector.mjs");
  const confined = `ulimit -f ${fileKilobytes}; exec "$0" "$@"`;
  collector = spawn("bash", ["-c", confined, process.execPath, script, options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { stdout } = collector;
  if (stdout === null) throw new Error("the collector has no output");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const { port } = JSON.parse(String(value)) as { port: number };
  return { port, lines, dir };
}

function records(stream: ProbeStream, from: number, count: number): Buffer {
  for (let i = from; i < from + count; i++) stream.call(i, pid(1), ["Elixir.M", "f", 0]);
  return stream.take();
}

describe("a collector that is stopped", () => {
  it("takes no more than its socket holds, and misses nothing when it goes on", async () => {
    const { port, lines, dir } = await start();
    const socket = await ProbeSocket.connect(port);
    await socket.write(hello(TOKEN));
    const stream = new ProbeStream();
    await socket.batch(records(stream, 0, 500));
    collector?.kill("SIGSTOP");

    // 20 MB are offered; a stopped reader accepts what the kernel buffers and then nothing
    let offered = 500;
    let accepted = 0;
    const flood = (async () => {
      while (offered < 500_000) {
        await socket.batch(records(stream, offered, 500));
        offered += 500;
        accepted = offered;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(accepted).toBeLessThan(500_000);
    collector?.kill("SIGCONT");
    await flood;
    await socket.end();
    const { value } = await lines.next();
    expect(JSON.parse(String(value))).toMatchObject({
      state: "closed",
      loss: {},
      counts: { events: 500_000 },
    });
    const reader = await RecordingReader.open(dir);
    try {
      const { rows } = await reader.query("SELECT count(DISTINCT t), count(*) FROM events");
      expect(rows[0]).toEqual([500_000, 500_000]);
    } finally {
      await reader.close();
    }
  });

  it("by a full disk says so, and takes what still comes without keeping it", async () => {
    const { port, lines, dir } = await start("4000");
    const socket = await ProbeSocket.connect(port);
    await socket.write(hello(TOKEN));
    const stream = new ProbeStream();
    // until the collector hangs up, which it does soon after it has said why
    const flood = (async () => {
      for (let sent = 0; !socket.socket.destroyed && sent < 2_000_000; sent += 500) {
        await socket.batch(records(stream, sent, 500));
      }
    })();
    const { value } = await lines.next();
    await flood;
    expect(JSON.parse(String(value))).toMatchObject({
      state: "closed",
      stopped: { code: "disk_full" },
    });
    const reader = await RecordingReader.open(dir);
    try {
      const { rows } = await reader.query("SELECT count(*) > 0, count(*) = max(id) FROM events");
      expect(rows[0]).toEqual([true, true]);
    } finally {
      await reader.close();
    }
  });

  it("and killed leaves a recording with everything up to a second before", async () => {
    const { port, dir } = await start();
    const socket = await ProbeSocket.connect(port);
    await socket.write(hello(TOKEN));
    const stream = new ProbeStream();
    await socket.batch(records(stream, 0, 500));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await socket.batch(records(stream, 500, 500));
    collector?.kill("SIGKILL");
    if (collector !== null) await once(collector, "exit");
    const reader = await RecordingReader.open(dir);
    try {
      expect(reader.manifest.state).toBe("interrupted");
      const { rows } = await reader.query("SELECT count(*) FROM calls WHERE t_enter < 500");
      expect(rows[0]).toEqual([500]);
    } finally {
      await reader.close();
    }
  });
});
