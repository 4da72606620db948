import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BLOCK_SITES, SharedSites } from "./site-numbers.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "es-sites-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function taken(sites: SharedSites, count: number): readonly number[] {
  const first = sites.next(count);
  sites.use(count);
  return Array.from({ length: count }, (_, i) => first + i);
}

test("runs at the same time and after each other never get the same number", () => {
  const runs = [SharedSites.open(folder), SharedSites.open(folder)];
  const numbers: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    for (const run of runs) numbers.push(...taken(run, 100 + i));
    if (i % 50 === 0) runs.push(SharedSites.open(folder));
  }
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.every((number) => number > 0)).toBe(true);
});

test("a module with more sites than a block has gets numbers in a row", () => {
  const run = SharedSites.open(folder);
  taken(run, 10);
  const other = SharedSites.open(folder);
  const many = taken(run, 3 * BLOCK_SITES);
  const after = taken(other, 10);
  expect((many.at(-1) ?? 0) - (many[0] ?? 0)).toBe(3 * BLOCK_SITES - 1);
  expect(after.some((number) => many.includes(number))).toBe(false);
});

test("a folder that somebody emptied does not give the numbers of this run again", () => {
  const run = SharedSites.open(folder);
  const before = taken(run, BLOCK_SITES);
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
  const after = taken(run, BLOCK_SITES);
  expect(after.some((number) => before.includes(number))).toBe(false);
});

test("files of old blocks do not pile up", () => {
  const run = SharedSites.open(folder);
  for (let i = 0; i < 200; i += 1) taken(run, BLOCK_SITES);
  expect(readdirSync(folder).length).toBeLessThan(70);
});
