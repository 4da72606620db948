// The example shop as a real target: compiled once per test run, started as a node of its own.

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { startNode, type BeamNode, type NodeOptions } from "./beam-node.ts";

const project = resolve(import.meta.dirname, "../../examples/shop");
const buildPath = resolve(import.meta.dirname, "../../.cache/shop");

/** Compiles the shop with the system's Elixir; returns the folder of its beams. */
export function compileShop(): string {
  execFileSync("mix", ["compile", "--no-deps-check"], {
    cwd: project,
    env: { ...process.env, MIX_BUILD_PATH: buildPath, MIX_ENV: "prod" },
    stdio: "pipe",
  });
  return resolve(buildPath, "lib/shop/ebin");
}

/** A running shop; with `load: false` nothing happens in it until it is asked to. */
export async function startShop(
  options: NodeOptions & { readonly load?: boolean } = {},
): Promise<BeamNode> {
  const { load = true, ...node } = options;
  return await startNode({
    ...node,
    program: "elixir",
    args: ["-pa", compileShop(), "--logger-otp-reports", "false"],
    code: "Logger.configure(level: :none); {:ok, _} = Application.ensure_all_started(:shop)",
    env: { ...node.env, SHOP_LOAD: load ? "on" : "off" },
  });
}
