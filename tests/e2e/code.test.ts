// The commands about code, as a user runs them, on a copy of the example shop.

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli } from "../support/cli.ts";
import { Shell, type Row } from "./shell.ts";

const SHOP = resolve(import.meta.dirname, "../../examples/shop");

let folder: string;
let shop: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "escope-code-"));
  shop = join(folder, "shop");
  cpSync(SHOP, shop, {
    recursive: true,
    filter: (path) => !/\/(_build|deps|\.elixirscope)$/.test(path),
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<string> {
  const result = await cli(args, { cwd: folder });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout;
}

async function rows(sql: string): Promise<readonly Row[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests check what they read of it
  return JSON.parse(await run("query", shop, sql, "--json")) as readonly Row[];
}

describe("analyze", () => {
  it("reports size, behaviours, supervision, messages and findings in words", async () => {
    const report = await run("analyze", shop);
    expect(report).toMatch(/\d+ modules, \d+ functions/);
    expect(report).toMatch(/GenServer: .*Shop\.Cart\b.*Shop\.Inventory/);
    expect(report).toMatch(/Shop\.Supervisor \(one_for_one\)\n(.*\n)*\s+Shop\.Inventory/);
    expect(report).toMatch(/Shop\.Inventory → Shop\.Inventory {2}call \{:set_level, _, _\}/);
    expect(report).toMatch(/Hot spots\n\s+function/);
    expect(report).not.toContain("\u001B[");
  });

  it("gives the same as JSON", async () => {
    const summary = JSON.parse(await run("analyze", shop, "--json")) as {
      size: { modules: number };
      behaviours: { behaviour: string; modules: string[] }[];
      messages: { to: string; kind: string; shape: string; confidence: string }[];
    };
    expect(summary.size.modules).toBeGreaterThanOrEqual(12);
    const servers = summary.behaviours.find(({ behaviour }) => behaviour === "GenServer");
    expect(servers?.modules).toContain("Shop.Inventory");
    expect(summary.messages).toContainEqual(
      expect.objectContaining({
        to: "Shop.Inventory",
        kind: "cast",
        shape: "{:restock, _, 500}",
        confidence: "exact",
      }),
    );
  });

  it("writes the tables to a file that query reads", async () => {
    const out = join(folder, "code.escope");
    await run("analyze", shop, "--out", out);
    const counted = await run(
      "query",
      out,
      "select count(*) n from functions where module = 'Shop.Cart'",
      "--json",
    );
    expect(JSON.parse(counted)).toEqual([{ n: expect.any(Number) as number }]);
    expect(JSON.parse(counted)[0].n).toBeGreaterThanOrEqual(7);
  });

  it("ends with 1 when a finding is as bad as --fail-on says", async () => {
    const bad = join(folder, "bad");
    cpSync(join(SHOP, "mix.exs"), join(bad, "mix.exs"));
    cpSync(join(SHOP, "lib/shop/pricing.ex"), join(bad, "lib/pricing.ex"));
    writeFileSync(
      join(bad, "lib/bad.ex"),
      'defmodule Bad do\n  def run(params), do: Code.eval_string(params["code"])\nend\n',
    );
    const result = await cli(["analyze", bad, "--fail-on", "warning"], { cwd: folder });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/lib\/bad\.ex:2:\d+ in Bad\.run\/1/);
    expect(result.stdout).toMatch(/> 2 │ +def run\(params\), do: Code\.eval_string/);
  });

  it("goes on past files that cannot be read or parsed, with their places", async () => {
    const broken = join(folder, "broken");
    cpSync(SHOP, broken, { recursive: true, filter: (path) => !/\/(_build|deps)$/.test(path) });
    writeFileSync(join(broken, "lib/syntax.ex"), "defmodule A do\n  def f(x, do: x\nend\n");
    writeFileSync(join(broken, "lib/bytes.ex"), Buffer.from([0x61, 0x20, 0xff, 0x0a]));
    writeFileSync(join(broken, "lib/deep.ex"), `x = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`);
    writeFileSync(join(broken, "lib/mixed.ex"), "\uFEFFdefmodule M do\r\n  def f, do: 1\nend\r\n");
    symlinkSync("..", join(broken, "lib/loop"));
    const report = await run("analyze", broken);
    expect(report).toMatch(/lib\/syntax\.ex:\d+:\d+ error/);
    expect(report).toMatch(/lib\/bytes\.ex:1:3 error/);
    expect(report).toMatch(/GenServer: .*Shop\.Inventory/);
    const modules = await cli([
      "query",
      broken,
      "select file from modules where module = 'M'",
      "--json",
    ]);
    expect(JSON.parse(modules.stdout)).toEqual([{ file: "lib/mixed.ex" }]);
  });

  it("says what is wrong with a folder that is not there or holds no Elixir", async () => {
    const missing = await cli(["analyze", join(folder, "nowhere")], { cwd: folder });
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/nowhere/);
    const empty = mkdtempSync(join(folder, "empty-"));
    const none = await cli(["analyze", empty], { cwd: folder });
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toMatch(/no Elixir/);
  });
});

