import { calls, event, stack } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { pidText, PROCESSES } from "./fixtures/generated-recording.mjs";
let seed = Number(process.argv[2] ?? 1);
const rnd = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };
const trace = process.argv[3] === "trace";
const save = process.argv[4];
const reader = await RecordingReader.open(process.env.REC ?? "/tmp/es/g10.escope");
let n = 0;
const src = { manifest: reader.manifest, query: async (t, o) => { n++; const b = performance.now(); const r = await reader.query(t, o); if (trace) console.log((performance.now() - b).toFixed(1), r.rows.length, t.replace(/\s+/g, " ").slice(0, 700)); return r; } };
const dur = reader.manifest.durationNs, events = reader.manifest.counts.events;
const someCall = async (near) => {
  const { rows } = await reader.query(`SELECT c.call, c.t_enter, p.text FROM raw.calls c JOIN base.pids p ON p.id = c.pid WHERE c.call BETWEEN ${near} AND ${near + 100} AND c.depth < 2 LIMIT 1`);
  const [call, t, pid] = rows[0]; return { parent: Number(call), t: Number(t), pid: String(pid) };
};
const answers = [];
const qs = {
  event: async () => { const id = 1 + Math.floor(rnd() * events); return () => event(src, id); },
  stack: async () => { const p = pidText(Math.floor(rnd() * PROCESSES)), t = Math.floor(rnd() * dur); return () => stack(src, p, { kind: "time", t }); },
  stackIn: async () => { const c = await someCall(Math.floor(rnd() * events)); return () => stack(src, c.pid, { kind: "time", t: c.t + 700 }); },
  stackEv: async () => { const id = 1 + Math.floor(rnd() * events); return () => stack(src, null, { kind: "event", event: id }); },
  calls: async () => { const c = await someCall(Math.floor(rnd() * events)); return () => calls(src, { ...c, limit: 50 }); },
  callsTop: async () => { const p = pidText(Math.floor(rnd() * PROCESSES)), t = Math.floor(rnd() * dur); return () => calls(src, { pid: p, t, limit: 50 }); },
};
for (const [name, make] of Object.entries(qs)) {
  if (process.env.ONLY && !process.env.ONLY.split(",").includes(name)) continue;
  const times = []; const cpu0 = process.cpuUsage(); n = 0; let first;
  const reps = trace ? 6 : 60;
  for (let i = 0; i <= reps; i++) {
    const f = await make(); if (trace && i) console.log("--", name);
    const b = performance.now(); const a = await f(); const d = performance.now() - b;
    answers.push([name, a]); if (i) times.push(d); else first = d;
  }
  const c = process.cpuUsage(cpu0); times.sort((a, b) => a - b);
  console.log(name.padEnd(9), "best", times[0].toFixed(1), "p50", times[times.length >> 1].toFixed(1), "p95", times[Math.floor(times.length * .95)].toFixed(1), "first", first.toFixed(0), "cpu", ((c.user + c.system) / 1000 / (reps + 1)).toFixed(1), "queries", (n / (reps + 1)).toFixed(1));
}
if (save) (await import("node:fs")).writeFileSync(save, answers.map((a) => JSON.stringify(a, (k, v) => typeof v === "bigint" ? String(v) : v)).join("\n"));
await reader.close();
