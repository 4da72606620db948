import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { mixExs, TemporaryProject } from "../../testing/temporary-project.ts";
import type { AnalysisProgress } from "./facts-updater.ts";
import { Repository, type RepositoryOptions } from "./repository.ts";

const SHOP = {
  "mix.exs": mixExs("shop"),
  "lib/cart.ex":
    "defmodule Shop.Cart do\n  def add(cart, item), do: Shop.Stock.take(item, cart)\nend\n",
  "lib/stock.ex": "defmodule Shop.Stock do\n  def take(item, cart), do: {item, cart}\nend\n",
};

let project: TemporaryProject;
const open: Repository[] = [];

afterEach(async () => {
  for (const repository of open.splice(0)) await repository.close();
  project[Symbol.dispose]();
});

async function analyse(options: RepositoryOptions = {}): Promise<Repository> {
  const repository = await Repository.open(project.root, { threads: 1, ...options });
  open.push(repository);
  return repository;
}

function modules({ analysis }: Repository): string[] {
  return analysis.files.flatMap((file) => file.modules.map(({ name }) => name)).toSorted();
}

function callees({ analysis }: Repository): string[] {
  const { graph, keys } = analysis.graphs.calls;
  return [...graph.to].map((node) => keys[node] ?? "").toSorted();
}

it("analyses a project and links its files", async () => {
  project = new TemporaryProject(SHOP);
  const progress: AnalysisProgress[] = [];
  const repository = await analyse({ progress: (step) => progress.push(step) });
  expect(modules(repository)).toEqual(["Shop.Cart", "Shop.MixProject", "Shop.Stock"]);
  expect(callees(repository)).toContain("Shop.Stock.take/2");
  expect(repository.facts("lib/cart.ex")?.cfgs.map((cfg) => cfg.function)).toEqual([
    "Shop.Cart.add/2",
  ]);
  const phases = [...new Set(progress.map(({ phase }) => phase))];
  expect(phases).toEqual(["discovering", "analysing", "linking"]);
  expect(progress.at(-2)).toMatchObject({ phase: "analysing", files: 3, filesDone: 3 });
});

it("analyses the rest of a project with hopeless files", async () => {
  project = new TemporaryProject({
    ...SHOP,
    "lib/latin1.ex": Buffer.from(
      'defmodule Shop.Latin do\n  def name, do: "M\xfcller"\nend\n',
      "latin1",
    ),
    "lib/generated.ex": `defmodule Shop.Generated do\n${"  # x\n".repeat(1_800_000)}end\n`,
    "lib/crlf.ex": "defmodule Shop.Mixed do\r\n  def a, do: 1\n  def b, do: 2\r\nend\r\n",
    "lib/binary.ex": Uint8Array.from({ length: 4_096 }, (_, i) => (i * 7919) % 256),
  });
  symlinkSync("..", project.path("lib/up"));
  const repository = await analyse();
  expect(modules(repository)).toEqual(
    expect.arrayContaining(["Shop.Cart", "Shop.Latin", "Shop.Mixed", "Shop.Stock"]),
  );
  const found = repository.analysis.diagnostics.map(
    ({ file, line, column, code }) => `${file}:${line}:${column} ${code}`,
  );
  expect(found).toEqual(
    expect.arrayContaining([
      "lib/up:1:1 symlink_loop",
      "lib/latin1.ex:2:19 invalid_utf8",
      "lib/generated.ex:1:1 file_too_large",
      "lib/crlf.ex:2:15 mixed_line_endings",
    ]),
  );
  expect(found.some((text) => text.startsWith("lib/binary.ex"))).toBe(true);
});

