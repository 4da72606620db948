// The questions that a recording answers, asked on the command line about two real recordings of the shop:
// one of the live node, one of `mix test` with instrumented code. Each planted bug is found by one command.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { uniqueNodeName } from "../support/beam-node.ts";
import { cli, type CliResult } from "../support/cli.ts";
import { startShop } from "../support/shop.ts";

const project = resolve(import.meta.dirname, "../../examples/shop");
let folder: string;
/** of the live shop under load: calls, messages, states, lifecycle, without instrumented code */
let attached: string;
/** of `mix test`: every value */
let ran: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "escope-questions-"));
  attached = join(folder, "attached.escope");
  ran = join(folder, "ran.escope");
  const shop = await startShop({ name: uniqueNodeName("questions"), cookie: "demo" });
  try {
    const options = ["--cookie", "demo", "--for", "5s", "--no-ui", "--out", attached];
    succeeded(await cli(["attach", shop.name, ...options]));
  } finally {
    await shop.stop();
  }
  const env = { MIX_BUILD_PATH: join(folder, "build"), XDG_CACHE_HOME: join(folder, "cache") };
  succeeded(await cli(["run", "--out", ran, "--", "mix", "test"], { cwd: project, env }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function succeeded({ exitCode, stderr }: CliResult): void {
  expect(exitCode, stderr).toBe(0);
}

async function asked(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await cli(args);
  expect({ args, stderr, exitCode }).toMatchObject({ exitCode: 0 });
  return stdout;
}

it("shows the variables of a running test's call", async () => {
  const found = await asked("find", ran, "--when", "Shop.Cart.add/3", "--first", "--json");
  const { hits } = JSON.parse(found) as { hits: { event: number }[] };
  const text = await asked("stack", ran, "--event", String(hits[0]?.event));
  expect(text).toMatch(/quantity\s+= \d/);
});

it("knows which send each receive of the tests' processes ends", async () => {
  const sql = `select count(*) filter (match = 'exact' and t_received >= t_sent) as paired,
    count(*) filter (from_pid like '<%' and from_pid not like '<0.%') elsewhere
    from messages where kind = 'call'`;
  const [row] = JSON.parse(await asked("query", ran, sql, "--json")) as Record<string, number>[];
  expect(Number(row?.["paired"])).toBeGreaterThan(20);
  expect(row).toMatchObject({ elsewhere: 0 });
});

it("says that code of the live node was not instrumented", async () => {
  const found = await asked("find", attached, "--when", "Shop.Cart.add/3", "--first", "--json");
  const { hits } = JSON.parse(found) as { hits: { event: number }[] };
  const text = await asked("stack", attached, "--event", String(hits[0]?.event));
  expect(text).toContain("not instrumented");
});

it("prints after the fact what an expression came to", async () => {
  const expression = '"#{customer} pays #{result}"';
  const args = ["--at", "Shop.Pricing.total/2", "--expr", expression, "--limit", "1000"];
  expect(await asked("print", ran, ...args)).toContain('"ann pays 4"');
  const states = ["--at", "state of Shop.Courier", "--expr", "delivered >= 0", "--json"];
  const view = JSON.parse(await asked("print", attached, ...states)) as {
    prints: { printed: unknown[] }[];
  };
  expect(view.prints[0]?.printed).toEqual([{ kind: "value", text: "true" }]);
});

it("writes tests of recorded calls that hold in the project, the courier's crash among them", async () => {
  const copy = join(folder, "shop");
  cpSync(project, copy, { recursive: true, filter: (from) => !/\/(?:_build|deps)$/.test(from) });
  const wanted = [
    [ran, "function = 'total' and outcome = 'returned' and args is not null"],
    [ran, "module = 'Shop.Cart' and function = 'handle_call' and outcome = 'returned'"],
    [attached, "module = 'Shop.Courier' and function = 'handle_cast' and outcome = 'raised'"],
  ] as const;
  const files: string[] = [];
  for (const [recording, where] of wanted) {
    const sql = `select call from calls where ${where} order by call limit 1`;
    const [row] = JSON.parse(await asked("query", recording, sql, "--json")) as { call: number }[];
    const file = join(copy, "test", `recorded_${files.length}_test.exs`);
    await asked("gen-test", recording, "--call", String(row?.call), "--out", file);
    files.push(file);
  }
  const env = { ...process.env, MIX_BUILD_PATH: join(folder, "build"), SHOP_LOAD: "off" };
  const output = execFileSync("mix", ["test", ...files], { cwd: copy, env, encoding: "utf8" });
  expect(output).toMatch(/3 tests, 0 failures/);
  expect(readFileSync(files[2] ?? "", "utf8")).toMatch(
    /catch_error\(Shop\.Courier\.handle_cast\(message, state\)\) === :function_clause/,
  );
});

it("finds the lost update of the inventory, with both chains", async () => {
  const found = await asked("races", attached, "--json");
  const { races } = JSON.parse(found) as {
    races: { function: string; happened: number; examples: { accesses: unknown[] }[] }[];
  };
  expect(races[0]).toMatchObject({
    kind: "lost_update",
    function: "Shop.Inventory.reserve/2",
    subject: { process: { name: "Shop.Inventory" } },
    confidence: "exact",
  });
  expect(races[0]?.happened).toBeGreaterThan(0);
  expect(races[0]?.examples[0]?.accesses.length).toBeGreaterThanOrEqual(3);
});

it("finds no deadlock in the shop", async () => {
  // on a busy machine calls may still wait when the recording ends: they are told before
  expect(await asked("deadlocks", attached)).toMatch(/^0 deadlocks, /m);
});

it("finds the slow function, and the arguments that make it slow", async () => {
  const { functions } = JSON.parse(await asked("perf", attached, "--limit", "3", "--json")) as {
    functions: { mfa: string; slowest: number }[];
  };
  expect(functions[0]?.mfa).toBe("Shop.Pricing.fib/1");
  // several arguments take so long: of the slowest tenth, on a busy machine only the greatest may be left
  const over = ["--function", "Shop.Pricing.loyalty_score/1", "--over", "1ms"];
  const slow = await asked("perf", "slow", attached, ...over);
  expect(slow).toMatch(/arg1 >= 1\d/);
  const event = String(functions[0]?.slowest);
  const path = JSON.parse(await asked("perf", "path", attached, "--event", event, "--json")) as {
    t0: number;
    t1: number;
    byKind: { ns: number }[];
  };
  expect(path.byKind.reduce((sum, { ns }) => sum + ns, 0)).toBe(path.t1 - path.t0);
});

it("finds the mailbox that piles up", async () => {
  const { bottlenecks } = JSON.parse(await asked("perf", "bottlenecks", attached, "--json")) as {
    bottlenecks: { name: string; busy: number; dwell: { max: number } }[];
  };
  expect(bottlenecks[0]).toMatchObject({ name: "Shop.Notifier" });
  expect(bottlenecks[0]?.dwell.max).toBeGreaterThan(8e6);
});

it("joins the recording with the analysed code: clauses that were never chosen, the VIP discount's among them", async () => {
  await asked("analyze", project, "--out", ran, "--json");
  const text = await asked("questions", ran, "clauses-never-chosen");
  expect(text).toMatch(/Shop\.Pricing +discount +2 +function +3 .*lib\/shop\/pricing\.ex/);
  const never = await asked("questions", ran, "functions-never-called", "--sql");
  expect(never).toMatch(/Shop\.Cart +remove +2 +def/);
  expect(never).toContain("WITH called AS");
});

it("exports the live shop for Perfetto, and into one file that answers as the folder does", async () => {
  const trace = join(folder, "attached.json");
  await asked("export", attached, "--format", "perfetto", "--to", "1s", "--out", trace);
  const { traceEvents } = JSON.parse(readFileSync(trace, "utf8")) as {
    traceEvents: { ph: string; name: string; id?: number }[];
  };
  const sent = new Set(traceEvents.flatMap(({ ph, id }) => (ph === "s" ? [id] : [])));
  const arrived = traceEvents.filter(({ ph, id }) => ph === "f" && sent.has(id));
  const matched = "select count(*) n from messages where t_sent <= 1e9 and t_received <= 1e9";
  const [both] = JSON.parse(await asked("query", attached, matched, "--json")) as { n: number }[];
  expect(arrived.length).toBe(both?.n);
  expect(arrived.length).toBeGreaterThan(0);

  const packed = join(folder, "packed.escope");
  await asked("export", attached, "--format", "escope", "--out", packed);
  const sql = "select count(*), max(id), sum(t) from events";
  const env = { XDG_CACHE_HOME: join(folder, "cache") };
  const { stdout } = await cli(["query", packed, sql], { env });
  expect(stdout).toBe(await asked("query", attached, sql));
});

it("draws what the live shop's processes did to each other, and how the stock went down", async () => {
  const { nodes, edges, cycles } = await drawn(
    attached,
    "--kind",
    "interaction",
    "--limit",
    "2000",
  );
  const stock = nodes.find(({ label }) => label.startsWith("Shop.Inventory <"))?.id;
  const calls = edges.filter(({ target, type }) => target === stock && type === "call");
  const replies = edges.filter(({ source, type }) => source === stock && type === "reply");
  expect(calls.length).toBeGreaterThan(10);
  expect(new Set(replies.map(({ target }) => target))).toEqual(
    new Set(calls.map(({ source }) => source)),
  );
  expect(cycles.some((ids) => ids.includes(stock ?? ""))).toBe(true);

  const versions = await drawn(
    attached,
    "--kind",
    "state",
    "--pid",
    "Shop.Inventory",
    "--limit",
    "100",
  );
  expect(versions.edges.some(({ label }) => /^\["\w+"\]: \d+ → \d+$/.test(label ?? ""))).toBe(true);
  expect(versions.cycles).toEqual([]);
});

it("follows the reserved quantity through the code of the running test", async () => {
  await asked("analyze", project, "--out", ran, "--json");
  const found = await asked("find", ran, "--when", "Shop.Inventory.reserve/2", "--first", "--json");
  const { hits } = JSON.parse(found) as { hits: { event: number }[] };
  const from = String(hits[0]?.event);
  const { nodes, edges } = await drawn(ran, "--kind", "dataflow", "--event", from, "--depth", "2");
  const flows = edges.filter(({ source, type }) => source === `e${from}` && type === "flow");
  const reached = flows.map(({ target, label }) => [
    nodes.find(({ id }) => id === target)?.label,
    label,
  ]);
  expect(reached).toContainEqual([
    expect.stringMatching(/^Shop\.Inventory\.level\("\w+"\)$/),
    "sku",
  ]);
  expect(reached).toContainEqual([
    expect.stringMatching(/^Shop\.Inventory\.set_level\("\w+", \d+\)$/),
    "quantity, sku",
  ]);
});

async function drawn(recording: string, ...args: readonly string[]): Promise<DrawnDag> {
  return JSON.parse(await asked("dag", recording, ...args, "--format", "json")) as DrawnDag;
}

type DrawnDag = {
  readonly nodes: readonly { readonly id: string; readonly label: string }[];
  readonly edges: readonly {
    readonly source: string;
    readonly target: string;
    readonly type: string;
    readonly label?: string;
  }[];
  readonly cycles: readonly (readonly string[])[];
};

it("shows the pile-up: what waits for the slow process while it works", async () => {
  const [{ t } = { t: 0 }] = JSON.parse(
    await asked(
      "query",
      attached,
      // sent while it handled another: what lies there because nobody has woken it yet is no pile-up
      `WITH taken AS (
          SELECT pid, kind, t, lead(t) OVER (ORDER BY id) AS done FROM events
          WHERE kind IN ('handle', 'state') AND pid = (SELECT pid FROM processes WHERE name = 'Shop.Notifier'))
        SELECT t_sent AS t FROM messages m JOIN taken
          ON to_pid = pid AND t_sent BETWEEN taken.t AND done - 1000000
        WHERE taken.kind = 'handle' AND m.kind = 'cast' ORDER BY dwell_ns DESC LIMIT 1`,
      "--json",
    ),
  ) as { t: number }[];
  const at = `${t + 1_000}ns`;
  const waiting = await asked("mailbox", attached, "--pid", "Shop.Notifier", "--at", at, "--json");
  const { view } = JSON.parse(waiting) as {
    view: { total: number; messages: { kind: string }[]; handling: { body: string } };
  };
  expect(view.total).toBeGreaterThan(0);
  expect(view.messages.map(({ kind }) => kind)).toContain("cast");
  expect(view.handling.body).toContain(":notify");
  const processes = await asked("ps", attached, "--at", at);
  expect(processes).toMatch(/Shop\.Notifier +gen_server +[1-9]\d* +Shop\.Notifier\.handle_cast\/2/);
});

it("steps back from a line of a test's call to the values that were there before", async () => {
  const found = await asked(
    "find",
    ran,
    "--when",
    "Shop.Payments.Fraud.handle_call/3: verdict == :ok",
    "--first",
    "--json",
  );
  const { hits } = JSON.parse(found) as { hits: { event: number }[] };
  const event = String(hits[0]?.event);
  const back = await asked("step", ran, "--event", event, "--by", "line", "--back", "--json");
  const { to } = JSON.parse(back) as {
    to: { event: number; frame: { place: { line: number }; locals: { name: string }[] } };
  };
  expect(to.event).toBeLessThan(Number(event));
  const names = to.frame.locals.map(({ name }) => name);
  expect(names).toContain("amount");
  expect(names).not.toContain("verdict");
});

it("finds the planted clause surprise, and what refused the parcel that crashed the courier", async () => {
  const never = await asked("clauses", ran, "--never", "--json");
  const [surprise] = (JSON.parse(never) as { clauses: unknown[] }).clauses;
  expect(surprise).toMatchObject({
    mfa: "Shop.Pricing.discount/2",
    text: "def discount(sum, %{vip: true}), do: div(sum, 4)",
    evaluation: { isNarrower: true },
  });
  const sampled = await asked("clauses", attached, "--never", "--project", project, "--json");
  expect((JSON.parse(sampled) as { clauses: unknown[] }).clauses[0]).toMatchObject({
    mfa: "Shop.Pricing.discount/2",
    clause: 2,
    siblings: null,
  });
  const select =
    "select call from calls where outcome = 'raised' and function = 'carry' order by call limit 1";
  const rows = JSON.parse(await asked("query", attached, select, "--json")) as { call: number }[];
  const call = String(rows[0]?.call);
  const text = await asked("clauses", attached, "--call", call, "--project", project);
  expect(text).toMatch(/the guard items < 4 does not hold with items = [4-9]/);
  expect(text).toContain("no clause takes these values");
});

it("finds the expression that made a level of the stock, from the server that got it on", async () => {
  const when = "Shop.Inventory.handle_call/3: match?({:set_level, _, _}, arg1)";
  for (const [recording, options] of [
    [ran, []],
    [attached, ["--project", project]],
  ] as const) {
    const found = await asked("find", recording, "--when", when, "--json");
    const { hits } = JSON.parse(found) as { hits: { event: number }[] };
    const origins: unknown[] = [];
    // of one the sender may not have been recorded: it was sent before, or in a stretch where something was dropped
    for (const { event } of spread(hits, 8)) {
      const asking = ["--event", String(event), "--path", "args[0]{2}", ...options];
      const { hops, end } = JSON.parse(await asked("origin", recording, ...asking, "--json")) as {
        hops: { place: { mfa: string | null } }[];
        end: { expression: { text: string } | null };
      };
      origins.push([hops.map(({ place }) => place.mfa), end.expression?.text]);
      if (end.expression !== null) break;
    }
    expect(origins).toContainEqual([
      expect.arrayContaining(["Shop.Inventory.set_level/2"]),
      "level - quantity",
    ]);
  }
});

it("tells why the courier crashed: the clause, the message, the state before, who sent it, who took its place", async () => {
  const parcel = /%\{customer: "customer-\d+", items: \d\}/.source;
  // the tests alone may be over before a parcel is too big
  const text = await asked("why", attached, "--project", project);
  expect(text).toMatch(/Shop\.Courier <[\w@.]+> crashed at/);
  expect(text).toContain("no function clause matching in Shop.Courier.carry/1");
  expect(text).toContain("items < 4 does not hold (items = 4)");
  expect(text).toMatch(new RegExp(`\\{:deliver, ${parcel}\\}, from Shop\\.Order`));
  expect(text).toMatch(/the state before\n +%\{delivered: \d+\}/);
  expect(text).toMatch(/calls Shop\.Courier\.deliver\(/);
  expect(text).toMatch(/Shop\.Supervisor <[\w@.]+> started Shop\.Courier <[\w@.]+> in its place/);
  const crash = JSON.parse(await asked("why", attached, "--json")) as {
    failure: { event: number };
    message: { sendEvent: number };
  };
  const back = await asked("causes", attached, "--event", String(crash.failure.event), "--json");
  expect((JSON.parse(back) as { events: number[] }).events).toContain(crash.message.sendEvent);
});

/** So many of them at most, from the last to the first. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(all.length / most);
  return all.toReversed().filter((_, i) => i % step === 0);
}
