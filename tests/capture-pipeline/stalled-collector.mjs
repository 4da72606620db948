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

const reason = await new Promise((resolve) => {
  pipeline.on("bye", () => resolve({ code: "user", message: "the probe said goodbye" }));
  pipeline.on("error", ({ code, message }) => resolve({ code, message }));
});
const closed = await pipeline.stop(reason, 200);
process.stdout.write(`${JSON.stringify(closed)}\n`);
process.exit(0);
