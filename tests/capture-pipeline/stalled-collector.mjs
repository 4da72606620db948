// A collector in a process of its own, for tests that stop and kill it.

import { Pipeline } from "../../packages/capture/dist/index.js";

const { dir, manifest, token } = JSON.parse(process.argv[2]);
const pipeline = await Pipeline.start({
  dir,
  manifest,
  token: Buffer.from(token, "hex"),
  ring: { bytes: 1 << 20 },
});
process.stdout.write(`${JSON.stringify({ port: pipeline.port })}\n`);

await new Promise((resolve) => pipeline.on("bye", resolve));
const closed = await pipeline.stop({ code: "user", message: "the probe said goodbye" });
process.stdout.write(`${JSON.stringify(closed)}\n`);
process.exit(0);
