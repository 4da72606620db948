// What recording adds to a request: visits of the example shop, not recorded, and recorded by
// `elixirscope run` with each strategy; rounds of all of them in turn, medians of rounds. Once one visit after
// another, which is what the code itself costs, and once as the shop's own customers come: three at a time every
// 50 ms, on a machine that rests in between.
//
//   node bench/request-latency.mjs [rounds]
//
// Needs a build (npm run build) and Elixir.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROUNDS = Number(process.argv[2] ?? 5);
const VISITS = 400;
const STRATEGIES = ["none", "minimal", "balanced", "full"];
const root = resolve(import.meta.dirname, "..");
const project = join(root, "examples/shop");
const folder = mkdtempSync(join(tmpdir(), "escope-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const env = {
  ...process.env,
  MIX_ENV: "prod",
  MIX_BUILD_PATH: join(root, ".cache/shop"),
  SHOP_LOAD: "off",
  XDG_CACHE_HOME: join(folder, "cache"),
};
execFileSync("mix", ["compile", "--no-deps-check"], { cwd: project, env, stdio: "ignore" });

for (const pace of ["none", "own"]) {
  const medians = Object.fromEntries(STRATEGIES.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const strategy of STRATEGIES)
      medians[strategy].push(median(visits(strategy, pace, round)));
  }
  const baseline = median(medians.none);
  const how = pace === "none" ? "one after another" : "as customers come";
  console.log(`median of a visit, ${how}: ${ROUNDS} rounds of ${VISITS}`);
  for (const [name, values] of Object.entries(medians)) {
    const value = median(values);
    const range = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
    console.log(
      `${name.padEnd(9)} ${value.toFixed(0).padStart(7)} µs  ${(value / baseline).toFixed(3)}×  (rounds ${range})`,
    );
  }
}

function visits(strategy, pace, round) {
  const script = join(root, "bench/fixtures/visits.exs");
  const command = ["mix", "run", script, String(VISITS), pace];
  const out = join(folder, `${strategy}-${pace}-${round}.escope`);
  const cli = join(root, "apps/cli/bin/elixirscope.mjs");
  const run = ["run", "--quiet", "--strategy", strategy, "--out", out, "--", ...command];
  const [program, ...args] = strategy === "none" ? command : [process.execPath, cli, ...run];
  const text = execFileSync(program, args, {
    cwd: project,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = /^visits (.*)$/m.exec(text);
  if (line === null) throw new Error(`no times in: ${text}`);
  return line[1].split(" ").map(Number);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
