// A session that is paused, resumed and given other budgets while it runs. What a pause hides is a gap, and what
// went on behind it is right afterwards.

import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { deepInstrumenter } from "../../apps/cli/src/deep-instrumenter.ts";
import { attach, type AttachOptions, type Session } from "../../packages/capture/src/index.ts";
import type { Connection } from "../../packages/dist/src/index.ts";
import { RecordingReader } from "../../packages/store/src/index.ts";
import { outerReleases, systemRelease, type BeamNode } from "../support/beam-node.ts";
import { startOwnShop } from "./own-shop.ts";
import { elixir, erlang, untilClean, look, Workspace } from "./target-probe.ts";

let shop: BeamNode;
let watcher: Connection;
let workspace: Workspace;
let running: Session | null = null;

async function start(options: Partial<AttachOptions> = {}): Promise<Session> {
  const { name: target, cookie } = shop;
  const instrumenter = deepInstrumenter();
  const out = workspace.next();
  running = await attach({ target, cookie, out, estimate: false, instrumenter, ...options });
  return running;
}

async function wait(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}

/** The rows of a query on the running session, after everything so far came in. */
async function rows(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  await wait(400);
  await session.pipeline.flush();
  const { rows: found } = await session.pipeline.query(sql);
  return found.map((row) => [...row]);
}

/** Trace flags of the VM, in the probe's own trace session where it has one. */
async function flagged(): Promise<number> {
  const source = `case erlang:function_exported(trace, session_info, 1) of
    true -> [{S, _} | _] = [{S, N} || {N, _} = S <- trace:session_info(all), N =:= elixir_scope],
      length([P || P <- processes(), {flags, [_ | _]} <- [trace:info(S, P, flags)]]);
    false -> length([P || P <- processes(), {flags, [_ | _]} <- [erlang:trace_info(P, flags)]]) end`;
  return Number(await erlang(watcher, source));
}

async function callers(n: number): Promise<void> {
  await elixir(
    watcher,
    `Task.await(Task.async(fn -> for _ <- 1..${n}, do: Shop.Inventory.level("apple") end))`,
  );
}

const LEVELS = `select term(args), outcome from calls where function = 'set_level' order by call`;
const GAPS = `select count(*) > 0, coalesce(sum(t_to - t_from) / 1e9, 0)::DOUBLE, max(count), bool_and(pid is null)
  from gaps where reason = 'paused'`;
const PAUSED_COLLECTOR = `
  const session = await attach(OPTIONS);
  await session.adjust({ kind: "pause" });
  console.log("paused");
  setInterval(() => undefined, 1000);`;

