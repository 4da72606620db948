// What recording by instrumented code costs the process that runs it, per event, beside the other ways to
// see what code does: the VM's call trace with a tracer that throws everything away (what `:dbg` builds
// on), `:cover`, and a ring in a table that every event is put into. All by turns in one node; medians.
//
//   node bench/capture-cost.mjs [rounds]

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// what a loop costs within a session's budget: tail-calls.mjs
const LIMITS = { small: 150, closed: 3 };
const rounds = Number(process.argv[2] ?? 7);
const root = resolve(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "es-capture-"));
execFileSync("erlc", ["+debug_info", "-o", dir, "es_capture_plain.erl", "es_capture_cost.erl"], {
  cwd: join(import.meta.dirname, "fixtures"),
});

const server = createServer((socket) => socket.resume());
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const code = `
  Start = fun() -> [code:load_file(list_to_atom(filename:basename(F, ".beam"))) || F <- filelib:wildcard("${root}/probe/prebuilt/*.beam")],
    {ok, _} = elixir_scope_probe:start(#{collector => node(), host => {127,0,0,1}, port => ${server.address().port},
    token => <<0:128>>, functions => [], processes => [], messages => false, lifecycle => false,
    state => false, arguments => true, sampling => always, limits => #{}, budgets => #{events_per_second => 100000000,
    events_per_second_per_process => 100000000, target_memory_bytes => 2147483648, in_flight_bytes => 268435456, duration_ms => infinity}}) end,
  Session = fun(start) -> Start(); (unsampled) -> ok = elixir_scope_probe:adjust({sampling, {chains, 0.0}});
    (between) -> ok = elixir_scope_probe:adjust({sampling, {windows, 1.0e-6}});
    (close) -> ok = elixir_scope_gate:close();
    (stop) -> #{dropped := 0} = elixir_scope_probe:status(), {ok, _} = elixir_scope_probe:stop() end,
  [[io:format("~s ~.3f~n", [N, V * 1.0]) || {N, V} <- R] || R <- es_capture_cost:run(${rounds}, Session)], halt().`;
const erl = spawn("erl", [
  "-noshell",
  "+S",
  "2",
  "-pa",
  join(root, "probe/prebuilt"),
  dir,
  "-eval",
  code,
]);
let output = "";
erl.stdout.on("data", (chunk) => (output += chunk));
erl.stderr.pipe(process.stderr);
await new Promise((done) => erl.on("exit", done));
server.close();
rmSync(dir, { recursive: true });

const values = new Map();
for (const line of output.trim().split("\n")) {
  const [name, value] = line.split(" ");
  values.set(name, [...(values.get(name) ?? []), Number(value)]);
}
const median = (name) => {
  const sorted = (values.get(name) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};
const small = median("small");
const rows = [
  ["small", "captured event, small arguments (enter, bind, return)"],
  ["ids", "captured event, no values"],
  ["state", "captured event, a state of 20 keys (180 nodes) among the arguments"],
  ["chain", "captured event, flushed after each two"],
  ["loop", "iteration of a tail-recursive loop (2 events)"],
  ["unsampled", "chain that sampling leaves out"],
  ["between", "call between two windows of recording"],
  ["closed", "instrumented function, gate closed"],
  ["ring", "event into a ring in a table, small arguments"],
  ["ring_state", "event into a ring in a table, the state of 20 keys"],
  ["traced", "event of the VM's call trace, discarded, small arguments"],
  ["traced_state", "event of the VM's call trace, discarded, the state of 20 keys"],
  ["covered", "the same events' share of :cover"],
];
console.log(`uninstrumented function: ${median("plain")?.toFixed(1)} ns; on top of it, in ns:`);
for (const [name, what] of rows) {
  const ns = median(name);
  console.log(`${ns.toFixed(1).padStart(9)}  ${(ns / small).toFixed(2).padStart(6)}x  ${what}`);
}
console.log(`tail-recursive loop: ${median("loop_ratio").toFixed(1)} times the plain one`);
const over = Object.entries(LIMITS).filter(([name, limit]) => median(name) > limit);
for (const [name, limit] of over) console.log(`${name}: over the limit of ${limit}`);
process.exitCode = over.length === 0 ? 0 : 1;
