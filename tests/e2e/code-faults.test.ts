// The commands about code on projects that are odd, damaged, shared or hostile.

import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cli } from "../support/cli.ts";
import { Shell } from "./shell.ts";

const SHOP = resolve(import.meta.dirname, "../../examples/shop");
const COUNT = "select count(*) n from functions where module = 'Shop.Cart'";

let folder: string;
let shop: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "escope faults-"));
  shop = join(folder, "the shop");
  cpSync(SHOP, shop, {
    recursive: true,
    filter: (path) => !/\/(_build|deps|\.elixirscope)$/.test(path),
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function count(): Promise<unknown> {
  const result = await cli(["query", shop, COUNT, "--json"]);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout);
}

describe("files that are not what they seem", () => {
  it("are told one by one, and nothing waits for them", async () => {
    const lib = join(shop, "lib");
    mkdirSync(join(lib, "folder.ex"));
    execFileSync("mkfifo", [join(lib, "pipe.ex")]);
    symlinkSync("/nowhere/at/all", join(lib, "broken.ex"));
    symlinkSync("/dev/zero", join(lib, "endless.ex"));
    symlinkSync("/proc/self/mem", join(lib, "memory.ex"));
    writeFileSync(Buffer.from(`${lib}/bad\u00FF.ex`, "latin1"), "defmodule Bad do\nend\n");
    writeFileSync(join(lib, "wide.ex"), Buffer.from("\uFEFFdefmodule W do\nend\n", "utf16le"));
    const { stdout, exitCode } = await cli(["analyze", shop]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/lib\/pipe\.ex:1:1 warning: neither a file nor a folder/);
    expect(stdout).toMatch(/lib\/endless\.ex:1:1 warning: neither a file nor a folder/);
    expect(stdout).toMatch(/lib\/broken\.ex:1:1 warning: a link that leads nowhere/);
    expect(stdout).toMatch(/lib\/memory\.ex:1:1 error: cannot read the file/);
    expect(stdout).toMatch(/lib\/bad\uFFFD\.ex:1:1 warning: its name is not UTF-8/);
    expect(stdout).toMatch(/lib\/wide\.ex:1:1 error: the file is UTF-16/);
    expect(stdout).toMatch(/GenServer: .*Shop\.Cart/);
  });

  it("send nothing to the terminal but text", async () => {
    const name = "\u001B[31mred\u0007\n.ex";
    writeFileSync(
      join(shop, "lib", name),
      'defmodule Red do\n  def a(p), do: Code.eval_string(p["\u001B[2J"])\n  def (\nend\n',
    );
    const { stdout } = await cli(["analyze", shop]);
    expect(stdout).toContain(String.raw`lib/\x1b[31mred\x07\n.ex:2:17 in Red.a/1`);
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("of one file full of errors hide not those of others", async () => {
    writeFileSync(join(shop, "lib/a.ex"), ": ) ] }\n".repeat(200));
    writeFileSync(join(shop, "lib/z.ex"), 'defmodule Z do\n  def a, do: "open\nend\n');
    const { stdout } = await cli(["analyze", shop]);
    expect(stdout).toMatch(/lib\/z\.ex:2:14 error: missing terminator: "/);
    expect(stdout).toMatch(/… [\d,]+ more, 2 files in all; --json gives all/);
  });
});

describe("what is kept in the project", () => {
  it("is made again when it is damaged", async () => {
    const now = await count();
    const kept = join(shop, ".elixirscope");
    const tables = join(kept, "code.escope");
    writeFileSync(join(tables, "base.duckdb"), "garbage");
    expect(await count()).toEqual(now);
    writeFileSync(join(tables, "recording.json"), "{");
    expect(await count()).toEqual(now);
    rmSync(tables, { recursive: true });
    writeFileSync(tables, "a file");
    writeFileSync(join(kept, "analysis.facts"), "garbage");
    expect(await count()).toEqual(now);
    rmSync(join(kept, "analysis.facts"));
    execFileSync("mkfifo", [join(kept, "analysis.facts")]);
    expect(await count()).toEqual(now);
    expect(readdirSync(kept).toSorted()).toEqual([".gitignore", "analysis.facts", "code.escope"]);
  });

  it("is made by several at once without harm", async () => {
    const answers = await Promise.all([count(), count(), count()]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it("may be missing: what cannot be kept is answered all the same", async () => {
    writeFileSync(join(shop, ".elixirscope"), "in the way");
    const result = await cli(["query", shop, COUNT, "--json"]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual([{ n: 7 }]);
    expect(result.stderr).toMatch(/not kept for the next time/);
  });
});

describe("graph", () => {
  it("knows functions by the names that Elixir writes, and draws them harmlessly", async () => {
    const name = "</svg><script>alert(1)</script>";
    writeFileSync(
      join(shop, "lib/odd.ex"),
      `defmodule Odd do\n  def unquote(:"${name}")(x), do: x\n  def a + b, do: {a, b}\nend\n`,
    );
    const of = ["graph", shop, "--kind", "cfg", "--format", "svg", "--function"];
    const quoted = await cli([...of, `Odd."${name}"/1`]);
    expect(quoted.exitCode, quoted.stderr).toBe(0);
    expect(quoted.stdout).not.toContain("<script");
    expect((await cli([...of, "Elixir.Odd.+/2"])).exitCode).toBe(0);
  });

  it("leaves nothing behind where it cannot write", async () => {
    const out = join(folder, "nowhere", "x.svg");
    const result = await cli(["graph", shop, "--out", out]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/cannot write .*x\.svg/);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });
});

describe("watch", () => {
  it("ends with a reason when the folder is gone", async () => {
    await using shell = new Shell();
    const watching = shell.start(["watch", shop, "--no-cache"]);
    await watching.line(/^watching/m);
    renameSync(shop, join(folder, "elsewhere"));
    const { exitCode, stderr } = await watching.done;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/the shop is gone: nothing is left to watch/);
  });
});
