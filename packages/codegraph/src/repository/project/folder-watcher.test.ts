import { renameSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryProject } from "../../../testing/temporary-project.ts";
import { FolderWatcher } from "./folder-watcher.ts";

let project: TemporaryProject;
let reports: string[][];
let watcher: FolderWatcher;

beforeEach(() => {
  project = new TemporaryProject({ "a/1.ex": "", "b/2.ex": "" });
  reports = [];
});

afterEach(() => {
  watcher[Symbol.dispose]();
  project[Symbol.dispose]();
});

function watch(names: readonly string[], pollMs = 1_000): void {
  const options = { debounceMs: 20, maxDelayMs: 60, pollMs };
  watcher = new FolderWatcher((folders) => reports.push([...folders]), options);
  watcher.setFolders(names.map((name) => project.path(name)));
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > 5_000) throw new Error(`it did not come to pass: ${JSON.stringify(reports)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("reports the folder of a change, once after a burst", async () => {
  watch(["a", "b"]);
  for (let i = 0; i < 20; i += 1) project.write("a/1.ex", String(i));
  await until(() => reports.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(reports).toEqual([[project.path("a")]]);
});

it("does not wait for ever while changes go on", async () => {
  watch(["a"]);
  const timer = setInterval(() => project.write("a/1.ex", "x"), 5);
  await until(() => reports.length > 1);
  clearInterval(timer);
  expect(reports[0]).toEqual([project.path("a")]);
});

it("says which folders are new to it, and forgets those that are not wanted", async () => {
  watch(["a"]);
  const both = [project.path("a"), project.path("b")];
  expect(watcher.setFolders(both)).toEqual([project.path("b")]);
  expect(watcher.setFolders([project.path("b")])).toEqual([]);
  project.write("a/1.ex", "x");
  project.write("b/2.ex", "x");
  await until(() => reports.length > 0);
  expect(reports.flat()).toEqual([project.path("b")]);
});

it("reports folders that are moved away or removed", async () => {
  watch([".", "a", "b"]);
  renameSync(project.path("a"), project.path("c"));
  rmSync(project.path("b"), { recursive: true });
  await until(() => reports.flat().length > 2);
  expect(reports.flat()).toContain(project.path("."));
});

it("looks again and again at what cannot be watched", async () => {
  watch(["not-there"], 50);
  expect([...watcher.polled]).toEqual([project.path("not-there")]);
  await until(() => reports.length > 2);
  expect(reports[0]).toEqual([project.path("not-there")]);
});
