// What the probe costs the traced process per call and return, against the VM's own floor: the same
// trace with a tracer that throws everything away. Both by turns in one node; prints the ratio.
//
//   node bench/probe-cost.mjs [rounds]

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const LIMIT = 1.15;
const rounds = Number(process.argv[2] ?? 7);
const root = resolve(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "es-cost-"));
execFileSync("erlc", ["-o", dir, "es_cost.erl"], { cwd: join(import.meta.dirname, "fixtures") });

const server = createServer((socket) => socket.resume());
await new Promise((done) => server.listen(0, "127.0.0.1", done));

// The beams are copied in: a session unloads them when it stops.
const code = `
  Load = fun() -> [{module, _} = code:load_file(M) || F <- filelib:wildcard("${root}/probe/prebuilt/*.beam"),
    M <- [list_to_atom(filename:basename(F, ".beam"))]] end,
  Start = fun() -> Load(), {ok, _} = elixir_scope_probe:start(#{collector => node(), host => {127,0,0,1}, port => ${server.address().port},
    token => <<0:128>>, functions => [{es_cost, f, 1, default, value}], processes => [], messages => false, lifecycle => false,
    state => false, arguments => true, sampling => always, limits => #{}, budgets => #{events_per_second => 10000000,
    events_per_second_per_process => 10000000, target_memory_bytes => 67108864, in_flight_bytes => 16777216, duration_ms => infinity}}) end,
  Stop = fun() -> {ok, _} = elixir_scope_probe:stop() end,
  [io:format("~.1f ~.1f ~.2f ~.2f~n", tuple_to_list(R)) || R <- es_cost:run(${rounds}, Start, Stop)], halt().`;
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

const rows = output
  .trim()
  .split("\n")
  .map((line) => line.split(" ").map(Number));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const column = (i) => median(rows.map((row) => row[i]));
const ratio = median(rows.map(([floor, probe]) => probe / floor));
console.log(
  `call + return, ns: floor ${column(0)}, probe ${column(1)}; ratio ${ratio.toFixed(3)} (limit ${LIMIT})`,
);
console.log(`untraced function, ns: without ${column(2)}, with a session ${column(3)}`);
process.exitCode = ratio <= LIMIT ? 0 : 1;
