import { RecordingReader } from "@elixirscope/store";
const reader = await RecordingReader.open("/tmp/p3/g10b.escope");
const q = (s) => reader.query(s, { limit: 1000000, isOwn: true });
const med = async (name, f, reps = 60) => { const ts = []; const c0 = process.cpuUsage(); for (let i = 0; i < reps; i++) { const t = 1 + Math.floor(Math.random() * 1e7); const b = performance.now(); await q(f(t)); ts.push(performance.now() - b); } const c = process.cpuUsage(c0); ts.sort((a, b) => a - b); console.log(name.padEnd(34), "best", ts[0].toFixed(1), "p50", ts[ts.length >> 1].toFixed(1), "cpu", ((c.user + c.system) / 1000 / reps).toFixed(1)); };
const A = `e.id, e.t, e.kind, e.frame, e.correlation, e.flags, e.site`;
for (let k = 0; k < 2; k++) {
await med("E join LIMIT", (i) => `SELECT ${A}, p.text, payload(e.payload) FROM (SELECT * FROM raw.events WHERE id = ${i} LIMIT 1) e LEFT JOIN base.pids p ON p.id = e.pid`);
await med("E LIMIT no join, payload", (i) => `SELECT ${A}, e.pid, payload(e.payload) FROM (SELECT * FROM raw.events WHERE id = ${i} LIMIT 1) e`);
await med("E plain no payload", (i) => `SELECT ${A}, e.pid, e.payload FROM raw.events e WHERE id = ${i}`);
await med("E plain payload", (i) => `SELECT ${A}, e.pid, payload(e.payload) FROM raw.events e WHERE id = ${i}`);
await med("E subselect pid text", (i) => `SELECT ${A}, (SELECT text FROM base.pids p WHERE p.id = e.pid), payload(e.payload) FROM (SELECT * FROM raw.events WHERE id = ${i} LIMIT 1) e`);
await med("E join 3 between IN", (i) => `SELECT ${A}, p.text, payload(e.payload) FROM (SELECT * FROM raw.events WHERE id BETWEEN ${i} AND ${i + 9} AND id IN (${i}, ${i + 4}, ${i + 9}) LIMIT 3) e LEFT JOIN base.pids p ON p.id = e.pid`);
await med("E join 3 union", (i) => `SELECT ${A}, p.text, payload(e.payload) FROM (${[0, 4, 9].map((d) => `SELECT * FROM raw.events WHERE id = ${i + d}`).join(" UNION ALL ")}) e LEFT JOIN base.pids p ON p.id = e.pid`);
await med("C join", (i) => `SELECT c.*, f.module, f."function", f.arity FROM (SELECT call, parent_call, exit_event, "function" FROM raw.calls WHERE call BETWEEN ${i} AND ${i + 1} AND call IN (${i}, ${i + 1})) c LEFT JOIN base.functions f ON f.id = c."function"`);
await med("C no join", (i) => `SELECT call, parent_call, exit_event, "function" FROM raw.calls WHERE call BETWEEN ${i} AND ${i + 1} AND call IN (${i}, ${i + 1})`);
}
await reader.close();
