import { readdirSync, renameSync, statSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  addEvent,
  addEvents,
  MANIFEST,
  STOPPED,
  TemporaryFolder,
  value,
} from "../testing/support.ts";
import { RecordingReader, RecordingWriter, StoreError } from "./index.ts";

const NODE = "shop@127.0.0.1";

let folder: TemporaryFolder;
let writer: RecordingWriter;

beforeEach(async () => {
  folder = new TemporaryFolder();
  writer = await RecordingWriter.create(folder.join("a.escope"), MANIFEST);
});

afterEach(async () => {
  await writer.close(STOPPED);
  folder[Symbol.dispose]();
});

async function reopened(): Promise<RecordingReader> {
  await writer.close(STOPPED);
  return await RecordingReader.open(folder.join("a.escope"));
}

function addCall(table: "calls" | "open_calls", call: number, exit: number): void {
  const buffer = writer.tables[table];
  const i = buffer.next();
  const c = buffer.columns;
  c.call[i] = call;
  c.parent_call[i] = call === 1 ? 0 : 1;
  c.pid[i] = writer.pids.intern("<0.5.0>", NODE);
  c.function[i] = writer.functions.intern("Shop.Cart", "add", 2, { kind: "def" });
  c.t_enter[i] = call * 10;
  c.t_exit[i] = exit;
  c.outcome[i] = exit === -1 ? 0 : 1;
}

it("shows rows to a query as soon as they are staged", async () => {
  for (let round = 1; round <= 5; round++) {
    addEvents(writer, round * 10 - 9, round * 10);
    expect(await value(writer, "SELECT count(*) FROM events")).toBe(round * 10);
  }
  expect((await writer.query("SELECT payload FROM events WHERE id = 7")).rows).toEqual([
    [Uint8Array.of(131, 97, 7)],
  ]);
});

it("answers several who are the first to ask, while rows are committed", async () => {
  addEvents(writer, 1, 10);
  const [events, calls, functions] = await Promise.all([
    value(writer, "SELECT count(*) FROM events"),
    value(writer, "SELECT count(*) FROM calls"),
    value(writer, "SELECT count(*) FROM functions"),
    writer.flush(),
  ]);
  expect([events, calls, functions]).toEqual([10, 0, 0]);
});

it("ends in order while somebody is the first to ask", async () => {
  addEvents(writer, 1, 10);
  const asked = writer.query("SELECT count(*) FROM events").then(
    ({ rows }) => Number(rows[0]?.[0]),
    (error: unknown) => (error instanceof StoreError ? error.code : error),
  );
  const reader = await reopened();
  expect([10, "closed"]).toContain(await asked);
  expect(await value(reader, "SELECT count(*) FROM events")).toBe(10);
  await reader.close();
});

it("stores every public column of an event, a call and a message", async () => {
  const pid = writer.pids.intern("<0.5.0>", NODE);
  const other = writer.pids.intern("<9001.7.0>", "other@host");
  addEvent(writer, { id: 1, t: 0, pid, kind: 4, payload: Uint8Array.of(131, 106) });
  addEvent(writer, { id: 9_007_199_254_740_991, t: 9_007_199_254_740_991, kind: 16 });
  addCall("calls", 1, 25);
  const table = writer.tables.messages;
  const i = table.next();
  const m = table.columns;
  m.message[i] = 4;
  m.from_pid[i] = pid;
  m.to_pid[i] = other;
  m.t_sent[i] = 100;
  m.t_received[i] = 175;
  m.kind[i] = 1;
  m.match[i] = 1;
  m.body[i] = writer.payload(Uint8Array.of(131, 97, 1));
  m.send_event[i] = 1;
  m.receive_event[i] = 2;

  const reader = await reopened();
  expect((await reader.query("FROM events ORDER BY id")).rows).toEqual([
    [1, 0, NODE, "<0.5.0>", "send", null, null, null, Uint8Array.of(131, 106)],
    [9_007_199_254_740_991, 9_007_199_254_740_991, null, null, "module", null, null, null, null],
  ]);
  expect((await reader.query("FROM calls")).rows).toEqual([
    [
      1,
      null,
      "<0.5.0>",
      "Shop.Cart",
      "add",
      2,
      null,
      10,
      25,
      15,
      null,
      "returned",
      null,
      null,
      0,
      null,
    ],
  ]);
  expect((await reader.query("FROM messages")).rows).toEqual([
    [
      4,
      "<0.5.0>",
      "<9001.7.0>",
      100,
      175,
      75,
      "call",
      Uint8Array.of(131, 97, 1),
      null,
      "exact",
      1,
      2,
    ],
  ]);
  expect(
    (await reader.query("SELECT module, function, arity, kind, returns FROM functions")).rows,
  ).toEqual([["Shop.Cart", "add", 2, "def", null]]);
  await reader.close();
});

