// The page on a large recording, in Chromium: when the first lanes are painted, what a frame costs the main thread while
// somebody scrolls, zooms and pans, how long the answers to each view take, and what the tab holds. Beside the time of
// the main thread stands its CPU time: what a busy machine does to the rest is not the page's.
//
//   node bench/cinema.mjs [events | recording.escope]     default 10000000; Chromium at $CHROMIUM or /usr/bin/chromium

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VIEWS } from "@elixirscope/wire";
import { endNetworkListening, startBrowser } from "./fixtures/browser.mjs";
import { generateRecording } from "./fixtures/generated-recording.mjs";
import { pageUrl } from "./fixtures/page-url.mjs";

/** The timeline is measured by itself, and the list of recordings has no lanes. */
const LOOKED_AT = VIEWS.filter((name) => name !== "timeline" && name !== "recordings");
const STEPS = 60;
/** By wheel as it comes from a mouse, and as often as there are frames. */
const GESTURES = {
  scroll: async ({ mouse }) => {
    for (let i = 0; i < STEPS; i++) {
      await mouse.wheel(i % 3 === 2 ? 300 : 0, i % 2 === 0 ? -240 : 160);
      await sleep(50);
    }
  },
  "zoom and pan": async ({ mouse, keyboard }) => {
    for (let i = 0; i < STEPS; i++) {
      await keyboard.down("Control");
      await mouse.wheel(0, i % 20 < 12 ? -200 : 250);
      await keyboard.up("Control");
      await sleep(25);
      await mouse.wheel(i % 8 < 4 ? 200 : -200, 0);
      await sleep(25);
    }
  },
  "zoom and pan in every frame": async (page) => {
    await page.evaluate(async (frames) => {
      const canvas = document.querySelector(".lanes canvas");
      const { x, y, width } = canvas.getBoundingClientRect();
      const at = { clientX: x + width / 2, clientY: y + 200, bubbles: true, cancelable: true };
      for (let i = 0; i < frames; i++) {
        await new Promise((resolve) => {
          requestAnimationFrame(resolve);
        });
        const zoom = { ...at, deltaY: i % 40 < 20 ? -30 : 30, ctrlKey: true };
        const pan = { ...at, deltaX: i % 20 < 10 ? 25 : -25 };
        canvas.dispatchEvent(new WheelEvent("wheel", i % 4 === 0 ? zoom : pan));
      }
    }, 3 * STEPS);
  },
};
/** Each view is looked at for so long; answers that come later do not count. */
const VIEW_MS = 3_000;
const FRAME_MS = 1000 / 60;
const CLI = path.resolve(import.meta.dirname, "../apps/cli/bin/elixirscope.mjs");

