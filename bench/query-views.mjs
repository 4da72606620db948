// How long the page waits: each view of a recording of 10 million events, first and repeated. One
// group of ten events is three nested calls, a message, and a state. `node bench/query-views.mjs [events]`
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { atom, binary, encode, integer, list, map } from "@elixirscope/etf";
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
import { RecordingReader, RecordingWriter } from "@elixirscope/store";
import { EVENT_KINDS } from "@elixirscope/trace";

const wanted = Number(process.argv[2] ?? 10_000_000);
const REPEATS = 5;
const PROCESSES = 200;
const root = mkdtempSync(path.join(tmpdir(), "query-views-"));
const folder = path.join(root, "bench.escope");
const kind = (name) => EVENT_KINDS.indexOf(name);

try {
  const since = performance.now();
  await write();
  console.log(`${wanted} events written in ${((performance.now() - since) / 1000).toFixed(1)} s`);
  const recording = await RecordingReader.open(folder);
  await measure(recording);
  await recording.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function write() {
  const writer = await RecordingWriter.create(folder, {
    format: 1,
    product: "bench",
    id: "bench",
    state: "recording",
    stopped: null,
    target: { node: "bench@host", otpRelease: "25", elixir: "1.14.0", system: "" },
    startedAtNs: "0",
    durationNs: 0,
    plan: { state: true },
    counts: {},
    loss: {},
  });
  const pids = Array.from({ length: PROCESSES }, (_, i) => {
    const pid = writer.pids.intern(`<0.${i + 100}.0>`, "bench@host");
    writer.add("processes", { pid, name: `Worker${i}`, application: i % 3 === 0 ? "web" : "shop" });
    return pid;
  });
  const functions = Array.from({ length: 50 }, (_, i) =>
    writer.functions.intern(`Elixir.Shop.M${i % 5}`, `f${i}`, i % 4),
  );
  const terms = Array.from({ length: 16 }, (_, i) =>
    encode(
      map([
        [atom("id"), integer(i)],
        [atom("name"), binary("some text that is not too short")],
        [atom("items"), list([1, 2, i].map(integer))],
      ]),
    ),
  );
  const versions = new Map();
  const { tables } = writer;
  let id = 0;
  let t = 0;
  const add = (name, pid, at, frame, term) => {
    const row = tables.events.next();
    const { columns } = tables.events;
    id += 1;
    columns.id[row] = id;
    columns.t[row] = at;
    columns.pid[row] = pid;
    columns.kind[row] = kind(name);
    columns.frame[row] = frame;
    const ref = term === undefined ? 0 : writer.payload(term);
    columns.payload[row] = ref;
    return ref;
  };
  // oxlint-disable-next-line no-unmodified-loop-condition -- `add` counts it up
  for (let group = 0; id < wanted; group++) {
    const pid = pids[(group * 7919) % PROCESSES];
    const to = pids[(group * 31) % PROCESSES];
    t += 9_000;
    const entered = [];
    const args = [];
    for (let depth = 0; depth < 3; depth++) {
      args.push(add("call", pid, t + depth * 500, entered.at(-1) ?? 0, terms[group % 16]));
      entered.push(id);
    }
    const body = add("send", pid, t + 1_600, entered[2], terms[group % 16]);
    add("receive", to, t + 1_900, 0, undefined);
    message(tables.messages, pid, to, t, id, body);
    for (let depth = 2; depth >= 0; depth--) {
      const end = t + 2_000 + (3 - depth) * 500;
      const result = add("return", pid, end, entered[depth], terms[(group + 1) % 16]);
      const row = tables.calls.next();
      const { columns } = tables.calls;
      columns.call[row] = entered[depth];
      columns.parent_call[row] = depth > 0 ? entered[depth - 1] : 0;
      columns.pid[row] = pid;
      columns.function[row] = functions[(group + depth) % functions.length];
      columns.t_enter[row] = t + depth * 500;
      columns.t_exit[row] = end;
      columns.self_ns[row] = 1_000;
      columns.outcome[row] = 1;
      columns.args[row] = args[depth];
      columns.result[row] = result;
      columns.depth[row] = depth;
      columns.exit_event[row] = id;
    }
    const kept = add("state", pid, t + 4_000, 0, terms[group % 16]);
    const version = (versions.get(pid) ?? 0) + 1;
    versions.set(pid, version);
    const row = tables.states.next();
    const { columns } = tables.states;
    columns.pid[row] = pid;
    columns.version[row] = version;
    columns.t[row] = t + 4_000;
    columns.event[row] = id;
    columns.state[row] = kept;
    if (group % 100 === 0) {
      add("exception", pid, t + 4_100, 0, terms[0]);
      if (writer.congested) await writer.ready();
    }
  }
  await writer.updateManifest({ durationNs: t });
  await writer.close({ code: "user", message: "" });
}

function message(table, from, to, t, id, body) {
  const row = table.next();
  const { columns } = table;
  columns.message[row] = id - 1;
  columns.from_pid[row] = from;
  columns.to_pid[row] = to;
  columns.t_sent[row] = t + 1_600;
  columns.t_received[row] = t + 1_900;
  columns.body[row] = body;
  columns.match[row] = 1;
  columns.send_event[row] = id - 1;
  columns.receive_event[row] = id;
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
