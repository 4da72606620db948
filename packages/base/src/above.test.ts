import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { above } from "./above.ts";

it("finds the nearest one, from any depth, or none", () => {
  const root = mkdtempSync(path.join(tmpdir(), "escope-above-"));
  try {
    const deep = path.join(root, "a/b/c");
    for (const folder of [deep, path.join(root, "x/y"), path.join(root, "a/x")]) {
      mkdirSync(folder, { recursive: true });
    }
    expect(above(deep, "x")).toBe(path.join(root, "a/x"));
    expect(above(deep, "x/y")).toBe(path.join(root, "x/y"));
    expect(above(root, "x")).toBe(path.join(root, "x"));
    expect(above(deep, "no-such-folder-anywhere")).toBeNull();
  } finally {
    rmSync(root, { recursive: true });
  }
});
