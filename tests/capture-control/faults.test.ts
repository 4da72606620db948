import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  attach,
  CaptureError,
  type AttachOptions,
  type Session,
} from "../../packages/capture/src/index.ts";
import type { Connection } from "../../packages/dist/src/index.ts";
import { RecordingReader } from "../../packages/store/src/index.ts";
import { startNode, uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { compileShop, startShop } from "../support/shop.ts";
import { census, elixir, erlang, left, look, untilClean, Workspace } from "./target-probe.ts";

let shop: BeamNode;
let watcher: Connection;
let workspace: Workspace;
let running: Session | null = null;

beforeAll(async () => {
  workspace = new Workspace();
  shop = await startShop();
  watcher = await look(shop);
});
afterEach(async () => {
  await running?.stop();
  running = null;
});
afterAll(async () => {
  await watcher.close();
  await shop.stop();
  workspace[Symbol.dispose]();
});

async function start(options: Partial<AttachOptions> = {}): Promise<Session> {
  const out = workspace.next();
  const { name: target, cookie } = shop;
  running = await attach({ target, cookie, out, estimate: false, ...options });
  return running;
}

type Failure = { readonly code: string; readonly message: string };

/** The error of an attach that must fail, and must leave no recording. */
async function failure(options: Partial<AttachOptions>): Promise<Failure> {
  const out = options.out ?? workspace.next();
  const existed = existsSync(out);
  const outcome = await start({ ...options, out }).catch((error: unknown) => error);
  if (!(outcome instanceof CaptureError)) {
    throw new Error("it should have failed with a CaptureError", { cause: outcome });
  }
  if (existsSync(out) !== existed) throw new Error("it left a recording behind");
  return { code: outcome.code, message: outcome.message };
}

/** One session from attach to stop, its recording removed. */
async function oneSession(): Promise<void> {
  const session = await start();
  await session.stop();
  running = null;
  rmSync(session.pipeline.path, { recursive: true });
}

async function pause(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}

describe("one clear line, and nothing left on the target:", () => {
  afterEach(async () => {
    await running?.stop();
    running = null;
    const found = await left(watcher);
    if (found !== "[]") throw new Error(`left on the target: ${found}`);
  });

  test.each<[string, Partial<AttachOptions>, string, RegExp]>([
    ["a wrong cookie", { cookie: "wrong" }, "cookie_rejected", /cookie/],
    ["an unknown node", { target: "nobody@127.0.0.1" }, "node_unknown", /no node "nobody"/],
    ["a name that is none", { target: "shop" }, "node_unknown", /name@host/],
    ["no EPMD", { epmdPort: 1 }, "epmd_down", /EPMD/],
    ["an absurd budget", { budgets: { eventsPerSecond: -1 } }, "bad_budget", /whole number from 1/],
    ["a budget of NaN", { budgets: { durationMs: Number.NaN } }, "bad_budget", /whole number/],
    [
      "more in flight than memory",
      { budgets: { inFlightBytes: 2 ** 27 } },
      "bad_budget",
      /do not fit/,
    ],
    ["no chance", { sampling: { kind: "chains", probability: 0 } }, "bad_budget", /probability/],
    [
      "a typing mistake",
      { selectors: ["Shop.Crat.add/3"] },
      "bad_selector",
      /did you mean Shop.Cart/,
    ],
    [
      "an unknown function",
      { selectors: ["Shop.Inventory.levle/1"] },
      "bad_selector",
      /no function levle\/1; did you mean level/,
    ],
    [
      "a wrong arity",
      { selectors: ["Shop.Inventory.level/7"] },
      "bad_selector",
      /there is level\/1/,
    ],
    [
      "an unknown caller",
      { selectors: ["Shop.Inventory.level/1 called by Shop.Inventory.resrve/2"] },
      "bad_selector",
      /no function resrve\/2; did you mean reserve/,
    ],
    ["an unknown application", { selectors: ["app:shpo"] }, "bad_selector", /did you mean shop/],
    ["a broken selector", { selectors: ["Shop.Cart.add("] }, "bad_selector", /\^/],
    [
      "everything excluded",
      { selectors: ["Shop.Cart", "not Shop.*"] },
      "no_functions_match",
      /exclude all/,
    ],
    ["a broken process", { processes: ["shop"] }, "bad_selector", /registered name/],
    [
      "an unknown process",
      { processes: ["Shop.Nobody"] },
      "bad_selector",
      /registered as Shop.Nobody/,
    ],
  ])("%s", async (_, options, code, message) => {
    const error = await failure(options);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  test("an --out that exists", async () => {
    const out = workspace.next();
    mkdirSync(out);
    writeFileSync(join(out, "mine"), "");
    expect(await failure({ out })).toMatchObject({
      code: "unwritable",
      message: expect.stringContaining("exists already"),
    });
  });

  test("an --out that cannot be written", async () => {
    const file = workspace.next();
    writeFileSync(file, "");
    expect(await failure({ out: join(file, "x.escope") })).toMatchObject({ code: "unwritable" });
  });

  test("a second session", async () => {
    const session = await start();
    const second = attach({
      target: shop.name,
      cookie: shop.cookie,
      out: workspace.next(),
    });
    await expect(second).rejects.toMatchObject({
      code: "probe_busy",
      message: expect.stringContaining("another session"),
    });
    expect(await session.stop()).toMatchObject({ state: "closed" });
  });

  test("an abort at any moment", async () => {
    const outcomes = new Set<string>();
    for (const ms of [0, 5, 20, 40, 80, 120, 200, 300, 400, 500, 600, 700]) {
      const out = workspace.next();
      const signal = AbortSignal.timeout(ms);
      const outcome = await start({ out, estimate: true, signal }).catch((error: unknown) => error);
      await running?.stop();
      const isAbort = outcome instanceof CaptureError && outcome.code === "aborted";
      outcomes.add(running !== null || isAbort ? "as it should" : String(outcome));
      if (running !== null) rmSync(out, { recursive: true });
      running = null;
      outcomes.add(`left: ${await untilClean(watcher, 1_000)}, recording: ${existsSync(out)}`);
    }
    expect([...outcomes].toSorted()).toEqual(["as it should", "left: [], recording: false"]);
  });

  test("an abort because the plan was refused", async () => {
    const refused = start({
      onPlan: () => {
        throw new CaptureError("aborted", "the plan was not wanted");
      },
    });
    await expect(refused).rejects.toMatchObject({ code: "aborted" });
  });
});

test("a node with short names is told apart", async () => {
  const host = spawnSync("hostname", ["-s"], { encoding: "utf8" }).stdout.trim();
  const name = uniqueNodeName("short", host);
  const node = await startNode({ name, longNames: false });
  try {
    const [local = ""] = node.name.split("@");
    expect(await failure({ target: `${local}@127.0.0.1`, cookie: node.cookie })).toMatchObject({
      code: "name_type_mismatch",
    });
  } finally {
    await node.stop();
  }
});

test("the time is over", async () => {
  const session = await start({ budgets: { durationMs: 700 } });
  const manifest = await session.ended;
  expect(manifest).toMatchObject({ state: "closed", stopped: { code: "duration" } });
  expect(await left(watcher)).toBe("[]");
});

test("the recording is large enough", async () => {
  const session = await start({ budgets: { recordingBytes: 1024 * 1024 } });
  const manifest = await session.ended;
  expect(manifest).toMatchObject({ state: "closed", stopped: { code: "budget" } });
  expect(await left(watcher)).toBe("[]");
});

test("the disk is full", async (context) => {
  const disk = workspace.next();
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=21m", "tmpfs", disk]);
  if (mounted.status !== 0) {
    context.skip(`no small disk can be mounted here: ${mounted.stderr.toString().trim()}`);
  }
  try {
    const session = await start({ out: join(disk, "full.escope") });
    const manifest = await session.ended;
    expect(manifest.stopped).toMatchObject({ code: "disk_full" });
    expect(await left(watcher)).toBe("[]");
    const recording = await RecordingReader.open(session.pipeline.path);
    await recording.close();
  } finally {
    spawnSync("umount", [disk]);
  }
});

test("the network is cut, and comes back", async () => {
  const session = await start();
  await erlang(
    watcher,
    `[erlang:disconnect_node(N) || N <- nodes(hidden), lists:prefix("elixirscope", atom_to_list(N))]`,
  ).catch(() => "the watcher was cut as well");
  const manifest = await session.ended;
  expect(manifest).toMatchObject({ state: "closed", stopped: { code: "target_down" } });
  await watcher.close();
  watcher = await look(shop);
  expect(await untilClean(watcher, 2_000)).toBe("[]");
});

test("the target is killed", async () => {
  const node = await startShop();
  const session = await start({ target: node.name, cookie: node.cookie });
  await pause(800);
  node.signal("SIGKILL");
  const manifest = await session.ended;
  expect(manifest).toMatchObject({ state: "closed", stopped: { code: "target_down" } });
  const recording = await RecordingReader.open(session.pipeline.path);
  const { rows } = await recording.query("select count(*) from calls");
  expect(Number(rows[0]?.[0])).toBeGreaterThan(0);
  await recording.close();
  await node.stop();
});

test("the collector is killed: the target is clean within half a second", async () => {
  const out = workspace.next();
  const module = resolve(import.meta.dirname, "../../packages/capture/dist/index.js");
  const script = `
    import { attach } from ${JSON.stringify(module)};
    await attach(${JSON.stringify({ target: shop.name, cookie: shop.cookie, out })});
    console.log("recording");
    setInterval(() => undefined, 1000);`;
  for (let round = 0; round < 3; round++) {
    rmSync(out, { recursive: true, force: true });
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise<void>((done, fail) => {
        child.stdout.once("data", () => done());
        child.once("exit", () => fail(new Error("the collector ended by itself")));
      });
      await pause(1_200);
      expect(await left(watcher)).not.toBe("[]");
      const killedAt = performance.now();
      child.kill("SIGKILL");
      expect(await untilClean(watcher, 3_000)).toBe("[]");
      expect(performance.now() - killedAt).toBeLessThan(500);
    } finally {
      child.kill("SIGKILL");
    }
    const recording = await RecordingReader.open(out);
    const { rows } = await recording.query("select count(*) from events");
    expect(Number(rows[0]?.[0])).toBeGreaterThan(0);
    await recording.close();
  }
});

test("sessions leave nothing that grows", async () => {
  const sessions = Number(process.env["ELIXIRSCOPE_SESSIONS"] ?? 12);
  // the first sessions bring what OTP itself loads for the questions that are asked
  await oneSession();
  await oneSession();
  await elixir(watcher, ":erlang.garbage_collect(); :ok");
  const before = await census(watcher);
  for (let i = 0; i < sessions; i++) await oneSession();
  const after = await census(watcher);
  // a collector has one of eight names; each is an atom once it was used
  expect((after["atoms"] ?? 0) - (before["atoms"] ?? 0)).toBeLessThanOrEqual(7);
  expect(after["modules"]).toBe(before["modules"]);
  expect(after["tables"]).toBe(before["tables"]);
  // the shop itself starts and ends processes all the time
  expect(Math.abs((after["processes"] ?? 0) - (before["processes"] ?? 0))).toBeLessThan(15);
  expect(await left(watcher)).toBe("[]");
});

describe("other targets:", () => {
  test("plain Erlang without Elixir", async () => {
    const node = await startNode({
      code: "spawn(fun() -> register(ticker, self()), F = fun F() -> lists:seq(1, 3), receive stop -> ok after 20 -> F() end end, F() end).",
    });
    try {
      const session = await start({
        target: node.name,
        cookie: node.cookie,
        selectors: [":lists.seq/2"],
        processes: [":ticker"],
      });
      await pause(700);
      await session.pipeline.flush();
      const { rows } = await session.pipeline.query(
        "select count(*) from calls where function = 'seq'",
      );
      expect(Number(rows[0]?.[0])).toBeGreaterThan(3);
      expect(session.manifest.target.elixir).toBeNull();
      await session.stop();
      const nothing = await failure({ target: node.name, cookie: node.cookie });
      expect(nothing.message).toContain("no application of its own");
    } finally {
      await node.stop();
    }
  });

  test("a stripped release", async () => {
    const stripped = join(workspace.dir, "stripped");
    mkdirSync(stripped);
    const source = compileShop();
    const strip = `[begin {ok, B} = file:read_file(F), {ok, {_, S}} = beam_lib:strip(B), ok = file:write_file(filename:join("${stripped}", filename:basename(F)), S) end || F <- filelib:wildcard("${source}/*.beam")], {ok, _} = file:copy("${source}/shop.app", "${stripped}/shop.app"), halt().`;
    spawnSync("erl", ["-noshell", "-eval", strip], { stdio: "inherit" });
    const node = await startNode({
      program: "elixir",
      args: ["-pa", stripped],
      code: "Logger.configure(level: :none); {:ok, _} = Application.ensure_all_started(:shop)",
    });
    try {
      const session = await start({ target: node.name, cookie: node.cookie });
      expect(session.plan.processes).toEqual(["app:shop"]);
      expect(
        session.plan.functions.filter(({ returns }) => returns === "none").length,
      ).toBeLessThan(5);
      await pause(700);
      await session.pipeline.flush();
      const { rows } = await session.pipeline.query(
        "select count(*) from calls where outcome = 'returned'",
      );
      expect(Number(rows[0]?.[0])).toBeGreaterThan(10);
      await session.stop();
    } finally {
      await node.stop();
    }
  });
});
