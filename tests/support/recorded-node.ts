// What a node does while Elixir code runs on it, recorded as `attach` does it; the recording is open until
// the test file is over.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attach, type AttachOptions } from "@elixirscope/capture";
import { connect } from "@elixirscope/dist";
import { inspect } from "@elixirscope/etf";
import { RecordingReader } from "@elixirscope/store";
import { afterAll } from "vitest";
import type { BeamNode } from "./beam-node.ts";

const opened: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of opened) await close();
});

/** Runs each piece of code on the node, one after the other; each must return. */
export async function record(
  node: BeamNode,
  plan: Partial<AttachOptions>,
  ...code: readonly string[]
): Promise<RecordingReader> {
  const folder = await mkdtemp(join(tmpdir(), "elixirscope-recorded-"));
  opened.push(async () => await rm(folder, { recursive: true, force: true }));
  const watcher = await connect({ target: node.name, cookie: node.cookie });
  try {
    const { name: target, cookie } = node;
    const out = join(folder, "node.escope");
    const session = await attach({ target, cookie, out, estimate: false, ...plan });
    try {
      for (const one of code) {
        const bytes = new TextEncoder().encode(one);
        const value = await watcher.call("Elixir.Code", "eval_string", [{ kind: "binary", bytes }]);
        if (value.kind !== "tuple") throw new Error(inspect(value));
      }
    } finally {
      await session.stop();
    }
    const reader = await RecordingReader.open(session.pipeline.path);
    opened.unshift(async () => await reader.close());
    return reader;
  } finally {
    await watcher.close();
  }
}
