// Standing at an instant, and breakpoints over a recording and live, as a user types them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { cli, type CliResult } from "../support/cli.ts";
import { startShop } from "../support/shop.ts";
import { Story } from "../support/story.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "escope-breaks-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function parsed(result: CliResult): unknown {
  expect({ stderr: result.stderr, exitCode: result.exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return JSON.parse(result.stdout);
}

describe("a recording on disk", () => {
  const add = ["Elixir.Shop.Cart", "add", 3] as const;
  const A = "<0.1.0>";
  const SOURCE =
    "defmodule Shop.Cart do\n  def add(cart, sku, qty) do\n    price = 5 * qty\n  end\nend\n";
  let recording: string;

  beforeAll(async () => {
    recording = join(folder, "told.escope");
    const story = await Story.begin(recording);
    story.process(A, { name: "Shop.Cart" });
    story.writer.add("sources", {
      path: "lib/cart.ex",
      sha256: "x",
      bytes: SOURCE.length,
      text: SOURCE,
    });
    const head = story.site(add, "function_clause", ["lib/cart.ex", 2], ["cart", "sku", "qty"]);
    const match = story.site(add, "match", ["lib/cart.ex", 3], ["price"], { column: 5 });
    for (const [i, qty] of [2, -1].entries()) {
      const t = 1_000_000_000 * i;
      story.enter(A, t + 500_000_000, add, [":c", "apple\u001B[31m", qty], head);
      story.at(A, t + 600_000_000, match, [5 * qty]);
      story.leave(A, t + 900_000_000, ":ok");
    }
    await story.end();
  });

  it("shows the stack at an instant with source line and variables", async () => {
    const result = await cli(["stack", recording, "--pid", "Shop.Cart", "--at", "1.7s"]);
    expect(result.stderr).toBe("");
    expect(result.stdout).toBe(
      [
        "<0.1.0> Shop.Cart at 1.7 s",
        "    lib/cart.ex:3: Shop.Cart.add/3",
        "        │ price = 5 * qty",
        "        cart  = :c",
        String.raw`        sku   = "apple\e[31m"`,
        "        qty   = -1",
        "        price = -5",
        "",
      ].join("\n"),
    );
    const view = parsed(await cli(["stack", recording, "--event", "1", "--json"]));
    expect(view).toMatchObject({
      pid: A,
      frames: [{ mfa: "Shop.Cart.add/3", place: { line: 2 } }],
    });
  });

  it("answers what cannot be shown with what can", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--pid", "Shop.Card"], /no process Shop\.Card was seen.*nearest: Shop\.Cart/],
      [["--pid", A, "--at", "1h"], /the recording goes from 0s to 1\.9s/],
      [["--event", "4711"], /no event 4711/],
    ];
    for (const [args, message] of cases) {
      const { exitCode, stderr } = await cli(["stack", recording, ...args]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
    }
    const idle = await cli(["stack", recording, "--pid", A, "--at", "1s"]);
    expect(idle.stdout).toMatch(/no recorded call was running; the last one, Shop\.Cart\.add\/3/);
  });

  it("finds by a condition, a value, code", async () => {
    const when = await cli(["find", recording, "--when", "Shop.Cart.add/3: qty < 0"]);
    expect(when.stdout).toBe(
      "1.500000 s  <0.1.0>  lib/cart.ex:2: Shop.Cart.add/3  call, event 4\n    qty = -1\n",
    );
    expect(when.stderr).toBe("1 hit; asked 2 times\n");
    const line = parsed(
      await cli(["find", recording, "--when", "cart.ex:3: price == 5 * qty", "--last", "--json"]),
    );
    expect(line).toMatchObject({
      hits: [{ t: 1_600_000_000, values: { price: "-5", qty: "-1" } }],
    });
    const value = await cli(["find", recording, "--value", "-5", "--reaches", "lib/cart.ex:3"]);
    expect(value.stdout).toMatch(/binding price, event 5/);
    const code = await cli(["find", recording, "--pattern", "$a * $b", "--first"]);
    expect(code.stdout).toMatch(/lib\/cart\.ex:3:13 {2}5 \* qty/);
    expect(code.stdout).toMatch(/price = 10/);
  });

  it("marks the place of a mistake in what was typed", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--when", "Shop.Cart.add/3: qty < foo(1)"], /1:24: .*\n {2}Shop.*\n {25}\^{6}/],
      [["--when", "Shop.Cart.add/3: quantity < 0"], /binds no variable quantity; nearest: cart/],
      [["--value", "foo"], /foo is a variable/],
      [["--pattern", "foo("], /1:\d+: /],
      [["--when", "a", "--value", "1"], /say one thing/],
    ];
    for (const [args, message] of cases) {
      const { exitCode, stderr } = await cli(["find", recording, ...args]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(exitCode).toBe(2);
    }
  });
});

