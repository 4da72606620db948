import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BeamCache, cacheFolder, type CachedModule, type CacheKey } from "./beam-cache.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "es-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const KEY: CacheKey = { module: "Shop", md5: "00", levels: "full", version: "1", otpRelease: "25" };
const CODE: CachedModule = {
  kind: "code",
  beam: Uint8Array.of(1, 2, 3),
  manifest: { module: "Shop", md5: "00", file: "lib/shop.ex", sites: [] },
  sourcesHash: "ab",
};

test("what was written is read back, code or why there is none", () => {
  const cache = new BeamCache(folder);
  const refusal: CachedModule = { kind: "refusal", reason: { code: "nif", message: "native" } };
  cache.write(KEY, CODE);
  cache.write({ ...KEY, module: "Nif" }, refusal);
  const read = new BeamCache(folder).read(KEY);
  expect(read).toMatchObject({ kind: "code", manifest: { module: "Shop" }, sourcesHash: "ab" });
  expect(read?.kind === "code" ? [...read.beam] : []).toEqual([1, 2, 3]);
  expect(cache.read({ ...KEY, module: "Nif" })).toEqual(refusal);
});

test("another module, code, level, version or release is another entry", () => {
  const cache = new BeamCache(folder);
  cache.write(KEY, CODE);
  for (const change of [
    { module: "Shop.Cart" },
    { md5: "01" },
    { levels: "boundaries" },
    { version: "2" },
    { otpRelease: "27" },
  ]) {
    expect(cache.read({ ...KEY, ...change }), JSON.stringify(change)).toBeNull();
  }
});

test("a file cut anywhere is as if it were not there", () => {
  const cache = new BeamCache(folder);
  cache.write(KEY, CODE);
  const [name = ""] = readdirSync(folder);
  const whole = readFileSync(path.join(folder, name));
  for (let length = 0; length < whole.length - 3; length += 1) {
    writeFileSync(path.join(folder, name), whole.subarray(0, length));
    expect(cache.read(KEY), String(length)).toBeNull();
  }
});

test("beyond the bound what was not used for longest goes, and what killed runs left", () => {
  const cache = new BeamCache(folder);
  for (let n = 0; n < 5; n += 1) {
    cache.write({ ...KEY, module: `M${String(n)}` }, { ...CODE, beam: new Uint8Array(1000) });
  }
  const names = readdirSync(folder);
  names.forEach((name, i) => utimesSync(path.join(folder, name), i * 10, i * 10));
  writeFileSync(path.join(folder, "left.part"), "x");
  utimesSync(path.join(folder, "left.part"), 1, 1);
  cache.trim(2_500);
  expect(readdirSync(folder).toSorted()).toEqual(names.slice(-2).toSorted());
});

test("lives where the user keeps caches", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe("/c/elixirscope/modules-1");
  expect(cacheFolder({ XDG_CACHE_HOME: "relative" })).toMatch(/\/\.cache\/elixirscope\/modules-1$/);
});