it("never shows an open call beside its ended row", async () => {
  const open = new Set([1, 2, 3]);
  writer.setOpenRows(() => {
    for (const call of open) addCall("open_calls", call, -1);
  });
  const outcomes = async (): Promise<unknown> =>
    (await writer.query("SELECT call, outcome, t_exit FROM calls ORDER BY call")).rows;

  addEvents(writer, 1, 3);
  expect(await outcomes()).toEqual([
    [1, "open", null],
    [2, "open", null],
    [3, "open", null],
  ]);
  open.delete(2);
  addCall("calls", 2, 50);
  expect(await outcomes()).toEqual([
    [1, "open", null],
    [2, "returned", 50],
    [3, "open", null],
  ]);
  open.clear();
  addCall("calls", 1, 60);
  addCall("calls", 3, 70);
  await writer.flush();
  expect(await value(writer, "SELECT count(*) FROM calls WHERE outcome = 'open'")).toBe(0);
  expect(await value(writer, "SELECT count(*) FROM calls")).toBe(3);
});

it("keeps what was open when the recording was closed", async () => {
  writer.setOpenRows(() => {
    addCall("open_calls", 1, -1);
    const i = writer.tables.open_messages.next();
    writer.tables.open_messages.columns.message[i] = 5;
    writer.tables.open_messages.columns.t_sent[i] = 5;
  });
  addEvents(writer, 1, 1);
  const reader = await reopened();
  expect((await reader.query("SELECT call, outcome FROM calls")).rows).toEqual([[1, "open"]]);
  expect((await reader.query("SELECT message, match, t_received FROM messages")).rows).toEqual([
    [5, "none", null],
  ]);
  await reader.close();
});

it("merges what is learnt about a process and never shows it twice", async () => {
  const pid = writer.pids.intern("<0.5.0>", NODE);
  const parent = writer.pids.intern("<0.4.0>", NODE);
  writer.add("processes", { pid, name: "Shop.Cart", t_spawned: 10 });
  writer.add("processes", { pid, behaviour: "gen_server" });
  expect(await value(writer, "SELECT count(*) FROM processes")).toBe(1);
  writer.add("processes", { pid, parent, label: "cart 1" });
  await writer.flush();
  writer.add("processes", {
    pid,
    name: null,
    t_exited: 99,
    exit_reason: writer.payload(Uint8Array.of(131, 106)),
  });
  const { rows } = await writer.query(
    "SELECT pid, node, name, label, parent, behaviour, t_spawned, t_exited, exit_reason FROM processes",
  );
  expect(rows).toEqual([
    [
      "<0.5.0>",
      NODE,
      "Shop.Cart",
      "cart 1",
      "<0.4.0>",
      "gen_server",
      10,
      99,
      Uint8Array.of(131, 106),
    ],
  ]);
});

it("derives links from matched messages and joins the stored ones", async () => {
  const { messages, links } = writer.tables;
  for (const match of [0, 1, 2]) {
    const i = messages.next();
    messages.columns.message[i] = match + 1;
    messages.columns.match[i] = match;
    messages.columns.send_event[i] = 10 + match;
    messages.columns.receive_event[i] = match === 0 ? 0 : 20 + match;
  }
  const i = links.next();
  links.columns.source_event[i] = 1;
  links.columns.target_event[i] = 2;
  links.columns.type[i] = 2;
  links.columns.confidence[i] = 0;
  expect((await writer.query("FROM links ORDER BY source_event")).rows).toEqual([
    [1, 2, "spawn", "exact"],
    [11, 21, "message", "exact"],
    [12, 22, "message", "ordered"],
  ]);
});

