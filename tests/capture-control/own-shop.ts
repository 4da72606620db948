// The example shop compiled by the release that runs it: another release cannot read the debug information.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { startNode, type BeamNode } from "../support/beam-node.ts";
import { compileShop, startShop } from "../support/shop.ts";

const project = resolve(import.meta.dirname, "../../examples/shop");

export async function startOwnShop(root: string | undefined, folder: string): Promise<BeamNode> {
  if (root === undefined) return await startShop({ load: false });
  const ebin = join(folder, "ebin");
  mkdirSync(ebin, { recursive: true });
  const files = readdirSync(join(project, "lib"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ex"))
    .map((file) => join("lib", file));
  execFileSync(join(root, "bin/elixirc"), ["-o", ebin, ...files], { cwd: project, stdio: "pipe" });
  copyFileSync(join(compileShop(), "shop.app"), join(ebin, "shop.app"));
  return await startNode({
    root,
    program: "elixir",
    args: ["-pa", ebin, "--logger-otp-reports", "false"],
    code: "Logger.configure(level: :none); {:ok, _} = Application.ensure_all_started(:shop)",
    env: { SHOP_LOAD: "off" },
  });
}
