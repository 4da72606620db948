// How long the page waits: each view of a recording of 10 million events, first and repeated.
// `node bench/query-views.mjs [events]`
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  calls,
  event,
  gapsIn,
  info,
  lanes,
  messages,
  overview,
  processes,
  search,
  state,
  step,
} from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { generateRecording } from "./fixtures/generated-recording.mjs";

const wanted = Number(process.argv[2] ?? 10_000_000);
const REPEATS = 5;
const root = mkdtempSync(path.join(tmpdir(), "query-views-"));
const folder = path.join(root, "bench.escope");

try {
  const since = performance.now();
  await generateRecording(folder, wanted);
  console.log(`${wanted} events written in ${((performance.now() - since) / 1000).toFixed(1)} s`);
  const recording = await RecordingReader.open(folder);
  await measure(recording);
  await recording.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function measure(recording) {
  const first = performance.now();
  const { range } = await info(recording);
  const page = { buckets: 1_500, offset: 0, limit: 20 };
  await Promise.all([
    overview(recording, range, 1_500),
    gapsIn(recording, range),
    lanes(recording, { ...range, ...page }),
  ]);
  console.log(
    `first paint (info, overview, gaps, 20 lanes): ${(performance.now() - first).toFixed(0)} ms`,
  );

  const t = Math.floor(range.t1 / 2);
  const pid = "<0.120.0>";
  const part = (share) => ({ t0: t, t1: t + Math.floor(range.t1 * share) });
  const views = {
    "overview, whole": () => overview(recording, range, 1_500),
    "overview, 1%": () => overview(recording, part(0.01), 1_500),
    "20 lanes, whole": () => lanes(recording, { ...range, ...page }),
    "20 lanes, 1%": () => lanes(recording, { ...part(0.01), ...page }),
    "20 lanes, 0.01%": () => lanes(recording, { ...part(0.0001), ...page }),
    "100 processes": () => processes(recording, { offset: 0, limit: 100 }),
    "processes by function": () => processes(recording, { filter: "f17/1", offset: 0, limit: 100 }),
    "stack and calls": () => calls(recording, { pid, t, limit: 50 }),
    messages: () => messages(recording, { pid, t, limit: 50 }),
    "state and diff": () => state(recording, { pid, t }),
    "event with links": () => event(recording, Math.floor(wanted / 2)),
    "step, next": () => step(recording, { t, direction: "next" }),
    "step, by process and kind": () =>
      step(recording, { t, direction: "previous", pid, kinds: ["state"] }),
    "search, names and payloads": () => search(recording, { text: "f17", limit: 20 }),
  };
  for (const [name, view] of Object.entries(views)) {
    const times = [];
    let bytes = 0;
    for (let i = 0; i < REPEATS; i++) {
      const began = performance.now();
      bytes = JSON.stringify(await view()).length;
      times.push(performance.now() - began);
    }
    const [worst, median] = [Math.max(...times), times.toSorted((a, b) => a - b)[REPEATS >> 1]];
    console.log(
      `${name.padEnd(28)} ${median.toFixed(0).padStart(5)} ms  (worst ${worst.toFixed(0)})  ${(bytes / 1024).toFixed(0)} KiB`,
    );
  }
}
