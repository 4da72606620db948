// The Process view in a browser with 5,000 messages in sight, out of a recording of 2 million events: how long until
// they are painted, and what the main thread works per gesture. `node bench/cinema-process.mjs [events]`
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { mailboxDepths, partners, sequence } from "@elixirscope/query";
import { startServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import { startBrowser } from "./fixtures/browser.mjs";
import { generateRecording, pidText, PROCESSES } from "./fixtures/generated-recording.mjs";

const wanted = Number(process.argv[2] ?? 2_000_000);
const MESSAGES = 5_000;
const GESTURES = 60;
/** chains of the fixture go from a process to the sixteenth before it */
const pids = Array.from({ length: 16 }, (_, i) => pidText(PROCESSES - 16 - 16 * i));
const root = mkdtempSync(path.join(tmpdir(), "cinema-process-"));

try {
  const folder = path.join(root, "bench.escope");
  const { events, durationNs } = await generateRecording(folder, wanted);
  const recording = await RecordingReader.open(folder);
  const range = await rangeOf(recording, Math.floor(durationNs / 2));
  console.log(
    `${events.toLocaleString("en")} events, ${pids.length} processes, load ${loadavg()[0].toFixed(1)}`,
  );
  await answers(recording, range, { t0: 0, t1: durationNs });
  const server = await startServer({ source: recording, webRoot: "apps/web/dist" });
  const browser = await startBrowser();
  for (const axis of ["order", "time"]) await look(browser, server.url, range, axis);
  await browser.close();
  await server.close();
  await recording.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** From `t0` on, as long as there are to be messages between the processes. */
async function rangeOf(recording, t0) {
  const list = pids.map((pid) => `'${pid}'`).join(", ");
  const { rows } = await recording.query(
    `SELECT max(t_sent)::DOUBLE FROM (SELECT t_sent FROM messages WHERE t_sent >= ${t0}
      AND from_pid IN (${list}) AND to_pid IN (${list}) ORDER BY t_sent LIMIT ${MESSAGES})`,
  );
  return { t0, t1: Number(rows[0][0]) };
}

async function answers(recording, range, whole) {
  const asked = { pids, others: "hidden", buckets: 800 };
  const questions = {
    "5,000 one by one": () => sequence(recording, { ...range, ...asked, limit: 8_500 }),
    "merged, whole recording": () =>
      sequence(recording, { ...whole, ...asked, buckets: 250, limit: 3_400 }),
    "mailbox depths": () => mailboxDepths(recording, { ...range, pids, buckets: 800 }),
    "suggested processes": () => partners(recording, { ...range, pid: pids[3], limit: 6 }),
  };
  for (const [name, ask] of Object.entries(questions)) {
    const times = [];
    let reply;
    for (let i = 0; i < 5; i += 1) {
      const since = performance.now();
      reply = await ask();
      times.push(performance.now() - since);
    }
    const bytes = JSON.stringify(reply).length;
    console.log(
      `answer, ${name}: ${median(times).toFixed(0)} ms (worst ${Math.max(...times).toFixed(0)}), ${(bytes / 1024).toFixed(0)} KB`,
    );
  }
}

async function look(browser, url, range, axis) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  await page.addInitScript(() => {
    globalThis.drawings = [];
    const request = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (draw) =>
      request((now) => {
        const since = performance.now();
        draw(now);
        globalThis.drawings.push(performance.now() - since);
      });
  });
  const place = { view: "process", "process.pids": pids.join(","), v: `${range.t0}~${range.t1}` };
  if (axis === "order") place["process.axis"] = axis;
  await page.goto(`${url}&${new URLSearchParams(place).toString()}`);
  const painted = await page.waitForFunction(
    () =>
      document.querySelector(".seq-count") !== null &&
      new Promise((done) => requestAnimationFrame(() => done(performance.now()))),
  );
  const count = await page.locator(".seq-count").innerText();
  console.log(
    `${axis}: ${count} painted ${(await painted.jsonValue()).toFixed(0)} ms after navigation`,
  );
  await page.waitForTimeout(1_500);
  const box = await page.locator(".seq-window canvas").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const wheel = async (by) => await page.mouse.wheel(0, by);
  const gestures = {
    [axis === "order" ? "scroll" : "pan"]: async (i) => await wheel(i % 40 < 30 ? 90 : -90),
    zoom: async (i) => await wheel(i % 20 < 10 ? -40 : 40),
    hover: async (i) => await page.mouse.move(x + (i % 20) * 9 - 90, y + (i % 13) * 7 - 40),
  };
  for (const [name, gesture] of Object.entries(gestures)) {
    await page.mouse.move(x, y);
    if (name === "zoom") await page.keyboard.down("Control");
    console.log(`${axis}, ${name}: ${await work(page, gesture)}`);
    if (name === "zoom") await page.keyboard.up("Control");
  }
  await page.close();
}

/** What the main thread did in its tasks per gesture, and how long each drawing took. */
async function work(page, gesture) {
  const client = await page.context().newCDPSession(page);
  // of the thread's own clock: what other programs do meanwhile does not count
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return 1_000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
  await page.evaluate(() => (globalThis.drawings.length = 0));
  const before = await busy();
  for (let i = 0; i < GESTURES; i += 1) {
    await gesture(i);
    await page.waitForTimeout(20);
  }
  const tasks = (await busy()) - before;
  const frames = (await page.evaluate(() => globalThis.drawings)).toSorted((a, b) => a - b);
  const at = (share) => (frames[Math.floor(share * (frames.length - 1))] ?? 0).toFixed(1);
  return `${(tasks / GESTURES).toFixed(1)} ms of main-thread tasks per gesture; drawing p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms over ${frames.length} frames`;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
