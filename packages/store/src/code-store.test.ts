import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CodeBatch } from "@elixirscope/trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeBatch } from "../testing/code-batches.ts";
import { addEvents, MANIFEST, STOPPED, TemporaryFolder, value } from "../testing/support.ts";
import { CodeStore, listRecordings, RecordingReader, RecordingWriter } from "./index.ts";

const CHILD = fileURLToPath(new URL("../testing/code-child.mjs", import.meta.url));
const FACTS = { product: "elixirscope test", root: "/shop" };

let folder: TemporaryFolder;
let path: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  path = folder.join("a.escope");
});

afterEach(() => folder[Symbol.dispose]());

const functionsOf = (module: string): CodeBatch =>
  codeBatch("functions", [
    { module, function: "add", arity: 3, min_arity: 2, kind: "def", line: 4, is_impl: false },
  ]);

async function rows(sql: string): Promise<unknown[][]> {
  const reader = await RecordingReader.open(path);
  try {
    return (await reader.query(sql)).rows.map((row) => [...row]);
  } finally {
    await reader.close();
  }
}

async function record(): Promise<void> {
  const writer = await RecordingWriter.create(path, MANIFEST);
  addEvents(writer, 1, 10);
  const { calls } = writer.tables;
  const add = writer.functions.intern("Shop.Cart", "add", 2);
  const i = calls.next();
  calls.columns.call[i] = 1;
  calls.columns.function[i] = add;
  calls.columns.outcome[i] = 2;
  writer.functions.intern("ets", "lookup", 2);
  writer.add("modules", { module: "Shop.Cart", t: 4, md5: "ab", event: "loaded" });
  writer.add("sources", { path: "lib/old.ex", sha256: "cd", bytes: 10 });
  const { metrics } = writer.tables;
  const m = metrics.next();
  metrics.columns.t[m] = 5;
  metrics.columns.source[m] = writer.names.intern("vm");
  metrics.columns.name[m] = writer.names.intern("memory_total");
  metrics.columns.value[m] = 1.5;
  await writer.close(STOPPED);
}

async function expectOld(): Promise<void> {
  expect(await rows("SELECT module FROM functions WHERE arity = 3")).toEqual([["Old"]]);
  expect(readdirSync(path).filter((name) => name.includes(".new-"))).toEqual([]);
}

describe("what is written", () => {
  it("keeps every kind of column, and NULL in each", async () => {
    const full = {
      module: "Shop.Cart",
      function: "add",
      arity: 3,
      kind: "def",
      min_arity: 2,
      file: "lib/cart.ex",
      line: 4,
      column: 3,
      end_line: 9,
      node_id: "Shop.Cart.add/3@1x2y:do.user=",
      clauses: 2,
      callback_of: "GenServer",
      is_impl: true,
      specs: ["add(a, b) :: c", "add(a, b, c) :: d"],
      doc: 'With \u0000, "quotes", ünïcode 🛒\nand lines',
    };
    const batches = [
      codeBatch("functions", [full, {}]),
      codeBatch("findings", [{ confidence: 0.25 }, {}]),
      codeBatch("modules", [{ module: "Shop", node_id: "Shop", behaviours: [], uses: ["A"] }]),
    ];
    const written = await CodeStore.write(path, { facts: FACTS, batches });
    expect(written).toMatchObject({ path, rows: { functions: 2, findings: 2, modules: 1 } });
    expect(written.bytes).toBeGreaterThan(10_000);
    const nulls = Object.keys(full).map(() => null);
    // a flag that is NULL is false, a list is empty
    const second: unknown[] = [...nulls];
    second[12] = false;
    const columns = Object.keys(full).map((name) => `"${name}"`);
    expect(await rows(`SELECT ${columns.join(", ")} FROM functions ORDER BY module`)).toEqual([
      Object.values(full),
      second,
    ]);
    expect(await rows("SELECT confidence FROM findings")).toEqual([[0.25], [null]]);
    expect(await rows("SELECT node_id, behaviours, uses FROM modules")).toEqual([
      ["Shop", [], ["A"]],
    ]);
  });

  it("is readable alone, as a recording of nothing", async () => {
    const batches = [
      codeBatch("files", [{ path: "lib/a.ex", sha256: "ab", bytes: 3, text: "a\n" }]),
    ];
    await CodeStore.write(path, { facts: FACTS, batches });
    expect(await rows("SELECT count(*) FROM events")).toEqual([[0]]);
    expect(await rows("FROM sources")).toEqual([["lib/a.ex", "ab", 3, "a\n"]]);
    expect(await rows("SELECT path, sha256, bytes FROM files")).toEqual([["lib/a.ex", "ab", 3]]);
    const [listed] = await listRecordings(folder.path);
    expect(listed).toMatchObject({
      name: "a.escope",
      error: null,
      manifest: { state: "closed", product: "elixirscope test", target: { node: "" } },
    });
    expect(readdirSync(path).toSorted()).toEqual([
      "base.duckdb",
      "code.duckdb",
      "parts",
      "recording.json",
    ]);
  });

  it("goes in batches of any number of rows and order, texts shared among them", async () => {
    const batches = Array.from({ length: 5 }, (_, n) =>
      codeBatch(
        "cfg_nodes",
        Array.from({ length: 5_000 }, (_row, i) => ({
          module: `M${i % 7}`,
          node: n * 5_000 + i,
          node_id: `M${i % 7}.f/1@h:${i}`,
          label: `label ${i}`,
        })),
      ),
    );
    await CodeStore.write(path, { facts: FACTS, batches });
    expect(
      await rows("SELECT count(*), count(DISTINCT node), count(DISTINCT node_id) FROM cfg_nodes"),
    ).toEqual([[25_000, 25_000, 5_000]]);
    expect(await rows("SELECT module, node_id, label FROM cfg_nodes WHERE node = 24999")).toEqual([
      ["M1", "M1.f/1@h:4999", "label 4999"],
    ]);
  });
});

