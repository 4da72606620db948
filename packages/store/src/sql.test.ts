import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PUBLIC_TABLES } from "@elixirscope/trace";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder, value } from "../testing/support.ts";
import { RecordingReader, RecordingWriter } from "./index.ts";

const ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b";
const NOWHERE = path.join(tmpdir(), "elixirscope-must-not-exist");

let folder: TemporaryFolder;
let writer: RecordingWriter;
let reader: RecordingReader;

beforeAll(async () => {
  folder = new TemporaryFolder();
  writer = await RecordingWriter.create(folder.join("live.escope"), MANIFEST);
  addEvents(writer, 1, 5000);
  const closed = await RecordingWriter.create(folder.join("closed.escope"), MANIFEST);
  addEvents(closed, 1, 5000);
  await closed.close(STOPPED);
  reader = await RecordingReader.open(folder.join("closed.escope"));
});

afterAll(async () => {
  await writer.close(STOPPED);
  await reader.close();
  folder[Symbol.dispose]();
});

describe.each([
  ["a live recording", () => writer],
  ["a closed recording", () => reader],
])("SQL on %s", (_name, recording) => {
  it("knows the public tables and only those by name", async () => {
    const tables = await recording().query("SHOW TABLES");
    expect(tables.rows.map(String).toSorted()).toEqual(Object.keys(PUBLIC_TABLES).toSorted());
  });

  it.each(Object.entries(PUBLIC_TABLES))(
    "describes %s with its public columns",
    async (table, spec) => {
      const { rows } = await recording().query(`DESCRIBE ${table}`);
      const expected = Object.entries(spec).map(([name, type]) => [
        name,
        type === "TERM" ? "BLOB" : type,
      ]);
      expect(rows.map((row) => row.slice(0, 2))).toEqual(expected);
    },
  );

  it("gives columns of numbers as vectors, exact up to 2^53", async () => {
    const wide = "unnest([1::BIGINT, NULL, -9007199254740991, 9007199254740991, -1])";
    const narrow = "unnest([0, 255, NULL, 7, 8])::UTINYINT";
    const { vectors, rows } = await recording().query(
      `SELECT ${wide}, ${narrow}, unnest([0.5, NULL, 2, 3, 4])::DOUBLE, 4000000000::UINTEGER, 9007199254740991::UBIGINT`,
      { isOwn: true, asVectors: true, limit: 4 },
    );
    expect(rows).toEqual([]);
    expect(vectors?.map((vector) => [...vector])).toEqual([
      [1, Number.NaN, -9_007_199_254_740_991, 9_007_199_254_740_991],
      [0, 255, Number.NaN, 7],
      [0.5, Number.NaN, 2, 3],
      [4e9, 4e9, 4e9, 4e9],
      Array.from({ length: 4 }, () => 9_007_199_254_740_991),
    ]);
  });

  it("cuts a result at the limit and says so", async () => {
    const cut = await recording().query("SELECT id FROM events", { limit: 10 });
    expect([cut.rows.length, cut.truncated]).toEqual([10, true]);
    const across = await recording().query("SELECT id FROM events", { limit: 2048 });
    expect([across.rows.length, across.truncated]).toEqual([2048, true]);
    const whole = await recording().query("SELECT id FROM events", { limit: 5000 });
    expect([whole.rows.length, whole.truncated]).toEqual([5000, false]);
  });

  it("binds parameters by position and by name", async () => {
    const byPosition = await recording().query("SELECT t FROM events WHERE id = ? LIMIT ?", {
      params: [42, 1],
    });
    expect(byPosition.rows).toEqual([[42_000]]);
    const byName = await recording().query("SELECT $text, $none, $real, $flag, $bytes", {
      params: { text: "a'b", none: null, real: 1.5, flag: true, bytes: Uint8Array.of(1, 2) },
    });
    expect(byName.rows).toEqual([["a'b", null, 1.5, true, Uint8Array.of(1, 2)]]);
    await expect(recording().query("SELECT $x", { params: { y: 1 } })).rejects.toMatchObject({
      code: "sql_error",
    });
  });

  it("lets an index by parameter skip what it need not read, like a literal does", async () => {
    const plan = await recording().query("EXPLAIN SELECT t FROM events WHERE id = ? AND t > ?", {
      params: [42, 1],
    });
    expect(JSON.stringify(plan.rows)).not.toContain("CAST");
    const huge = await recording().query("SELECT ? + 0, ?", { params: [2n ** 64n, -(2n ** 63n)] });
    expect(huge.rows).toEqual([[2n ** 64n, -(2n ** 63n)]]);
  });

  it("gives integers as numbers while they are exact and nested values as plain ones", async () => {
    const { rows } = await recording().query(
      `SELECT 9007199254740991::UBIGINT, 9007199254740993::UBIGINT, sum(1), 1.25::DECIMAL(9,2),
        [1, NULL], {'a': 1, 'b': 'x'}, MAP {'k': 2}, DATE '2024-05-06', INTERVAL 1 DAY`,
    );
    expect(rows).toEqual([
      [
        9007199254740991,
        9007199254740993n,
        1,
        1.25,
        [1, null],
        { a: 1, b: "x" },
        [{ key: "k", value: 2 }],
        "2024-05-06",
        "1 day",
      ],
    ]);
  });

  it("reports an SQL error with DuckDB's message and the position", async () => {
    await expect(recording().query("SELECT nope FROM events")).rejects.toMatchObject({
      code: "sql_error",
      position: 7,
      message: expect.stringContaining('"nope" not found'),
    });
    await expect(recording().query("SELEC 1")).rejects.toMatchObject({
      code: "sql_error",
      position: 0,
    });
    await expect(recording().query("SELECT 'a'::INTEGER")).rejects.toMatchObject({
      code: "sql_error",
    });
    for (const nothing of ["", "-- only a comment"]) {
      await expect(recording().query(nothing)).rejects.toMatchObject({
        code: "sql_error",
        message: "there is no SQL statement",
      });
    }
  });

  it.each([
    "CREATE TABLE x(i INTEGER)",
    "CREATE TEMP TABLE x(i INTEGER)",
    "CREATE OR REPLACE VIEW events AS SELECT 1",
    "DROP VIEW events",
    "INSERT INTO base.gaps VALUES (1, 1, NULL, NULL, 'dropped', 1, NULL)",
    "DELETE FROM p1.events",
    "UPDATE p1.events SET t = 0",
    "SET memory_limit = '9GB'",
    "SET VARIABLE x = 1",
    "RESET threads",
    "CHECKPOINT",
    "CALL force_checkpoint()",
    "DETACH base",
    "BEGIN",
    "VACUUM",
    "USE base",
    "EXPORT DATABASE 'x'",
    "PRAGMA enable_profiling",
    "SELECT 1; SELECT 2",
    "LOAD json",
  ])("refuses %s", async (sql) => {
    await expect(recording().query(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^sql_(forbidden|error)$/),
    });
    expect(await value(recording(), "SELECT count(*) FROM events")).toBe(5000);
  });

  it.each([
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM read_blob('http://127.0.0.1:1/x')",
    `COPY events TO '${NOWHERE}.csv'`,
    `ATTACH '${NOWHERE}.duckdb'`,
    `EXPLAIN ANALYZE COPY events TO '${NOWHERE}.csv'`,
    "EXPLAIN ANALYZE DELETE FROM p1.events",
    "INSTALL httpfs",
  ])("reaches nothing outside: %s", async (sql) => {
    await expect(recording().query(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^sql_(forbidden|error)$/),
    });
    expect(await value(recording(), "SELECT count(*) FROM events")).toBe(5000);
  });

  it("stops a query at its timeout and goes on with the next", async () => {
    await expect(recording().query(ENDLESS, { timeoutMs: 50 })).rejects.toMatchObject({
      code: "timeout",
    });
    expect(await value(recording(), "SELECT count(*) FROM events")).toBe(5000);
  });

  it("stops a query that is cancelled, while it runs, while it waits and before", async () => {
    const abort = new AbortController();
    const running = [1, 2, 3].map(() => recording().query(ENDLESS, { signal: abort.signal }));
    setTimeout(() => abort.abort(), 30);
    const outcomes = await Promise.allSettled(running);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
    }
    await expect(recording().query("SELECT 1", { signal: abort.signal })).rejects.toMatchObject({
      code: "cancelled",
    });
  });

  it("drops a query that is cancelled while it waits for its turn", async () => {
    const block = new AbortController();
    const blocking = Promise.allSettled(
      [1, 2].map(() => recording().query(ENDLESS, { signal: block.signal })),
    );
    const abort = new AbortController();
    const waiting = recording().query("SELECT 1", { signal: abort.signal });
    const behind = recording().query("SELECT 2");
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    block.abort();
    expect((await behind).rows).toEqual([[2]]);
    expect((await blocking).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("explains and summarizes", async () => {
    expect((await recording().query("EXPLAIN SELECT * FROM calls")).rows.length).toBeGreaterThan(0);
    expect((await recording().query("SUMMARIZE gaps")).rows.length).toBe(7);
    expect((await recording().query("FROM events LIMIT 1")).rows.length).toBe(1);
  });
});