it("keeps states, gaps, metrics, modules, logs, telemetry and sources", async () => {
  const pid = writer.pids.intern("<0.5.0>", NODE);
  const { states, metrics, logs, telemetry } = writer.tables;
  const s = states.next();
  states.columns.pid[s] = pid;
  states.columns.version[s] = 3;
  states.columns.t[s] = 7;
  states.columns.event[s] = 1;
  states.columns.state[s] = writer.payload(Uint8Array.of(131, 97, 3));
  states.columns.callback[s] = writer.names.intern("handle_call/3");
  const m = metrics.next();
  metrics.columns.t[m] = 5;
  metrics.columns.source[m] = writer.names.intern("vm");
  metrics.columns.name[m] = writer.names.intern("memory_total");
  metrics.columns.value[m] = 1.5;
  const l = logs.next();
  logs.columns.t[l] = 6;
  logs.columns.level[l] = writer.names.intern("error");
  logs.columns.message[l] = writer.payload(Buffer.from("größer"));
  const x = telemetry.next();
  telemetry.columns.name[x] = writer.names.intern("shop.order");
  writer.add("gaps", {
    t_from: 1,
    t_to: 9,
    pid,
    reason: "dropped",
    count: 12,
    detail: "in flight",
  });
  writer.add("gaps", { t_from: 1, t_to: 9, node: NODE, reason: "sampled", count: 5 });
  writer.add("modules", { module: "Shop", t: 4, md5: "ab", event: "reloaded" });
  writer.add("sources", { path: "lib/shop.ex", sha256: "cd", bytes: 10 });

  const reader = await reopened();
  const rows = async (sql: string): Promise<unknown> => (await reader.query(sql)).rows;
  expect(await rows("FROM states")).toEqual([
    ["<0.5.0>", 3, 7, 1, Uint8Array.of(131, 97, 3), null, "handle_call/3"],
  ]);
  expect(await rows("SELECT t, source, name, value FROM metrics")).toEqual([
    [5, "vm", "memory_total", 1.5],
  ]);
  expect(await rows("FROM logs")).toEqual([[6, null, "error", null, "größer"]]);
  expect(await rows("SELECT name FROM telemetry")).toEqual([["shop.order"]]);
  expect(await rows("FROM gaps ORDER BY reason")).toEqual([
    [1, 9, NODE, "<0.5.0>", "dropped", 12, "in flight"],
    [1, 9, NODE, null, "sampled", 5, null],
  ]);
  expect(await rows("SELECT module, t, md5, application, source, event FROM modules")).toEqual([
    ["Shop", 4, "ab", null, null, "reloaded"],
  ]);
  expect(await rows("SELECT path, sha256, bytes FROM sources")).toEqual([
    ["lib/shop.ex", "cd", 10],
  ]);
  await reader.close();
});

it("takes many rows of several pages while queries run, and loses none", async () => {
  const queries: Promise<unknown>[] = [];
  for (let from = 1; from <= 200_000; from += 20_000) {
    addEvents(writer, from, from + 19_999);
    queries.push(value(writer, "SELECT count(*) FROM events"));
    if (writer.congested) await writer.ready();
  }
  expect((await Promise.all(queries)).at(-1)).toBe(200_000);
  const reader = await reopened();
  const { rows } = await reader.query(
    "SELECT count(*), count(DISTINCT id), sum(id), count(payload) FROM events",
  );
  expect(rows).toEqual([[200_000, 200_000, 20_000_100_000, 200_000]]);
  expect(reader.manifest.counts["events"]).toBe(200_000);
  await reader.close();
});

