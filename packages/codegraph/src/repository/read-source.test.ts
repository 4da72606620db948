import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashFile } from "./hash-file.ts";
import { readBounded } from "./read-source.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "escope-read-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("readBounded", () => {
  it("reads whole files, also empty ones and those of several pieces", () => {
    for (const size of [0, 1, 65_535, 65_536, 3_000_000]) {
      const file = join(folder, `${size}.ex`);
      const bytes = Buffer.alloc(size, "elixir");
      writeFileSync(file, bytes);
      expect(bytes.equals(readBounded(file, size) ?? Buffer.of(0))).toBe(true);
    }
  });

  it("gives null for what is larger than the limit", () => {
    const file = join(folder, "large.ex");
    writeFileSync(file, Buffer.alloc(100_001));
    expect(readBounded(file, 100_000)).toBeNull();
  });

  it("reads files whose size the system does not tell", () => {
    expect(readBounded("/proc/self/status", 1_000_000)?.length).toBeGreaterThan(100);
  });

  it("does not wait for somebody to write into a pipe", async () => {
    const pipe = join(folder, "pipe.ex");
    execFileSync("mkfifo", [pipe]);
    expect(() => readBounded(pipe, 100)).toThrow(/neither a file nor a folder/);
    // nothing can be read from it, and that is what its hash says
    expect(await hashFile(pipe)).toMatch(/^([0-9a-f]{64})?$/);
  });
});