describe("beside a recording", () => {
  beforeEach(record);

  it("functions show both sides, also by arities that defaults give", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Shop.Cart")] });
    const found = await rows(
      "SELECT module, function, arity, kind, min_arity, line FROM functions ORDER BY ALL",
    );
    expect(found).toEqual([
      ["Shop.Cart", "add", 2, "def", 2, 4],
      ["Shop.Cart", "add", 3, "def", 2, 4],
      ["ets", "lookup", 2, null, null, null],
    ]);
  });

  it("modules, sources and metrics show both sides", async () => {
    const batches = [
      codeBatch("modules", [
        { module: "Shop.Cart", kind: "module", file: "lib/cart.ex", line: 1 },
        { module: "Shop.Idle", kind: "module", file: "lib/idle.ex", line: 1 },
      ]),
      codeBatch("files", [{ path: "lib/cart.ex", application: "shop", bytes: 2, text: "x\n" }]),
      codeBatch("metrics", [
        { module: "Shop.Cart", function: "add", arity: 3, name: "cyclomatic", value: 12 },
        { module: "Shop.Cart", name: "fan_in", value: 1 },
      ]),
    ];
    await CodeStore.write(path, { facts: FACTS, batches });
    expect(
      await rows("SELECT module, t, md5, event, application, file FROM modules ORDER BY module"),
    ).toEqual([
      ["Shop.Cart", 4, "ab", "loaded", "shop", "lib/cart.ex"],
      ["Shop.Idle", null, null, null, null, "lib/idle.ex"],
    ]);
    expect(await rows("FROM sources ORDER BY path")).toEqual([
      ["lib/cart.ex", null, 2, "x\n"],
      ["lib/old.ex", "cd", 10, null],
    ]);
    expect(await rows("FROM metrics ORDER BY value DESC")).toEqual([
      [null, "code", "cyclomatic", 12, "Shop.Cart", "add", 3],
      [5, "vm", "memory_total", 1.5, null, null, null],
      [null, "code", "fan_in", 1, "Shop.Cart", null, null],
    ]);
  });

  it("leaves the recording as it was, and an older one without code as readable", async () => {
    const before = readFileSync(`${path}/recording.json`, "utf8");
    const names = "SELECT module, function, arity FROM functions ORDER BY ALL";
    const found = await rows(names);
    expect(found).toEqual([
      ["Shop.Cart", "add", 2],
      ["ets", "lookup", 2],
    ]);
    expect(await rows("SELECT count(*) FROM ast_nodes")).toEqual([[0]]);
    await CodeStore.write(path, { facts: FACTS, batches: [] });
    expect(await rows(names)).toEqual(found);
    expect(await rows("SELECT count(*) FROM events")).toEqual([[10]]);
    expect(readFileSync(`${path}/recording.json`, "utf8")).toBe(before);
  });

  it("replaces the code tables that were there", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    const reader = await RecordingReader.open(path);
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("New")] });
    // whoever reads goes on with what was there when it opened
    expect(await value(reader, "SELECT count(*) FROM functions WHERE module = 'Old'")).toBe(1);
    await reader.close();
    expect(await rows("SELECT module FROM functions WHERE arity = 3")).toEqual([["New"]]);
  });
});

