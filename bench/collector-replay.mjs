// How many events per second the collector takes: bytes of a generated session are sent over TCP
// through the whole data path (ingest worker, ring, writer worker with correlator, DuckDB), while
// queries ask how old the newest visible row is. Baselines in the same run: decoding only, and decoding
// with correlation but without storage. Two streams, one after the other: what the VM traces, and what
// instrumented code reports.
//
//   node bench/collector-replay.mjs [seconds=10] [ring MiB=16] [vm | instrumented | both]
//
// The bytes of the VM's stream: an activity is 12 events (a traced call in a client, a GenServer call to one of 64 servers
// with its callback, state and reply), about 105 bytes per event, as `attach` sees a busy application.
// The instrumented one: a flush is 64 events of one of 64 processes (16 calls two deep with two small
// arguments, each with two matches and a result), about 43 bytes per event.
// They are generated once and sent again and again with later times, from a thread of its own.

import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import {
  atom,
  binary,
  encode,
  float,
  integer,
  list,
  map,
  tuple,
} from "../packages/etf/dist/index.js";

const NODE = "shop@127.0.0.1";
const CLIENTS = 64;
const SERVERS = 64;
const ACTIVITIES = 8_192;
const EVENTS_PER_ACTIVITY = 12;
const ACTIVITY_NS = 24_000;
const BATCH_BYTES = 61_440;

const pid = (id) => ({ kind: "pid", node: NODE, id, serial: 0, creation: 1 });
const ref = (n) => ({ kind: "reference", node: NODE, creation: 1, ids: [n, 77, 99] });

const record = (into, kind, t, p, r, payload) => {
  const bytes = Buffer.alloc(22 + payload.length);
  bytes.writeUInt8(kind, 0);
  bytes.writeBigUInt64BE(BigInt(t), 2);
  bytes.writeUInt32BE(p, 10);
  bytes.writeUInt32BE(r, 14);
  bytes.writeUInt32BE(payload.length, 18);
  bytes.set(payload, 22);
  into.push(bytes);
};

const state = (n) =>
  map([
    [atom("id"), integer(n)],
    [
      atom("items"),
      list([tuple(binary("sku-1"), integer(2)), tuple(binary("sku-2"), integer(n % 7))]),
    ],
    [atom("total"), float(n * 1.5)],
    [atom("owner"), binary("customer@example.org")],
  ]);

function generate() {
  const head = [];
  const records = [];
  for (let i = 1; i <= CLIENTS + SERVERS; i++) record(head, 20, 0, i, 0, encode(pid(100 + i)));
  const mfas = [
    ["Elixir.Shop.Checkout", "run", 2],
    ["Elixir.Shop.Cart", "handle_call", 3],
    ["Elixir.Shop.Cart", "total", 1],
  ];
  mfas.forEach(([m, f, a], i) =>
    record(head, 21, 0, 0, i + 1, encode(tuple(atom(m), atom(f), integer(a)))),
  );
  for (let n = 0; n < ACTIVITIES; n++) {
    const c = 1 + (n % CLIENTS);
    const s = 1 + CLIENTS + ((n * 7) % SERVERS);
    const t0 = n * ACTIVITY_NS;
    const tag = list([atom("alias")], ref(n));
    const from = tuple(pid(100 + c), tag);
    const question = tuple(atom("add"), binary(`sku-${n}`), integer(n));
    const request = encode(tuple(atom("$gen_call"), from, question));
    const reply = encode(tuple(tag, tuple(atom("ok"), integer(n))));
    const at = (k) => t0 + k * 1_500;
    const rec = (k, kind, p, r, payload) => record(records, kind, at(k), p, r, payload);
    rec(0, 1, c, 1, encode(list([integer(n), map([[atom("sku"), binary(`sku-${n}`)]])])));
    rec(1, 4, c, s, request);
    rec(2, 5, s, c, request);
    rec(3, 15, s, 0, request);
    rec(4, 1, s, 2, encode(list([question, from, state(n)])));
    rec(5, 1, s, 3, encode(list([state(n)])));
    rec(6, 2, s, 3, encode(float(n * 1.5)));
    rec(7, 2, s, 2, encode(tuple(atom("reply"), tuple(atom("ok"), integer(n)), state(n + 1))));
    rec(8, 4, s, c, reply);
    rec(9, 14, s, 1, encode(state(n + 1)));
    rec(10, 5, c, s, reply);
    rec(11, 2, c, 1, encode(tuple(atom("ok"), integer(n))));
  }
  return { head: Buffer.concat(head), records };
}

const CALLS_PER_FLUSH = 16;
const EVENTS_PER_FLUSH = CALLS_PER_FLUSH * 4;
const FLUSHES = 1_536;
const FLUSH_NS = 64_000;
/** flushes of one process in a round */
const ROUND_OF_ONE = FLUSHES / CLIENTS;

