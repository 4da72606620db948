// How long a term of a megabyte takes to be looked into: opened, expanded, scrolled to its end, searched, copied.
// `node bench/cinema-term.mjs [versions]`: the state is one of that many (100,000), which the strip shows.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { atom, binary, encode, integer, list, map } from "@elixirscope/etf";
import { answer } from "@elixirscope/query";
import { RecordingReader, RecordingWriter } from "@elixirscope/store";
import { benchManifest } from "./fixtures/generated-recording.mjs";

const versions = Number(process.argv[2] ?? 100_000);
const REPEATS = 5;
const PID = "<0.10.0>";
const root = mkdtempSync(path.join(tmpdir(), "cinema-term-"));
const folder = path.join(root, "bench.escope");

try {
  const bytes = await write();
  const recording = await RecordingReader.open(folder);
  console.log(
    `a term of ${(bytes / 1e6).toFixed(2)} MB, the last of ${versions} versions; load ${loadavg()[0].toFixed(1)}`,
  );
  await measure(recording);
  await recording.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

function order(i) {
  return map([
    [atom("id"), integer(i)],
    [atom("sku"), binary(`article-${i % 997}`)],
    [atom("tags"), list([atom("new"), binary("a tag")])],
  ]);
}

function large() {
  const orders = Array.from({ length: 13_000 }, (_, i) => order(i));
  return map([
    [atom("orders"), list(orders)],
    [atom("by_id"), map(orders.slice(0, 2_000).map((one, i) => [integer(i), one]))],
  ]);
}

async function write() {
  const writer = await RecordingWriter.create(folder, benchManifest);
  const pid = writer.pids.intern(PID, "bench@127.0.0.1");
  writer.add("processes", { pid, name: "Bench", behaviour: "gen_server" });
  const callbacks = ["handle_call", "handle_cast"].map((name) => writer.names.intern(name));
  const { states } = writer.tables;
  const bytes = encode(large());
  let ref = 0;
  for (let i = 0; i < versions; i++) {
    const row = states.next();
    if (i % 3 === 0) ref = writer.payload(encode(map([[atom("n"), integer(i)]])));
    if (i === versions - 1) ref = writer.payload(bytes);
    states.columns.pid[row] = pid;
    states.columns.version[row] = i + 1;
    states.columns.t[row] = i * 10_000;
    states.columns.event[row] = i + 1;
    states.columns.state[row] = ref;
    states.columns.cause_message[row] = 0;
    states.columns.callback[row] = callbacks[i % 2];
    if (i % 10_000 === 0) await writer.ready();
  }
  await writer.updateManifest({ durationNs: versions * 10_000 });
  await writer.close({ code: "duration", message: "the time asked for is over" });
  return bytes.length;
}

async function measure(recording) {
  const t = versions * 10_000;
  const of = { kind: "state", pid: PID, t };
  const strip = { pid: PID, t0: 0, t1: t, cells: 210 };
  const field = { t: 0, at: [0] };
  const asked = {
    "term: the root (read and decoded)": ["term", { of, at: [], offset: 0, limit: 200 }],
    "term: open a list of 13,000": ["term", { of, at: [1], offset: 0, limit: 200 }],
    "term: its last page": ["term", { of, at: [1], offset: 12_800, limit: 200 }],
    "term: open a map of 2,000": ["term", { of, at: [0], offset: 0, limit: 200 }],
    "termSearch: found 14 times": [
      "termSearch",
      { of, text: "article-996", offset: 0, limit: 200 },
    ],
    "termSearch: not found": ["termSearch", { of, text: "nowhere", offset: 0, limit: 200 }],
    "termText: the whole": ["termText", { of, at: [] }],
    "stateVersion at the term": ["stateVersion", { pid: PID, t }],
    "stateStrip by time": ["stateStrip", { ...strip, by: "time" }],
    "stateStrip by version": ["stateStrip", { ...strip, by: "version" }],
    "stateStrip, 0.1 %": ["stateStrip", { ...strip, t1: t / 1000, by: "time" }],
    "stateCompare, first and middle": [
      "stateCompare",
      { pid: PID, t: t / 2, against: { version: 1 } },
    ],
    "fieldHistory: 50 changes": ["fieldHistory", { pid: PID, field, t: t / 2, limit: 50 }],
  };
  for (const [name, [method, params]] of Object.entries(asked)) {
    const times = [];
    let size = 0;
    for (let i = 0; i < REPEATS; i++) {
      const began = performance.now();
      size = JSON.stringify(await answer(recording, { method, params })).length;
      times.push(performance.now() - began);
    }
    const [first] = times;
    const median = times.toSorted((a, b) => a - b)[REPEATS >> 1];
    console.log(
      `${name.padEnd(36)} first ${first.toFixed(0).padStart(5)} ms  median ${median.toFixed(0).padStart(5)} ms  ${(size / 1000).toFixed(1).padStart(7)} kB`,
    );
  }
}
