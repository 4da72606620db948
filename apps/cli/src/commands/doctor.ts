// `elixirscope doctor`: can this node be recorded, and what to do if not.

import { doctor as examine, type Check } from "@elixirscope/capture";
import { styled, type Style } from "../format/style.ts";
import { Interrupt } from "../interrupt.ts";
import { cookieSources, tlsOptions, type TargetOptions } from "./target-options.ts";

export type DoctorOptions = TargetOptions & { readonly json?: true };

const MARKS: Readonly<Record<Check["result"], readonly [Style, string]>> = {
  ok: ["green", "ok  "],
  warn: ["yellow", "warn"],
  fail: ["red", "fail"],
};

export async function doctor(target: string, options: DoctorOptions): Promise<void> {
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const tls = await tlsOptions(options);
  const checks = await examine({ target, cookie: cookieSources(options), tls, signal });
  if (options.json === true) {
    console.log(JSON.stringify(checks, null, 1));
  } else {
    for (const check of checks) console.log(checkText(check));
  }
  // the exit code of an unusable target
  if (checks.some((check) => check.result === "fail")) process.exitCode = 3;
}

function checkText({ name, result, detail, advice }: Check): string {
  const [style, mark] = MARKS[result];
  const line = `${styled(process.stdout, style, mark)}  ${name.padEnd(18)} ${detail}`;
  return advice === "" ? line : `${line}\n${" ".repeat(25)}→ ${advice}`;
}
