import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { encode, list, integer, tuple, atom } from "@elixirscope/etf";
import { PUBLIC_TABLES } from "@elixirscope/trace";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addEvent, MANIFEST, STOPPED, TemporaryFolder } from "../testing/support.ts";
import { exportParquet, RecordingReader, RecordingWriter } from "./index.ts";

const TERM = tuple(atom("ok"), list([integer(1), integer(2_000)]));

let folder: TemporaryFolder;
let path: string;
let out: string;

beforeEach(async () => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
  out = folder.join("tables");
  const writer = await RecordingWriter.create(path, MANIFEST);
  const pid = writer.pids.intern("<0.1.0>", "shop@127.0.0.1");
  for (let id = 1; id <= 1_000; id++) {
    addEvent(writer, { id, t: id * 10, pid, kind: 1, payload: encode(TERM) });
  }
  await writer.close(STOPPED);
});

afterEach(() => folder[Symbol.dispose]());

/** As another program reads it. */
async function read(sql: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.disconnectSync();
    instance.closeSync();
  }
}

it("writes each public table with the columns of the recording", async () => {
  await exportParquet(path, out);
  const tables = readdirSync(out).filter((name) => name.endsWith(".parquet"));
  expect(tables.toSorted()).toEqual(
    Object.keys(PUBLIC_TABLES)
      .map((table) => `${table}.parquet`)
      .toSorted(),
  );
  const columns = await read(`SELECT column_name FROM (DESCRIBE FROM '${out}/events.parquet')`);
  expect(columns.flat()).toEqual(Object.keys(PUBLIC_TABLES.events));
  const reader = await RecordingReader.open(path);
  const { rows } = await reader.query("SELECT count(*), sum(t), min(pid) FROM events");
  await reader.close();
  const [again] = await read(
    `SELECT count(*)::INT, sum(t)::INT, min(pid) FROM '${out}/events.parquet'`,
  );
  expect(again).toEqual([1_000, 5_005_000, "<0.1.0>"]);
  expect(rows.map((row) => row.map(String))).toEqual([["1000", "5005000", "<0.1.0>"]]);
  expect(JSON.parse(readFileSync(`${out}/recording.json`, "utf8"))).toMatchObject({ id: "test" });
});

it("writes terms as bytes, as text or as JSON", async () => {
  const texts: unknown[] = [];
  for (const terms of ["etf", "text", "json"] as const) {
    await exportParquet(path, `${out}-${terms}`, { terms });
    const column = terms === "etf" ? "hex(payload)" : "payload";
    texts.push(...(await read(`SELECT DISTINCT ${column} FROM '${out}-${terms}/events.parquet'`)));
  }
  expect(texts).toEqual([
    [Buffer.from(encode(TERM)).toString("hex").toUpperCase()],
    ["{:ok, [1, 2000]}"],
    [expect.stringContaining("2000")],
  ]);
});

it("keeps to the time that was asked for", async () => {
  await exportParquet(path, out, { from: 100, to: 199 });
  const [row] = await read(`SELECT min(t)::INT, max(t)::INT FROM '${out}/events.parquet'`);
  expect(row).toEqual([100, 190]);
});

it("does not write over anything, and leaves nothing when it is interrupted", async () => {
  mkdirSync(out);
  writeFileSync(`${out}/mine`, "");
  await expect(exportParquet(path, out)).rejects.toMatchObject({ code: "exists" });
  const other = folder.join("other");
  const signal = AbortSignal.abort();
  await expect(exportParquet(path, other, { signal })).rejects.toMatchObject({ code: "cancelled" });
  expect(existsSync(other)).toBe(false);
  expect(readdirSync(folder.path).toSorted()).toEqual(["a.escope", "tables"]);
});

it("does not let a query write, only itself", async () => {
  const reader = await RecordingReader.open(path, { exportFolder: out });
  mkdirSync(out);
  try {
    const copy = reader.query(`COPY (SELECT 1) TO '${out}/x.parquet'`);
    await expect(copy).rejects.toMatchObject({ code: "sql_forbidden" });
  } finally {
    await reader.close();
  }
});