/** An integer as the VM writes those above 2^31: 8 bytes, so that later rounds fit in the same place. */
const wide = (value) => {
  const bytes = Buffer.alloc(11);
  bytes.set([110, 8, 0]);
  bytes.writeBigUInt64LE(BigInt(value), 3);
  return bytes;
};
const bare = (term) => Buffer.from(encode(term)).subarray(1);

/** Records whose `moving` numbers grow from round to round: `[place in the record, by how much]`. */
function generateInstrumented() {
  const head = [];
  const records = [];
  for (let i = 1; i <= CLIENTS; i++) record(head, 20, 0, i, 0, encode(pid(100 + i)));
  const byRound = FLUSHES * FLUSH_NS;
  for (let n = 0; n < FLUSHES; n++) {
    const process = n % CLIENTS;
    const nth = (n - process) / CLIENTS;
    const parts = [Buffer.from([131, 104, 4])];
    const moving = [];
    let length = 3;
    const push = (bytes, by = 0) => {
      if (by !== 0) moving.push([22 + length + 3, by]);
      parts.push(bytes);
      length += bytes.length;
    };
    const t = (n + 1) * FLUSH_NS;
    push(wide(nth * EVENTS_PER_FLUSH), ROUND_OF_ONE * EVENTS_PER_FLUSH);
    push(Buffer.from([97, 0]));
    push(wide(t), byRound);
    push(Buffer.from([108, 0, 0, 0, EVENTS_PER_FLUSH]));
    let at = t - FLUSH_NS;
    let next = nth * CALLS_PER_FLUSH + 1;
    const event = (kind, site, frame, ...values) => {
      push(Buffer.from([104, 4 + values.length, 97, kind, 98, 0, 0, 0, site]));
      push(wide(at), byRound);
      push(wide(frame), ROUND_OF_ONE * CALLS_PER_FLUSH);
      for (const value of values) push(value);
      at += 900;
    };
    const none = Buffer.from([106]);
    for (let k = 0; k < CALLS_PER_FLUSH; k += 2) {
      const outer = next++;
      const inner = next++;
      const args = bare(list([atom("cart"), integer(n)]));
      event(1, 1, outer, args, none);
      event(6, 2, outer, bare(list([integer(n * 3)])));
      event(1, 4, inner, bare(list([binary(`sku-${n}`), integer(k)])), none);
      event(6, 5, inner, bare(list([tuple(atom("ok"), integer(n))])));
      event(6, 5, inner, bare(list([integer(n)])));
      event(3, 6, inner, bare(float(n * 1.5)));
      event(6, 2, outer, bare(list([float(n * 0.5)])));
      event(3, 3, outer, bare(tuple(atom("ok"), integer(n))));
    }
    push(none);
    record(records, 23, t, process + 1, 0, Buffer.concat(parts));
    records.at(-1).moving = moving;
  }
  return { head: Buffer.concat(head), records };
}

const site = (number, name, kind, names) => ({
  site: number,
  function: name,
  arity: 2,
  kind,
  clause: 0,
  closure: null,
  file: "lib/shop/cart.ex",
  line: number,
  column: null,
  generated: false,
  names,
  target: null,
  nodeId: null,
  hash: null,
});
const SITES = {
  module: "Shop.Cart",
  md5: "00000000000000000000000000000000",
  file: "lib/shop/cart.ex",
  sites: [
    site(1, "add", "function_clause", ["cart", "qty"]),
    site(2, "add", "match", ["total"]),
    site(3, "add", "return", []),
    site(4, "price", "function_clause", ["sku", "qty"]),
    site(5, "price", "match", ["price"]),
    site(6, "price", "return", []),
  ],
};

const STREAMS = {
  vm: {
    generate,
    events: ACTIVITIES * EVENTS_PER_ACTIVITY,
    roundNs: ACTIVITIES * ACTIVITY_NS,
    sites: null,
  },
  instrumented: {
    generate: generateInstrumented,
    events: FLUSHES * EVENTS_PER_FLUSH,
    roundNs: FLUSHES * FLUSH_NS,
    sites: SITES,
  },
};

/** Frames, and where in each frame the times are. */
function frames(records) {
  const out = [];
  let open = [];
  let bytes = 0;
  const close = () => {
    const body = Buffer.concat(open);
    const frame = Buffer.alloc(9 + body.length);
    frame.writeUInt32BE(body.length + 5, 0);
    frame.writeUInt8(2, 4);
    frame.set(body, 9);
    const times = [];
    for (let at = 9; at < frame.length; at += 22 + frame.readUInt32BE(at + 18)) times.push(at + 2);
    const base = times.map((at) => Number(frame.readBigUInt64BE(at)));
    const moving = [];
    let at = 9;
    for (const one of open) {
      for (const [place, by] of one.moving ?? []) {
        moving.push({ at: at + place, by, from: Number(frame.readBigUInt64LE(at + place)) });
      }
      at += one.length;
    }
    const events = open.reduce((sum, one) => sum + (one.moving ? EVENTS_PER_FLUSH : 1), 0);
    out.push({ frame, times, base, moving, events });
    open = [];
    bytes = 0;
  };
  for (const one of records) {
    open.push(one);
    bytes += one.length;
    if (bytes >= BATCH_BYTES) close();
  }
  if (open.length > 0) close();
  return out;
}

