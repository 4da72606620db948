// The System view with many processes: how long the server takes, how long until the constellation is on the
// screen, and what a frame costs the page while the user pans, zooms and plays.
// `node bench/cinema-system.mjs [processes] [messages]`
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { encode, integer, tuple, atom } from "@elixirscope/etf";
import { system } from "@elixirscope/query";
import { startServer } from "@elixirscope/server";
import { RecordingReader, RecordingWriter } from "@elixirscope/store";
import { EVENT_KINDS, MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import { startBrowser } from "./fixtures/browser.mjs";
import { benchManifest } from "./fixtures/generated-recording.mjs";

const processes = Number(process.argv[2] ?? 10_000);
const messages = Number(process.argv[3] ?? 1_000_000);
const SUPERVISED = 250;
const DURATION_NS = 10e9;

const root = mkdtempSync(path.join(tmpdir(), "cinema-system-"));
const folder = path.join(root, "bench.escope");
try {
  const since = performance.now();
  await writeRecording();
  console.log(
    `${processes} processes, ${messages} messages (${2 * messages} events) written in ${seconds(since)}; load ${loadavg()[0].toFixed(1)}`,
  );
  const reader = await RecordingReader.open(folder);
  await askServer(reader);
  await lookAtPage(reader);
  await reader.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Supervisors with workers that talk with a few others; one in twenty lives for a part of the time only. */
async function writeRecording() {
  const writer = await RecordingWriter.create(folder, benchManifest);
  const pids = Array.from({ length: processes }, (_, i) =>
    writer.pids.intern(`<0.${i + 100}.0>`, "bench@host"),
  );
  const app = { application: "bench" };
  for (const [i, pid] of pids.entries()) {
    const isSupervisor = i % SUPERVISED === 0;
    const above = i === 0 ? undefined : pids[isSupervisor ? 0 : i - (i % SUPERVISED)];
    const family = Math.floor(i / SUPERVISED);
    writer.add("processes", {
      pid,
      ...app,
      parent: above,
      name: isSupervisor ? `Elixir.Bench.Supervisor${family}` : undefined,
      behaviour: isSupervisor ? "supervisor" : "gen_server",
      initial_call: isSupervisor
        ? "Elixir.Bench.Supervisor.init/1"
        : `Elixir.Bench.Worker${family}.init/1`,
      t_spawned: i % 20 === 7 ? (i / processes) * DURATION_NS : undefined,
      t_exited: i % 40 === 7 ? (i / processes) * DURATION_NS + 1e9 : undefined,
    });
  }
  const [send, receive] = ["send", "receive"].map((kind) => EVENT_KINDS.indexOf(kind));
  const cast = MESSAGE_KINDS.indexOf("cast");
  const exact = MESSAGE_MATCHES.indexOf("exact");
  const bodies = Array.from({ length: 64 }, (_, i) => encode(tuple(atom("work"), integer(i ** 4))));
  const event = (id, t, pid, kind, payload) => {
    const { events } = writer.tables;
    const row = events.next();
    events.columns.id[row] = id;
    events.columns.t[row] = t;
    events.columns.pid[row] = pid;
    events.columns.kind[row] = kind;
    events.columns.payload[row] = payload;
  };
  const step = DURATION_NS / messages;
  for (let n = 0; n < messages; n += 1) {
    const t = Math.floor(n * step);
    const from = (n * 7_919) % processes;
    const to = (from + 1 + (n % 3) * 251) % processes;
    const payload = writer.payload(bodies[n % bodies.length]);
    const id = 2 * n + 1;
    event(id, t, pids[from], send, payload);
    event(id + 1, t + 2_000, pids[to], receive, payload);
    const rows = writer.tables.messages;
    const row = rows.next();
    const { columns } = rows;
    columns.message[row] = id;
    columns.from_pid[row] = pids[from];
    columns.to_pid[row] = pids[to];
    columns.t_sent[row] = t;
    columns.t_received[row] = t + 2_000;
    columns.kind[row] = cast;
    columns.body[row] = payload;
    columns.match[row] = exact;
    columns.send_event[row] = id;
    columns.receive_event[row] = id + 1;
    if (n % 2_000 === 0 && writer.congested) await writer.ready();
  }
  await writer.updateManifest({ durationNs: DURATION_NS });
  await writer.close({ code: "user", message: "" });
}

async function askServer(reader) {
  const at = DURATION_NS / 2;
  const asked = {
    "whole recording": { t0: 0, t1: DURATION_NS, limit: 300 },
    "1 s before the cursor": { t0: at - 1e9, t1: at, limit: 300 },
    "100 ms before the cursor": { t0: at - 1e8, t1: at, limit: 300 },
    "100 ms, with mailboxes": { t0: at - 1e8, t1: at, limit: 300, mailboxAt: at },
    "1 s, table of 2,000 nodes": { t0: at - 1e9, t1: at, limit: 2_000 },
  };
  for (const [name, params] of Object.entries(asked)) {
    const times = [];
    let view;
    for (let i = 0; i < 5; i += 1) {
      const began = performance.now();
      view = await system(reader, params);
      times.push(performance.now() - began);
    }
    const median = times.toSorted((a, b) => a - b)[2];
    const { nodes, edges, grouped, groups } = view;
    console.log(
      `server, ${name.padEnd(26)} ${median.toFixed(0).padStart(5)} ms (first ${times[0].toFixed(0)})  ${nodes.length} nodes, ${edges.length} edges, ${grouped} processes in ${groups} groups, ${(JSON.stringify(view).length / 1024).toFixed(0)} KiB`,
    );
  }
}

async function lookAtPage(reader) {
  const webRoot = path.resolve(import.meta.dirname, "../apps/web/dist");
  const server = await startServer({ source: reader, webRoot });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const began = performance.now();
    await page.goto(`${server.url}&view=system&t=${DURATION_NS / 2}`);
    await page.waitForSelector("[data-system-ready]", { timeout: 120_000 });
    const ready = performance.now();
    const nodes = await page.getAttribute("[data-system-ready]", "data-system-ready");
    console.log(
      `page, opened at the view: first layout of ${nodes} nodes on screen after ${(ready - began).toFixed(0)} ms`,
    );
    await page.getByRole("button", { name: "Timeline", exact: true }).click();
    const again = performance.now();
    await page.getByRole("button", { name: "System", exact: true }).click();
    await page.waitForSelector("[data-system-ready]", { timeout: 120_000 });
    console.log(`page, back to its tab: ${(performance.now() - again).toFixed(0)} ms`);
    await page.waitForTimeout(4_000);
    const box = await page.locator(".sky").boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await frames(page, "panning", async () => {
      await page.mouse.move(x, y);
      await page.mouse.down();
      for (let i = 0; i < 120; i += 1) {
        await page.mouse.move(x + 60 * Math.sin(i / 9), y + 40 * Math.cos(i / 9));
      }
      await page.mouse.up();
    });
    await frames(page, "zooming", async () => {
      for (let i = 0; i < 60; i += 1) await page.mouse.wheel(0, i % 20 < 10 ? -40 : 40);
    });
    await frames(page, "pointing", async () => {
      for (let i = 0; i < 120; i += 1) await page.mouse.move(x + 3 * i - 180, y + 60 * Math.sin(i));
    });
    await frames(page, "playing for 3 s", async () => {
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Play/ }).click();
      await page.waitForTimeout(3_000);
      await page.getByRole("button", { name: /^Pause/ }).click();
    });
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Main-thread time of all tasks in between, by drawn frame; and the longest single task. */
async function frames(page, name, act) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.evaluate(() => {
    const seen = { frames: 0, longest: 0, goesOn: true };
    globalThis.benchSeen = seen;
    const turn = () => {
      seen.frames += 1;
      if (seen.goesOn) requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
    }).observe({ entryTypes: ["longtask"] });
  });
  const before = await taskSeconds(client);
  const began = performance.now();
  await act();
  const took = performance.now() - began;
  const work = 1_000 * ((await taskSeconds(client)) - before);
  const seen = await page.evaluate(() => {
    globalThis.benchSeen.goesOn = false;
    return globalThis.benchSeen;
  });
  await client.detach();
  const long =
    seen.longest === 0 ? "no task of 50 ms" : `longest task ${seen.longest.toFixed(0)} ms`;
  console.log(
    `page, ${name.padEnd(16)} ${(work / seen.frames).toFixed(1)} ms of main-thread CPU per frame (${seen.frames} frames in ${(took / 1000).toFixed(1)} s; ${long}; load ${loadavg()[0].toFixed(1)})`,
  );
}

async function taskSeconds(client) {
  const { metrics } = await client.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
