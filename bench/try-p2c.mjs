import { RecordingReader } from "@elixirscope/store";
import { readFileSync } from "node:fs";
const reader = await RecordingReader.open("/tmp/es/g10.escope");
const { rows: pr } = await reader.query("SELECT i.id FROM base.pids i LEFT JOIN base.processes p ON p.pid=i.id WHERE p.application='shop' ORDER BY i.id LIMIT 200");
const pids = pr.map(r => Number(r[0]));
const qs = readFileSync(process.argv[2], "utf8").split(/^--/m).filter(x => x.trim());
for (const q of qs) {
  const nl = q.indexOf("\n"); const name = q.slice(0, nl); const text = q.slice(nl + 1).replaceAll("$PIDS", "(" + pids.join(",") + ")").replaceAll("$T0", "0").replaceAll("$T1", "8999734000").replaceAll("$W", "89997340");
  const w = [], c = []; let n = 0;
  try {
  for (let i = 0; i < 12; i++) { const c0 = process.cpuUsage(), s = performance.now(); const r = await reader.query(text, { limit: 1e6 }); w.push(performance.now() - s); const d = process.cpuUsage(c0); c.push((d.user + d.system) / 1000); n = r.rows.length; }
  w.sort((a, b) => a - b); c.sort((a, b) => a - b);
  console.log(name.padEnd(50), "wall best", w[0].toFixed(0), "p50", w[6].toFixed(0), "cpu best", c[0].toFixed(0), "p50", c[6].toFixed(0), "rows", n);
  if (process.argv[3]) { const r = await reader.query("EXPLAIN ANALYZE " + text); for (const row of r.rows) console.log(row[1]); }
  } catch (e) { console.log(name, e.message.slice(0,200)); }
}
await reader.close();
