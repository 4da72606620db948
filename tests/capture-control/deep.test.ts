// Modules of a live node recorded from inside, and given back however the session ends.

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@elixirscope/server";
import { socketUrl } from "@elixirscope/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { deepInstrumenter } from "../../apps/cli/src/deep-instrumenter.ts";
import { liveSource } from "../../apps/cli/src/live-source.ts";
import {
  attach,
  type AttachOptions,
  type DeepReport,
  type Session,
} from "../../packages/capture/src/index.ts";
import type { Connection } from "../../packages/dist/src/index.ts";
import { systemRelease, type BeamNode } from "../support/beam-node.ts";
import { startCli } from "../support/cli.ts";
import { startOwnShop } from "./own-shop.ts";
import { elixir, erlang, look, untilClean, Workspace } from "./target-probe.ts";

const MODULES = ["Shop.Cart", "Shop.Pricing", "Shop.Inventory", "Shop.Feed"];
/** Little else, so that what is counted is what the instrumented code reports. */
const QUIET = { messages: false, lifecycle: false, state: false } as const;

let shop: BeamNode;
let watcher: Connection;
let workspace: Workspace;
let running: Session | null = null;

async function start(options: Partial<AttachOptions> = {}): Promise<Session> {
  const out = workspace.next();
  const { name: target, cookie } = shop;
  const instrumenter = deepInstrumenter();
  running = await attach({ target, cookie, out, estimate: false, instrumenter, ...options });
  return running;
}

async function deepSession(
  deep: readonly string[],
  options: Partial<AttachOptions> = {},
): Promise<{ session: Session; report: DeepReport }> {
  const reports: DeepReport[] = [];
  const onDeep = (report: DeepReport): void => void reports.push(report);
  const session = await start({ deep, onDeep, ...options });
  const [report] = reports;
  if (report === undefined) throw new Error("nothing was said of what is deep");
  return { session, report };
}

/** The rows of a query on the running session, after everything so far came in. */
async function rows(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  await pause(500);
  await session.pipeline.flush();
  const { rows: found } = await session.pipeline.query(sql);
  return found.map((row) => [...row]);
}

async function pause(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}

async function md5s(): Promise<string> {
  const names = MODULES.map((module) => `'Elixir.${module}'`).join(", ");
  const source = `[begin code:ensure_loaded(M), {M, binary:encode_hex(erlang:get_module_info(M, md5))} end || M <- [${names}]]`;
  return await erlang(watcher, source);
}

const SHOPPING = `{:ok, cart} = Shop.CartSupervisor.open("deep")
  Shop.Cart.add(cart, "apple", 2); Shop.Cart.add(cart, "apple", 0)
  Shop.Pricing.total(Shop.Cart.items(cart), "deep"); Shop.Cart.close(cart)`;
const CLOSED = "[module: :elixir_scope_capture]";
const CALLS = `select function, count(*) from calls where module = 'Shop.Cart'
  and function in ('add', 'items') group by all order by all`;