describe("graph", () => {
  const functionKinds = ["cfg", "dfg", "cpg"] as const;
  const projectKinds = ["calls", "messages", "supervision"] as const;

  it.each(functionKinds)("draws the %s of a function in every format", async (kind) => {
    const of = ["graph", shop, "--function", "Shop.Inventory.reserve/2", "--kind", kind];
    expect(await run(...of, "--format", "dot")).toMatch(/^digraph .*\{[\s\S]*->[\s\S]*\}\s*$/);
    expect(await run(...of, "--format", "mermaid")).toMatch(/^flowchart (TD|LR)$/m);
    expect(await run(...of, "--format", "svg")).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    const json = JSON.parse(await run(...of, "--format", "json")) as {
      nodes: unknown[];
      edges: unknown[];
    };
    expect(json.nodes.length).toBeGreaterThan(5);
    expect(json.edges.length).toBeGreaterThan(5);
  });

  it.each(projectKinds)("draws the %s of a project in every format", async (kind) => {
    expect(await run("graph", shop, "--kind", kind, "--format", "dot")).toContain("Shop.Inventory");
    expect(await run("graph", shop, "--kind", kind)).toContain("Shop.Inventory");
    const out = join(folder, `${kind}.svg`);
    await run("graph", shop, "--kind", kind, "--format", "svg", "--out", out);
    expect(readFileSync(out, "utf8")).toContain("Shop.Inventory");
  });

  it("names functions that are near when one is not there", async () => {
    const of = ["graph", shop, "--function", "Shop.Inventory.reserv/2", "--kind", "cfg"];
    const result = await cli(of, { cwd: folder });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("Shop.Inventory.reserve/2");
  });
});

describe("query on a project", () => {
  it("joins functions, metrics and findings", async () => {
    const [most] = await rows(
      "select module, function, arity, m.value from functions join metrics m using (module, function, arity) where m.name = 'cyclomatic' order by m.value desc limit 1",
    );
    expect(most?.["module"]).toMatch(/^Shop\./);
    expect(most?.["value"]).toBeGreaterThan(1);
  });

  it("knows who sends what to whom", async () => {
    const edges = await rows(
      "select distinct module, shape, handler_module from message_edges where handler_module = 'Shop.Inventory' order by shape",
    );
    expect(edges).toContainEqual({
      module: "Shop.Inventory",
      shape: "{:level, _}",
      handler_module: "Shop.Inventory",
    });
  });

  it("has rows in every table", async () => {
    const tables = [
      "ast_nodes",
      "functions",
      "modules",
      "cfg_nodes",
      "cfg_edges",
      "dfg_edges",
      "call_edges",
      "message_edges",
      "findings",
      "metrics",
    ];
    const counts = tables.map((table) => `select '${table}' as name, count(*) as n from ${table}`);
    const counted = await rows(counts.join(" union all "));
    expect(counted.map(({ name }) => name)).toEqual(tables);
    expect(counted.filter(({ n }) => n === 0)).toEqual([]);
  });
});

describe("watch", () => {
  it("says what a saved change did", async () => {
    await using shell = new Shell();
    const watching = shell.start(["watch", shop, "--json"]);
    await watching.line(/"type":"ready"/);
    const path = join(shop, "lib/shop/pricing.ex");
    const before = readFileSync(path, "utf8");
    writeFileSync(
      path,
      before.replace(/end\s*$/, "\n  def brand_new(x), do: String.to_atom(x)\nend\n"),
    );
    const [, line] = await watching.line(/(\{"type":"changed".*pricing\.ex.*\})/);
    expect(line).toContain("Shop.Pricing.brand_new/1");
    writeFileSync(path, before);
    watching.signal("SIGINT");
    const { exitCode } = await watching.done;
    expect(exitCode).toBe(130);
  });
});

describe("plan", () => {
  it.each(["full", "balanced", "minimal"])("writes a %s plan", async (strategy) => {
    const out = join(folder, `${strategy}.plan.exs`);
    await run("plan", shop, "--strategy", strategy, "--budget", "1%", "--out", out);
    const text = readFileSync(out, "utf8");
    expect(text).toContain(`strategy: :${strategy}`);
    expect(text).toMatch(/\{"Shop\.Inventory\.handle_call\/3", :\w+, captures: \[/);
  });

  it("keeps the estimate of a balanced plan within its budget", async () => {
    const plan = JSON.parse(await run("plan", shop, "--budget", "1%", "--json")) as {
      estimate: { overhead: number; basis: string };
      functions: { level: string }[];
    };
    expect(plan.estimate.overhead).toBeGreaterThan(0);
    expect(plan.estimate.overhead).toBeLessThanOrEqual(0.01);
    expect(plan.estimate.basis).toBe("model");
    expect(plan.functions.some(({ level }) => level === "boundaries" || level === "full")).toBe(
      true,
    );
  });
});

it("keeps what it learnt beside the project, and says so nowhere in the sources", () => {
  expect(existsSync(join(shop, "lib/shop/inventory.ex"))).toBe(true);
  expect(readFileSync(join(shop, "lib/shop/inventory.ex"), "utf8")).toBe(
    readFileSync(join(SHOP, "lib/shop/inventory.ex"), "utf8"),
  );
});
