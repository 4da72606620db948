import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Pipeline, type PipelineOptions } from "@elixirscope/capture";
import { atom, integer, list, tuple } from "@elixirscope/etf";
import { RecordingReader, type Recording } from "@elixirscope/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testManifest } from "./manifest.ts";
import {
  batch,
  call,
  frame,
  hello,
  pid,
  ProbeSocket,
  ProbeStream,
  reference,
} from "./probe-stream.ts";

const TOKEN = randomBytes(16);
const ADD = ["Elixir.Shop.Cart", "add", 2] as const;
const USER = { code: "user", message: "test" } as const;

let folder = "";
const running: Pipeline[] = [];

async function start(options: Partial<PipelineOptions> = {}): Promise<Pipeline> {
  const pipeline = await Pipeline.start({
    dir: path.join(folder, "a.escope"),
    manifest: testManifest(),
    token: TOKEN,
    ...options,
  });
  running.push(pipeline);
  return pipeline;
}

async function rows(recording: Recording, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await recording.query(sql)).rows;
}

async function probe(pipeline: Pipeline): Promise<ProbeSocket> {
  const socket = await ProbeSocket.connect(pipeline.port);
  await socket.write(hello(TOKEN));
  return socket;
}

async function until(condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("the condition did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "escope-pipeline-"));
});

