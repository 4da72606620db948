import { lanes } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
const reader = await RecordingReader.open("/tmp/es/g10.escope");
const { rows: [[a, b, n]] } = await reader.query("SELECT min(t_from), max(t_to), count(*) FROM base.parts");
const dur = Number(b);
console.log(String(a), String(b), String(n));
const N = Number(process.argv[2] ?? 20);
let seed = 7; const rnd = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
for (const share of [1, 0.1, 0.001]) {
  const ts = []; let size = 0;
  const cpu0 = process.cpuUsage();
  for (let i = 0; i < N; i++) {
    const t0 = Math.floor(rnd() * (1 - share) * dur);
    const p = { t0, t1: t0 + Math.max(2000, Math.floor(dur * share)), buckets: 2000, offset: 0, limit: 200 };
    const s = performance.now();
    const r = await lanes(reader, p);
    ts.push(performance.now() - s);
    if (i === 0) size = [r.lanes.reduce((x, l) => x + l.spans.length, 0), r.lanes.reduce((x, l) => x + l.marks.length, 0), r.lanes.reduce((x, l) => x + l.marks.reduce((y, m) => y + m.count, 0), 0), r.lanes.reduce((x, l) => x + l.spans.reduce((y, m) => y + m.count, 0), 0), r.total];
  }
  const cpu = process.cpuUsage(cpu0);
  ts.sort((x, y) => x - y);
  console.log(share, "best", ts[0].toFixed(0), "p50", ts[N >> 1].toFixed(0), "p95", ts[Math.floor(N * 0.95)].toFixed(0), "cpu", ((cpu.user + cpu.system) / 1000 / N).toFixed(0), size.join());
}
await reader.close();
