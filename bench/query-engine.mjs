// How long questions take, and how that grows with the recording: state, stack, event and children at random
// instants, a timeline of 200 lanes, 10,000 causes, a crash explained. Cold: the first of its kind after the
// system's file cache was dropped (needs root; else the first after opening). Those after it find the files in that
// cache, and still meet much that the database has not read yet; the first of them are not counted, in which Node
// compiles what runs often. Ratios are to the smallest recording. A process of its own writes the recording: what it
// leaves behind is not for the questions to collect.
//
//   node bench/query-engine.mjs [events …]       default 1000000 10000000; 100000000 needs 2 GB and some minutes

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backward, calls, event, lanes, stack, state, why } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { pidText, PROCESSES } from "./fixtures/generated-recording.mjs";

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(1_000_000, 10_000_000);
const REPEATS = 300;
/** of what takes a tenth of a second or more */
const LONG_REPEATS = 40;
/** of either, before those that are counted */
const WARM_UP = 20;
const BUCKETS = 2_000;
const LANES = 200;
const ANCESTORS = 10_000;
/** p95 in ms at 10 and at 100 million events. */
const ASKED = {
  "state at T": [10, 25],
  "stack at T": [10, 25],
  "event by id": [10, 25],
  "children of a call": [10, 25],
  "timeline, whole": [150, 500],
  "timeline, 10%": [150, 500],
  "timeline, 0.1%": [150, 500],
  "10,000 causes": [200, 200],
  "why, the last crash": [1_000, 1_000],
};

const anyPid = () => pidText(Math.floor(Math.random() * PROCESSES));

const root = mkdtempSync(path.join(tmpdir(), "query-engine-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));
const baseline = new Map();
let missed = 0;
for (const size of sizes) {
  const folder = path.join(root, `${size}.escope`);
  const began = performance.now();
  const made = written(folder, size);
  console.log(
    `\n${made.events.toLocaleString("en")} events, written in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  const dropped = dropCaches();
  console.log(
    `${"".padEnd(22)}  p50 ms  p95 ms  ${dropped ? "cold" : "first"} ms  asked  to the smallest`,
  );
  for (const [name, question] of questions(made)) {
    dropCaches();
    const reader = await RecordingReader.open(folder);
    const repeats =
      name.startsWith("timeline") || name.startsWith("10") || name.startsWith("why")
        ? LONG_REPEATS
        : REPEATS;
    const cold = await timed(() => question(reader));
    if (dropped) fillCache(folder);
    const times = [];
    for (let i = 0; i < WARM_UP; i += 1) await timed(() => question(reader));
    for (let i = 0; i < repeats; i += 1) times.push(await timed(() => question(reader)));
    await reader.close();
    report(
      name,
      made.events,
      cold,
      times.toSorted((a, b) => a - b),
    );
  }
  rmSync(folder, { recursive: true });
}
if (missed > 0) console.log(`\n${missed} figures are over what was asked`);
process.exitCode = missed > 0 ? 1 : 0;

function written(folder, events) {
  const script = path.join(import.meta.dirname, "fixtures/write-recording.mjs");
  return JSON.parse(
    execFileSync(process.execPath, [script, folder, String(events)], { encoding: "utf8" }),
  );
}

function questions({ events, durationNs, lastCrash }) {
  const instant = () => Math.floor(Math.random() * durationNs);
  const anyEvent = () => 1 + Math.floor(Math.random() * events);
  const part = (share) => {
    const t0 = Math.floor(Math.random() * (1 - share) * durationNs);
    return { t0, t1: t0 + Math.max(BUCKETS, Math.floor(durationNs * share)) };
  };
  const timeline = (share) => (reader) =>
    lanes(reader, { ...part(share), buckets: BUCKETS, offset: 0, limit: LANES });
  return [
    ["state at T", (reader) => state(reader, { pid: anyPid(), t: instant() })],
    ["stack at T", (reader) => stack(reader, anyPid(), { kind: "time", t: instant() })],
    ["event by id", (reader) => event(reader, anyEvent())],
    [
      "children of a call",
      async (reader) => {
        const at = await someCall(reader, anyEvent());
        return () => calls(reader, { ...at, limit: 50 });
      },
    ],
    ["timeline, whole", timeline(1)],
    ["timeline, 10%", timeline(0.1)],
    ["timeline, 0.1%", timeline(0.001)],
    [
      "10,000 causes",
      async (reader) => {
        const from = Math.floor(events * (0.5 + Math.random() / 2));
        const { rows } = await reader.query(
          `SELECT id FROM raw.events WHERE id BETWEEN ${from} AND ${from + 50} AND kind = (SELECT kind FROM raw.events WHERE id = 9) LIMIT 1`,
        );
        return async () => {
          const found = await backward(reader, Number(rows[0]?.[0] ?? from), { limit: ANCESTORS });
          if ((found?.events.length ?? 0) < ANCESTORS) throw new Error("too few causes to measure");
        };
      },
    ],
    ["why, the last crash", (reader) => why(reader, lastCrash ?? 1)],
  ];
}

async function someCall(reader, near) {
  const { rows } = await reader.query(
    `SELECT c.call, c.t_enter, p.text FROM raw.calls c JOIN base.pids p ON p.id = c.pid
     WHERE c.call BETWEEN ${near} AND ${near + 100} AND c.depth < 2 LIMIT 1`,
  );
  const [call, t, pid] = rows[0] ?? [3, 0, pidText(0)];
  return { parent: Number(call), t: Number(t), pid: String(pid) };
}

/** Of the question alone: what it first has to find out comes back as a function. */
async function timed(ask) {
  let began = performance.now();
  const answer = await ask();
  if (typeof answer === "function") {
    began = performance.now();
    await answer();
  }
  return performance.now() - began;
}

function report(name, events, cold, sorted) {
  const p50 = sorted[Math.floor(sorted.length / 2)];
  const p95 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))];
  const limit =
    events >= 100_000_000 ? ASKED[name][1] : events >= 10_000_000 ? ASKED[name][0] : null;
  const isMissed = limit !== null && p95 > limit;
  missed += isMissed ? 1 : 0;
  const first = baseline.get(name) ?? p50;
  baseline.set(name, first);
  console.log(
    [
      name.padEnd(22),
      p50.toFixed(1).padStart(8),
      p95.toFixed(1).padStart(8),
      cold.toFixed(0).padStart(8),
      String(limit ?? "").padStart(7),
      `${(p50 / first).toFixed(2)}x`.padStart(9),
      isMissed ? "  over" : "",
    ].join(""),
  );
}

/** Reading files is the disk's time, which the cold column has. By another process: this one's memory stays as it was. */
function fillCache(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((one) => one.isFile())
    .map((one) => path.join(one.parentPath, one.name));
  execFileSync("cat", paths, { stdio: "ignore" });
}

function dropCaches() {
  try {
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    return true;
  } catch {
    return false;
  }
}