afterEach(async () => {
  for (const pipeline of running.splice(0)) await pipeline.stop(USER, 0).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

/** A client asks a server `count` times; both run traced calls. */
function conversation(stream: ProbeStream, from: number, count: number): void {
  const client = pid(1);
  const server = pid(2);
  for (let i = 0; i < count; i++) {
    const t = (from + i) * 10_000;
    const request = call(tuple(atom("add"), integer(from + i)), client, reference(from + i));
    stream.call(t, client, ADD, list([integer(from + i), atom("x")]));
    stream.send(t + 1_000, client, server, request);
    stream.receive(t + 2_000, server, client, request);
    stream.send(t + 4_000, server, client, tuple(reference(from + i), atom("ok")));
    stream.receive(t + 5_000, client, server, tuple(reference(from + i), atom("ok")));
    stream.return(t + 6_000, client, ADD);
  }
}

describe("a pipeline over real TCP into a real recording", () => {
  it("stores calls, messages and replies, live and closed", async () => {
    const pipeline = await start();
    const heard: string[] = [];
    for (const name of ["hello", "bye", "lost"] as const) pipeline.on(name, () => heard.push(name));
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    for (let i = 0; i < 10; i++) {
      conversation(stream, i * 100, 100);
      await socket.batch(stream.take());
    }
    await until(
      async () => (await rows(pipeline, "SELECT count(*) FROM events"))[0]?.[0] === 6_000,
    );
    const [live] = await rows(
      pipeline,
      "SELECT count(*), count(*) FILTER (outcome = 'returned' AND duration_ns = 6000) FROM calls",
    );
    expect(live).toEqual([1000, 1000]);

    await socket.end();
    const manifest = await pipeline.stop(USER);
    expect(heard).toEqual(["hello", "bye"]);
    expect(manifest).toMatchObject({ state: "closed", stopped: USER, loss: {} });
    expect(manifest.counts).toMatchObject({ events: 6_000, calls: 1_000, messages: 2_000 });

    const reader = await RecordingReader.open(pipeline.path);
    try {
      expect(
        await rows(
          reader,
          "SELECT kind, match, count(*)::INT, count(reply_to)::INT FROM messages GROUP BY ALL ORDER BY kind",
        ),
      ).toEqual([
        ["call", "exact", 1000, 0],
        ["reply", "exact", 1000, 1000],
      ]);
      const [one] = await rows(
        reader,
        "SELECT pid, module, function, arity, term(args), term(result) FROM calls WHERE t_enter = 420000",
      );
      expect(one).toEqual(["<0.1.0>", "Shop.Cart", "add", 2, "[42, :x]", ":ok"]);
      // one activity per outermost call, on both sides
      const [activities] = await rows(
        reader,
        "SELECT count(DISTINCT correlation), count(*) FROM events",
      );
      expect(activities?.[1]).toBe(6000);
    } finally {
      await reader.close();
    }
  });

  it("goes on after its writer was killed and counts nothing twice", async () => {
    const pipeline = await start({ flushMs: 50 });
    const restarts: string[] = [];
    pipeline.on("restarted", ({ reason }) => restarts.push(reason));
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    stream.call(1, pid(3), ["Elixir.Shop", "loop", 0]);
    const total = 300;
    for (let i = 0; i < total; i++) {
      conversation(stream, i * 10, 10);
      await socket.batch(stream.take());
      if (i === 100 || i === 200) {
        await pipeline.flush();
        conversation(stream, 1_000_000 + i * 10, 10);
        await socket.batch(stream.take());
        pipeline.crashWriter();
      }
    }
    await until(() => restarts.length === 2);
    await socket.end();
    const manifest = await pipeline.stop(USER);
    expect(manifest.state).toBe("closed");

    const reader = await RecordingReader.open(pipeline.path);
    try {
      const expected = (total + 2) * 60 + 1;
      expect(
        await rows(reader, "SELECT count(*), count(DISTINCT id), max(id) FROM events"),
      ).toEqual([[expected, expected, expected]]);
      const [outcomes] = await rows(
        reader,
        "SELECT count(*), count(DISTINCT call), count(*) FILTER (outcome = 'lost' AND function = 'loop') FROM calls",
      );
      expect(outcomes).toEqual([(total + 2) * 10 + 1, (total + 2) * 10 + 1, 1]);
      const [gaps] = await rows(
        reader,
        "SELECT count(*) FROM gaps WHERE reason = 'dropped' AND detail LIKE '%writer was restarted%'",
      );
      expect(gaps).toEqual([2]);
      // definitions survived: no row without its process or function
      expect(
        await rows(
          reader,
          "SELECT count(*) FROM events WHERE pid IS NULL UNION ALL SELECT count(*) FROM calls WHERE module IS NULL",
        ),
      ).toEqual([[0], [0]]);
    } finally {
      await reader.close();
    }
  });

  it("keeps every byte when the writer is slower than the probe", async () => {
    const pipeline = await start({ ring: { bytes: 65_536, overflow: "block" } });
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    for (let i = 0; i < 200; i++) {
      conversation(stream, i * 100, 100);
      await socket.batch(stream.take());
    }
    await socket.end();
    const manifest = await pipeline.stop(USER, 20_000);
    expect(manifest.loss).toEqual({});
    expect(manifest.counts["events"]).toBe(120_000);
    expect(pipeline.stats().ring.droppedFrames).toBe(0);
  });

  for (const overflow of ["drop_newest", "drop_oldest"] as const) {
    it(`${overflow}: what it drops is counted, what it keeps has names`, async () => {
      const pipeline = await start({ ring: { bytes: 65_536, overflow } });
      const socket = await probe(pipeline);
      const stream = new ProbeStream();
      for (let i = 0; i < 300; i++) {
        // every batch has new processes and functions, so a lost definition would show
        for (let k = 0; k < 100; k++) {
          stream.call(i * 1e6 + k, pid(1000 + i), ["Elixir.M", `f${String(i)}`, 0]);
        }
        await socket.batch(stream.take());
      }
      // the last one uses everything, and finds room
      await until(() => {
        const { writtenEvents, droppedEvents, usedBytes } = pipeline.stats().ring;
        const gone = overflow === "drop_newest" ? droppedEvents : 0;
        return writtenEvents + gone === 30_000 && usedBytes === 0;
      });
      for (let i = 0; i < 300; i++)
        stream.call(1e9 + i, pid(1000 + i), ["Elixir.M", `f${String(i)}`, 0]);
      await socket.batch(stream.take());
      await socket.end();
      const manifest = await pipeline.stop(USER, 20_000);
      const { ring } = pipeline.stats();
      expect(ring.droppedFrames).toBeGreaterThan(0);
      expect((manifest.counts["events"] ?? 0) + (manifest.loss["dropped"] ?? 0)).toBe(30_300);
      const reader = await RecordingReader.open(pipeline.path);
      try {
        expect(
          await rows(
            reader,
            "SELECT count(*) FROM calls WHERE t_enter >= 1e9 AND module IS NOT NULL AND pid IS NOT NULL",
          ),
        ).toEqual([[300]]);
        expect(
          await rows(
            reader,
            "SELECT count(*) FROM calls WHERE module IS NULL OR pid <> '<0.' || (1000 + substr(function, 2)::INT) || '.0>'",
          ),
        ).toEqual([[0]]);
        expect(
          await rows(reader, "SELECT sum(count)::INT FROM gaps WHERE reason = 'dropped'"),
        ).toEqual([[manifest.loss["dropped"]]]);
      } finally {
        await reader.close();
      }
    });
  }

  it("says what is missing when batches or the goodbye never came", async () => {
    const pipeline = await start();
    const lost: string[] = [];
    pipeline.on("lost", ({ reason }) => lost.push(reason));
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    stream.call(10, pid(1), ADD);
    await socket.batch(stream.take());
    stream.return(20, pid(1), ADD);
    await socket.write(batch(3, stream.take()));
    await socket.write(Buffer.from([0, 0, 1, 0, 2, 0]));
    socket.socket.end();
    await until(() => lost.length === 1);
    await pipeline.stop(USER);
    expect(lost[0]).toContain("within a frame");
    const reader = await RecordingReader.open(pipeline.path);
    try {
      expect(
        await rows(reader, "SELECT reason, count, detail FROM gaps ORDER BY count DESC"),
      ).toEqual([
        ["disconnected", 2, "2 batches never came"],
        ["disconnected", 1, "the connection was closed within a frame"],
      ]);
      expect(await rows(reader, "SELECT outcome FROM calls")).toEqual([["lost"]]);
    } finally {
      await reader.close();
    }
  });

  it("turns away strangers and hostile bytes and keeps listening", async () => {
    const pipeline = await start({ helloTimeoutMs: 300 });
    const refused: string[] = [];
    pipeline.on("refused", ({ reason }) => refused.push(reason));
    const attempts: readonly (readonly [Buffer, string])[] = [
      [hello(randomBytes(16)), "the session token is wrong"],
      [hello(TOKEN, 9), "it speaks protocol 9, not 1"],
      [batch(0, new Uint8Array(22)), "it did not begin with HELLO"],
      [frame(1, new Uint8Array(3)), "a HELLO without token"],
      [Buffer.from("GET / HTTP/1.1\r\n\r\n"), "a frame of impossible length"],
      [Buffer.from([0, 0, 0, 0]), "a frame of impossible length"],
      [Buffer.alloc(0), "no HELLO in time"],
    ];
    for (const [bytes] of attempts) {
      const socket = await ProbeSocket.connect(pipeline.port);
      if (bytes.length > 0) await socket.write(bytes);
      await socket.closed();
    }
    await until(() => refused.length === attempts.length);
    expect(refused).toEqual(attempts.map(([, reason]) => reason));

    const socket = await probe(pipeline);
    const second = await probe(pipeline);
    await second.closed();
    await until(() => refused.length === attempts.length + 1);
    const lost: string[] = [];
    pipeline.on("lost", ({ reason }) => lost.push(reason));
    await socket.write(batch(0, Buffer.alloc(30, 99)));
    await socket.closed();
    await until(() => lost.length === 1);
    expect(lost[0]).toBe("a malformed batch (unknown_kind at 0)");
  });

  it("stops storing at the size limit and says how much it threw away", async () => {
    const pipeline = await start({ recordingBytes: 200_000, flushMs: 50 });
    const budget: number[] = [];
    pipeline.on("budget", ({ bytes }) => budget.push(bytes));
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    let sent = 0;
    while (budget.length === 0 && sent < 100_000) {
      conversation(stream, sent, 100);
      sent += 100;
      await socket.batch(stream.take());
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(budget[0]).toBeGreaterThan(200_000);
    for (let i = 0; i < 20; i++) {
      conversation(stream, sent, 100);
      sent += 100;
      await socket.batch(stream.take());
    }
    await socket.end();
    const manifest = await pipeline.stop({ code: "budget", message: "size" });
    expect(manifest.loss["dropped"]).toBeGreaterThan(0);
    expect((manifest.counts["events"] ?? 0) + (manifest.loss["dropped"] ?? 0)).toBe(sent * 6);
  });

  it("refuses a port in use and leaves no recording behind", async () => {
    const pipeline = await start();
    const dir = path.join(folder, "b.escope");
    await expect(start({ dir, port: pipeline.port })).rejects.toMatchObject({
      code: "cannot_listen",
    });
    await expect(start({ dir: pipeline.path })).rejects.toMatchObject({ code: "exists" });
  });
});