describe("what goes wrong", () => {
  it("an analysis that fails leaves the old tables, and its own error", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    function* failing(): Generator<CodeBatch> {
      yield functionsOf("New");
      throw new Error("the analysis fails");
    }
    const outcome = CodeStore.write(path, { facts: FACTS, batches: failing() });
    await expect(outcome).rejects.toThrow("the analysis fails");
    await expectOld();
  });

  it("an abort leaves the old tables, or no folder", async () => {
    const controller = new AbortController();
    function* endless(): Generator<CodeBatch> {
      for (let n = 0; ; n++) {
        if (n === 3) controller.abort();
        yield functionsOf(`M${n}`);
      }
    }
    const options = { signal: controller.signal };
    const source = (): { facts: typeof FACTS; batches: Iterable<CodeBatch> } => ({
      facts: FACTS,
      batches: endless(),
    });
    await expect(CodeStore.write(path, source(), options)).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(readdirSync(folder.path)).toEqual([]);
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    await expect(CodeStore.write(path, source(), options)).rejects.toMatchObject({
      code: "cancelled",
    });
    await expectOld();
  });

  it("a writer that was killed leaves the old tables, and the next one tidies up", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    const child = spawn(process.execPath, [CHILD, path, "1000000"]);
    await printed(child, "batch 20");
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    expect(await rows("SELECT module FROM functions WHERE arity = 3")).toEqual([["Old"]]);
    expect(readdirSync(path).some((name) => name.includes(".new-"))).toBe(true);
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    await expectOld();
  });

  it("a full disk leaves the old tables and says so", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [functionsOf("Old")] });
    const script = `ulimit -f 20000; exec "$0" "$@"`;
    const child = spawn("bash", ["-c", script, process.execPath, CHILD, path, "40"]);
    const last = await printed(child, "failed");
    expect(last).toMatch(/^failed disk_full .*free some space/);
    await expectOld();
  });

  it("a folder that is no recording is refused and kept", async () => {
    mkdirSync(path);
    writeFileSync(`${path}/notes.txt`, "mine");
    const outcome = CodeStore.write(path, { facts: FACTS, batches: [] });
    await expect(outcome).rejects.toMatchObject({ code: "not_a_recording" });
    expect(readdirSync(path)).toEqual(["notes.txt"]);
    writeFileSync(folder.join("file.escope"), "x");
    const onFile = CodeStore.write(folder.join("file.escope"), { facts: FACTS, batches: [] });
    await expect(onFile).rejects.toMatchObject({ code: "exists" });
  });

  it("damaged code tables are told apart from a damaged recording", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [] });
    writeFileSync(`${path}/code.duckdb`, "no database at all".repeat(1_000));
    await expect(RecordingReader.open(path)).rejects.toMatchObject({
      code: "corrupt_recording",
      message: expect.stringMatching(/code\.duckdb.*analyse the project again/s),
    });
  });

  it("tables of a newer version are refused with what to do", async () => {
    await CodeStore.write(path, { facts: FACTS, batches: [] });
    const instance = await DuckDBInstance.create(`${path}/code.duckdb`);
    const connection = await instance.connect();
    await connection.run("UPDATE analysis SET value = '99' WHERE name = 'format'");
    connection.disconnectSync();
    instance.closeSync();
    await expect(RecordingReader.open(path)).rejects.toMatchObject({
      code: "newer_format",
      message: expect.stringMatching(/format 99.*update/),
    });
  });

  it("makes folders on the way to a new one", async () => {
    const deep = folder.join("x", "y", "z.escope");
    await CodeStore.write(deep, { facts: FACTS, batches: [functionsOf("Deep")] });
    expect(existsSync(`${deep}/code.duckdb`)).toBe(true);
  });
});

/** The first line that begins so; the child's errors fail the test. */
async function printed(child: ChildProcess, start: string): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the child has no output");
  let errors = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  for await (const line of createInterface(stdout)) if (line.startsWith(start)) return line;
  throw new Error(`the child did not print ${start}: ${errors}`);
}
