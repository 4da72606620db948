// A writer in a process of its own, to be killed or starved: writes 500 events at a time
// and prints the last id after each flush. `writer-child.mjs FOLDER MANIFEST [EVENTS] [OPTIONS] [--no-payload]`
import { RecordingWriter } from "../dist/index.js";

const [folder, manifest, limit = "Infinity", options = "{}", ...flags] = process.argv.slice(2);
const writer = await RecordingWriter.create(folder, JSON.parse(manifest), JSON.parse(options));
const pid = writer.pids.intern("<0.1.0>", "shop@127.0.0.1");
const payload = new Uint8Array(5 + 400);
payload.set([131, 109, 0, 0, 1, 144]);
let id = 0;
const withPayload = flags[0] !== "--no-payload";
print(`ready ${process.pid}`);
while (id < Number(limit)) {
  for (let n = 0; n < 500; n++) {
    id++;
    // incompressible, so that a small disk fills quickly
    for (let i = 6; i < payload.length; i++) payload[i] = Math.random() * 256;
    const table = writer.tables.events;
    const i = table.next();
    const { columns } = table;
    columns.id[i] = id;
    columns.t[i] = id * 1000;
    columns.pid[i] = pid;
    columns.kind[i] = 1;
    if (withPayload) columns.payload[i] = writer.payload(payload);
  }
  try {
    await writer.flush();
    print(`flushed ${id}`);
  } catch (error) {
    print(`failed ${error.code} ${error.message.replaceAll("\n", " ")}`);
    break;
  }
}
try {
  await writer.close({ code: "disk_full", message: "the disk is full" });
  print("closed");
} catch (error) {
  print(`close failed ${error.code}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
