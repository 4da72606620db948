// Instrumented code through the whole data path: bytes over TCP into a recording that answers SQL.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Pipeline, type PipelineOptions } from "@elixirscope/capture";
import { atom, binary, encode, integer, list, map, tuple } from "@elixirscope/etf";
import { RecordingReader, type Recording } from "@elixirscope/store";
import { CAPTURED, RECORD, type SiteManifest } from "@elixirscope/trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InstrumentedProcess, manifest } from "./instrumented-process.ts";
import { testManifest } from "./manifest.ts";
import { hello, pid, ProbeSocket, ProbeStream } from "./probe-stream.ts";

const TOKEN = randomBytes(16);
const USER = { code: "user", message: "test" } as const;
const OK = atom("ok");

let folder = "";
const running: Pipeline[] = [];

async function start(options: Partial<PipelineOptions> = {}): Promise<Pipeline> {
  const dir = path.join(folder, "a.escope");
  const pipeline = await Pipeline.start({
    dir,
    manifest: testManifest(),
    token: TOKEN,
    ...options,
  });
  running.push(pipeline);
  return pipeline;
}

async function probe(pipeline: Pipeline): Promise<ProbeSocket> {
  const socket = await ProbeSocket.connect(pipeline.port);
  await socket.write(hello(TOKEN));
  return socket;
}

async function rows(recording: Recording, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await recording.query(sql)).rows;
}

async function until(condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("the condition did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Entry and return of `M<n>.f/2`, and a match in it. */
function sitesOf(n: number): SiteManifest {
  const first = n * 10 + 1;
  return manifest(
    `M${String(n)}`,
    [
      { site: first, kind: "function_clause", arity: 2, names: ["cart", "qty"] },
      { site: first + 1, kind: "match", arity: 2, names: ["total"] },
      { site: first + 2, kind: "return", arity: 2 },
    ],
    `lib/m${String(n)}.ex`,
  );
}

function addOnce(process: InstrumentedProcess, n: number, t: number): void {
  const first = n * 10 + 1;
  process.enter(t, first, [OK, integer(n)]);
  process.within(CAPTURED.BIND, t + 10, first + 1, list([integer(2 * n)]));
  process.return(t + 20, first + 2, OK);
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "escope-instrumented-"));
});

