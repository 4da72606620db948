// What a user can get wrong: each ends with one clear line, a non-zero exit and nothing left behind.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNode, type BeamNode } from "../support/beam-node.ts";
import { cli } from "../support/cli.ts";

let node: BeamNode;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "escope-bad-"));
  node = await startNode({ cookie: "right" });
});

afterAll(async () => {
  await node?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function failure(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | null; line: string }> {
  const { exitCode, stderr, stdout } = await cli(args, { cwd: folder, env });
  const lines = stderr.trim().split("\n");
  expect(lines.length, stderr + stdout).toBeLessThanOrEqual(4);
  return { exitCode, line: stderr };
}

function makeFolder(name: string, manifest?: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  if (manifest !== undefined) writeFileSync(join(path, "recording.json"), manifest);
  return path;
}

describe("bad input", () => {
  it("a wrong cookie, without printing it", async () => {
    const { exitCode, line } = await failure(["attach", node.name, "--cookie", "wr0ng", "--no-ui"]);
    expect(exitCode).toBe(3);
    expect(line).toMatch(/cookie/i);
    expect(line).not.toContain("wr0ng");
  });

  it("an unknown node", async () => {
    const { exitCode, line } = await failure([
      "attach",
      "nobody@127.0.0.1",
      "--cookie",
      "x",
      "--no-ui",
    ]);
    expect(exitCode).toBe(3);
    expect(line).toMatch(/nobody/);
  });

  it("no EPMD", async () => {
    const { exitCode, line } = await failure(["attach", node.name, "--cookie", "x", "--no-ui"], {
      ERL_EPMD_PORT: "1",
    });
    expect(exitCode).toBe(3);
    expect(line).toMatch(/epmd/i);
  });

  it("a name that is no node name", async () => {
    const { exitCode } = await failure(["attach", "@@", "--cookie", "x", "--no-ui"]);
    expect(exitCode).toBe(2);
  });

  it("a node that runs nothing of its own", async () => {
    const { exitCode, line } = await failure(["attach", node.name, "--cookie", "right", "--no-ui"]);
    expect(exitCode).toBe(2);
    expect(line).toMatch(/name modules/);
  });

  it("a selector that cannot be read", async () => {
    const { exitCode, line } = await failure([
      "attach",
      node.name,
      "Shop.Cart.(",
      "--cookie",
      "right",
      "--no-ui",
    ]);
    expect(exitCode).toBe(2);
    expect(line).toMatch(/Shop\.Cart\.\(/);
  });

  it("an --out that cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const out = join(folder, "file", "x.escope");
    const { exitCode, line } = await failure([
      "attach",
      node.name,
      ":lists.*",
      "--cookie",
      "right",
      "--no-ui",
      "--out",
      out,
    ]);
    expect(exitCode).toBe(4);
    expect(line).toContain(out);
  });

  it.each([
    ["--for", "soon"],
    ["--for", "0s"],
    ["--max-memory", "lots"],
    ["--max-rate", "-1"],
    ["--sample", "chains:7"],
    ["--sample", "windows:0"],
    ["--overflow", "explode"],
    ["--port", "99999"],
  ])("%s %s", async (flag, value) => {
    const { exitCode, line } = await failure(["attach", node.name, flag, value]);
    expect(exitCode).toBe(2);
    expect(line).toContain(flag);
  });

  it("a folder that is no recording, a corrupt one and a newer one", async () => {
    const empty = await failure(["query", makeFolder("empty.escope"), "select 1"]);
    const corrupt = await failure(["query", makeFolder("corrupt.escope", "{"), "select 1"]);
    const newer = await failure([
      "query",
      makeFolder("newer.escope", '{"format": 99}'),
      "select 1",
    ]);
    expect([empty.exitCode, corrupt.exitCode, newer.exitCode]).toEqual([4, 4, 4]);
    expect(newer.line).toMatch(/newer/i);
  });

  it("a command that does not exist; asking for help or the version is none of these", async () => {
    const { exitCode, line } = await failure(["atach"]);
    expect(exitCode).toBe(2);
    expect(line).toMatch(/did you mean attach/i);
    for (const asked of [["--help"], ["attach", "--help"], ["run", "--help"], ["--version"]]) {
      expect(await cli(asked, { cwd: folder }), asked.join(" ")).toMatchObject({
        exitCode: 0,
        stderr: "",
      });
    }
  });

  it("leaves nothing on the node", async () => {
    const { stdout } = await cli(["doctor", node.name, "--cookie", "right", "--json"]);
    const checks = JSON.parse(stdout) as { name: string; result: string }[];
    const probe = checks.find((check) => /probe|session/i.test(check.name));
    expect(probe?.result).toBe("ok");
  });
});
