// What instrumented code adds to a recording: sites, bindings, tests, marks and source texts; and that
// a recording from before there was any still opens.

import { DuckDBInstance } from "@duckdb/node-api";
import { encode, integer, list, atom, tuple, type Term } from "@elixirscope/etf";
import { EVENT_KINDS } from "@elixirscope/trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MANIFEST, STOPPED, TemporaryFolder } from "../testing/support.ts";
import { NAME_SEPARATOR, RecordingReader, RecordingWriter, type Recording } from "./index.ts";

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

async function rows(recording: Recording, sql: string): Promise<readonly unknown[]> {
  return (await recording.query(sql)).rows;
}

function addSite(site: number, kind: string, names: readonly (string | null)[] | null): void {
  writer.add("sites", {
    site,
    function: writer.functions.intern("Shop.Cart", "add", 2),
    kind,
    file: "lib/cart.ex",
    line: 7,
    clause: 0,
    generated: 0,
    names: names?.map((name) => name ?? "").join(NAME_SEPARATOR) ?? null,
    target: null,
    md5: "ab12",
  });
}

/** `captured`: values in the payload's list that are the site's variables. */
function addEvent(id: number, kind: string, site: number, payload: Term, captured: number): void {
  const { events } = writer.tables;
  const i = events.next();
  const c = events.columns;
  c.id[i] = id;
  c.t[i] = id * 10;
  c.pid[i] = writer.pids.intern("<0.5.0>", "shop@127.0.0.1");
  c.kind[i] = EVENT_KINDS.findIndex((name) => name === kind);
  c.site[i] = site;
  c.frame[i] = 1;
  c.payload[i] = writer.payload(encode(payload));
  c.flags[i] = captured;
}

describe("bindings", () => {
  it("are the named elements of what the events carry, and of the further variables", async () => {
    addSite(1, "function_clause", ["cart", null, "sku", "qty"]);
    addSite(2, "match", ["total"]);
    addSite(3, "return", null);
    addEvent(1, "call", 1, list([atom("cart"), tuple(atom("sku"), integer(2))]), 2);
    const { bindings } = writer.tables;
    const b = bindings.next();
    bindings.columns.event[b] = 1;
    bindings.columns.call[b] = 1;
    bindings.columns.t[b] = 10;
    bindings.columns.site[b] = 1;
    bindings.columns.elements[b] = 2;
    // small integers: one text on the wire
    bindings.columns.value[b] = writer.payload(encode(list([integer(5), integer(6)])));
    addEvent(2, "bind", 2, list([integer(1000)]), 1);
    addEvent(3, "return", 3, list([integer(9)]), 0);

    const bound = [
      [1, 1, 10, 1, "cart", ":cart"],
      [1, 1, 10, 1, "qty", "6"],
      [1, 1, 10, 1, "sku", "5"],
      [2, 1, 20, 2, "total", "1000"],
    ];
    const sql = "SELECT event, call, t, site, name, term(value) FROM bindings ORDER BY event, name";
    expect(await rows(writer, sql)).toEqual(bound);
    await writer.close(STOPPED);
    const reader = await RecordingReader.open(folder.join("a.escope"));
    expect(await rows(reader, sql)).toEqual(bound);
    expect(
      await rows(reader, "SELECT term(payload(value)) FROM refs.bindings WHERE name = 'sku'"),
    ).toEqual([["5"]]);
    expect(reader.manifest.counts["bindings"]).toBe(4);
    await reader.close();
  });

  it("leave out what was not captured", async () => {
    addSite(1, "function_clause", ["cart", "qty"]);
    addEvent(1, "call", 1, list([]), 0);
    const { events } = writer.tables;
    const i = events.next();
    events.columns.id[i] = 2;
    events.columns.kind[i] = EVENT_KINDS.indexOf("call");
    events.columns.site[i] = 1;
    expect(await rows(writer, "FROM bindings")).toEqual([]);
  });
});

it("shows sites with names, tests, marks and the text of sources", async () => {
  addSite(4, "function_clause", ["cart", null]);
  addSite(5, "line", null);
  addSite(6, "generator", [null]);
  const pid = writer.pids.intern("<0.9.0>", "shop@127.0.0.1");
  const failure = writer.payload(encode(list([tuple(atom("error"), atom("badarg"), list([]))])));
  writer.add("tests", {
    module: "CartTest",
    name: "test adds",
    pid,
    outcome: "failed",
    failure,
    t_end: 9,
  });
  writer.add("marks", { t: 5, event: 1, label: "qty < 0", condition: "Shop.Cart.add/2: qty < 0" });
  writer.add("sources", { path: "lib/cart.ex", sha256: "cd", bytes: 3, text: "é\n" });

  expect(
    await rows(writer, "SELECT site, kind, clause, generated, names, md5 FROM sites ORDER BY site"),
  ).toEqual([
    [4, "function_clause", 0, false, ["cart", null], "ab12"],
    [5, "line", 0, false, [], "ab12"],
    [6, "generator", 0, false, [null], "ab12"],
  ]);
  expect(
    await rows(writer, "SELECT module, name, pid, outcome, term(failure), t_end FROM tests"),
  ).toEqual([["CartTest", "test adds", "<0.9.0>", "failed", "[{:error, :badarg, []}]", 9]]);
  expect(await rows(writer, "FROM marks")).toEqual([[5, 1, "qty < 0", "Shop.Cart.add/2: qty < 0"]]);
  expect(await rows(writer, "FROM sources")).toEqual([["lib/cart.ex", "cd", 3, "é\n"]]);
});

it("opens a recording from before there was instrumented code", async () => {
  addSite(1, "function_clause", null);
  addEvent(1, "call", 0, list([]), 0);
  writer.add("sources", { path: "lib/cart.ex", sha256: "cd", bytes: 3 });
  await writer.close(STOPPED);
  await withoutColumns("base.duckdb", [
    "ALTER TABLE sites DROP COLUMN clause",
    "ALTER TABLE sites DROP COLUMN generated",
    "ALTER TABLE sites DROP COLUMN names",
    "ALTER TABLE sites DROP COLUMN target",
    "ALTER TABLE sites DROP COLUMN md5",
    "ALTER TABLE sources DROP COLUMN text",
    "DROP TABLE tests",
    "DROP TABLE marks",
  ]);
  await withoutColumns("parts/0001.duckdb", [
    "ALTER TABLE bindings DROP COLUMN elements",
    "ALTER TABLE bindings ADD COLUMN name UINTEGER",
  ]);

  const reader = await RecordingReader.open(folder.join("a.escope"));
  expect(await rows(reader, "SELECT site, line, names, md5 FROM sites")).toEqual([
    [1, 7, [], null],
  ]);
  expect(await rows(reader, "FROM sources")).toEqual([["lib/cart.ex", "cd", 3, null]]);
  for (const table of ["tests", "marks", "bindings"]) {
    expect(await rows(reader, `FROM ${table}`)).toEqual([]);
  }
  expect(await rows(reader, "SELECT count(*) FROM events")).toEqual([[1]]);
  await reader.close();
});

async function withoutColumns(file: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(folder.join("a.escope", ...file.split("/")));
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.disconnectSync();
  instance.closeSync();
}
