import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  attach,
  formatPlan,
  type AttachOptions,
  type Session,
  type SessionStatus,
} from "../../packages/capture/src/index.ts";
import type { Connection } from "../../packages/dist/src/index.ts";
import { RecordingReader } from "../../packages/store/src/index.ts";
import { systemRelease, type BeamNode } from "../support/beam-node.ts";
import { startShop } from "../support/shop.ts";
import { elixir, left, look, Workspace } from "./target-probe.ts";

let shop: BeamNode;
let watcher: Connection;
let workspace: Workspace;

let running: Session | null = null;
async function start(options: Partial<AttachOptions> = {}): Promise<Session> {
  const out = workspace.next();
  const { name: target, cookie } = shop;
  running = await attach({ target, cookie, out, estimate: false, ...options });
  return running;
}

/** The rows of a query on the running session, after everything so far came in. */
async function rows(session: Session, sql: string): Promise<readonly unknown[]> {
  await new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
  await session.pipeline.flush();
  const { rows: found } = await session.pipeline.query(sql);
  return found.map((row) => [...row]);
}

const CALLS = "select function, outcome, term(args), term(result) from calls order by call";

describe.each(systemRelease())("OTP $release:", ({ root }) => {
  beforeAll(async () => {
    workspace = new Workspace();
    shop = await startShop({ load: false, ...(root === undefined ? {} : { root }) });
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

  test("without selectors the target's own application is recorded, and nothing is left", async () => {
    let plan = "";
    const session = await start({
      estimate: true,
      onPlan: (prepared, estimate) => {
        plan = formatPlan(prepared, estimate);
      },
    });
    expect(plan).toContain("the target's own: shop");
    expect(plan).toContain("app:shop");
    await elixir(watcher, 'Shop.Inventory.set_level("apple", 7)');
    expect(await rows(session, CALLS)).toContainEqual([
      "set_level",
      "returned",
      '["apple", 7]',
      ":ok",
    ]);
    expect(await rows(session, "select count(*) > 0 from states")).toEqual([[true]]);
    expect(await rows(session, "select count(*) > 0 from messages where kind = 'call'")).toEqual([
      [true],
    ]);
    const manifest = await session.stop();
    expect(manifest).toMatchObject({ state: "closed", stopped: { code: "user" } });
    expect(await left(watcher)).toBe("[]");
    const recording = await RecordingReader.open(session.pipeline.path);
    const { rows: found } = await recording.query("select count(*) from calls");
    expect(Number(found[0]?.[0])).toBeGreaterThan(0);
    await recording.close();
  });

  test("arguments and guards choose calls", async () => {
    const session = await start({
      selectors: [
        'Shop.Inventory.set_level("apple" <> _, level) when level in 1..9 or level > 100',
      ],
    });
    await elixir(
      watcher,
      'for {s, l} <- [{"apple", 5}, {"apple", 50}, {"fig", 5}, {"apple", 500}], do: Shop.Inventory.set_level(s, l)',
    );
    expect(await rows(session, CALLS)).toEqual([
      ["set_level", "returned", '["apple", 5]', ":ok"],
      ["set_level", "returned", '["apple", 500]', ":ok"],
    ]);
    await session.stop();
    expect(await left(watcher)).toBe("[]");
  });

  test("a caller chooses calls, with their results", async () => {
    const session = await start({
      selectors: ["Shop.Inventory.level/1 called by Shop.Inventory.reserve/2"],
      messages: false,
      lifecycle: false,
      state: false,
    });
    await elixir(
      watcher,
      'Shop.Inventory.set_level("cherry", 9); Shop.Inventory.level("cherry"); Shop.Inventory.reserve("cherry", 2); Shop.Inventory.level("cherry")',
    );
    expect(await rows(session, CALLS)).toEqual([["level", "returned", '["cherry"]', "9"]]);
    expect(
      await rows(
        session,
        "select kind, count(*) from events where kind <> 'module' group by all order by all",
      ),
    ).toEqual([
      ["call", 1],
      ["return", 1],
    ]);
    await session.stop();
  });

  test("status comes twice a second, with counters of both sides", async () => {
    const session = await start();
    const statuses: SessionStatus[] = [];
    await elixir(watcher, 'Shop.Inventory.level("apple")');
    session.on("status", (status) => statuses.push(status));
    const ended: string[] = [];
    session.on("stopped", (manifest) => ended.push(manifest.state));
    await new Promise((resolve) => {
      setTimeout(resolve, 1_800);
    });
    await session.stop();
    expect(statuses.length).toBeGreaterThanOrEqual(2);
    const last = statuses.at(-1);
    expect(last?.probe?.["events"]).toBeGreaterThan(0);
    expect(last?.pipeline.ring).toBeDefined();
    expect(ended).toEqual(["closed"]);
    expect(await session.stop()).toBe(await session.ended);
    await expect(
      session.adjust({ kind: "add_functions", selectors: ["Shop.Cart"] }),
    ).rejects.toMatchObject({ code: "target_down" });
  });

  test("functions come and go while it runs", async () => {
    const session = await start({ selectors: ["Shop.Inventory.level/1"] });
    await session.adjust({ kind: "add_functions", selectors: ["Shop.Inventory.set_level/2"] });
    await elixir(watcher, 'Shop.Inventory.set_level("durian", 3)');
    await session.adjust({ kind: "remove_functions", selectors: ["Shop.Inventory.set_*"] });
    await elixir(watcher, 'Shop.Inventory.set_level("durian", 4); Shop.Inventory.level("durian")');
    expect(await rows(session, CALLS)).toEqual([
      ["set_level", "returned", '["durian", 3]', ":ok"],
      ["level", "returned", '["durian"]', "4"],
    ]);
    expect(session.plan.functions).toHaveLength(1);
    await expect(
      session.adjust({ kind: "remove_functions", selectors: ["Shop.Inventory.nope"] }),
    ).rejects.toMatchObject({ code: "bad_selector" });
    const manifest = await session.stop();
    expect(manifest.plan.selectors).toEqual([
      "Shop.Inventory.level/1",
      "Shop.Inventory.set_level/2",
      "not Shop.Inventory.set_*",
    ]);
    expect(await left(watcher)).toBe("[]");
  });

  test("processes come and go while it runs, sampling changes", async () => {
    const session = await start({ selectors: ["Shop.Inventory"], processes: ["Shop.Inventory"] });
    const [pid = ""] =
      /<[\d.]+>/.exec(await elixir(watcher, "inspect(Process.whereis(Shop.CartSupervisor))")) ?? [];
    await session.adjust({ kind: "add_processes", processes: ["Shop.Notifier", pid] });
    expect(session.plan.processes).toEqual(["Shop.Inventory", "Shop.Notifier", pid]);
    await session.adjust({ kind: "remove_processes", processes: ["Shop.Notifier"] });
    await session.adjust({ kind: "sampling", sampling: { kind: "rate", chainsPerSecond: 1 } });
    await elixir(watcher, 'for _ <- 1..50, do: Shop.Inventory.level("apple")');
    const [[count] = []] = (await rows(
      session,
      "select count(*) from calls where function = 'handle_call'",
    )) as number[][];
    expect(count).toBeLessThan(10);
    const manifest = await session.stop();
    expect(manifest.plan.sampling).toEqual({ kind: "rate", chainsPerSecond: 1 });
    await expect(
      start({ selectors: ["Shop.Inventory"], processes: ["Shop.Nobody"] }),
    ).rejects.toMatchObject({
      code: "bad_selector",
      message: expect.stringContaining("no process of the target is registered as Shop.Nobody"),
    });
    expect(await left(watcher)).toBe("[]");
  });

  test("a loop by tail calls keeps its stack while it is recorded", async () => {
    const dir = JSON.stringify(workspace.dir);
    await elixir(
      watcher,
      `{:module, module, beam, _} =
         defmodule Shop.Spin do
           def run(0), do: Process.info(self(), :stack_size)
           def run(n), do: run(n - 1)
           def start(n), do: Task.await(Task.async(Shop.Spin, :run, [n]))
         end
       File.write!(Path.join(${dir}, "Elixir.Shop.Spin.beam"), beam)
       :code.add_patha(String.to_charlist(${dir}))
       :code.purge(module)
       {:module, _} = :code.load_file(module)`,
    );
    const stackWords = async (turns: number): Promise<number> =>
      Number(/\d+/.exec(await elixir(watcher, `Shop.Spin.start(${String(turns)})`))?.[0]);
    const before = await stackWords(20_000);
    const session = await start({ selectors: ["Shop.Spin"] });
    const returns = session.plan.functions.map((traced) => `${traced.function} ${traced.returns}`);
    expect(returns.toSorted()).toEqual(["run none", "start value"]);
    expect(await stackWords(20_000)).toBe(before);
    await session.stop();
    expect(await left(watcher)).toBe("[]");
  });

  test("a module without code to look at is recorded without results, and the plan says so", async () => {
    await elixir(watcher, "defmodule Shop.Memory do\ndef get(x), do: {:ok, x}\nend\n:ok");
    let plan = "";
    const session = await start({
      selectors: ["Shop.Memory.get/1"],
      onPlan: (prepared, estimate) => {
        plan = formatPlan(prepared, estimate);
      },
    });
    expect(plan).toContain("no code to look at in Shop.Memory");
    await elixir(watcher, "Shop.Memory.get(1)");
    expect(await rows(session, CALLS)).toEqual([["get", "tail", "[1]", null]]);
    await session.stop();
  });

  test("a module that is loaded anew is recorded on", async () => {
    const session = await start({ selectors: ["Shop.Inventory.level/1"] });
    await elixir(
      watcher,
      ":code.purge(Shop.Inventory); {:module, _} = :code.load_file(Shop.Inventory)",
    );
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    await elixir(watcher, 'Shop.Inventory.level("new")');
    expect(await rows(session, CALLS)).toContainEqual(["level", "returned", '["new"]', "0"]);
    await session.stop();
    expect(await left(watcher)).toBe("[]");
  });

  test("10,000 processes that come and go are no problem", async () => {
    const session = await start({ selectors: ["Shop.Inventory.level/1"], processes: ["all"] });
    await elixir(watcher, "for _ <- 1..10_000, do: spawn(fn -> :ok end); :ok");
    const born = "select count(*) >= 10_000 from processes";
    // a busy machine may not keep up: then a gap says so
    const told = `select (${born}) or (select count(*) > 0 from gaps)`;
    await expect.poll(async () => await rows(session, told), { timeout: 20_000 }).toEqual([[true]]);
    expect(await rows(session, "select count(*) > 0 from processes")).toEqual([[true]]);
    await session.stop();
    expect(await left(watcher)).toBe("[]");
  });
});
