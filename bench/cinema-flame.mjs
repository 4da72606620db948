// A flame graph of a million calls: how long the server takes to merge them, first and again, how long the page
// takes to its first frame, and what a zoom costs the page's main thread. Needs a built page (`npx vite build apps/web`).
// `node bench/cinema-flame.mjs [calls]`
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { answer } from "@elixirscope/query";
import { startServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import { startBrowser } from "./fixtures/browser.mjs";
import { generateRecording } from "./fixtures/generated-recording.mjs";

const calls = Number(process.argv[2] ?? 1_000_000);
/** A link of the generated recording is ten events, of which three begin a call. */
const EVENTS_PER_CALL = 10 / 3;
const ZOOMS = 12;
const root = mkdtempSync(path.join(tmpdir(), "cinema-flame-"));
const folder = path.join(root, "bench.escope");
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;

try {
  const written = performance.now();
  const { events, durationNs } = await generateRecording(folder, calls * EVENTS_PER_CALL);
  console.log(
    `${events} events written in ${seconds(performance.now() - written)}, load ${loadavg()[0].toFixed(1)}`,
  );
  const recording = await RecordingReader.open(folder);
  const { rows } = await recording.query("SELECT count(*) FROM raw.calls");
  console.log(`calls                       ${Number(rows[0]?.[0])}`);
  await measureAnswers(recording, { t0: 0, t1: durationNs });
  await recording.close();
  // opened anew, so that nothing that was merged before helps the page
  const served = await RecordingReader.open(folder);
  await measurePage(served);
  await served.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function measureAnswers(recording, range) {
  const ask = { ...range, time: "all", minShare: 0.5 / 840, limit: 4_000 };
  const first = await timed(recording, ask);
  console.log(
    `merged first                ${seconds(first.ms)}  CPU ${seconds(first.cpuMs)}  ${first.result.frames} frames, ${(first.bytes / 1024).toFixed(0)} KiB`,
  );
  const again = [];
  const roots = first.result.nodes.filter((node) => node.parent === null && node.function !== null);
  for (let i = 0; i < ZOOMS; i++) {
    const node = roots[i % roots.length];
    again.push((await timed(recording, { ...ask, path: [node.function] })).ms);
  }
  console.log(
    `zoomed, median of ${ZOOMS}        ${median(again).toFixed(1)} ms  (worst ${Math.max(...again).toFixed(1)})`,
  );
  const search = await timed(recording, { ...ask, search: "f1" });
  console.log(`searched                    ${search.ms.toFixed(1)} ms`);
}

async function timed(recording, params) {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = await answer(recording, { method: "flame", params });
  const used = process.cpuUsage(cpu);
  const ms = performance.now() - began;
  return {
    result,
    ms,
    cpuMs: (used.user + used.system) / 1000,
    bytes: JSON.stringify(result).length,
  };
}

async function measurePage(recording) {
  const server = await startServer({
    source: recording,
    webRoot: path.resolve(import.meta.dirname, "../apps/web/dist"),
  });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const began = performance.now();
    await page.goto(`${server.url}&view=performance`);
    await page.locator(".perf").waitFor();
    console.log(`page, view in place         ${seconds(performance.now() - began)}`);
    await page.locator("[data-flame][data-total]").waitFor({ timeout: 120_000 });
    console.log(`page, flame graph painted   ${seconds(performance.now() - began)}`);
    await measureZooms(page);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** From the click to the next frame painted, and the main thread's own work in it, by the browser's tracing. */
async function measureZooms(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const taskMs = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  const canvas = page.getByRole("img", { name: /^Flame graph/ });
  const box = await canvas.boundingBox();
  const [frames, work] = [[], []];
  for (let i = 0; i < ZOOMS; i++) {
    const before = await taskMs();
    frames.push(
      await page.evaluate(
        async ([x, y]) => {
          const target = document.elementFromPoint(x, y);
          const since = performance.now();
          target.dispatchEvent(new MouseEvent("click", { clientX: x, clientY: y, bubbles: true }));
          // the first frame after the click is painted when the second begins
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          return performance.now() - since;
        },
        [box.x + 20 + ((i * 61) % (box.width - 40)), box.y + 9],
      ),
    );
    await page.waitForTimeout(400);
    work.push((await taskMs()) - before);
    await page.getByRole("region", { name: /^Flame graph/ }).press("Escape");
    await page.waitForTimeout(400);
  }
  console.log(
    `zoom, click to frame        ${median(frames).toFixed(1)} ms  (worst ${Math.max(...frames).toFixed(1)}; one frame is 16.7)`,
  );
  console.log(
    `zoom, main thread in all    ${median(work).toFixed(1)} ms  (worst ${Math.max(...work).toFixed(1)}): the click's frame, the answer and its frame`,
  );
}
