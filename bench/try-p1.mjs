import { backward, why, crashes } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
const mode = process.argv[2], n = Number(process.argv[3] ?? 5), verbose = process.argv[4] === "v";
const reader = await RecordingReader.open("/tmp/es/g10.escope");
const log = [];
const source = { manifest: reader.manifest, query: async (s, o) => { const b = performance.now(); const r = await reader.query(s, o); log.push({ b, ms: performance.now() - b, rows: r.rows.length, s, len: s.length + JSON.stringify(o.params??"").length, p: o.params }); return r; } };
const one = async (s) => (await reader.query(s)).rows;
const kinds = await one(`SELECT k, count(*) FROM (SELECT kind k FROM raw.events) GROUP BY k ORDER BY k`);
if (verbose) console.log(kinds.map(String).join(" | "));
const events = 10_000_000;
const EXC = Number((await one(`SELECT DISTINCT e.kind FROM raw.events e JOIN events v ON v.id=e.id WHERE v.kind='exception' AND e.id > 9900000 LIMIT 1`))[0]?.[0] ?? 0);
const last = process.argv[5] ? Number(process.argv[5]) : Number((await one(`SELECT max(id) FROM raw.events WHERE kind = ${EXC}`))[0][0]);
if (verbose) console.log("EXC", EXC, "last", last);
const times = [];
let cpu0;
for (let i = 0; i <= n; i++) {
  let ask;
  if (mode === "why") ask = () => why(source, last);
  else {
    const from = Math.floor(events * (0.5 + Math.random() / 2));
    const rows = await one(`SELECT id FROM raw.events WHERE id BETWEEN ${from} AND ${from + 50} AND kind = (SELECT kind FROM raw.events WHERE id = 9) LIMIT 1`);
    ask = async () => { const f = await backward(source, Number(rows[0]?.[0] ?? from), { limit: 10000 }); if (f.events.length < 10000) console.log("few", f.events.length); return f; };
  }
  log.length = 0;
  if (i === 1) cpu0 = process.cpuUsage();
  const b = performance.now();
  const r = await ask();
  times.push(performance.now() - b);
  if (mode === "walk" && process.env.FIX) {} if (verbose && i === n) {
    for (const l of log) console.log(`+${(l.b-b).toFixed(0)} ${l.ms.toFixed(1)}ms rows=${l.rows} len=${l.len} ${l.s.replace(/\s+/g, " ").slice(0, Number(process.env.W ?? 260))} ${JSON.stringify(l.p ?? "").slice(0,100)}`);
    console.log("queries", log.length);
  }
  if (i === n && mode === "why") { (await import("node:fs")).writeFileSync(process.env.OUT ?? "/tmp/es/p1-why.json", JSON.stringify(r, null, 1)); }
}
const c = process.cpuUsage(cpu0);
const s = times.slice(1).sort((a, b) => a - b);
console.log(mode, "first", times[0].toFixed(0), "best", s[0].toFixed(0), "p50", s[s.length >> 1].toFixed(0), "p95", s[Math.min(s.length - 1, Math.floor(s.length * .95))].toFixed(0), "cpu/ask", ((c.user + c.system) / 1000 / n).toFixed(0), "queries", log.length);
await reader.close();
