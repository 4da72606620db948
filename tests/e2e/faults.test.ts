// What goes wrong while a user records: the recording process or the target is killed, stopped or told to
// end, the disk fills, somebody else records. Each through the real command line, on a busy
// shop (30,000 events a second).

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@elixirscope/dist";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { census, elixir, erlang, look } from "../capture-control/target-probe.ts";
import { uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { startShop } from "../support/shop.ts";
import { patterns, remains, untilGone } from "./remains.ts";
import { attachLine, jsonLines, Shell, until } from "./shell.ts";

let shop: BeamNode;
let watcher: Connection;
let shell: Shell;

beforeAll(async () => {
  shop = await startShop({ name: uniqueNodeName("shop"), cookie: "demo" });
  watcher = await look(shop);
});

afterAll(async () => {
  await watcher?.close();
  await shop?.stop();
});

beforeEach(() => {
  shell = new Shell();
});

afterEach(async () => {
  await shell[Symbol.asyncDispose]();
  // whatever a test did, the next one begins on a target without a recording
  if ((await untilGone(watcher, 10_000)) === null) throw new Error(await remains(watcher));
});

function mountDisk(megabytes: number): Disposable & { readonly path: string } {
  const path = join(shell.folder, "disk");
  mkdirSync(path);
  const size = `size=${String(megabytes)}m`;
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", path]);
  if (status !== 0) throw new Error(stderr.toString());
  return { path, [Symbol.dispose]: () => void spawnSync("umount", ["-l", path]) };
}

/** Small disks can be mounted here. */
function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), "elixirscope-mount-"));
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "tmpfs", path]);
  if (status === 0) spawnSync("umount", [path]);
  else console.warn(`a full disk is not tested: ${stderr.toString().trim()}`);
  rmSync(path, { recursive: true });
  return status === 0;
}

async function memory(): Promise<number> {
  return Number(await erlang(watcher, "erlang:memory(total)"));
}