describe.each(systemRelease())("deep recording on OTP $release:", ({ root }) => {
  let originals = "";

  beforeAll(async () => {
    workspace = new Workspace();
    shop = await startOwnShop(root, join(workspace.dir, "shop"));
    watcher = await look(shop);
    originals = await md5s();
  });
  afterAll(async () => {
    await watcher.close();
    await shop.stop();
    workspace[Symbol.dispose]();
  });
  afterEach(async () => {
    await running?.stop();
    running = null;
    await givenBack(3_000);
  });

  /** From OTP 27 on nobody can say whether a closure of instrumented code is still held: what it calls stays, closed. */
  async function givenBack(withinMs: number): Promise<void> {
    const rest = await untilClean(watcher, root === undefined ? withinMs : Math.min(withinMs, 500));
    expect(root === undefined ? ["[]"] : ["[]", CLOSED]).toContain(rest);
    expect(await md5s()).toBe(originals);
  }

  test("bindings and branches appear with their places, each call once", async () => {
    const { session, report } = await deepSession(["Shop.Cart", "Shop.Pricing.total/2"]);
    expect(report.refused).toEqual([]);
    expect(report.modules.map(({ module }) => module)).toEqual([
      "Elixir.Shop.Cart",
      "Elixir.Shop.Pricing",
    ]);
    expect(await md5s()).not.toBe(originals);
    await elixir(watcher, SHOPPING);
    expect(await rows(session, CALLS)).toEqual([
      ["add", 2],
      ["items", 1],
    ]);
    const values = `select b.name, term(b.value), s."column" is not null and s.node_id is not null from bindings b
      join sites s on b.site = s.site where s.module = 'Shop.Pricing' and s.kind = 'match' order by 1`;
    expect(await rows(session, values)).toEqual([
      ["score", "55", true],
      ["sum", "4", true],
    ]);
    const unplaced =
      "select count(*) from sites where module in ('Shop.Cart', 'Shop.Pricing') and not generated and node_id is null";
    expect(await rows(session, unplaced)).toEqual([[0]]);
    // what is not instrumented is traced by the VM as before
    await elixir(watcher, 'Shop.Pricing.price("apple")');
    const price =
      "select site is null, term(result) from calls where function = 'price' order by call desc limit 1";
    expect(await rows(session, price)).toEqual([[true, "2"]]);
    expect(session.plan.deep).toEqual(["Shop.Cart", "Shop.Pricing.total/2"]);
    await session.stop();
    await givenBack(0);
  });

  test("modules are given back while the session goes on, and the VM traces them again", async () => {
    const { session } = await deepSession(["Shop.Cart"]);
    await elixir(watcher, SHOPPING);
    expect(await session.shallow(["Shop.Cart"])).toEqual({ modules: [], refused: [] });
    expect(await md5s()).toBe(originals);
    await elixir(watcher, SHOPPING);
    const sites = `select function, site is null, count(*) from calls where module = 'Shop.Cart'
      and function = 'add' group by all order by 2`;
    expect(await rows(session, sites)).toEqual([
      ["add", false, 2],
      ["add", true, 2],
    ]);
    const again = await session.deepen(["Shop.Cart.add/3"]);
    expect(again.modules[0]?.functions).toEqual(new Set(["add/3"]));
  });

  test("the page changes code by the server, and gives it back", async () => {
    const session = await start(QUIET);
    const server = await startServer({ source: liveSource(session), webRoot: workspace.dir });
    const socket = new WebSocket(
      socketUrl(`http://127.0.0.1:${String(server.port)}`, server.token),
    );
    await once(socket, "open");
    const ask = async (method: string): Promise<unknown> => {
      socket.send(JSON.stringify({ id: 1, method, params: { selectors: ["Shop.Cart"] } }));
      for (;;) {
        const [data] = (await once(socket, "message")) as [Buffer];
        const message = JSON.parse(data.toString()) as { kind: string; result?: unknown };
        if (message.kind !== "status") return message.result ?? message;
      }
    };
    expect(await ask("instrument")).toMatchObject({
      modules: [{ module: "Shop.Cart", functions: expect.any(Number) }],
      refused: [],
    });
    await elixir(watcher, SHOPPING);
    expect(await rows(session, CALLS)).toContainEqual(["add", 2]);
    expect(await ask("restore")).toEqual({ modules: [], refused: [] });
    expect(await md5s()).toBe(originals);
    expect(await ask("restore")).toMatchObject({ error: { code: "bad_selector" } });
    socket.terminate();
    await server.close();
  });

  test("requests are answered while code is replaced", async () => {
    const { session } = await deepSession(["Shop.Pricing"], QUIET);
    await elixir(
      watcher,
      `spawn(fn ->
         Process.register(self(), :es_client)
         {:ok, cart} = Shop.CartSupervisor.open("busy")
         loop = fn loop, count, most ->
           receive do
             {:stop, from} -> Shop.Cart.close(cart); send(from, {:client, count, most})
           after 0 ->
             {us, {:ok, _}} = :timer.tc(fn -> Shop.Cart.add(cart, "apple", 1) end)
             loop.(loop, count + 1, max(most, us))
           end
         end
         loop.(loop, 0, 0)
       end)`,
    );
    for (const _ of [1, 2, 3]) {
      expect((await session.deepen(["Shop.Cart", "Shop.Inventory"])).refused).toEqual([]);
      expect((await session.shallow(["Shop.Cart", "Shop.Inventory"])).refused).toEqual([]);
    }
    const told = await elixir(
      watcher,
      "send(:es_client, {:stop, self()}); receive do {:client, count, most} -> {count, most} end",
    );
    const [count = 0, mostUs = Infinity] = told
      .replaceAll(/[^\d,]/g, "")
      .split(",")
      .map(Number);
    console.log(`${String(count)} requests meanwhile, the slowest ${String(mostUs)} µs`);
    expect(count).toBeGreaterThan(100);
    expect(mostUs).toBeLessThan(1_000_000);
  });

  test("what cannot be replaced safely is refused with its reason, and the rest goes on", async () => {
    const folder = join(workspace.dir, "bare");
    mkdirSync(folder, { recursive: true });
    await erlang(
      watcher,
      `begin {ok, M, B} = compile:forms([{attribute,1,module,es_bare},{attribute,1,export,[{f,0}]},
        {function,1,f,0,[{clause,1,[],[],[{atom,1,ok}]}]}], []),
        ok = file:write_file("${folder}/es_bare.beam", B), code:add_patha("${folder}"), M end`,
    );
    await elixir(watcher, "Shop.Feed.latest()");
    const { session, report } = await deepSession(
      [":lists", ":es_bare", "Shop.Feed", "Shop.Cart"],
      QUIET,
    );
    const reasons = new Map(
      report.refused.map(({ module, code, message }) => [module, [code, message]]),
    );
    expect(reasons.get("lists")).toEqual(["sticky", expect.stringContaining("OTP")]);
    expect(reasons.get("es_bare")).toEqual([
      "no_debug_info",
      expect.stringContaining("debug_info"),
    ]);
    expect(reasons.get("Elixir.Shop.Feed")).toEqual([
      "in_use",
      expect.stringContaining("is inside"),
    ]);
    expect(report.modules.map(({ module }) => module)).toEqual(["Elixir.Shop.Cart"]);
    // all refused: the session goes on
    expect((await session.deepen([":lists.seq/2"])).refused).toHaveLength(1);
    await elixir(watcher, SHOPPING);
    expect(await rows(session, CALLS)).toContainEqual(["add", 2]);
    await expect(session.deepen(["Shop.Cart.add(_, _, 1)"])).rejects.toThrow("whole functions");
    await expect(session.deepen(["Shop.Crat"])).rejects.toThrow("did you mean Shop.Cart");
  });

  test("a function that makes too many events is recorded less deeply, and the recording says so", async () => {
    const budgets = { eventsPerSecond: 100_000, eventsPerSecondPerProcess: 5_000 };
    const options = { ...QUIET, budgets, selectors: ["Shop.Cart"] };
    const { session } = await deepSession(["Shop.Pricing"], options);
    await elixir(
      watcher,
      "for _ <- 1..40, do: (Shop.Pricing.loyalty_score(12); Process.sleep(100))",
    );
    const gaps = await rows(
      session,
      "select reason, detail from gaps where detail like 'Shop.Pricing.fib/1%' order by t_from",
    );
    expect(gaps[0]).toEqual([
      "truncated",
      expect.stringMatching(
        /^Shop\.Pricing\.fib\/1: full → (?:boundaries|minimal), [\d,]+ events\/s of a budget of 5,000$/,
      ),
    ]);
  });

  test("a session may end while code is being changed", async () => {
    const session = await start(QUIET);
    const deepening = session.deepen(["Shop.*"]).then(
      () => "done",
      () => "given up",
    );
    await pause(150);
    const stopped = performance.now();
    expect(await session.stop()).toMatchObject({ state: "closed", stopped: { code: "user" } });
    expect(await deepening).toBe("given up");
    expect(performance.now() - stopped).toBeLessThan(20_000);
  });

  test("originals are back when the collector is killed", async () => {
    const args = ["attach", shop.name, "--cookie", shop.cookie, "--no-ui", "--deep", "Shop.Cart"];
    const collector = startCli([...args, "--out", workspace.next(), "--no-state"]);
    await collector.line(/deep +Shop\.Cart/);
    await collector.line(/recording {3}/);
    expect(await md5s()).not.toBe(originals);
    collector.signal("SIGKILL");
    await collector.done;
    await givenBack(1_500);
  });
});

test("without a compiler on the target nothing is deep, and the reason is said", async () => {
  workspace = new Workspace();
  shop = await startOwnShop(undefined, join(workspace.dir, "shop"));
  watcher = await look(shop);
  try {
    await erlang(
      watcher,
      'begin code:del_path(filename:join(code:lib_dir(compiler), "ebin")), code:purge(compile), code:delete(compile), code:purge(compile) end',
    );
    const { session, report } = await deepSession(["Shop.Cart"]);
    expect(report.modules).toEqual([]);
    expect(report.refused[0]).toMatchObject({ code: "no_compiler" });
    await elixir(watcher, SHOPPING);
    expect(await rows(session, CALLS)).toContainEqual(["add", 2]);
    await session.stop();
  } finally {
    await watcher.close();
    await shop.stop();
    workspace[Symbol.dispose]();
  }
});
