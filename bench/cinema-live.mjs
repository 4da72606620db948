// The page while a recording grows: what share of a core its main thread takes while it follows, beside the same page
// on the same recording when it is over. A node calls a function at a steady rate and is attached to; its code is
// instrumented in place (two events a call), or with --traced its calls are traced by the VM (one event), which
// costs node and collector several times as much.
//
//   node bench/cinema-live.mjs [events a second] [--traced]     default 200000; needs a build, Elixir and Chromium

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startBrowser } from "./fixtures/browser.mjs";
import { pageUrl } from "./fixtures/page-url.mjs";

const WARM_MS = 5_000;
const LOOK_MS = 10_000;
const LOOKS = 3;
const ASKED_SHARE = 0.5;
const CLI = path.resolve(import.meta.dirname, "../apps/cli/bin/elixirscope.mjs");
const fixture = (file) => path.resolve(import.meta.dirname, "fixtures", file);

const { values: flags, positionals } = parseArgs({
  options: { traced: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [rate = "200000"] = positionals;
const { traced } = flags;
const folder = mkdtempSync(path.join(tmpdir(), "cinema-live-"));
const name = `load_bench_${process.pid}@127.0.0.1`;
if (!traced) execFileSync("elixirc", ["-o", folder, fixture("load_step.ex")]);
const code = traced ? ["-r", fixture("load_step.ex")] : ["-pa", folder];
const target = spawn(
  "elixir",
  [
    "--name",
    name,
    "--cookie",
    "bench",
    ...code,
    fixture("steady_load.exs"),
    rate,
    traced ? "1" : "2",
  ],
  { stdio: ["ignore", "ignore", "inherit"] },
);
let session = null;
let browser = null;
try {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  session = attach();
  const url = await pageUrl(session);
  browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.getByRole("button", { name: "Following" }).waitFor({ timeout: 30_000 });
  await page.waitForTimeout(WARM_MS);
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "timeTicks" });

  const shares = [];
  const rates = [];
  for (let i = 0; i < LOOKS; i += 1) {
    const look = await looked(page, client);
    shares.push(look.share);
    rates.push(look.eventsPerSecond);
  }
  const lost = await page.locator(".loss").allInnerTexts();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.waitForFunction(() =>
    document.querySelector("header [role=status]")?.textContent?.startsWith("Recorded"),
  );
  await page.waitForTimeout(WARM_MS);
  const baseline = await looked(page, client);

  const share = median(shares);
  console.log(`events a second, as the page says               ${Math.round(median(rates))}`);
  console.log(`lost                                            ${lost.join(" ") || "none"}`);
  console.log(
    `main thread of the page, following              ${percent(share)} of a core (asked: ${percent(ASKED_SHARE)})`,
  );
  console.log(`the same page when the recording is over        ${percent(baseline.share)}`);
  process.exitCode = share > ASKED_SHARE ? 1 : 0;
} finally {
  await browser?.close();
  await ended(session, "SIGINT");
  await ended(target, "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

function attach() {
  const out = path.join(folder, "live.escope");
  const what = traced ? ["Load.Step"] : ["--deep", "Load.Step"];
  const args = ["attach", name, ...what, "--cookie", "bench", "--json", "--out", out];
  const rates = ["--max-rate", "1000000", "--max-process-rate", "1000000"];
  return spawn(process.execPath, [CLI, ...args, ...rates], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function looked(page, client) {
  const rates = [];
  const before = await taskSeconds(client);
  for (let waited = 0; waited < LOOK_MS; waited += 1_000) {
    await page.waitForTimeout(1_000);
    const text = await page.locator("[title='Events per second now']").allInnerTexts();
    if (text[0] !== undefined) rates.push(amountOf(text[0]));
  }
  const after = await taskSeconds(client);
  const share = (after.tasks - before.tasks) / (after.at - before.at);
  return { share, eventsPerSecond: median(rates) };
}

/** Seconds that the main thread has spent in tasks so far, and when that was. */
async function taskSeconds(client) {
  const { metrics } = await client.send("Performance.getMetrics");
  const of = (wanted) => metrics.find((metric) => metric.name === wanted)?.value ?? 0;
  return { tasks: of("TaskDuration"), at: of("Timestamp") };
}

function amountOf(text) {
  const [, number, unit] = /([\d.]+)\s*([KM]?)/.exec(text) ?? [];
  return Number(number ?? 0) * (unit === "M" ? 1e6 : unit === "K" ? 1e3 : 1);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function percent(share) {
  return `${(share * 100).toFixed(0)}%`;
}

async function ended(child, signal) {
  if (child === null || child.exitCode !== null) return;
  const over = new Promise((resolve) => child.once("close", resolve));
  child.kill(signal);
  await over;
}
