import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mixExs, TemporaryProject } from "../../testing/temporary-project.ts";
import { Repository, type RepositoryUpdate } from "./repository.ts";

let project: TemporaryProject;
let repository: Repository;
let updates: RepositoryUpdate[];

beforeEach(async () => {
  project = new TemporaryProject({
    "mix.exs": mixExs("shop"),
    "lib/a.ex": "defmodule A do\n  def run, do: B.run()\nend\n",
    "lib/b.ex": "defmodule B do\n  def run, do: 1\nend\n",
  });
  repository = await Repository.open(project.root, { threads: 1 });
  updates = [];
  repository.events.on("updated", (update) => updates.push(update));
  repository.watch();
});

afterEach(async () => {
  await repository.close();
  project[Symbol.dispose]();
});

function modules(): string[] {
  const { files } = repository.analysis;
  return files.flatMap((file) => file.modules.map(({ name }) => name)).toSorted();
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > 10_000)
      throw new Error(`it did not come to pass; modules: ${modules().join(" ")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("follows a file that is written in place", async () => {
  appendFileSync(project.path("lib/b.ex"), "defmodule C do\nend\n");
  await until(() => modules().includes("C"));
  expect(updates.at(-1)).toMatchObject({ changed: ["lib/b.ex"], added: [], removed: [] });
});

it("follows editors that write beside and rename over", async () => {
  const beside = project.path("lib/.b.ex.swp");
  writeFileSync(beside, "defmodule B2 do\nend\n");
  renameSync(beside, project.path("lib/b.ex"));
  await until(() => modules().includes("B2"));
  expect(modules()).toEqual(["A", "B2", "Shop.MixProject"]);
});

it("follows editors that move the old file away first", async () => {
  renameSync(project.path("lib/b.ex"), project.path("lib/b.ex~"));
  writeFileSync(project.path("lib/b.ex"), "defmodule B3 do\nend\n");
  await until(() => modules().includes("B3"));
  rmSync(project.path("lib/b.ex~"));
  expect(modules()).toEqual(["A", "B3", "Shop.MixProject"]);
});

it("follows renames and deletions", async () => {
  renameSync(project.path("lib/b.ex"), project.path("lib/z.ex"));
  await until(() => repository.facts("lib/z.ex") !== null);
  expect(repository.facts("lib/b.ex")).toBeNull();
  rmSync(project.path("lib/z.ex"));
  await until(() => !modules().includes("B"));
});

it("follows folders that are made and filled at once, moved and removed", async () => {
  mkdirSync(project.path("lib/deep/er"), { recursive: true });
  writeFileSync(project.path("lib/deep/er/c.ex"), "defmodule C do\nend\n");
  await until(() => modules().includes("C"));
  writeFileSync(project.path("lib/deep/er/d.ex"), "defmodule D do\nend\n");
  await until(() => modules().includes("D"));
  renameSync(project.path("lib/deep"), project.path("lib/other"));
  await until(() => repository.facts("lib/other/er/d.ex") !== null);
  expect(repository.facts("lib/deep/er/d.ex")).toBeNull();
  writeFileSync(project.path("lib/other/er/e.ex"), "defmodule E do\nend\n");
  await until(() => modules().includes("E"));
  rmSync(project.path("lib/other"), { recursive: true });
  await until(() => !modules().includes("C"));
  expect(modules()).toEqual(["A", "B", "Shop.MixProject"]);
});

it("follows a mix.exs that names another folder", async () => {
  project.write("web/page.ex", "defmodule Page do\nend\n");
  await until(() => modules().includes("Page"));
  expect(repository.project.files.find(({ path }) => path === "web/page.ex")?.role).toBe("script");
  project.write("mix.exs", mixExs("shop", 'elixirc_paths: ["lib", "web"]'));
  await until(
    () => repository.project.files.find(({ path }) => path === "web/page.ex")?.role === "compiled",
  );
});

it("takes many changes at once for few updates", async () => {
  for (let i = 0; i < 100; i += 1) {
    writeFileSync(project.path(`lib/m${i}.ex`), `defmodule M${i} do\nend\n`);
  }
  await until(() => modules().length === 103);
  expect(updates.length).toBeLessThan(10);
});

it("does not tell of what is ignored", async () => {
  project.write("_build/dev/x.ex", "defmodule X do\nend\n");
  project.write("lib/readme.md", "x");
  writeFileSync(project.path("lib/b.ex"), "defmodule B4 do\nend\n");
  await until(() => modules().includes("B4"));
  expect(updates.flatMap(({ added }) => added)).toEqual([]);
});

it("stops when it is disposed", async () => {
  repository.watch()[Symbol.dispose]();
  // looks that began before are over after one more
  await repository.refresh();
  writeFileSync(project.path("lib/b.ex"), "defmodule B5 do\nend\n");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(modules()).toContain("B");
});