function shift(one, round, roundNs) {
  const by = round * roundNs;
  const view = new DataView(one.frame.buffer, one.frame.byteOffset, one.frame.byteLength);
  for (let i = 0; i < one.times.length; i++) {
    const t = one.base[i] + by;
    view.setUint32(one.times[i], Math.floor(t / 0x1_0000_0000));
    view.setUint32(one.times[i] + 4, t >>> 0);
  }
  for (const { at, by: step, from } of one.moving) {
    const value = from + round * step;
    view.setUint32(at, value >>> 0, true);
    view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
  }
}

/** The sending thread: as fast as the collector reads. */
async function send({ port, token, seconds, name }) {
  const { roundNs, ...stream } = STREAMS[name];
  const { head, records } = stream.generate();
  const all = frames(records);
  const headFrame = frames([head])[0].frame;
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const write = (bytes) =>
    socket.write(bytes) ? undefined : new Promise((resolve) => socket.once("drain", resolve));
  const hello = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 0, 1]), token, encode(map([]))]);
  hello.writeUInt32BE(hello.length - 4, 0);
  await write(hello);
  let sequence = 0;
  await write(headFrame);
  sequence += 1;
  let events = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  for (let round = 0; performance.now() < end; round++) {
    for (const one of all) {
      shift(one, round, roundNs);
      one.frame.writeUInt32BE(sequence++, 5);
      // a round is 4 MB at least: when a frame is written to again, the socket has long passed it on
      await write(one.frame);
      events += one.events;
      if (performance.now() >= end) break;
    }
  }
  const bye = Buffer.concat([Buffer.from([0, 0, 0, 0, 3]), encode(atom("normal"))]);
  bye.writeUInt32BE(bye.length - 4, 0);
  await write(bye);
  socket.end();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort.postMessage({ events, ms: performance.now() - began });
}

const nothing = {
  payload: () => 1,
  term: () => 1,
  bindings() {},
  site() {},
  test() {},
  pid: () => 1,
  fn: (m, f) => f.length,
  name: () => 1,
  event() {},
  call() {},
  message() {},
  state() {},
  link() {},
  process() {},
  module() {},
  gap() {},
  metric() {},
  clock() {},
};

function baseline(label, run, events, rounds) {
  run(0);
  const began = performance.now();
  for (let round = 1; round <= rounds; round++) run(round);
  const ns = ((performance.now() - began) * 1e6) / (events * rounds);
  console.log(
    `${label.padEnd(44)} ${ns.toFixed(0).padStart(6)} ns/event  ${(1e3 / ns).toFixed(2)} M/s`,
  );
  return ns;
}

/** CPU seconds of each thread of this process so far, by thread id. */
function threadTimes() {
  const times = new Map();
  for (const id of readdirSync("/proc/self/task")) {
    try {
      const text = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
      const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      times.set(id, { name, seconds: (Number(fields[11]) + Number(fields[12])) / 100 });
    } catch {
      // a thread that ended meanwhile
    }
  }
  return times;
}

async function main() {
  const which = process.argv[4] ?? "both";
  for (const name of Object.keys(STREAMS)) {
    if (which === name || which === "both") await measure(name);
  }
}

