// The example of the package's README does what it says, against a real node.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startNode } from "../support/beam-node.ts";

it("runs the README's example", async () => {
  await using node = await startNode({ cookie: "demo" });
  const root = resolve(import.meta.dirname, "../..");
  const readme = readFileSync(resolve(root, "packages/dist/README.md"), "utf8");
  const [, example] = /```js\n(.*?)```/su.exec(readme) ?? [];
  if (example === undefined) throw new Error("the README has no example");
  const code = example.replace("shop@127.0.0.1", node.name);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
  });
  expect(stdout.trim().split("\n")).toEqual(["42", ":noconnection"]);
});
