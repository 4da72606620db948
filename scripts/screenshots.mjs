// Pictures of every view of the page, light and dark, over a recording of the example shop.
//
//   node scripts/screenshots.mjs [--recording PATH] [--readme]
//
// Without a recording it makes one of a real node (10 s of `elixirscope demo`). They go to `screenshots/`, which
// is not kept; with --readme a handful also goes to `docs/images`. Needs `npm run build` and /usr/bin/chromium.

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startBrowser } from "../bench/fixtures/browser.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const CLI = join(ROOT, "apps/cli/bin/elixirscope.mjs");
const OUT = join(ROOT, "screenshots");
const IMAGES = join(ROOT, "docs/images");
const SIZE = { width: 1440, height: 900 };
/** What the README shows, by the names of the pictures. */
const README = {
  "timeline-light": "page-light.png",
  "causality-dark": "causality-dark.png",
  "performance-light": "performance-light.png",
  "insights-dark": "insights-dark.png",
};
const MOST_README_BYTES = 300 * 1024;

const BUSIEST = `SELECT module, function, count(*) AS calls, quantile_cont(duration_ns, 0.99) AS p99
FROM calls GROUP BY ALL ORDER BY calls DESC LIMIT 20`;

const { values: options } = parseArgs({
  options: { recording: { type: "string" }, readme: { type: "boolean", default: false } },
});

const made = options.recording === undefined ? mkdtempSync(join(tmpdir(), "elixirscope-")) : null;
const recording = options.recording ?? join(made, "shop.escope");
if (made !== null) {
  console.log("recording the shop for 10 s …");
  cli("demo", "--for", "10s", "--no-ui", "--out", recording);
}
const places = findPlaces();
const server = await openServer();
const browser = await startBrowser();
try {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  for (const scheme of ["light", "dark"]) await takeAll(scheme);
  if (options.readme) refreshReadme();
} finally {
  await browser.close();
  server.child.kill("SIGINT");
  if (made !== null) rmSync(made, { recursive: true, force: true });
}

async function takeAll(scheme) {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: scheme });
  await context.addInitScript(() => localStorage.setItem("elixirscope.tour-seen", "1"));
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${scheme}: ${String(error)}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) console.error(message.text());
  });
  await page.goto(server.url);
  const tabs = page.locator('nav[aria-label="Views"] button[data-view]');
  await tabs.first().waitFor();
  const views = await tabs.evaluateAll((all) => all.map((tab) => tab.dataset.view));
  for (const view of views) {
    await goTo(page, { view, ...placeOf(view) });
    await shoot(page, `${view}-${scheme}`);
  }
  for (const [key, name] of [
    ["Control+k", "commands"],
    ["?", "help"],
    ["l", "missing"],
  ]) {
    await page.keyboard.press(key);
    await shoot(page, `${name}-${scheme}`);
    await page.keyboard.press("Escape");
  }
  await context.close();
}

async function goTo(page, place) {
  const hash = new URLSearchParams(place).toString();
  await page.evaluate((wanted) => (location.hash = wanted), hash);
  await page.waitForTimeout(300);
}

async function shoot(page, name) {
  const loading = page.getByText(
    /^((Loading|Searching)\b.*…|Looking…|Waits for the ones before it\.)$/,
  );
  for (let i = 0; i < 240 && (await loading.count()) > 0; i += 1) await page.waitForTimeout(250);
  // sharper detail, and layouts that come to rest
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: join(OUT, `${name}.png`) });
  console.log(`screenshots/${name}.png`);
}

/** Where each view has something to show. */
function placeOf(view) {
  const { race, crash, customers } = places;
  const inventory = { p: race.pid, t: race.t, e: race.event };
  const second = { v: `${race.t - 2e6}~${race.t + 1e6}` };
  switch (view) {
    case "timeline":
      return { ...inventory, ...second };
    case "process":
      return { ...inventory, "process.pids": [race.pid, ...customers].join(","), ...second };
    case "causality":
      return { p: crash.pid, t: crash.t, e: crash.event, "causality.event": crash.event };
    case "query":
      return { ...inventory, "query.sql": BUSIEST };
    default:
      return inventory;
  }
}

/** A lost update of the stock and a crash of the courier, as the recording has them. */
function findPlaces() {
  const [stock] = sql("SELECT pid FROM processes WHERE name LIKE '%Shop.Inventory' LIMIT 1");
  if (stock === undefined) throw new Error(`${recording} is no recording of the shop`);
  const asked =
    sql(`SELECT s.t, s.event, m.from_pid FROM states s JOIN messages m ON m.message = s.cause_message
    WHERE s.pid = '${stock.pid}' AND term(m.body) LIKE '%:set_level%' AND s.t > 1000000000 ORDER BY s.t LIMIT 8`);
  const [at = { t: 0, event: 0, from_pid: stock.pid }] = asked;
  const [crash] = sql(
    "SELECT id AS event, t, pid FROM events WHERE kind = 'exception' AND t > 1000000000 ORDER BY t LIMIT 1",
  );
  return {
    race: { pid: stock.pid, t: Number(at.t), event: at.event },
    crash: crash ?? { pid: stock.pid, t: at.t, event: at.event },
    customers: [...new Set(asked.map(({ from_pid: pid }) => pid))].slice(0, 3),
  };
}

function sql(text) {
  return JSON.parse(cli("query", recording, text, "--json"));
}

function cli(...args) {
  return execFileSync(process.execPath, [CLI, ...args], { encoding: "utf8", maxBuffer: 64e6 });
}

async function openServer() {
  const child = spawn(process.execPath, [CLI, "open", recording, "--no-browser", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await new Promise((found, failed) => {
    child.stdout.once("data", (chunk) => found(String(chunk).split("\n")));
    child.once("exit", (code) => failed(new Error(`open ended with ${code}`)));
  });
  return { child, url: JSON.parse(line).url };
}

function refreshReadme() {
  for (const [name, target] of Object.entries(README)) {
    const from = join(OUT, `${name}.png`);
    const size = statSync(from, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) continue;
    if (size > MOST_README_BYTES) {
      console.error(`${name}.png has ${size} bytes: too large for the README`);
      continue;
    }
    copyFileSync(from, join(IMAGES, target));
    console.log(`docs/images/${target}`);
  }
}
