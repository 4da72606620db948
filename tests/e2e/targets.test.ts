// Targets as they are in life: newer releases, somebody else tracing, TLS, thousands of processes that come
// and go, code that is loaded anew. Each through the real command line.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type Connection } from "@elixirscope/dist";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { elixir, erlang, look } from "../capture-control/target-probe.ts";
import { outerReleases, startNode, uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { startShop } from "../support/shop.ts";
import { remains, untilGone } from "./remains.ts";
import { attachLine, Shell, until, type Attached, type Row } from "./shell.ts";

let shell: Shell;

beforeEach(() => {
  shell = new Shell();
});

/** Ends a recording as a user does. */
async function end(attached: Attached): Promise<void> {
  attached.signal("SIGINT");
  const { exitCode, stderr } = await attached.done;
  if (exitCode !== 0 || stderr !== "") throw new Error(stderr);
}

/** Waits until a running recording has the row that is asked for; does `again` before every look. */
async function recorded(
  attached: Attached,
  sql: string,
  again?: () => Promise<unknown>,
): Promise<void> {
  const rowsNow = async (): Promise<readonly Row[]> => {
    await again?.();
    return await shell.rows(attached.out, sql);
  };
  const found = await until(rowsNow, (rows) => rows.length > 0);
  if (found.length === 0) throw new Error(`never recorded: ${sql}`);
}

describe.each(outerReleases())("OTP $release:", ({ release, root }) => {
  const isThorough = release === "system" || process.env["ES_ALL"] === "1";
  let shop: BeamNode;
  let watcher: Connection;

  beforeAll(async () => {
    const node = root === undefined ? {} : { root };
    shop = await startShop({ ...node, name: uniqueNodeName("shop"), load: false });
    watcher = await look(shop);
  });
  afterEach(async () => {
    await shell[Symbol.asyncDispose]();
    if ((await untilGone(watcher, 10_000)) === null) throw new Error(await remains(watcher));
  });
  afterAll(async () => {
    await watcher?.close();
    await shop?.stop();
  });

  it("calls, exact messages, states and crashes of the shop", async () => {
    const attached = await shell.attach(shop);
    await elixir(
      watcher,
      `Task.Supervisor.async(Shop.Tasks, fn ->
         Shop.Inventory.set_level("apple", 41); {:ok, 39} = Shop.Inventory.reserve("apple", 2)
         {:ok, cart} = Shop.CartSupervisor.open("ada"); {:ok, 3} = Shop.Cart.add(cart, "apple", 3)
         Process.exit(Process.whereis(Shop.Courier), :kill)
       end) |> Task.await()`,
    );
    await recorded(attached, "select 1 from processes where term(exit_reason) = ':killed'");
    await end(attached);
    const { out } = attached;

    const calls = await shell.rows(
      out,
      "select term(args) args, term(result) result, outcome from calls where module = 'Shop.Inventory' and function = 'set_level' order by t_enter",
    );
    expect(calls).toEqual([
      { args: '["apple", 41]', result: ":ok", outcome: "returned" },
      { args: '["apple", 39]', result: ":ok", outcome: "returned" },
    ]);
    const requests = await shell.rows(
      out,
      `select q.kind request, q.match, r.kind reply, r.match reply_match, term(r.body) like '%, 41}' is_level
       from messages q join messages r on r.reply_to = q.message
       where term(q.body) like '%{:level, "apple"}%'`,
    );
    expect(requests).toEqual([
      { request: "call", match: "exact", reply: "reply", reply_match: "exact", is_level: true },
    ]);
    const loose = await shell.row(
      out,
      "select count(*) n from messages where match <> 'exact' and t_sent is not null and t_received is not null",
    );
    expect(loose["n"]).toBe(0);
    const states = await shell.rows(
      out,
      `select distinct regexp_extract(term(state), '"apple" => (\\d+)', 1) apple, s.version
       from states s join processes p using (pid) where p.name = 'Shop.Inventory' order by s.version`,
    );
    expect(states.map(({ apple }) => apple).join(" ")).toMatch(/41( 41)* 39/);
    const cart = await shell.row(
      out,
      "select term(state) state from states where term(state) like '%Shop.Cart{%' order by t desc limit 1",
    );
    expect(cart["state"]).toMatch(/%Shop\.Cart\{.*"apple" => %\{price: 2, quantity: 3\}/);
    const { target, loss } = await shell.manifest(out);
    expect(loss).toEqual({});
    expect(target.otpRelease).toBe(root === undefined ? "25" : release);
  });

  it.runIf(isThorough)(
    "10,000 processes that come and go are all there, with their ends",
    async () => {
      const attached = await shell.attach(shop, ["Shop.Inventory.level/1", "--process", "all"]);
      await elixir(
        watcher,
        `for _ <- 1..100, do: (for _ <- 1..100, do: spawn(:erlang, :phash2, [:come_and_go]); Process.sleep(10))
       :ok`,
      );
      const after = `select 1 from calls where term(args) = '["after"]'`;
      await recorded(attached, after, () => elixir(watcher, 'Shop.Inventory.level("after")'));
      await end(attached);
      const found = await shell.row(
        attached.out,
        `select count(*) born, count(t_exited) died, count(*) filter (t_exited < t_spawned) backwards,
              count(*) filter (term(exit_reason) = ':normal') normal
       from processes where initial_call = 'erlang.phash2/1' and t_spawned is not null`,
      );
      // a busy machine may not keep up: then a gap says so
      const gaps = await shell.rows(
        attached.out,
        "select t_from from gaps where reason in ('dropped', 'rate_limited') and count > 0",
      );
      const isWhole = found["born"] === 10_000 && found["died"] === 10_000;
      expect(isWhole || gaps.length > 0, JSON.stringify(found)).toBe(true);
      expect(found).toMatchObject({ normal: found["died"], backwards: 0 });
      expect(found["born"]).toBeGreaterThan(0);
      expect(found["born"]).toBeLessThanOrEqual(10_000);
    },
  );

  it.runIf(isThorough)(
    "a module that is loaded anew is in `modules`, and recorded on",
    async () => {
      const attached = await shell.attach(shop, ["Shop.Pricing.price/1"]);
      await elixir(
        watcher,
        `Shop.Pricing.price("apple")
       :code.purge(Shop.Pricing); {:module, _} = :code.load_file(Shop.Pricing); :ok`,
      );
      const again = `select 1 from calls where term(args) = '["durian"]'`;
      await recorded(attached, again, () => elixir(watcher, 'Shop.Pricing.price("durian")'));
      await end(attached);
      const calls = await shell.rows(
        attached.out,
        "select term(args) args, term(result) result from calls group by all order by min(t_enter)",
      );
      expect(calls).toEqual([
        { args: '["apple"]', result: "2" },
        { args: '["durian"]', result: "30" },
      ]);
      const modules = await shell.rows(
        attached.out,
        "select event, t > 0 later from modules where module = 'Shop.Pricing' order by t",
      );
      expect(modules).toContainEqual({ event: "reloaded", later: true });
    },
  );

  it.runIf(root !== undefined)("somebody else's trace session is left alone", async () => {
    await erlang(
      watcher,
      `begin Self = self(), Collect = fun F(N) -> receive {trace, _, call, {_, level, _}} -> F(N + 1); {count, P} -> P ! {count, N}, F(N); stop -> ok; _ -> F(N) end end,
       Owner = spawn(fun() ->
         register(other_owner, self()),
         Tracer = spawn_link(fun() -> Collect(0) end), register(other_tracer, Tracer),
         S = trace:session_create(other, Tracer, []),
         1 = trace:process(S, whereis('Elixir.Shop.Inventory'), true, [call, arity]),
         1 = trace:function(S, {'Elixir.Shop.Inventory', handle_call, 3}, true, [local]),
         _ = trace:process(S, all, true, [call]),
         1 = trace:function(S, {'Elixir.Shop.Inventory', level, 1}, true, [local]),
         Self ! ready, receive {info, P} -> P ! ok; stop -> ok end end),
       receive ready -> Owner after 5000 -> error(no_session) end end`,
    );
    const theirs = async (): Promise<string> =>
      await erlang(
        watcher,
        `[begin {flags, F} = trace:info(S, whereis('Elixir.Shop.Inventory'), flags),
          {lists:sort(F), trace:info(S, {'Elixir.Shop.Inventory', level, 1}, all), trace:info(S, {'Elixir.Shop.Inventory', set_level, 2}, all)} end
          || {other, _} = S <- trace:session_info(all)]`,
      );
    const counted = async (): Promise<number> =>
      Number(
        await erlang(
          watcher,
          "begin other_tracer ! {count, self()}, receive {count, N} -> N after 5000 -> -1 end end",
        ),
      );
    const before = await theirs();
    expect(before).toContain(":call");

    const attached = await shell.attach(shop, ["Shop.Inventory.*"]);
    expect(await theirs()).toBe(before);
    await elixir(watcher, 'Shop.Inventory.level("apple")');
    await recorded(attached, "select 1 from calls where function = 'level'");
    expect(await counted()).toBe(1);
    await end(attached);

    expect(await theirs()).toBe(before);
    await elixir(watcher, 'Shop.Inventory.level("apple")');
    expect(await counted()).toBe(2);
    await erlang(watcher, "begin other_owner ! stop, exit(whereis(other_tracer), kill) end");
  });
});

function file(name: string): string {
  return join(shell.folder, name);
}

function openssl(command: string): void {
  execFileSync("openssl", command.split(" "), { cwd: shell.folder, stdio: "pipe" });
}

/** An authority `ca`, and `node` and `client` signed by it. */
function certificates(): void {
  writeFileSync(file("ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  const key = "-newkey rsa:2048 -nodes -subj /CN=elixirscope";
  openssl(`req -x509 ${key} -keyout ca.key -days 2 -out ca.pem`);
  for (const name of ["node", "client"]) {
    openssl(`req ${key} -keyout ${name}.key -out ${name}.csr`);
    openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out ${name}.pem`,
    );
  }
}

describe("distribution over TLS", () => {
  afterEach(async () => {
    await shell[Symbol.asyncDispose]();
  });

  it("records a node that demands certificates", async () => {
    certificates();
    const node = `{cacertfile, "${file("ca.pem")}"}, {verify, verify_peer}`;
    const server = `${node}, {certfile, "${file("node.pem")}"}, {keyfile, "${file("node.key")}"}, {fail_if_no_peer_cert, true}`;
    writeFileSync(file("dist.conf"), `[{server, [${server}]}, {client, [${node}]}].\n`);
    await using target = await startNode({
      args: ["-proto_dist", "inet_tls", "-ssl_dist_optfile", file("dist.conf")],
      code: "spawn(fun() -> register(ticker, self()), F = fun F() -> 6 = lists:sum([1, 2, 3]), receive stop -> ok after 20 -> F() end end, F() end).",
    });
    const tls = ["--tls-ca", file("ca.pem"), "--tls-cert", file("client.pem")];
    const args = [":lists.sum/1", "--process", ":ticker", "--for", "2s"];
    const withKey = [...args, ...tls, "--tls-key", file("client.key")];
    const attached = await shell.attach(target, withKey);
    expect(await attached.done).toMatchObject({ exitCode: 0, stderr: "" });
    const found = await shell.row(
      attached.out,
      "select count(*) n, min(term(args)) args, max(term(result)) result from calls where function = 'sum'",
    );
    expect(found).toMatchObject({ args: "[[1, 2, 3]]", result: "6" });
    expect(found["n"]).toBeGreaterThan(10);

    const anonymous = [...args, "--tls-ca", file("ca.pem"), "--out", shell.path()];
    const refused = await shell.start(attachLine(target, anonymous)).done;
    expect(refused.exitCode, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/TLS/);

    const own = {
      ca: readFileSync(file("ca.pem"), "utf8"),
      cert: readFileSync(file("client.pem"), "utf8"),
      key: readFileSync(file("client.key"), "utf8"),
    };
    await using watcher = await connect({ target: target.name, cookie: target.cookie, tls: own });
    expect(await remains(watcher)).toBe("[]");
  });
});
