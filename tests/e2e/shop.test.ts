// The issue's own commands against the running shop: record, ask, list, diagnose.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { cli, startCli } from "../support/cli.ts";
import { startShop } from "../support/shop.ts";

let shop: BeamNode;
let folder: string;
let recording: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "escope-e2e-"));
  recording = join(folder, "shop.escope");
  shop = await startShop({ name: uniqueNodeName("shop"), cookie: "demo" });
});

afterAll(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, exitCode } = await cli(["query", recording, sql, "--json"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

describe("elixirscope on the running shop", () => {
  it("attaches, prints its plan, records for the time asked and leaves", async () => {
    const args = ["--cookie", "demo", "--for", "4s", "--no-ui", "--out", recording];
    const result = await cli(["attach", shop.name, ...args]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout + result.stderr).toMatch(/Shop\.Cart/);
    expect(result.stdout + result.stderr).not.toContain("demo\n");
  });

  it("answers the query of the issue with percentiles per function", async () => {
    const found = await rows(
      "select module, function, count(*) n, quantile_cont(duration_ns, 0.99) p99 from calls group by all order by n desc limit 10",
    );
    expect(found.length).toBe(10);
    expect(found[0]).toMatchObject({ module: "Shop.Pricing", function: "fib" });
    expect(Number(found[0]?.["p99"])).toBeGreaterThan(0);
  });

  it("has call trees: handle_call of a cart under no call, price under it", async () => {
    const [row] = await rows(
      `select count(*) n from calls c join calls p on c.parent_call = p.call
       where c.module = 'Shop.Pricing' and c.function = 'price'
         and p.module = 'Shop.Cart' and p.function like '%handle_call%'`,
    );
    expect(Number(row?.["n"])).toBeGreaterThan(0);
  });

  it("matches sends to receives exactly and replies to their requests", async () => {
    const [row] = await rows(
      `select count(*) filter (match = 'exact') exact, count(*) filter (kind = 'reply' and reply_to is not null) replies,
              count(*) filter (dwell_ns < 0) negative from messages`,
    );
    expect(Number(row?.["exact"])).toBeGreaterThan(100);
    expect(Number(row?.["replies"])).toBeGreaterThan(20);
    expect(Number(row?.["negative"])).toBe(0);
  });

  it("has the states of a GenServer, an Agent and a gen_statem, printed as Elixir prints them", async () => {
    const inventory = await rows(
      `select term(s.state) state from states s join processes p using (pid)
       where p.name = 'Shop.Inventory' order by s.t limit 1`,
    );
    expect(inventory[0]?.["state"]).toMatch(/^%\{"apple" => \d+, "banana" => \d+/);
    const ledger = await rows(
      `select term(s.state) state from states s join processes p using (pid)
       where p.name = 'Shop.Payments.Ledger' order by s.t desc limit 1`,
    );
    expect(ledger[0]?.["state"]).toMatch(/balance: \d+/);
    const orders = await rows(
      `select term(s.state) state from states s join processes p using (pid)
       where p.initial_call like 'Shop.Order%' limit 5`,
    );
    expect(orders.length).toBeGreaterThan(0);
  });

  it("sees the courier crash, with the reason, and its restart", async () => {
    const died = await rows(
      `select term(exit_reason) reason from processes
       where initial_call like 'Shop.Courier%' and t_exited is not null limit 1`,
    );
    expect(died[0]?.["reason"]).toContain("function_clause");
    const raised = await rows(
      "select count(*) n from calls where outcome = 'raised' and module = 'Shop.Courier'",
    );
    expect(Number(raised[0]?.["n"])).toBeGreaterThan(0);
    const alive = await rows(
      "select count(*) n from processes where initial_call like 'Shop.Courier%'",
    );
    expect(Number(alive[0]?.["n"])).toBeGreaterThan(1);
  });

  it("keeps the tail calls of the bare receive loop and says that it did", async () => {
    const [row] = await rows(
      "select count(*) n, count(*) filter (outcome = 'tail') tail from calls where module = 'Shop.Feed' and function = 'loop'",
    );
    expect(Number(row?.["n"])).toBeGreaterThan(0);
    expect(row?.["tail"]).toBe(row?.["n"]);
  });

  it("opens the recording in a page of its own until Ctrl-C", async () => {
    const running = startCli(["open", recording, "--no-browser", "--json"]);
    const [, url = ""] = await running.line(/"url":"([^"]+)"/);
    const page = await fetch(new URL("/", url));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>ElixirScope");
    running.signal("SIGINT");
    expect((await running.done).exitCode).toBe(0);
  });

  it("answers what the README asks", async () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const queries = [...readme.matchAll(/npx elixirscope query shop\.escope "([^"]+)"/g)];
    expect(queries.length).toBeGreaterThan(4);
    const code = join(import.meta.dirname, "../../examples/shop");
    const analyzed = await cli(["analyze", code, "--no-cache", "--out", recording]);
    expect(analyzed.exitCode, analyzed.stderr).toBe(0);
    const empty: string[] = [];
    for (const [, sql = ""] of queries) if ((await rows(sql)).length === 0) empty.push(sql);
    // a short recording of a calm shop lacks nothing
    expect(empty.filter((sql) => sql !== "select * from gaps")).toEqual([]);
  });

  it("looks inside as the README shows", async () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const [, sql = ""] = /query inside\.escope "([^"]+)"/.exec(readme) ?? [];
    const elsewhere = mkdtempSync(join(folder, "inside-"));
    const inside = join(elsewhere, "inside.escope");
    const deep = ["--deep", "Shop.Cart", "--deep", "Shop.Pricing.*"];
    const target = [shop.name, "--cookie", "demo", "--no-ui", "--for", "3s", "--out", inside];
    const attached = await cli(["attach", ...target, ...deep]);
    expect(attached.exitCode, attached.stderr).toBe(0);
    const { stdout } = await cli(["query", inside, sql, "--json"]);
    const found = JSON.parse(stdout) as { module: string; name: string }[];
    expect(found.length).toBe(20);
    expect(new Set(found.map(({ module }) => module.split(".")[0]))).toEqual(new Set(["Shop"]));
  });

  it("lists the recording", async () => {
    const { stdout } = await cli(["recordings", folder, "--json"]);
    const [listed] = JSON.parse(stdout) as { name: string; manifest: { state: string } }[];
    expect(listed).toMatchObject({ name: "shop.escope", manifest: { state: "closed" } });
  });

  it("finds nothing wrong with the node, and nothing of ours left on it", async () => {
    const { stdout, exitCode } = await cli(["doctor", shop.name, "--cookie", "demo", "--json"]);
    const checks = JSON.parse(stdout) as { name: string; result: string }[];
    expect(checks.filter((check) => check.result === "fail")).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("answers queries while it records, and ends cleanly on Ctrl-C", async () => {
    const live = join(folder, "live.escope");
    const running = startCli(["attach", shop.name, "--cookie", "demo", "--no-ui", "--out", live]);
    await running.line(/recording/i);
    let n = 0;
    for (let tries = 0; tries < 40 && n === 0; tries += 1) {
      await new Promise((wake) => setTimeout(wake, 250));
      const { stdout, exitCode } = await cli([
        "query",
        live,
        "select count(*) n from events",
        "--json",
      ]);
      if (exitCode === 0) n = (JSON.parse(stdout) as { n: number }[])[0]?.n ?? 0;
    }
    expect(n).toBeGreaterThan(0);
    running.signal("SIGINT");
    const result = await running.done;
    expect(result.exitCode, result.stderr).toBe(0);
    const { stdout } = await cli(["query", live, "select count(*) n from events", "--json"]);
    expect((JSON.parse(stdout) as { n: number }[])[0]?.n).toBeGreaterThanOrEqual(n);
  });
});