const [given = "10000000"] = process.argv.slice(2);
const root = mkdtempSync(path.join(tmpdir(), "cinema-bench-"));
let server = null;
let browser = null;
try {
  let recording = given;
  if (/^\d+$/.test(given)) {
    recording = path.join(root, "bench.escope");
    const { events } = await generateRecording(recording, Number(given));
    console.log(`${events.toLocaleString("en")} events`);
  }
  server = spawn(process.execPath, [CLI, "open", recording, "--no-browser", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await pageUrl(server);
  browser = await startBrowser("--enable-precise-memory-info");
  await measure(browser, url);
} finally {
  await browser?.close();
  server?.kill("SIGINT");
  rmSync(root, { recursive: true, force: true });
}

async function measure(chrome, url) {
  const paints = [];
  for (let i = 0; i < 5; i++) {
    const page = await opened(chrome, url);
    paints.push(await page.evaluate(() => window.bench.painted));
    await page.context().close();
  }
  tell("first lanes painted after navigation", paints, 1000);

  const page = await opened(chrome, url);
  await page.waitForTimeout(1500);
  if (!(await endNetworkListening(page))) {
    console.log(
      "Playwright goes on listening: add 5 to 10 ms of the main thread per answer of lanes",
    );
  }
  for (const [name, gesture] of Object.entries(GESTURES)) {
    const { frames, cpu, fps, painted } = await withTasks(page, async () => {
      await page.locator("canvas").last().hover();
      await gesture(page);
    });
    tell(`main thread per frame, ${name}`, frames, 16);
    tell("  of it CPU", cpu, null);
    console.log(`${"  frames per second (asked: 55)".padEnd(44)}${fps.toFixed(0).padStart(8)}`);
    console.log(`${"  of them with lanes painted".padEnd(44)}${painted.toFixed(0).padStart(8)}`);
    await page.waitForTimeout(1500);
  }
  for (const name of LOOKED_AT) {
    await page.evaluate((view) => {
      location.hash = `${location.hash.replace(/[#&]?view=[a-z]+/, "")}&view=${view}`;
    }, name);
    await page.locator(`.main-view[data-view=${name}]`).waitFor();
    await page.waitForTimeout(VIEW_MS);
  }
  const answers = await page.evaluate(() => window.bench.answers);
  for (const [method, times] of Object.entries(answers)) {
    tell(`answer to ${method}`, times, method === "lanes" ? 150 : null);
  }
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 2 ** 20);
  console.log(`${"JavaScript heap, MB".padEnd(44)}${heap.toFixed(0).padStart(8)}`);
  console.log(
    `${"tab, resident MB (asked: 400)".padEnd(44)}${rendererMb().toFixed(0).padStart(8)}`,
  );
}

async function opened(chrome, url) {
  const context = await chrome.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const answers = {};
    const waiting = new Map();
    window.bench = { painted: null, answers, frames: 0, painting: 0, cleared: false };
    // every painting begins with it
    // oxlint-disable-next-line typescript/unbound-method -- it is called on the context below
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...parameters) {
      window.bench.cleared ||= this.canvas.closest(".lanes") !== null;
      Reflect.apply(clearRect, this, parameters);
    };
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor(...parameters) {
        super(...parameters);
        this.addEventListener("message", ({ data }) => {
          // bytes begin with the length of their text
          const end =
            typeof data === "string"
              ? data.slice(-40)
              : new TextDecoder()
                  .decode(data.slice(4, 4 + new Uint32Array(data, 0, 1)[0]))
                  .slice(-40);
          const id = /"id":(\d+)\}$/.exec(end)?.[1];
          const asked = waiting.get(id);
          if (asked === undefined) return;
          waiting.delete(id);
          (answers[asked.method] ??= []).push(performance.now() - asked.at);
        });
      }
      send(text) {
        const { id, method } = JSON.parse(text);
        waiting.set(String(id), { method, at: performance.now() });
        super.send(text);
      }
    };
    const count = () => {
      window.bench.frames += 1;
      window.bench.painting += window.bench.cleared ? 1 : 0;
      window.bench.cleared = false;
      const plates = document.querySelector('[role=group][aria-label="Processes"] button');
      if (window.bench.painted === null && plates !== null && answers.lanes !== undefined) {
        // the lanes are drawn in this frame or the next
        requestAnimationFrame(() => (window.bench.painted ??= performance.now()));
      }
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await page.goto(url);
  await page.waitForFunction(() => window.bench.painted !== null, undefined, { timeout: 60_000 });
  return page;
}

/** What the main thread of the page does, added up over the length of a frame; frames without any work are left out. */
async function withTasks(page, act) {
  const client = await page.context().newCDPSession(page);
  const events = [];
  client.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await client.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: ["disabled-by-default-devtools.timeline", "blink.user_timing"],
    },
  });
  const from = await page.evaluate(stateOfPage);
  await act();
  const to = await page.evaluate(stateOfPage);
  const complete = new Promise((resolve) => client.once("Tracing.tracingComplete", resolve));
  await client.send("Tracing.end");
  await complete;
  const main = events.find(({ name }) => name === "of the page's main thread");
  const buckets = new Map();
  for (const { name, ph, pid, tid, ts, dur, tdur } of events) {
    // `ThreadControllerImpl::RunTask` is the same task once more
    if (ph !== "X" || name !== "RunTask" || pid !== main?.pid || tid !== main?.tid) continue;
    const bucket = Math.floor(ts / 1000 / FRAME_MS);
    const known = buckets.get(bucket) ?? { wall: 0, cpu: 0 };
    buckets.set(bucket, { wall: known.wall + dur / 1000, cpu: known.cpu + (tdur ?? 0) / 1000 });
  }
  const worked = [...buckets.values()].filter(({ wall }) => wall > 0.5);
  const perSecond = (count) => (count * 1000) / (to.at - from.at);
  return {
    frames: worked.map(({ wall }) => wall),
    cpu: worked.map(({ cpu }) => cpu),
    fps: perSecond(to.frames - from.frames),
    painted: perSecond(to.painting - from.painting),
  };
}

/** Runs in the page. */
function stateOfPage() {
  performance.mark("of the page's main thread");
  const { frames, painting } = window.bench;
  return { frames, painting, at: performance.now() };
}

function tell(what, values, asked) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const [p50, p95] = sorted.length === 0 ? ["-", "-"] : [at(0.5).toFixed(0), at(0.95).toFixed(0)];
  const limit = asked === null ? "" : `  asked ${asked} ms${Number(p95) > asked ? ", over" : ""}`;
  console.log(
    `${what.padEnd(44)}${String(p50).padStart(8)}${String(p95).padStart(8)} ms p50, p95${limit}`,
  );
}

/** Of the largest renderer that any Chromium of this machine has. */
function rendererMb() {
  let most = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes("--type=renderer") || !command.includes("chromium")) continue;
      const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      most = Math.max(most, Number(resident ?? 0) / 1024);
    } catch {
      // it ended meanwhile
    }
  }
  return most;
}
