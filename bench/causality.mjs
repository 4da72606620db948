// How long it takes to walk to 10,000 ancestors, and to tell why a process crashed, in a recording of 10 million
// events. `node bench/causality.mjs [events]`
//
// Two chains lie scattered over the recording, one event of every 64: a token that goes round among 64 processes
// in one activity, and a server whose each state came of a message of another activity. All else is calls and
// messages of 200 other processes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { atom, encode, integer, list, tuple } from "@elixirscope/etf";
import { backward, crashes, why } from "@elixirscope/query";
import { RecordingReader, RecordingWriter } from "@elixirscope/store";
import { EVENT_KINDS } from "@elixirscope/trace";
import { benchManifest } from "./fixtures/generated-recording.mjs";

const wanted = Number(process.argv[2] ?? 10_000_000);
const WALKED = 10_000;
const REPEATS = 5;
const root = mkdtempSync(path.join(tmpdir(), "causality-"));
const folder = path.join(root, "bench.escope");
const kind = (name) => EVENT_KINDS.indexOf(name);

try {
  const since = performance.now();
  const ends = await write();
  console.log(`${wanted} events written in ${((performance.now() - since) / 1000).toFixed(1)} s`);
  const recording = await RecordingReader.open(folder);
  for (const [name, event] of Object.entries(ends)) {
    await measure(name, async () => {
      const graph = await backward(recording, event, { limit: WALKED });
      return `${graph.events.length} events, ${graph.edges.length} edges`;
    });
  }
  await measure("why, newest crash", async () => {
    const [crash] = (await crashes(recording, 20)).crashes;
    const told = await why(recording, crash.event);
    return `${told.kind}, ${told.story.steps.length} steps, ${told.failure.error}`;
  });
  await recording.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function measure(name, ask) {
  const times = [];
  let said = "";
  const cpu = process.cpuUsage();
  for (let i = 0; i < REPEATS; i++) {
    const since = performance.now();
    said = await ask();
    times.push(performance.now() - since);
  }
  const { user, system } = process.cpuUsage(cpu);
  const [first] = times;
  const sorted = times.slice(1).toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const busy = (user + system) / 1000 / REPEATS;
  console.log(
    `${name}: first ${first.toFixed(0)} ms, then ${median.toFixed(0)} ms (processor ${busy.toFixed(0)} ms): ${said}`,
  );
}

async function write() {
  const writer = await RecordingWriter.create(folder, benchManifest);
  const pid = (n) => writer.pids.intern(`<0.${n}.0>`, "bench@host");
  const ring = Array.from({ length: 64 }, (_, i) => pid(i + 100));
  const others = Array.from({ length: 200 }, (_, i) => pid(i + 1_000));
  const server = pid(50);
  const client = pid(51);
  const work = writer.functions.intern("Elixir.Shop.Worker", "work", 1);
  const terms = Array.from({ length: 16 }, (_, i) => encode(list([integer(i), atom("item")])));
  const { tables } = writer;
  let id = 0;
  let t = 0;
  const event = (name, who, { frame = 0, activity = 0, payload = 0 } = {}) => {
    const row = tables.events.next();
    const { columns } = tables.events;
    id += 1;
    t += 1_000;
    columns.id[row] = id;
    columns.t[row] = t;
    columns.pid[row] = who;
    columns.kind[row] = kind(name);
    columns.frame[row] = frame;
    columns.correlation[row] = activity === 0 ? id : activity;
    columns.payload[row] = payload;
    return id;
  };
  const call = (who, { parent = 0, activity, args }) => {
    const frame = id + 1;
    event("call", who, { frame, activity, payload: args });
    return { frame, parent, who, t, args };
  };
  const end = (open, name, activity, result) => {
    const exit = event(name, open.who, { frame: open.frame, activity, payload: result });
    const row = tables.calls.next();
    const { columns } = tables.calls;
    columns.call[row] = open.frame;
    columns.parent_call[row] = open.parent;
    columns.pid[row] = open.who;
    columns.function[row] = work;
    columns.t_enter[row] = open.t;
    columns.t_exit[row] = t;
    columns.self_ns[row] = 1_000;
    columns.outcome[row] = name === "return" ? 1 : 2;
    columns.args[row] = open.args;
    columns.result[row] = result;
    columns.exit_event[row] = exit;
    return exit;
  };
  const message = (from, to, send, receive, body) => {
    const row = tables.messages.next();
    const { columns } = tables.messages;
    columns.message[row] = send;
    columns.from_pid[row] = from;
    columns.to_pid[row] = to;
    columns.t_sent[row] = t - 500;
    columns.t_received[row] = t;
    columns.body[row] = body;
    columns.match[row] = 1;
    columns.send_event[row] = send;
    columns.receive_event[row] = receive;
  };
  const link = (source, target, type) => {
    const row = tables.links.next();
    tables.links.columns.source_event[row] = source;
    tables.links.columns.target_event[row] = target;
    tables.links.columns.type[row] = type;
    tables.links.columns.confidence[row] = 0;
  };
  let token = { activity: 0, holder: 0, last: 0 };
  let version = 0;
  const pass = () => {
    const from = ring[token.holder];
    token.holder = (token.holder + 1) % ring.length;
    const to = ring[token.holder];
    const payload = writer.payload(terms[1]);
    const { activity } = token;
    const sent = event("send", from, { activity, payload });
    token.activity ||= sent;
    const received = event("receive", to, { activity: token.activity, payload });
    message(from, to, sent, received, payload);
    token.last = received;
  };
  let lastState = 0;
  const serve = () => {
    const payload = writer.payload(terms[2]);
    const sent = event("send", client, { payload });
    const received = event("receive", server, { activity: sent, payload });
    message(client, server, sent, received, payload);
    event("handle", server, { activity: sent, payload });
    lastState = event("state", server, { activity: sent, payload: writer.payload(terms[3]) });
    const row = tables.states.next();
    const { columns } = tables.states;
    columns.pid[row] = server;
    columns.version[row] = version++;
    columns.t[row] = t;
    columns.event[row] = lastState;
    columns.state[row] = writer.payload(terms[version % 16]);
    columns.cause_message[row] = sent;
    link(received, lastState, 6);
  };
  const crash = () => {
    const who = pid(500_000 + id);
    const thrown = writer.payload(encode(tuple(atom("error"), atom("boom"))));
    const outer = call(who, { args: writer.payload(terms[0]) });
    const inner = call(who, {
      parent: outer.frame,
      activity: outer.frame,
      args: writer.payload(terms[1]),
    });
    end(inner, "exception", outer.frame, thrown);
    end(outer, "exception", outer.frame, thrown);
    const reason = encode(tuple(atom("boom"), list([])));
    const exit = event("exit", who, { activity: outer.frame, payload: writer.payload(reason) });
    writer.add("processes", { pid: who, t_exited: t, exit_reason: 0 });
    return exit;
  };
  let crashed = 0;
  // oxlint-disable-next-line no-unmodified-loop-condition -- `event` counts it up
  for (let group = 0; id < wanted; group++) {
    const who = others[(group * 7919) % others.length];
    const to = others[(group * 31) % others.length];
    const args = writer.payload(terms[group % 16]);
    const outer = call(who, { args });
    const activity = outer.frame;
    const inner = call(who, { parent: outer.frame, activity, args });
    const sent = event("send", who, { frame: inner.frame, activity, payload: args });
    const received = event("receive", to, { activity, payload: args });
    message(who, to, sent, received, args);
    end(inner, "return", activity, args);
    end(outer, "return", activity, args);
    if (group % 20 === 0) pass();
    if (group % 20 === 10) serve();
    if (group % 50_000 === 49_999) crashed = crash();
    if (writer.congested) await writer.ready();
  }
  if (crashed === 0) crash();
  await writer.updateManifest({ durationNs: t });
  await writer.close({ code: "duration", message: "" });
  return { "a token among 64 processes": token.last, "states of one server": lastState };
}