it("flushes by itself within half a second", async () => {
  addEvents(writer, 1, 10);
  const payloads = folder.join("a.escope", "parts", "0001.payload");
  await expect.poll(() => statSync(payloads).size, { timeout: 5000 }).toBeGreaterThan(0);
});

it("holds back who stages more than there is room for", async () => {
  const small = await RecordingWriter.create(folder.join("b.escope"), MANIFEST, { stagedBytes: 1 });
  for (let id = 1; id <= 40_000; id++) addEvent(small, { id });
  expect(small.congested).toBe(true);
  await small.ready();
  expect(small.congested).toBe(false);
  const bulky = new Uint8Array(300_000);
  for (let n = 0; n < 5; n++) small.payload(bulky);
  expect(small.congested).toBe(true);
  await small.ready();
  expect(small.congested).toBe(false);
  await small.close(STOPPED);
});

it("ends as closed with its reason, counts and duration, and leaves nothing else behind", async () => {
  addEvents(writer, 1, 10);
  await writer.updateManifest({ loss: { dropped: 3 } });
  const reader = await reopened();
  expect(reader.manifest).toMatchObject({
    state: "closed",
    stopped: STOPPED,
    durationNs: 10_000,
    counts: { events: 10, calls: 0 },
    loss: { dropped: 3 },
  });
  await reader.close();
  const files = readdirSync(folder.join("a.escope"), { recursive: true }).map(String);
  expect(files.toSorted()).toEqual([
    "base.duckdb",
    "parts",
    "parts/0001.duckdb",
    "parts/0001.payload",
    "recording.json",
  ]);
  await expect(writer.query("SELECT 1")).rejects.toMatchObject({ code: "closed" });
});

it("writes manifests that are asked for at the same time one after another", async () => {
  const updates = Array.from({ length: 20 }, (_, n) => writer.updateManifest({ durationNs: n }));
  await Promise.all(updates);
  const reader = await reopened();
  expect(reader.manifest.durationNs).toBe(19);
  await reader.close();
});

it("closes only once, also when asked twice", async () => {
  await Promise.all([writer.close(STOPPED), writer.close(STOPPED)]);
  expect(writer.manifest.state).toBe("closed");
});

it("answers without what was staged since the last commit, where that may be stale", async () => {
  await writer.close(STOPPED);
  const options = { flushIntervalMs: 60_000 };
  writer = await RecordingWriter.create(folder.join("b.escope"), MANIFEST, options);
  addEvents(writer, 1, 10);
  const count = async (staleMs?: number): Promise<unknown> =>
    (await writer.query("SELECT count(*) FROM events", staleMs === undefined ? {} : { staleMs }))
      .rows[0]?.[0];
  expect(await count(60_000)).toBe(10);
  addEvents(writer, 11, 20);
  expect(await count(60_000)).toBe(10);
  expect(await count(0)).toBe(20);
  addEvents(writer, 21, 30);
  expect(await count()).toBe(30);
});

it("goes on with a recording whose files are laid out in larger blocks", async () => {
  const path = folder.join("older.escope");
  const first = await RecordingWriter.create(path, MANIFEST);
  addEvents(first, 1, 100);
  await first.flush();
  await first.abandon();
  for (const file of ["base.duckdb", "parts/0001.duckdb"]) await inLargeBlocks(`${path}/${file}`);
  const second = await RecordingWriter.resume(path);
  addEvents(second, 101, 150);
  expect(await value(second, "SELECT count(*) FROM events")).toBe(150);
  await second.close(STOPPED);
});

/** As DuckDB lays a file out by itself, which earlier versions left to it. */
async function inLargeBlocks(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS one`);
  await connection.run(`ATTACH '${file}.new' AS other`);
  await connection.run("COPY FROM DATABASE one TO other");
  const sizes = await connection.runAndReadAll(
    "SELECT block_size FROM pragma_database_size() WHERE database_name IN ('one', 'other') ORDER BY 1",
  );
  expect(sizes.getRows().flat().map(Number)).toEqual([65_536, 262_144]);
  connection.disconnectSync();
  instance.closeSync();
  renameSync(`${file}.new`, file);
}