describe("saved facts", () => {
  it("serve the next run for files that are the same", async () => {
    project = new TemporaryProject(SHOP);
    const first = await analyse({ cache: "project" });
    expect(first.cache).toEqual({ reused: 0, problem: "missing" });
    await first.save();
    project.write("lib/stock.ex", SHOP["lib/stock.ex"].replace("take", "give"));
    const second = await analyse({ cache: "project" });
    expect(second.cache).toEqual({ reused: 2, problem: null });
    expect(second.analysis.files.map(({ modules: own }) => own[0]?.functions[0]?.key)).toEqual([
      "Shop.Cart.add/2",
      "Shop.Stock.give/2",
      "Shop.MixProject.project/0",
    ]);
    expect(second.facts("lib/cart.ex")).toEqual(first.facts("lib/cart.ex"));
    const { calls } = second.analysis.graphs;
    expect(calls.keys).toContain("Shop.Stock.take/2");
  });

  it("are made anew when they are damaged or of other limits", async () => {
    project = new TemporaryProject(SHOP);
    const file = project.path("facts");
    await (await analyse({ cache: { file } })).save();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    const repository = await analyse({ cache: { file } });
    expect(repository.cache).toEqual({ reused: 0, problem: "damaged" });
    expect(modules(repository)).toHaveLength(3);
    await repository.save();
    const other = await analyse({ cache: { file }, limits: { fileBytes: 1_000 } });
    expect(other.cache.problem).toBe("other_version");
  });

  it("are not kept for a single file, nor seen by version control", async () => {
    project = new TemporaryProject(SHOP);
    const single = await Repository.open(project.path("lib/cart.ex"), { cache: "project" });
    open.push(single);
    await single.save();
    expect(existsSync(project.path("lib/.elixirscope"))).toBe(false);
    await (await analyse({ cache: "project" })).save();
    expect(readFileSync(project.path(".elixirscope/.gitignore"), "utf8")).toBe("*\n");
  });

  it("are not written where nobody asked", async () => {
    project = new TemporaryProject(SHOP);
    await (await analyse()).save();
    expect(existsSync(project.path(".elixirscope"))).toBe(false);
  });
});

it("keeps graphs on disk when memory is short, and older analyses right after changes", async () => {
  project = new TemporaryProject(SHOP);
  const repository = await analyse({ memoryBytes: 1 });
  expect(repository.graphMemory.bytesOnDisk).toBeGreaterThan(0);
  const before = repository.analysis;
  project.write("lib/cart.ex", "defmodule Shop.Cart do\n  def none, do: nil\nend\n");
  const update = await repository.refresh();
  expect(update).toMatchObject({ changed: ["lib/cart.ex"], added: [], removed: [] });
  const functions = (files: typeof before.files): string[] =>
    files.flatMap(({ cfgs }) => cfgs.map((cfg) => cfg.function)).toSorted();
  expect(functions(before.files)).toContain("Shop.Cart.add/2");
  expect(functions(repository.analysis.files)).toContain("Shop.Cart.none/0");
  expect(functions(repository.analysis.files)).not.toContain("Shop.Cart.add/2");
});

it("says nothing when nothing changed, and tells what did", async () => {
  project = new TemporaryProject(SHOP);
  const repository = await analyse();
  const before = repository.analysis;
  expect(await repository.refresh()).toBeNull();
  project.write("lib/stock.ex", SHOP["lib/stock.ex"]);
  expect(await repository.refresh()).toBeNull();
  expect(repository.analysis).toBe(before);
  rmSync(project.path("lib/stock.ex"));
  project.write("lib/new.ex", "defmodule Shop.New do\nend\n");
  expect(await repository.refresh()).toMatchObject({
    added: ["lib/new.ex"],
    changed: [],
    removed: ["lib/stock.ex"],
  });
  expect(modules(repository)).toEqual(["Shop.Cart", "Shop.MixProject", "Shop.New"]);
});

it("can be cancelled, and leaves nothing behind", async () => {
  const files = Array.from({ length: 300 }, (_, i) => [
    `lib/m${i}.ex`,
    `defmodule M${i} do\n${"  def f(x), do: x + 1\n".repeat(50)}end\n`,
  ]);
  project = new TemporaryProject(Object.fromEntries(files));
  const controller = new AbortController();
  const outcome = analyse({ signal: controller.signal, cache: "project" });
  setTimeout(() => controller.abort(), 100);
  await expect(outcome).rejects.toMatchObject({ code: "cancelled" });
  expect(existsSync(project.path(".elixirscope"))).toBe(false);
});