afterEach(async () => {
  for (const pipeline of running.splice(0)) await pipeline.stop(USER, 0).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

describe("instrumented code in a recording", () => {
  it("is there with sites, bindings, sources, tests and marks, live and closed", async () => {
    const pipeline = await start();
    const socket = await probe(pipeline);
    const text = "defmodule M1 do\n  # größer\nend\n";
    pipeline.addSites(sitesOf(1), new Map([["lib/m1.ex", text]]));
    const test = {
      site: 5,
      kind: "function_clause",
      function: "test adds",
      names: [null],
    } as const;
    pipeline.addSites(manifest("MTest", [test], "/shop/test/m_test.exs"));

    const stream = new ProbeStream();
    const process = new InstrumentedProcess(pid(1));
    process.enter(1_000, 5, [map([])]);
    addOnce(process, 1, 2_000);
    process.raise(3_000, 5, atom("error"), atom("badarg")).flush(stream, 4_000);
    const facts = map([
      [atom("module"), atom("Elixir.MTest")],
      [atom("name"), atom("test adds")],
      [atom("file"), binary("/shop/test/m_test.exs")],
      [atom("outcome"), atom("failed")],
      [atom("pid"), pid(1)],
      [atom("failures"), list([tuple(atom("error"), atom("badarg"), list([]))])],
    ]);
    stream.record(RECORD.TEST, 5_000, stream.index(pid(2)), 0, encode(facts));
    await socket.batch(stream.take());
    await until(async () => (await rows(pipeline, "FROM tests")).length === 1);
    await pipeline.mark({ t: 2_000, event: 2, label: "qty", condition: "qty == 1" });

    const check = async (recording: Recording): Promise<void> => {
      const calls = await rows(
        recording,
        `SELECT c.module, c.function, c.arity, outcome, duration_ns, depth, s.kind, s.line, term(args), term(result)
         FROM calls c JOIN sites s USING (site) ORDER BY call`,
      );
      expect(calls).toEqual([
        [
          "MTest",
          "test adds",
          1,
          "raised",
          2_000,
          0,
          "function_clause",
          5,
          "[%{}]",
          "{:error, :badarg, []}",
        ],
        ["M1", "f", 2, "returned", 20, 1, "function_clause", 11, "[:ok, 1]", ":ok"],
      ]);
      expect(
        await rows(recording, "SELECT call, name, term(value) FROM bindings ORDER BY event, name"),
      ).toEqual([
        [2, "cart", ":ok"],
        [2, "qty", "1"],
        [2, "total", "2"],
      ]);
      expect(await rows(recording, "SELECT path, text FROM sources")).toEqual([
        ["lib/m1.ex", text],
      ]);
      expect(
        await rows(recording, "SELECT module, event, source FROM modules ORDER BY module"),
      ).toEqual([
        ["M1", "instrumented", "lib/m1.ex"],
        ["MTest", "instrumented", "/shop/test/m_test.exs"],
      ]);
      expect(
        await rows(
          recording,
          "SELECT outcome, call, failing_event, failing_site, note, term(failure) FROM tests",
        ),
      ).toEqual([["failed", 1, 1, 5, null, "[{:error, :badarg, []}]"]]);
      expect(await rows(recording, "FROM marks")).toEqual([[2_000, 2, "qty", "qty == 1"]]);
      expect(await rows(recording, "FROM gaps")).toEqual([]);
    };
    await check(pipeline);
    await socket.end();
    const closed = await pipeline.stop(USER);
    expect(closed.counts).toMatchObject({ events: 5, calls: 2, bindings: 3 });
    const reader = await RecordingReader.open(pipeline.path);
    await check(reader);
    await reader.close();
  });

  it("knows every site by the time of its first event, and the busiest functions", async () => {
    const pipeline = await start();
    const busiest = new Set<string>();
    pipeline.on("stats", ({ topFunctions: [first] }) => {
      if (first !== undefined)
        busiest.add(`${first.module}.${first.function}/${String(first.arity)}`);
    });
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    const process = new InstrumentedProcess(pid(1));
    for (let n = 1; n <= 300; n += 1) {
      pipeline.addSites(sitesOf(n));
      for (let i = 0; i < (n === 7 ? 50 : 1); i += 1) addOnce(process, n, n * 10_000 + i * 50);
      process.flush(stream, n * 10_000 + 9_000);
      await socket.batch(stream.take());
    }
    await until(async () => (await rows(pipeline, "SELECT count(*) FROM calls"))[0]?.[0] === 349);
    expect(
      await rows(
        pipeline,
        "SELECT count(DISTINCT module), count(*) FILTER (module IS NULL) FROM calls",
      ),
    ).toEqual([[300, 0]]);
    await until(() => busiest.has("M7.f/2"));
    expect(pipeline.stats().writer?.unknownSites).toBe(0);
  });

  it("survives its writer: nothing twice, sites known to the next", async () => {
    const pipeline = await start({ flushMs: 50 });
    let restarts = 0;
    pipeline.on("restarted", () => (restarts += 1));
    const socket = await probe(pipeline);
    pipeline.addSites(sitesOf(1), new Map([["lib/m1.ex", "one"]]));
    const stream = new ProbeStream();
    const process = new InstrumentedProcess(pid(1));
    const total = 200;
    for (let i = 0; i < total; i += 1) {
      for (let k = 0; k < 10; k += 1) addOnce(process, 1, i * 10_000 + k * 100);
      process.flush(stream, i * 10_000 + 5_000);
      await socket.batch(stream.take());
      if (i === 100) {
        await pipeline.flush();
        pipeline.crashWriter();
      }
    }
    await until(() => restarts === 1);
    pipeline.addSites(sitesOf(2));
    addOnce(process, 2, total * 10_000);
    process.flush(stream, total * 10_000 + 5_000);
    await socket.batch(stream.take());
    await socket.end();
    await pipeline.stop(USER);
    const reader = await RecordingReader.open(pipeline.path);
    const expected = total * 30 + 3;
    expect(await rows(reader, "SELECT count(*), count(DISTINCT id) FROM events")).toEqual([
      [expected, expected],
    ]);
    expect(
      await rows(
        reader,
        "SELECT module, outcome, count(*)::INT FROM calls GROUP BY ALL ORDER BY module",
      ),
    ).toEqual([
      ["M1", "returned", total * 10],
      ["M2", "returned", 1],
    ]);
    expect(await rows(reader, "SELECT count(*), count(DISTINCT site) FROM sites")).toEqual([
      [6, 6],
    ]);
    expect(await rows(reader, "SELECT module FROM modules ORDER BY 1")).toEqual([["M1"], ["M2"]]);
    expect(await rows(reader, "SELECT path, text FROM sources")).toEqual([["lib/m1.ex", "one"]]);
    await reader.close();
  });

  for (const overflow of ["drop_newest", "drop_oldest"] as const) {
    it(`${overflow}: what it drops is counted once`, async () => {
      const pipeline = await start({ ring: { bytes: 65_536, overflow } });
      const socket = await probe(pipeline);
      pipeline.addSites(sitesOf(1));
      const stream = new ProbeStream();
      const processes = [1, 2, 3].map((n) => new InstrumentedProcess(pid(n)));
      let sent = 0;
      const round = async (i: number): Promise<void> => {
        for (const process of processes) {
          for (let k = 0; k < 20; k += 1) addOnce(process, 1, i * 1_000_000 + k * 100);
          sent += process.buffered.length;
          process.flush(stream, i * 1_000_000 + 5_000);
        }
        await socket.batch(stream.take());
      };
      for (let i = 0; i < 400; i += 1) await round(i);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await round(1_000);
      await socket.end();
      const closed = await pipeline.stop(USER, 20_000);
      expect(pipeline.stats().ring.droppedFrames).toBeGreaterThan(0);
      expect((closed.counts["events"] ?? 0) + (closed.loss["dropped"] ?? 0)).toBe(sent);
      const reader = await RecordingReader.open(pipeline.path);
      expect(await rows(reader, "SELECT DISTINCT outcome FROM calls")).toEqual([["returned"]]);
      await reader.close();
    });
  }

  it("is not believed when its events cannot be events", async () => {
    const pipeline = await start();
    const lost: string[] = [];
    pipeline.on("lost", ({ reason }) => lost.push(reason));
    const socket = await probe(pipeline);
    const stream = new ProbeStream();
    stream.record(RECORD.EVENTS, 1, stream.index(pid(1)), 0, encode(list([OK])));
    await socket.batch(stream.take());
    await until(() => lost.length === 1);
    expect(lost[0]).toContain("malformed_events");
  });
});
