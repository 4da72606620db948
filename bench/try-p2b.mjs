import { lanes } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
const reader = await RecordingReader.open("/tmp/es/g10.escope");
const { rows: [[, b]] } = await reader.query("SELECT min(t_from), max(t_to), count(*) FROM base.parts");
const dur = Number(b);
if (process.argv[3]) {} const log = new Map();
const texts = new Map();
const source = { manifest: reader.manifest, async query(t, o) {
  const c0 = process.cpuUsage(); const s = performance.now();
  const r = await reader.query(t, o);
  const c = process.cpuUsage(c0);
  const key = t.replace(/\s+/g, " ").replace(/\d{4,}/g,"N").replace(/\((\d+, )+\d+\)/g,"(..)").slice(0, 110);
  texts.set(key, t);
  if (!log.has(key)) log.set(key, []);
  log.get(key).push([performance.now() - s, (c.user + c.system) / 1000, r.rows.length]);
  return r;
} };
// one at a time
let tail = Promise.resolve();
const serial = { manifest: reader.manifest, query: (t, o) => (tail = tail.then(() => source.query(t, o))) };
for (const share of [1, 0.1, 0.001]) {
  log.clear();
  for (let i = 0; i < 10; i++) {
    const t0 = Math.floor((i / 10) * (1 - share) * dur);
    await lanes(serial, { t0, t1: t0 + Math.max(2000, Math.floor(dur * share)), buckets: 2000, offset: 0, limit: 200 });
  }
  console.log(share);
  for (const [k, v] of log) { const m = (j) => v.map(x => x[j]).sort((x, y) => x - y); console.log("  wall best", m(0)[0].toFixed(1), "p50", m(0)[5]?.toFixed(1), "cpu p50", m(1)[5]?.toFixed(1), "rows", m(2)[5], k); }
}
if (process.argv[2]) for (const [k, t] of texts) if (k.includes(process.argv[2])) {
  const r = await reader.query("EXPLAIN ANALYZE " + t.replace(/payload\(exit_reason\)/, "exit_reason"), { params: [] });
  for (const row of r.rows) console.log(row[1]);
}
await reader.close();