describe("a live node", () => {
  let shop: BeamNode;

  beforeAll(async () => {
    shop = await startShop({ name: uniqueNodeName("shop"), cookie: "demo" });
  });

  afterAll(async () => {
    await shop?.stop();
  });

  async function attach(out: string, ...args: readonly string[]): Promise<CliResult> {
    const common = ["--cookie", "demo", "--no-ui", "--for", "60s", "--out", join(folder, out)];
    return await cli(["attach", shop.name, "Shop.Cart", ...common, ...args]);
  }

  it("ends the recording at the first hit and says why", async () => {
    const result = await attach(
      "stop.escope",
      "--break",
      "Shop.Cart.add/3: arg3 > 0",
      "--on-hit",
      "stop",
    );
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toMatch(
      /hit {3}[\d.]+ s {2}<[\d.]+> {2}Shop\.Cart\.add\/3 {2}call, event \d+\n {4}arg3 = \d/,
    );
    expect(result.stdout).toMatch(/stopped {5}Shop\.Cart\.add\/3: arg3 > 0 held at [\d.]+ s/);
    const found = await cli([
      "find",
      join(folder, "stop.escope"),
      "--when",
      "Shop.Cart.add/3: arg3 > 0",
      "--first",
      "--json",
    ]);
    expect(JSON.parse(found.stdout)).toMatchObject({ hits: [{ trigger: "call" }] });
    const health = await cli(["doctor", shop.name, "--cookie", "demo"]);
    expect(health.exitCode, health.stdout).toBe(0);
  });

  it("marks hits in the recording, tells few of many and goes on", async () => {
    const out = "mark.escope";
    const result = await attach(
      out,
      "--for",
      "15s",
      "--json",
      "--break",
      "Shop.Cart.handle_call/3: match?({:reply, _, _}, result)",
    );
    expect(result.exitCode, result.stderr).toBe(0);
    const lines = result.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const hits = lines.filter(({ type }) => type === "hit");
    expect(hits.length).toBeGreaterThan(0);
    const marks = parsed(
      await cli(["query", join(folder, out), "select event, condition from marks", "--json"]),
    ) as readonly Record<string, unknown>[];
    // those of the last moment may come too late to be kept
    expect(marks.length).toBeGreaterThan(0);
    expect(marks.length).toBeLessThanOrEqual(hits.length);
    expect(marks[0]).toMatchObject({
      condition: "Shop.Cart.handle_call/3: match?({:reply, _, _}, result)",
    });
  });

  it("records the function that was hit from inside, and leaves the node as it was", async () => {
    const out = "deepen.escope";
    const result = await attach(
      out,
      "--for",
      "20s",
      "--break",
      "Shop.Cart.add/3: arg3 > 0",
      "--on-hit",
      "deepen",
    );
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toMatch(
      /deeper bindings and branches of Shop\.Cart\.add\/3 are recorded/,
    );
    const found = await cli([
      "find",
      join(folder, out),
      "--when",
      "Shop.Cart.add/3: quantity > 0 and is_binary(sku)",
      "--first",
      "--json",
    ]);
    expect(JSON.parse(found.stdout)).toMatchObject({ hits: [{ mfa: "Shop.Cart.add/3" }] });
    const health = await cli(["doctor", shop.name, "--cookie", "demo"]);
    expect(health.exitCode, health.stdout).toBe(0);
  });

  it("refuses a condition before it touches the target", async () => {
    const result = await attach("never.escope", "--break", "Shop.Cart.add/3: foo(1)");
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/--break 1:18: a condition cannot use foo\/1/);
    expect(result.stdout).toBe("");
  });
});