describe.each(outerReleases())("OTP $release:", ({ root }) => {
  beforeAll(async () => {
    workspace = new Workspace();
    shop = await startOwnShop(root, join(workspace.dir, "shop"));
    watcher = await look(shop);
  });
  afterAll(async () => {
    await watcher.close();
    await shop.stop();
    workspace[Symbol.dispose]();
  });
  afterEach(async () => {
    await running?.stop();
    running = null;
  });

  /** What the newest release does no otherwise is seen on one. */
  const isFull = systemRelease().some((one) => one.root === root);

  /** From OTP 27 on the closed module stays where closures of instrumented code may be held. */
  async function clean(): Promise<void> {
    const found = await untilClean(watcher, root === undefined ? 2_000 : 500);
    const closed = "[module: :elixir_scope_capture]";
    expect(root === undefined ? ["[]"] : ["[]", closed]).toContain(found);
  }

  test("a pause costs and records nothing, is a gap, and what went on behind it is known after it", async () => {
    const session = await start();
    await elixir(watcher, 'Shop.Inventory.set_level("apple", 7)');
    const [gone = ""] =
      /<[\d.]+>/.exec(
        await elixir(watcher, '{:ok, p} = Shop.CartSupervisor.open("gone"); inspect(p)'),
      ) ?? [];
    await wait(100);
    expect(await flagged()).toBeGreaterThan(0);
    await session.adjust({ kind: "pause" }, "page");
    expect(session.paused).toBe(true);
    expect(await flagged()).toBe(0);
    const before = await rows(session, "select count(*) from events");
    await elixir(
      watcher,
      `Shop.Inventory.set_level("apple", 8); {:ok, _} = Shop.CartSupervisor.open("new")
       GenServer.stop(:erlang.list_to_pid(~c"${gone}"))`,
    );
    await wait(1_200);
    // told while it goes on
    const [[isTold, seconds, counted, isAll] = []] = await rows(session, GAPS);
    expect([isTold, counted, isAll]).toEqual([true, null, true]);
    expect(seconds).toBeGreaterThan(0.9);
    expect(await rows(session, "select count(*) from events")).toEqual(before);
    await expect(session.adjust({ kind: "pause" })).rejects.toThrow(/paused already/);

    await session.adjust({ kind: "resume" }, "page");
    expect(session.paused).toBe(false);
    expect(await flagged()).toBeGreaterThan(0);
    await elixir(watcher, 'Shop.Inventory.set_level("apple", 9)');
    expect(await rows(session, LEVELS)).toEqual([
      ['["apple", 7]', "returned"],
      ['["apple", 9]', "returned"],
    ]);
    const states = await rows(
      session,
      `select term(state) from states where pid = (select pid from processes where name like '%Shop.Inventory') order by version`,
    );
    // the change that nobody saw is seen before the next one
    const levels = states.flatMap(([text]) => /"apple" => (\d)/.exec(String(text))?.[1] ?? []);
    expect(levels).toEqual(expect.arrayContaining(["7", "8", "9"]));
    expect(levels.indexOf("8")).toBeLessThan(levels.indexOf("9"));
    const ended = await rows(
      session,
      `select t_exited is not null, exit_reason from processes where pid = '${gone}'`,
    );
    expect(ended).toEqual([[true, null]]);
    await expect(session.adjust({ kind: "resume" })).rejects.toThrow(/not paused/);
    const manifest = await session.stop();
    expect(manifest).toMatchObject({ state: "closed", stopped: { code: "user" } });
    await clean();
    const recording = await RecordingReader.open(session.pipeline.path);
    const { rows: audit } = await recording.query(
      "select action, who, outcome from audit where action in ('pause', 'resume') order by t",
    );
    expect(audit).toEqual([
      ["pause", "page", "done"],
      ["pause", "cli", "refused"],
      ["resume", "page", "done"],
      ["resume", "cli", "refused"],
    ]);
    await recording.close();
  });

  test("instrumented code does nothing in a pause, and frames that end in it do not stay open", async () => {
    const dir = JSON.stringify(workspace.dir);
    await elixir(
      watcher,
      `{:module, module, beam, _} =
         defmodule Shop.Nest do
           def outer(), do: [wait(:one), wait(:two), leaf(3)]
           def wait(what), do: (receive do ^what -> {:got, what} end)
           def leaf(n), do: n + 1
         end
       File.write!(Path.join(${dir}, "Elixir.Shop.Nest.beam"), beam)
       :code.add_patha(String.to_charlist(${dir}))
       :code.purge(module)
       {:module, _} = :code.load_file(module)`,
    );
    const session = await start({
      selectors: ["Shop.Nest"],
      deep: ["Shop.Nest"],
      messages: false,
      state: false,
    });
    expect(session.inside).toMatchObject([{ module: "Shop.Nest" }]);
    const enter = async (): Promise<string> =>
      await erlang(watcher, "elixir_scope_capture:enter(1, [])");
    await elixir(
      watcher,
      "Process.register(spawn(fn -> Shop.Nest.outer(); Process.sleep(:infinity) end), :nest)",
    );
    await wait(250);
    await session.adjust({ kind: "pause" });
    // the gate is closed: no frame
    expect(await enter()).toBe("0");
    await elixir(watcher, "send(:nest, :one); Shop.Nest.leaf(1)");
    await wait(100);
    await session.adjust({ kind: "resume" });
    await elixir(watcher, "send(:nest, :two)");
    const calls = await rows(
      session,
      `select function, term(args), term(result), outcome, depth, parent_call is not null from calls
       where module like '%Shop.Nest' order by call`,
    );
    expect(calls).toEqual([
      ["outer", "[]", "[{:got, :one}, {:got, :two}, 4]", "returned", 0, false],
      ["wait", "[:one]", null, "lost", 1, true],
      ["leaf", "[3]", "4", "returned", 1, true],
    ]);
    await elixir(watcher, "Process.exit(Process.whereis(:nest), :kill)");
    await session.stop();
    await clean();
  });

  test.runIf(isFull)(
    "budgets change while it runs, both ways; absurd ones change nothing",
    async () => {
      const session = await start({ selectors: ["Shop.Inventory.level/1"] });
      const counted = async (): Promise<number> =>
        Number(
          (await rows(session, "select count(*) from calls where function = 'level'"))[0]?.[0],
        );
      const { budgets } = session.plan;
      for (const [absurd, message] of [
        [{ eventsPerSecond: -1 }, /whole number from 1/],
        [{ eventsPerSecond: 1e12 }, /up to|to 10000000/],
        [{ inFlightBytes: 2 ** 29 }, /do not fit/],
        [{ durationMs: 1 }, /over already/],
        [{ recordingBytes: 2 ** 51 }, /bytes of the recording/],
      ] as const) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await expect(session.adjust({ kind: "budgets", budgets: absurd })).rejects.toThrow(message);
      }
      expect(session.plan.budgets).toEqual(budgets);

      await session.adjust({ kind: "budgets", budgets: { eventsPerSecondPerProcess: 100 } });
      await callers(1_000);
      const few = await counted();
      expect(few).toBeGreaterThan(0);
      expect(few).toBeLessThan(300);
      // told within a second
      await wait(1_000);
      const limited = "select count(*) > 0 from gaps where reason = 'rate_limited'";
      expect(await rows(session, limited)).toEqual([[true]]);
      await session.adjust({ kind: "budgets", budgets: { eventsPerSecondPerProcess: 50_000 } });
      await callers(1_000);
      expect((await counted()) - few).toBe(1_000);
      expect(session.manifest.plan.budgets).toEqual(budgets);

      const soon = session.pipeline.stats().writer?.now ?? 0;
      const durationMs = Math.round(soon / 1e6) + 2_000;
      await session.adjust({ kind: "budgets", budgets: { durationMs } });
      await session.adjust({ kind: "pause" });
      const manifest = await session.ended;
      expect(manifest).toMatchObject({ state: "closed", stopped: { code: "duration" } });
      await clean();
      const recording = await RecordingReader.open(session.pipeline.path);
      const { rows: audit } = await recording.query(
        "select subject, outcome from audit where action = 'budgets' and outcome = 'done' order by t",
      );
      expect(audit[0]).toEqual(["eventsPerSecondPerProcess 100", "done"]);
      await recording.close();
    },
  );

  test.runIf(isFull)(
    "a session that is stopped while it is paused leaves nothing; nor does a smaller recording",
    async () => {
      const session = await start();
      await session.adjust({ kind: "pause" });
      // code that is instrumented in a pause comes into it closed
      await session.deepen(["Shop.Cart"]);
      expect(await erlang(watcher, "elixir_scope_capture:enter(1, [])")).toBe("0");
      await session.adjust({ kind: "resume" });
      expect(await erlang(watcher, "elixir_scope_capture:enter(1, [])")).not.toBe("0");
      await session.adjust({ kind: "pause" });
      await session.stop();
      await clean();
      const small = await start({ selectors: ["Shop.Inventory"] });
      const used = small.pipeline.stats().writer?.recordingBytes ?? 0;
      const recordingBytes = Math.max(2 ** 20, used + 2 ** 18);
      await small.adjust({ kind: "budgets", budgets: { recordingBytes } });
      await elixir(
        watcher,
        "for i <- 1..9_000, do: Shop.Inventory.level(inspect({i, :rand.bytes(100)})); :ok",
      );
      expect(await small.ended).toMatchObject({ stopped: { code: "budget" } });
      await clean();
    },
  );

  test.runIf(isFull)("a collector that is killed while it is paused leaves nothing", async () => {
    const module = resolve(import.meta.dirname, "../../packages/capture/dist/index.js");
    const out = workspace.next();
    const options = JSON.stringify({ target: shop.name, cookie: shop.cookie, out });
    const script = `import { attach } from ${JSON.stringify(module)};${PAUSED_COLLECTOR.replace("OPTIONS", options)}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise<void>((done, fail) => {
        child.stdout.once("data", () => done());
        child.once("exit", () => fail(new Error("the collector ended by itself")));
      });
      child.kill("SIGKILL");
      await clean();
      expect(await erlang(watcher, "erlang:system_info(trace_control_word)")).toBe("0");
    } finally {
      child.kill("SIGKILL");
    }
  });
});
