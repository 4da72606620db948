// Which code the command runs: the bundle that `npm run build` made, unless a package was built after it.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cli } from "../support/cli.ts";

const root = path.resolve(import.meta.dirname, "../..");
const BIN = "apps/cli/bin/elixirscope.mjs";
const BUNDLE = "apps/cli/bundle/main.js";
const BUILT = "apps/cli/dist/.tsbuildinfo";
const PACKAGE = "packages/base/dist/.tsbuildinfo";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "escope-bundle-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the command begins in a checkout where these files were written so many seconds ago. */
function begun(ages: Readonly<Record<string, number>>): string {
  const checkout = mkdtempSync(path.join(folder, "checkout-"));
  const write = (file: string, text: string): string => {
    const whole = path.join(checkout, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, text);
    return whole;
  };
  write("apps/cli/dist/main.js", "console.log('packages')");
  for (const [file, age] of Object.entries(ages)) {
    const at = Date.now() / 1000 - age;
    utimesSync(write(file, "console.log('bundle')"), at, at);
  }
  write("packages/.DS_Store", "no package");
  const bin = write(BIN, "");
  copyFileSync(path.join(root, BIN), bin);
  return execFileSync(process.execPath, [bin], { encoding: "utf8" }).trim();
}

it("is the bundle, unless a package was built after it or there is none", () => {
  expect(begun({ [BUNDLE]: 1, [BUILT]: 5, [PACKAGE]: 9 })).toBe("bundle");
  expect(begun({ [BUNDLE]: 7, [BUILT]: 9, [PACKAGE]: 5 })).toBe("packages");
  expect(begun({ [BUILT]: 9, [PACKAGE]: 9 })).toBe("packages");
});

it("loads a few files of ours where the packages have hundreds", async () => {
  const coverage = path.join(folder, "coverage");
  const env = { NODE_V8_COVERAGE: coverage };
  const { exitCode, stdout } = await cli(["perf", "--help"], { env });
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  const [report = ""] = readdirSync(coverage);
  const { result } = JSON.parse(readFileSync(path.join(coverage, report), "utf8")) as {
    result: readonly { url: string }[];
  };
  const ours = result.map(({ url }) => url).filter((url) => url.includes("/apps/cli/"));
  const stale = ours.filter((url) => url.includes("/dist/"));
  expect(stale, "not of this build: run `npm run build`").toEqual([]);
  expect(ours.length).toBeGreaterThan(1);
  expect(ours.length).toBeLessThan(40);
});
