import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryProject } from "../../testing/temporary-project.ts";
import { analyzeFile } from "./analyze-file.ts";
import { readCache, writeCache } from "./cache-file.ts";
import { packFacts, type PackedFacts } from "./packed-facts.ts";

let project: TemporaryProject;
let file: string;

beforeEach(() => {
  project = new TemporaryProject();
  file = project.path("cache/analysis.facts");
});

afterEach(() => project[Symbol.dispose]());

function facts(path: string, text: string): PackedFacts {
  return packFacts(analyzeFile(path, new TextEncoder().encode(text)));
}

const A = facts("a.ex", "defmodule A do\n  def a(x), do: x + 1\nend\n");
const B = facts("b.ex", "defmodule B do\n  def b, do: A.a(1)\nend\n");

function* failing(): Generator<PackedFacts> {
  yield B;
  throw new Error("no more");
}

it("gives back what was saved", async () => {
  await writeCache(file, "v1", [A, B]);
  const { facts: saved, problem } = await readCache(file, "v1");
  expect(problem).toBeNull();
  expect(saved).toEqual(
    new Map([
      ["a.ex", A],
      ["b.ex", B],
    ]),
  );
  expect(readdirSync(project.path("cache"))).toEqual(["analysis.facts"]);
});

it("has nothing for another version, and says why", async () => {
  await writeCache(file, "v1", [A]);
  expect(await readCache(file, "v2")).toEqual({ facts: new Map(), problem: "other_version" });
  expect(await readCache(project.path("none"), "v1")).toMatchObject({ problem: "missing" });
});

it("loses only the file whose block is damaged", async () => {
  await writeCache(file, "v1", [A, B]);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('"path":"a.ex"');
  bytes[at + 9] = (bytes[at + 9] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const { facts: saved, problem } = await readCache(file, "v1");
  expect(problem).toBe("damaged");
  expect([...saved.keys()]).toEqual(["b.ex"]);
});

it.each([
  ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
  ["cut off in its index", (bytes: Buffer) => bytes.subarray(0, bytes.length - 17)],
  ["empty", () => Buffer.alloc(0)],
  ["something else", () => Buffer.from("hello".repeat(100))],
  [
    "ended by a huge number",
    (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("9".repeat(16))]),
  ],
])("takes a file that is %s for damaged", async (_what, damage) => {
  await writeCache(file, "v1", [A, B]);
  writeFileSync(file, damage(readFileSync(file)));
  expect(await readCache(file, "v1")).toEqual({ facts: new Map(), problem: "damaged" });
});

it("keeps the old file when the new one cannot be made", async () => {
  await writeCache(file, "v1", [A]);
  await expect(writeCache(file, "v1", failing())).rejects.toMatchObject({ code: "unwritable" });
  expect([...(await readCache(file, "v1")).facts.keys()]).toEqual(["a.ex"]);
  expect(readdirSync(project.path("cache"))).toEqual(["analysis.facts"]);
});
