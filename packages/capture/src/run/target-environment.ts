// What the command's environment gets so that its VMs find us. The `elixir` script splits these options at
// spaces without quoting, so a folder whose name has some is reached by another name.

import { mkdtempSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export type TargetEnvironment = {
  readonly variables: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
};

export type ControlAddress = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
};

/** `catch` in case that a release of Erlang cannot load our code: the command runs all the same. */
const START = "-eval catch(elixir_scope_boot:start())";

export function targetEnvironment(
  probeFolder: string,
  { host, port, token }: ControlAddress,
  env: NodeJS.ProcessEnv,
): TargetEnvironment {
  const { folder, remove } = plainName(probeFolder);
  const before = env["ELIXIR_ERL_OPTIONS"];
  const options = [`-pa ${folder}`, START, ...(before === undefined ? [] : [before])].join(" ");
  return {
    variables: {
      ELIXIR_SCOPE_RUN: `${host}:${String(port)}:${token}`,
      ELIXIR_ERL_OPTIONS: options,
      ...(before === undefined ? {} : { ELIXIR_SCOPE_ERL_OPTIONS: before }),
    },
    remove,
  };
}

function plainName(folder: string): { folder: string; remove: () => Promise<void> } {
  if (/^[\w./@+,:-]+$/.test(folder)) return { folder, remove: async () => undefined };
  const parent = mkdtempSync(path.join(tmpdir(), "elixirscope-"));
  const link = path.join(parent, "probe");
  symlinkSync(folder, link);
  return { folder: link, remove: async () => await rm(parent, { recursive: true, force: true }) };
}
