// How fast the store takes rows: calls (two events and one row of `calls` each) with 100-byte
// arguments, while queries run beside. `node bench/store-ingest.mjs [calls] [--no-queries]`
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RecordingWriter } from "@elixirscope/store";

const calls = Number(process.argv[2] ?? 1_000_000);
const withQueries = !process.argv.includes("--no-queries");
const folder = path.join(mkdtempSync(path.join(tmpdir(), "store-ingest-")), "bench.escope");
const manifest = {
  format: 1,
  product: "bench",
  id: "bench",
  state: "recording",
  stopped: null,
  target: { node: "bench@host", otpRelease: "25", elixir: null, system: "" },
  startedAtNs: "0",
  durationNs: 0,
  plan: {},
  counts: {},
  loss: {},
};

const QUERIES = {
  lastOfPid: "select * from events where pid = '<0.77.0>' order by id desc limit 100",
  byId: (id) => `select * from events where id = ${id}`,
  slowest: "select call, duration_ns from calls order by duration_ns desc limit 20",
  perFunction: "select module, function, count(*), avg(duration_ns) from calls group by all",
};

const writer = await RecordingWriter.create(folder, manifest);
const pids = Array.from({ length: 1000 }, (_, i) => writer.pids.intern(`<0.${i}.0>`, "bench@host"));
const functions = Array.from({ length: 200 }, (_, i) =>
  writer.functions.intern("Shop", `f${i}`, i % 4),
);
const term = new Uint8Array(100 * 256);
for (let i = 0; i < term.length; i++)
  term[i] = i % 100 < 12 ? (i * 2654435761) >>> 24 : 97 + (i % 20);

const latencies = new Map();
let peak = 0;
const state = { done: false };
const queries = (async () => {
  if (!withQueries) return;
  for (;;) {
    if (state.done) return;
    for (const [name, sql] of Object.entries(QUERIES)) {
      const started = performance.now();
      await writer.query(typeof sql === "string" ? sql : sql(1 + Math.floor(Math.random() * 1000)));
      latencies.set(name, [...(latencies.get(name) ?? []), performance.now() - started]);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})();

const before = process.memoryUsage().rss;
const cpu = process.cpuUsage();
const started = performance.now();
let id = 0;
for (let n = 0; n < calls; n++) {
  const pid = pids[n % 1000];
  const from = (n % 256) * 100;
  const args = writer.payload(term, from, from + 100);
  id++;
  event(id, pid, 1, id, args);
  const enter = id;
  id++;
  event(id, pid, 2, enter, 0);
  const { calls: table } = writer.tables;
  const row = table.next();
  const c = table.columns;
  c.call[row] = enter;
  c.pid[row] = pid;
  c.function[row] = functions[n % 200];
  c.t_enter[row] = enter * 1000;
  c.t_exit[row] = id * 1000 + (n % 977);
  c.self_ns[row] = 1000;
  c.outcome[row] = 1;
  c.args[row] = args;
  c.exit_event[row] = id;
  if (n % 1024 === 1023) {
    if (writer.congested) await writer.ready();
    else await new Promise((resolve) => setImmediate(resolve));
    peak = Math.max(peak, process.memoryUsage().rss);
  }
}
await writer.flush();
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(cpu);
state.done = true;
await queries;
const [[rows]] = (await writer.query("select count(*) from events")).rows;
await writer.close({ code: "user", message: "" });

function event(eventId, pid, kind, frame, payload) {
  const { events: table } = writer.tables;
  const row = table.next();
  const c = table.columns;
  c.id[row] = eventId;
  c.t[row] = eventId * 1000;
  c.pid[row] = pid;
  c.kind[row] = kind;
  c.frame[row] = frame;
  c.payload[row] = payload;
}

const bytes = readdirSync(folder, { recursive: true })
  .map((name) => statSync(path.join(folder, name)))
  .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
rmSync(path.dirname(folder), { recursive: true });
const total = rows + calls;
console.log(
  `events/s ${Math.round(rows / seconds)}  rows/s ${Math.round(total / seconds)}  rows ${total}`,
);
console.log(
  `cpu µs/event ${((used.user + used.system) / rows).toFixed(2)}  bytes/event ${(bytes / rows).toFixed(1)}`,
);
console.log(`resident before ${mb(before)} MB, peak ${mb(peak)} MB`);
for (const [name, values] of latencies) {
  values.sort((a, b) => a - b);
  const at = (q) => values[Math.min(values.length - 1, Math.floor(values.length * q))].toFixed(1);
  console.log(`query ${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, n ${values.length}`);
}

function mb(value) {
  return Math.round(value / 1e6);
}