async function measure(name) {
  const { generate: make, events, roundNs, sites } = STREAMS[name];
  console.log(`\n${name}`);
  const { Correlator, Pipeline } = await import("../packages/capture/dist/index.js");
  const { countEvents } = await import("../packages/capture/dist/pipeline/record-walk.js");
  const seconds = Number(process.argv[2] ?? 10);
  const ringBytes = Number(process.argv[3] ?? 16) * 1024 * 1024;
  const { head, records } = make();
  const all = frames(records);
  const bytes = all.reduce((sum, { frame }) => sum + frame.length, 0);
  console.log(`${events} events, ${(bytes / events).toFixed(0)} bytes per event`);

  const decode = baseline(
    "decoding only",
    () => {
      for (const { frame } of all) countEvents(frame, 9, frame.length);
    },
    events,
    20,
  );
  const correlator = new Correlator(nothing, { node: NODE });
  if (sites !== null) correlator.addSites(sites);
  correlator.batch(head, 0, head.length);
  const correlate = baseline(
    "decoding and correlating",
    (round) => {
      for (const one of all) {
        shift(one, round, roundNs);
        correlator.batch(one.frame, 9, one.frame.length);
      }
    },
    events,
    20,
  );
  const { matched, unmatched } = correlator.counters;
  if (unmatched > 0)
    throw new Error(`${unmatched} of ${matched + unmatched} messages were not matched`);
  if (correlator.counters.unmatchedReturns + correlator.counters.openCalls > 0)
    throw new Error("calls do not end as they should");

  const folder = await mkdtemp(path.join(tmpdir(), "escope-bench-"));
  try {
    const token = randomBytes(16);
    const manifest = {
      format: 1,
      product: "bench",
      id: "bench",
      state: "recording",
      stopped: null,
      target: { node: NODE, otpRelease: "25", elixir: null, system: "bench" },
      startedAtNs: "0",
      durationNs: 0,
      plan: { budgets: { recordingBytes: 50e9 } },
      counts: {},
      loss: {},
    };
    const pipeline = await Pipeline.start({
      dir: path.join(folder, "a.escope"),
      manifest,
      token,
      ring: { bytes: ringBytes },
    });
    if (sites !== null) pipeline.addSites(sites);
    let rss = 0;
    const seen = [];
    const lags = [];
    pipeline.on("stats", (stats) => {
      rss = Math.max(rss, process.memoryUsage().rss);
      if (stats.writer !== null) seen.push(stats.writer);
    });
    const idle = process.memoryUsage().rss;
    const cpu = process.cpuUsage();
    const threadsBefore = threadTimes();
    const began = performance.now();
    const sender = new Worker(new URL(import.meta.url), {
      workerData: { port: pipeline.port, token, seconds, name },
    });
    const askOn = async () => {
      while (performance.now() - began < seconds * 1000) {
        await new Promise((wake) => {
          setTimeout(wake, 500);
        });
        const asked = performance.now();
        await pipeline.query("SELECT max(t) FROM metrics");
        lags.push(performance.now() - asked);
      }
    };
    const sent = await new Promise((resolve, reject) => {
      sender.once("error", reject);
      sender.once("message", resolve);
      void askOn().catch(reject);
    });
    // everything sent is read, correlated and visible
    while (pipeline.stats().writer?.events !== sent.events)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await pipeline.flush();
    const ms = performance.now() - began;
    const used = process.cpuUsage(cpu);
    const threads = [...threadTimes().entries()];
    const manifestAtEnd = await pipeline.stop({ code: "user", message: "" });
    const stored = manifestAtEnd.counts.events;
    if (stored !== sent.events) throw new Error(`${sent.events} sent, ${stored} stored`);
    const rate = stored / (ms / 1000);
    const ns = 1e9 / rate;
    const most = (key) => Math.max(0, ...seen.map((one) => one[key]));
    console.log(
      `${"the whole pipeline until all is visible".padEnd(44)} ${ns.toFixed(0).padStart(6)} ns/event  ${(rate / 1e6).toFixed(2)} M/s`,
    );
    console.log(
      `  ${stored} events in ${(ms / 1000).toFixed(1)} s, ${((used.user + used.system) / 1e3 / (stored / 1e3)).toFixed(2)} us CPU per event with the sender`,
    );
    const cpuUs = (used.user + used.system) / stored;
    console.log(
      `  two cores with nothing else to do carry ${(2 / cpuUs).toFixed(2)} M/s; the load of this machine was ${loadavg()[0].toFixed(1)}`,
    );
    console.log(
      `  ratio to decoding ${(ns / decode).toFixed(1)}, to decoding and correlating ${(ns / correlate).toFixed(1)}`,
    );
    console.log(
      `  visible after at most ${most("visibleMs").toFixed(0)} ms, flush at most ${most("flushMs").toFixed(0)} ms, query at most ${Math.max(...lags).toFixed(0)} ms`,
    );
    console.log(
      `  resident ${(rss / 1048576).toFixed(0)} MiB at most, ${((rss - idle) / 1048576).toFixed(0)} above idle; ring high water ${(pipeline.stats().ring.highWaterBytes / 1048576).toFixed(1)} MiB`,
    );
    const busy = threads
      .map(([id, { name: thread, seconds: s }]) => ({
        id,
        thread,
        us: ((s - (threadsBefore.get(id)?.seconds ?? 0)) * 1e6) / stored,
      }))
      .filter(({ us }) => us > 0.02)
      .toSorted((a, b) => b.us - a.us);
    console.log(
      `  us CPU per event by thread: ${busy.map(({ id, thread, us }) => `${thread} ${id} ${us.toFixed(2)}`).join(", ")}`,
    );
    console.log(`  ${(most("recordingBytes") / stored).toFixed(0)} bytes on disk per event`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (isMainThread) await main();
else await send(workerData);