describe("the recording process is killed under load", () => {
  it("the target is clean within half a second, what was recorded up to a second before opens", async () => {
    const attached = await shell.attach(shop);
    await sleep(3_000);
    const before = await remains(watcher);
    expect(before).toMatch(/:flags.*:sys, Shop.Inventory.*:process.*:elixir_scope_janitor/);
    expect(await patterns(watcher)).toContain("{Shop.Inventory, :level, 1}");

    const killedAt = Date.now();
    attached.signal("SIGKILL");
    expect(await untilGone(watcher, 5_000)).toBeLessThan(500);
    expect(await patterns(watcher)).toBe("[]");
    expect((await attached.done).signal).toBe("SIGKILL");

    const { out } = attached;
    const found = await shell.row(out, "select count(*) n, max(t) t_last from events");
    expect(found["n"]).toBeGreaterThan(1_000);
    const manifest = await shell.manifest(out);
    expect(manifest).toMatchObject({ state: "interrupted", stopped: null });
    const startedAt = Number(BigInt(manifest.startedAtNs) / 1_000_000n);
    expect(killedAt - startedAt - Number(found["t_last"]) / 1e6).toBeLessThan(1_000);
    const [states, calls] = await Promise.all([
      shell.row(out, "select count(*) n from states where term(state) like '%apple%'"),
      shell.row(
        out,
        "select count(*) n from calls where outcome = 'returned' and term(args) <> ''",
      ),
    ]);
    expect([states["n"], calls["n"]]).not.toContain(0);
  });

  it("a new recording begins at once on what the killed one left", async () => {
    const killed = await shell.attach(shop);
    await sleep(500);
    killed.signal("SIGKILL");
    const next = await shell.attach(shop, ["--for", "1s"]);
    expect(await next.done).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

it("the target is killed: the command says so and ends, the recording is complete", async () => {
  const node = await startShop();
  try {
    const attached = await shell.attach(node);
    await sleep(2_000);
    node.signal("SIGKILL");
    const { exitCode, stdout, stderr } = await attached.done;
    expect(exitCode, stdout + stderr).toBe(1);
    expect(stdout + stderr).toMatch(new RegExp(`stopped.*${node.name}`));
    expect(await shell.manifest(attached.out)).toMatchObject({
      state: "closed",
      stopped: { code: "target_down", message: expect.stringContaining(node.name) },
    });
    const found = await shell.row(attached.out, "select count(*) n, max(t) t_last from events");
    expect(found["n"]).toBeGreaterThan(100);
    expect(found["t_last"]).toBeGreaterThan(1.5e9);
  } finally {
    await node.stop();
  }
});

describe("Ctrl-C", () => {
  it("once: ends cleanly", async () => {
    const attached = await shell.attach(shop);
    await sleep(1_000);
    attached.signal("SIGINT");
    const { exitCode, stdout, stderr } = await attached.done;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/stopped by the user: [\d,]+ events/);
    expect(await remains(watcher)).toBe("[]");
    expect(await patterns(watcher)).toBe("[]");
    expect(await shell.manifest(attached.out)).toMatchObject({
      state: "closed",
      stopped: { code: "user" },
    });
  });

  it("twice: ends at once", async () => {
    const attached = await shell.attach(shop);
    await sleep(1_000);
    const at = performance.now();
    attached.signal("SIGINT");
    await sleep(5);
    attached.signal("SIGINT");
    const { exitCode, signal, stderr } = await attached.done;
    expect(performance.now() - at).toBeLessThan(500);
    // ended by the signal itself: what a shell calls 130
    expect({ exitCode, signal, stderr }).toEqual({ exitCode: null, signal: "SIGINT", stderr: "" });
    expect(await untilGone(watcher, 5_000)).toBeLessThan(1_000);
    const found = await shell.row(attached.out, "select count(*) n from events");
    expect(found["n"]).toBeGreaterThan(0);
  });

  it("before it records: nothing is left", async () => {
    const out = shell.path();
    for (const ms of [150, 400, 700, 1_000]) {
      const running = shell.start(attachLine(shop, ["--out", out]));
      await sleep(ms);
      running.signal("SIGINT");
      const { exitCode, signal } = await running.done;
      expect(exitCode === null ? signal : exitCode).toBeOneOf([0, 130, "SIGINT"]);
      expect(await remains(watcher)).toBe("[]");
      if (exitCode === 0) break;
      expect(readdirSync(shell.folder)).toEqual([]);
    }
  });
});

it.runIf(canMount()).each([
  { by: "the recording", megabytes: 22, fill: false },
  { by: "something else, at once", megabytes: 48, fill: true },
])("the disk is filled by $by: it stops, says so and opens", async ({ megabytes, fill }) => {
  using disk = mountDisk(megabytes);
  const attached = await shell.attach(shop, [], join(disk.path, "full.escope"));
  if (fill) {
    await sleep(2_500);
    spawnSync("dd", ["if=/dev/zero", `of=${join(disk.path, "other")}`, "bs=64k"]);
  }
  const { exitCode, stdout, stderr } = await attached.done;
  expect(exitCode, stdout + stderr).toBe(1);
  expect(stdout).toMatch(/^stopped.* the disk .*full/m);
  expect(stdout).toContain(attached.out);
  expect(stdout).toMatch(/[\d,]+ events in [\d.]+ s, what came last is lost/);
  expect(await remains(watcher)).toBe("[]");
  const found = await shell.row(attached.out, "select count(*) n from events");
  expect(found["n"]).toBeGreaterThan(1_000);
  expect(stdout).toContain(`${Number(found["n"]).toLocaleString("en-US")} events`);
  expect((await shell.manifest(attached.out)).state).toBeOneOf(["closed", "interrupted"]);
});

describe("limits of the recording", () => {
  it("--max-size stops it", async () => {
    const attached = await shell.attach(shop, ["--max-size", "4MB"]);
    const { exitCode, stdout, stderr } = await attached.done;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/stopped .*reached/);
    expect(await remains(watcher)).toBe("[]");
    expect((await shell.manifest(attached.out)).stopped).toMatchObject({ code: "budget" });
  });

  it("--keep-for lets go of the oldest, and says of what", async () => {
    const attached = await shell.attach(shop, ["--keep-for", "3s", "--for", "8s"]);
    const { exitCode, stderr } = await attached.done;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const gaps = await shell.row(
      attached.out,
      "select count(*) n, sum(count) missing, min(t_from) t0, max(t_to) t1 from gaps where reason = 'expired'",
    );
    expect(gaps["n"]).toBeGreaterThan(0);
    expect(gaps["missing"]).toBeGreaterThan(100);
    const kept = await shell.row(
      attached.out,
      "select count(*) n, min(t) t_first, max(t) t_last from events",
    );
    expect(Number(kept["n"])).toBeGreaterThan(100);
    expect(Number(kept["t_first"])).toBeGreaterThan(1e9);
    expect(Number(kept["t_first"])).toBeGreaterThanOrEqual(Number(gaps["t1"]) - 1e9);
    const { loss } = await shell.manifest(attached.out);
    expect(loss["expired"]).toBe(gaps["missing"]);
  });
});

it("a second recording of the same target is refused, the first goes on undisturbed", async () => {
  const first = await shell.attach(shop);
  const second = await shell.start(attachLine(shop, ["--out", shell.path()])).done;
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toMatch(/another session/);
  const json = await shell.start(attachLine(shop, ["--json", "--out", shell.path()])).done;
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "probe_busy" } });

  const count = async (): Promise<number> =>
    Number((await shell.row(first.out, "select count(*) n from events"))["n"]);
  const before = await count();
  expect(await until(count, (n) => n > before)).toBeGreaterThan(before);
  first.signal("SIGINT");
  expect(await first.done).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await shell.manifest(first.out)).loss).toEqual({});
});

