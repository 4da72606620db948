// How long a user waits: attach to the first event in the recording, and stop to a clean target, on the
// running shop; medians of several sessions, beside a bare connect to the same node as the baseline.
//
// Needs a build (npm run build) and Elixir.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { attach } from "../packages/capture/dist/index.js";
import { connect } from "../packages/dist/dist/index.js";
import { atom } from "../packages/etf/dist/index.js";

const ROUNDS = 7;
const target = `shop_bench_${process.pid}@127.0.0.1`;
const cookie = "bench";
const folder = mkdtempSync(join(tmpdir(), "escope-bench-"));
const shop = startShop();
process.on("exit", () => stopShop());

try {
  await shopRuns();
  const times = { connect: [], first: [], stop: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.connect.push(await timeOf(async () => (await connect({ target, cookie })).close()));
    await oneSession(round, times);
  }
  const baseline = median(times.connect);
  for (const [name, values] of Object.entries(times)) {
    const value = median(values);
    console.log(
      `${name.padEnd(8)} ${value.toFixed(0).padStart(6)} ms  ${(value / baseline).toFixed(1)}× connect`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  stopShop();
}

async function oneSession(round, times) {
  const begin = performance.now();
  const session = await attach({ target, cookie, out: join(folder, `${round}.escope`) });
  for (;;) {
    const { rows } = await session.pipeline.query("select count(*) from events");
    if (Number(rows[0][0]) > 0) break;
    await new Promise((wake) => setTimeout(wake, 5));
  }
  times.first.push(performance.now() - begin);
  times.stop.push(await timeOf(() => session.stop()));
}

function startShop() {
  const project = resolve(import.meta.dirname, "../examples/shop");
  const build = resolve(import.meta.dirname, "../.cache/shop");
  const env = { ...process.env, MIX_BUILD_PATH: build, MIX_ENV: "prod" };
  const compiled = spawnSync("mix", ["compile"], { cwd: project, env, encoding: "utf8" });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  const start = "Logger.configure(level: :none); Application.ensure_all_started(:shop)";
  const args = ["--name", target, "--cookie", cookie, "-pa", join(build, "lib/shop/ebin")];
  return spawn("elixir", [...args, "--no-halt", "-e", start], { detached: true, stdio: "ignore" });
}

function stopShop() {
  if (shop.pid !== undefined && shop.exitCode === null && shop.signalCode === null) {
    try {
      process.kill(-shop.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

async function shopRuns() {
  for (let tries = 0; tries < 100; tries += 1) {
    await new Promise((wake) => setTimeout(wake, 200));
    try {
      const connection = await connect({ target, cookie });
      const pid = await connection.call("erlang", "whereis", [atom("Elixir.Shop.Load")]);
      await connection.close();
      if (pid.kind === "pid") return;
    } catch {
      // not yet
    }
  }
  throw new Error("the shop did not start");
}

async function timeOf(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