it("the recording process stands still for five seconds: calls go on, memory stays, the gap is told", async () => {
  const baseline = await memory();
  const attached = await shell.attach(shop);
  await sleep(1_500);
  attached.signal("SIGSTOP");
  let highest = 0;
  let calls = 0;
  try {
    const end = performance.now() + 5_000;
    while (performance.now() < end) {
      highest = Math.max(highest, await memory());
      await elixir(watcher, 'Shop.Inventory.level("apple")');
      calls += 1;
      await sleep(20);
    }
  } finally {
    attached.signal("SIGCONT");
  }
  expect(calls).toBeGreaterThan(30);
  expect(highest - baseline).toBeLessThan(64 * 1024 * 1024);

  await sleep(2_000);
  attached.signal("SIGINT");
  expect(await attached.done).toMatchObject({ exitCode: 0 });
  const gap = await shell.row(
    attached.out,
    "select count(*) n, sum(count) missing, min(t_from) t0, max(t_to) t1 from gaps where reason = 'dropped'",
  );
  expect(gap["missing"]).toBeGreaterThan(1_000);
  expect(Number(gap["t1"]) - Number(gap["t0"])).toBeGreaterThan(1e9);
  const after = await shell.row(
    attached.out,
    `select count(*) n from calls where t_enter > ${String(gap["t1"])} and outcome = 'returned'`,
  );
  expect(after["n"]).toBeGreaterThan(100);
});

describe("what can be read", () => {
  it("--plan changes nothing on the target and records nothing", async () => {
    const before = await census(watcher);
    const out = shell.path();
    const { exitCode, stdout, stderr } = await shell.start(
      attachLine(shop, ["--plan", "--out", out]),
    ).done;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/functions +\d+ in \d+ modules/);
    expect(stdout).toMatch(/estimate +[\d,]+ call events\/s/);
    expect(readdirSync(shell.folder)).toEqual([]);
    expect(await remains(watcher)).toBe("[]");
    expect(await patterns(watcher)).toBe("[]");
    expect((await census(watcher))["modules"]).toBe(before["modules"]);
  });

  it("--json prints only JSON: the plan, the recording, its status, its end", async () => {
    const attached = shell.start(
      attachLine(shop, ["--json", "--for", "2s", "--out", shell.path()]),
    );
    const result = await attached.done;
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    const types = jsonLines(result).map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(["plan", "recording"]);
    expect(types.slice(2, -1)).toContain("status");
    expect(types.at(-1)).toBe("stopped");
  });
});
